//===- FunctionRunner.h - Running functions while compiling -----*- C++ -*-===//
//
// The interface by which a pass computes with the network that it transforms.
// Passes only know this interface; tools attach an implementation to the
// dialect, because running a function needs a code generator.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_TRANSFORMS_FUNCTIONRUNNER_H
#define SPIQ_DIALECT_SPIQ_TRANSFORMS_FUNCTIONRUNNER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectInterface.h"

namespace spiq {

/// Runs functions on this machine. Attached to the SPIQ dialect by
/// `registerJITRunner`; a pass asks the dialect for it and reports an error if
/// there is none.
class FunctionRunner : public mlir::DialectInterface::Base<FunctionRunner> {
public:
  explicit FunctionRunner(mlir::Dialect *dialect) : Base(dialect) {}

  /// Compiles the only function of `module`, whose arguments and results are
  /// statically shaped tensors, and calls it `count` times. `inputs[i]` points
  /// to `count` consecutive dense tensors, the values of argument `i` in each
  /// call, `outputs[i]` to room for as many of result `i`. Emits a diagnostic
  /// on failure. May be called by several threads at once.
  virtual llvm::LogicalResult run(mlir::ModuleOp module, int64_t count,
                                  llvm::ArrayRef<const char *> inputs,
                                  llvm::ArrayRef<char *> outputs) const = 0;
};

} // namespace spiq

#endif // SPIQ_DIALECT_SPIQ_TRANSFORMS_FUNCTIONRUNNER_H
