//===- Folding.cpp - Evaluation of constant operands ----------------------===//
//
// Implements elementwise evaluation of f32 constants.
//
//===----------------------------------------------------------------------===//

#include "Folding.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

namespace spiq {

/// `type` if it is an f32 tensor that folding may create; null otherwise.
static RankedTensorType getFoldableType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getElementType().isF32() &&
                 tensor.getNumElements() <= maxFoldedElements
             ? tensor
             : RankedTensorType();
}

bool isSplatOf(Attribute attr, float value) {
  auto elements = dyn_cast_if_present<DenseFPElementsAttr>(attr);
  return elements && elements.getElementType().isF32() && elements.isSplat() &&
         elements.getSplatValue<float>() == value;
}

float clampValue(float value, std::optional<float> min,
                 std::optional<float> max) {
  if (min && value < *min)
    value = *min;
  if (max && value > *max)
    value = *max;
  return value;
}

Attribute foldUnary(Attribute input, Type resultType,
                    llvm::function_ref<float(float, int64_t)> function) {
  auto elements = dyn_cast_if_present<DenseFPElementsAttr>(input);
  RankedTensorType type = getFoldableType(resultType);
  if (!elements || !type)
    return {};
  int64_t channels = type.getRank() == 0 ? 1 : type.getShape().back();
  SmallVector<float> result;
  result.reserve(type.getNumElements());
  for (auto [index, value] : llvm::enumerate(elements.getValues<float>()))
    result.push_back(function(value, index % channels));
  return DenseElementsAttr::get(type, ArrayRef(result));
}

/// Strides of a row-major tensor, zero along broadcast dimensions.
static SmallVector<int64_t> getBroadcastStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides = computeStrides(shape);
  for (auto [stride, size] : llvm::zip(strides, shape))
    if (size == 1)
      stride = 0;
  return strides;
}

Attribute foldBinary(Attribute lhs, Attribute rhs, Type resultType,
                     llvm::function_ref<float(float, float)> function) {
  auto left = dyn_cast_if_present<DenseFPElementsAttr>(lhs);
  auto right = dyn_cast_if_present<DenseFPElementsAttr>(rhs);
  RankedTensorType type = getFoldableType(resultType);
  if (!left || !right || !type)
    return {};
  auto leftValues = left.getValues<float>(),
       rightValues = right.getValues<float>();
  SmallVector<int64_t> strides = computeStrides(type.getShape());
  SmallVector<int64_t> leftStrides =
      getBroadcastStrides(left.getType().getShape());
  SmallVector<int64_t> rightStrides =
      getBroadcastStrides(right.getType().getShape());
  SmallVector<float> result;
  result.reserve(type.getNumElements());
  for (int64_t index = 0; index < type.getNumElements(); ++index) {
    SmallVector<int64_t> position = delinearize(index, strides);
    result.push_back(function(leftValues[linearize(position, leftStrides)],
                              rightValues[linearize(position, rightStrides)]));
  }
  return DenseElementsAttr::get(type, ArrayRef(result));
}

} // namespace spiq
