//===- TensorBuilder.h - Movement of tensors at import ----------*- C++ -*-===//
//
// Builds constants, transpositions and reshapes out of upstream operations.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_TARGET_ONNX_TENSORBUILDER_H
#define SPIQ_LIB_TARGET_ONNX_TENSORBUILDER_H

#include "ConstantTensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace spiq::onnx_import {

/// `0, 1, ..., rank - 1`.
SmallVector<int64_t> getIdentityOrder(int64_t rank);

/// ONNX's `N, C, spatial...` with the channel last.
SmallVector<int64_t> getChannelsLastOrder(int64_t rank);

/// Applies an order: element `i` of the result is `values[order[i]]`.
SmallVector<int64_t> applyOrder(ArrayRef<int64_t> values,
                                ArrayRef<int64_t> order);

/// The order `inverse` with `inverse[order[i]] == i`.
SmallVector<int64_t> invertOrder(ArrayRef<int64_t> order);

/// Builds tensor values at one place and location.
class TensorBuilder {
public:
  TensorBuilder(OpBuilder &builder, Location loc)
      : builder(builder), loc(loc) {}

  /// The type of an f32 tensor.
  RankedTensorType getFloatType(ArrayRef<int64_t> shape) const;

  Value constant(DenseElementsAttr value) const;
  Value constant(const ConstantTensor &tensor) const;
  /// An f32 vector.
  Value vector(ArrayRef<float> values) const;
  /// An f32 tensor of `shape` filled with `value`.
  Value filled(ArrayRef<int64_t> shape, float value) const;
  Value empty(ArrayRef<int64_t> shape, Type elementType) const;

  /// The bytes of a quantized value; any other value as it is. Everything that
  /// moves elements works on these: scales do not move with them.
  Value getStorage(Value value) const;

  /// The same elements in row-major order with another shape.
  Value reshape(Value value, ArrayRef<int64_t> shape) const;

  /// Dimension `i` of the result is dimension `permutation[i]` of `value`. Only
  /// moves data if dimensions larger than one change their order.
  Value transpose(Value value, ArrayRef<int64_t> permutation) const;

  /// Elements `offset + i * stride` of every dimension, `sizes` of them.
  Value slice(Value value, ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes,
              ArrayRef<int64_t> strides) const;

  /// The slices `indices` of dimension `dim`, in that order.
  Value select(Value value, int64_t dim, ArrayRef<int64_t> indices) const;

  /// Repeats dimensions of size one until the shape is `shape`; ranks agree.
  Value broadcast(Value value, ArrayRef<int64_t> shape) const;

  OpBuilder &getBuilder() const { return builder; }
  Location getLoc() const { return loc; }

private:
  OpBuilder &builder;
  Location loc;
};

} // namespace spiq::onnx_import

#endif // SPIQ_LIB_TARGET_ONNX_TENSORBUILDER_H
