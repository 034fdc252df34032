//===- InitAll.h - Registration of everything SPIQ has ----------*- C++ -*-===//
//
// One place that knows all dialects, passes and pipelines. Tools, the plugin
// and projects that embed SPIQ call these functions instead of listing them.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_INITALL_H
#define SPIQ_INITALL_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace spiq {

/// Adds SPIQ's dialect and extensions to `registry`. Upstream dialects are the
/// caller's business.
void registerDialects(mlir::DialectRegistry &registry);

/// Adds SPIQ's passes and pipelines to MLIR's registry of passes.
void registerPasses();

/// `registerDialects` and all upstream dialects and extensions: what an
/// optimizer driver wants.
void registerAllDialects(mlir::DialectRegistry &registry);

/// `registerPasses` and all upstream passes.
void registerAllPasses();

} // namespace spiq

#endif // SPIQ_INITALL_H
