//===- Quantization.cpp - Quantized types of the reference ----------------===//
//
// Implements quantization by the text of the dialect's description.
//
//===----------------------------------------------------------------------===//

#include "Quantization.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/TypeUtilities.h"

#include <cmath>

using namespace mlir;

namespace spiq::reference {

std::optional<Quantization> getQuantization(Type type) {
  auto quantized = dyn_cast<quant::QuantizedType>(getElementTypeOrSelf(type));
  if (!quantized)
    return std::nullopt;
  Quantization result;
  result.low = quantized.getStorageTypeMin();
  result.high = quantized.getStorageTypeMax();
  result.isSigned = quantized.isSigned();
  if (auto perTensor = dyn_cast<quant::UniformQuantizedType>(quantized)) {
    result.scales = {perTensor.getScale()};
    result.zeroPoints = {perTensor.getZeroPoint()};
    return result;
  }
  auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(quantized);
  if (!perAxis)
    return std::nullopt;
  result.scales = perAxis.getScales();
  result.zeroPoints = perAxis.getZeroPoints();
  result.axis = perAxis.getQuantizedDimension();
  return result;
}

Bounds Bounds::of(std::optional<llvm::APFloat> min,
                  std::optional<llvm::APFloat> max) {
  Bounds bounds;
  if (min)
    bounds.min = min->convertToFloat();
  if (max)
    bounds.max = max->convertToFloat();
  return bounds;
}

float Bounds::apply(float x) const {
  if (min && x < *min)
    x = *min;
  if (max && x > *max)
    x = *max;
  return x;
}

/// Limits `value` to [`low`, `high`]; NaN becomes `low`.
template <typename T>
static T limit(T value, T low, T high) {
  if (!(value > low))
    return low;
  return value < high ? value : high;
}

int64_t quantizeExactly(double real, const Quantization &type,
                        int64_t channel) {
  double zeroPoint = type.zeroPoint(channel);
  double steps = std::nearbyint(real / type.scale(channel));
  return limit(steps + zeroPoint, double(type.low), double(type.high));
}

int32_t quantizeResult(float scaled, const Quantization &type, int64_t channel,
                       const Bounds &bounds) {
  int64_t low = type.low, high = type.high;
  if (bounds.min)
    low = quantizeExactly(*bounds.min, type, channel);
  if (bounds.max)
    high = std::max(low, quantizeExactly(*bounds.max, type, channel));
  int64_t zeroPoint = type.zeroPoint(channel);
  float rounded = std::nearbyintf(scaled);
  return int32_t(
             limit(rounded, float(low - zeroPoint), float(high - zeroPoint))) +
         zeroPoint;
}

} // namespace spiq::reference
