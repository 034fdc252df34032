//===- ModelLoader.h - Reading model files ----------------------*- C++ -*-===//
//
// Reads ONNX and MLIR files.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DRIVER_MODELLOADER_H
#define SPIQ_LIB_DRIVER_MODELLOADER_H

#include "spiq/Driver/CompileOptions.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace spiq {

/// Adds the dialects of models, and what their lowering needs, to `registry`.
void registerModelDialects(mlir::DialectRegistry &registry);

/// Reads `options.input`: MLIR if its name ends in `.mlir` or `.mlirbc`, ONNX
/// otherwise. Returns null after one diagnostic if that fails.
mlir::OwningOpRef<mlir::ModuleOp> loadModel(const CompileOptions &options,
                                            mlir::MLIRContext &context);

} // namespace spiq

#endif // SPIQ_LIB_DRIVER_MODELLOADER_H
