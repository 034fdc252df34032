//===- Interpreter.h - Reference semantics of SPIQ --------------*- C++ -*-===//
//
// Evaluates functions of SPIQ operations with plain loops. It is written from
// the descriptions of the operations alone and shares no code with any
// lowering: compiled integer results must be bit-identical to it, float results
// equal within rounding.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_REFERENCE_INTERPRETER_H
#define SPIQ_REFERENCE_INTERPRETER_H

#include "spiq/Reference/Tensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Support/LLVM.h"

#include <optional>

namespace spiq::reference {

/// Runs `function` on `arguments`, one for each parameter, and returns its
/// results. Knows the `spiq` operations, the casts of the `quant` dialect,
/// calls, and the operations of `arith`, `math`, `tensor` and `linalg` that
/// imported networks contain. Emits a diagnostic at the operation that it does
/// not know, or at the function if an argument does not fit.
mlir::FailureOr<llvm::SmallVector<Tensor>>
evaluate(mlir::func::FuncOp function, llvm::ArrayRef<Tensor> arguments);

/// The result of `op`, an operation with one result, for the values of its
/// operands; none if the operation is not known. Calls are not.
std::optional<Tensor> evaluate(mlir::Operation *op,
                               llvm::ArrayRef<const Tensor *> operands);

} // namespace spiq::reference

#endif // SPIQ_REFERENCE_INTERPRETER_H
