//===- JITRunner.h - Compiled functions in this process ---------*- C++ -*-===//
//
// Runs functions through the portable back end and LLVM's JIT.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_EXECUTION_JITRUNNER_H
#define SPIQ_EXECUTION_JITRUNNER_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace spiq {

/// Gives the SPIQ dialect of contexts with `registry` a `FunctionRunner` that
/// compiles for the host.
void registerJITRunner(mlir::DialectRegistry &registry);

} // namespace spiq

#endif // SPIQ_EXECUTION_JITRUNNER_H
