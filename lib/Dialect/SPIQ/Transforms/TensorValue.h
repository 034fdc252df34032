//===- TensorValue.h - Types of tensors in a network ------------*- C++ -*-===//
//
// Short questions about the types of values.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_TENSORVALUE_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_TENSORVALUE_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"

namespace spiq {

/// The shape of `value`, which has one.
inline llvm::ArrayRef<int64_t> getShapeOf(mlir::Value value) {
  return mlir::cast<mlir::ShapedType>(value.getType()).getShape();
}

/// Whether `value` is an f32 tensor of static shape with at least one dimension
/// and one element.
inline bool isFloatTensor(mlir::Value value) {
  auto type = mlir::dyn_cast<mlir::RankedTensorType>(value.getType());
  return type && type.getElementType().isF32() && type.hasStaticShape() &&
         type.getRank() > 0 && type.getNumElements() > 0;
}

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_TENSORVALUE_H
