//===- Elementwise.h - Builder of elementwise operations --------*- C++ -*-===//
//
// Builds one linalg.generic that computes each result element from the elements
// of its operands at the same position and from per-channel parameters.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CONVERSION_SPIQTOLINALG_ELEMENTWISE_H
#define SPIQ_LIB_CONVERSION_SPIQTOLINALG_ELEMENTWISE_H

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

#include <optional>

namespace spiq {

/// Creates scalar operations in the body of an operation under construction.
class ElementBuilder {
public:
  ElementBuilder(mlir::OpBuilder &builder, mlir::Location loc,
                 mlir::ValueRange arguments)
      : builder(builder), loc(loc), arguments(arguments) {}

  mlir::Value constant(float value);
  mlir::Value constant(int32_t value);
  mlir::Value constant(mlir::TypedAttr value);
  mlir::Value add(mlir::Value lhs, mlir::Value rhs);
  mlir::Value sub(mlir::Value lhs, mlir::Value rhs);
  mlir::Value mul(mlir::Value lhs, mlir::Value rhs);
  mlir::Value div(mlir::Value lhs, mlir::Value rhs);
  /// `value > bound ? value : bound`: a NaN becomes `bound`.
  mlir::Value atLeast(mlir::Value value, mlir::Value bound);
  /// `value < bound ? value : bound`.
  mlir::Value atMost(mlir::Value value, mlir::Value bound);
  /// Float clamp that passes NaN through; absent bounds do not limit.
  mlir::Value clamp(mlir::Value value, std::optional<float> min,
                    std::optional<float> max);
  /// Extends a stored byte to i32.
  mlir::Value extend(mlir::Value byte, bool isSigned);
  /// Converts i32 to f32, ties to even.
  mlir::Value toFloat(mlir::Value integer);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::ValueRange arguments;
};

/// An operand of an elementwise operation: a tensor or, if all elements are
/// equal, a scalar constant or a value defined outside.
class ElementwiseOperand {
public:
  /// The element at the current position.
  mlir::Value load(ElementBuilder &body) const;
  /// Whether the operand is a constant equal to `value`.
  bool isConstant(double value) const;

private:
  friend class ElementwiseOpBuilder;
  std::optional<unsigned> argument;
  mlir::TypedAttr scalar;
  mlir::Value outer;
};

/// Collects the operands of an elementwise operation, then builds it.
class ElementwiseOpBuilder {
public:
  /// The result is a tensor of `shape` with `elementType`.
  ElementwiseOpBuilder(mlir::OpBuilder &builder, mlir::Location loc,
                       llvm::ArrayRef<int64_t> shape, mlir::Type elementType);

  /// Adds a tensor of the rank of the result; dimensions of size one are
  /// broadcast.
  ElementwiseOperand addTensor(mlir::Value tensor);
  /// Adds a tensor that is read through `map` (result to tensor dimensions).
  ElementwiseOperand addTensor(mlir::Value tensor, mlir::AffineMap map);
  /// Adds a rank-1 tensor along `axis`; a splat constant becomes a scalar.
  ElementwiseOperand addVector(mlir::Value vector, int64_t axis);
  /// Adds one parameter per index of `axis`, computed by `get`.
  ElementwiseOperand addFloats(int64_t axis,
                               llvm::function_ref<float(int64_t channel)> get);
  ElementwiseOperand
  addIntegers(int64_t axis, llvm::function_ref<int32_t(int64_t channel)> get);
  /// Adds stored values, reduced to their low byte.
  ElementwiseOperand addBytes(int64_t axis,
                              llvm::function_ref<int64_t(int64_t channel)> get);
  /// Adds a scalar defined outside of the operation.
  ElementwiseOperand addScalar(mlir::Value scalar);

  /// Creates the operation; `body` returns the result element.
  mlir::Value build(llvm::function_ref<mlir::Value(ElementBuilder &body)> body);

  llvm::ArrayRef<int64_t> getShape() const { return shape; }
  int64_t getRank() const { return shape.size(); }
  int64_t getLastAxis() const { return getRank() - 1; }

private:
  ElementwiseOperand addConstant(mlir::DenseElementsAttr values, int64_t axis);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  llvm::SmallVector<int64_t> shape;
  mlir::Type elementType;
  llvm::SmallVector<mlir::Value> inputs;
  llvm::SmallVector<mlir::AffineMap> maps;
};

/// A quantized operand, read as `q - zeroPoint`.
class StoredOperand {
public:
  /// `stored` holds the stored values of a tensor quantized as `view` says,
  /// whose quantized axis, if any, is `axis` of the result or broadcast.
  StoredOperand(ElementwiseOpBuilder &op, mlir::Value stored,
                const QuantizationView &view, int64_t axis);
  /// `q - zeroPoint` in i32.
  mlir::Value loadInteger(ElementBuilder &body) const;
  /// `f32(q - zeroPoint)`.
  mlir::Value loadFloat(ElementBuilder &body) const;

private:
  ElementwiseOperand tensor, zeroPoint;
  bool isSigned;
};

/// The last step of an integer operation: `clamp(roundeven(v)) + zeroPoint`.
class ResultQuantizer {
public:
  /// Results are quantized along `axis` as `view` says and keep within the
  /// storage range and the real bounds of the fused activation.
  ResultQuantizer(ElementwiseOpBuilder &op, const QuantizationView &view,
                  int64_t axis, std::optional<float> clampMin = std::nullopt,
                  std::optional<float> clampMax = std::nullopt);
  /// The stored byte for `scaled`, a real value in units of the scale.
  mlir::Value quantize(ElementBuilder &body, mlir::Value scaled) const;

private:
  ElementwiseOperand low, high, zeroPoint;
};

/// The activation of an integer operation, in front of the rounding.
class FusedActivation {
public:
  /// `activation` may be null; results are quantized along `axis` as `view`
  /// says.
  FusedActivation(ElementwiseOpBuilder &op, ActivationAttr activation,
                  const QuantizationView &view, int64_t axis);
  /// The scale that the operation in front of the activation divides by: that
  /// of the result without an activation, 1 with one.
  double getScale(int64_t channel) const;
  /// The activation of `value`, in units of the result's scale.
  mlir::Value apply(ElementBuilder &body, mlir::Value value) const;

private:
  ActivationAttr activation;
  QuantizationView view;
  ElementwiseOperand slope, multiplier;
};

/// Builds clamp(roundeven(f32(q - zx) * f32(sx / sy))) + zy for a tensor of the
/// shape of the result. Where scales and zero points do not change, it is an
/// integer clamp, or nothing at all.
mlir::Value buildRequantization(ElementwiseOpBuilder &op, mlir::Value stored,
                                const QuantizationView &from,
                                const QuantizationView &to,
                                std::optional<float> clampMin = std::nullopt,
                                std::optional<float> clampMax = std::nullopt);

/// The element type in which a value of type `type` is stored.
mlir::Type getStoredElementType(mlir::Type type);

} // namespace spiq

#endif // SPIQ_LIB_CONVERSION_SPIQTOLINALG_ELEMENTWISE_H
