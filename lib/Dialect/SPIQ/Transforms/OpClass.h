//===- OpClass.h - How operations treat quantized values --------*- C++ -*-===//
//
// Sorts operations by what they do with the scales of their operands.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_OPCLASS_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_OPCLASS_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

namespace spiq {

enum class OpClass {
  /// Has no integer form.
  Float,
  /// Multiplies with constant weights; the result may be f32.
  Linear,
  /// Requantizes: the result has scales of its own.
  Requantizing,
  /// Result and operand have the same scales.
  SameType,
  /// Moves elements without looking at them.
  Movement,
  /// Joins values.
  Concat
};

/// The class of `op`. Operations on values that are not static f32 or quantized
/// tensors are `Float`.
OpClass classifyOp(mlir::Operation *op);

/// The operands of `op` that are activations: quantized in its integer form.
llvm::SmallVector<mlir::OpOperand *> getActivationOperands(mlir::Operation *op);

/// Whether each element of the result of `op` is an element of its activation,
/// chosen by position or by order: such an operation may as well come before as
/// behind a quantization or dequantization with one scale.
bool selectsElements(mlir::Operation *op);

/// Attribute, between scale derivation and fusion, of the dequantization of a
/// value that the network itself quantizes and dequantizes: the pair rounds.
constexpr llvm::StringLiteral statedName = "spiq.stated";

/// Whether `value` was quantized before SPIQ saw the network: it is
/// dequantized, or selected from a dequantized value. It has a scale already.
bool isQuantizedBefore(mlir::Value value);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_OPCLASS_H
