//===- Execution.h - Compile and run a test case ----------------*- C++ -*-===//
//
// Lowers a module to LLVM with upstream passes only and runs it in process.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_TEST_CONVERSION_SPIQTOLINALG_RANDOM_EXECUTION_H
#define SPIQ_TEST_CONVERSION_SPIQTOLINALG_RANDOM_EXECUTION_H

#include "spiq/Reference/Tensor.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"

namespace spiq::test {

/// Compiles `module` in place and runs `main` on `arguments`. Types are those
/// of the function before the lowering.
mlir::FailureOr<reference::Tensor>
compileAndRun(mlir::ModuleOp module, mlir::TypeRange argumentTypes,
              llvm::ArrayRef<reference::Tensor> arguments,
              mlir::RankedTensorType resultType);

} // namespace spiq::test

#endif // SPIQ_TEST_CONVERSION_SPIQTOLINALG_RANDOM_EXECUTION_H
