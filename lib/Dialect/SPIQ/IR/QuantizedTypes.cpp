//===- QuantizedTypes.cpp - Uniform quantized element types ---------------===//
//
// Implements uniform access to per-tensor and per-axis quantized types.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/IR/QuantizedTypes.h"

#include "mlir/IR/BuiltinTypeInterfaces.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace mlir::quant;

namespace spiq {

static bool isUsableScale(double scale) {
  return std::isfinite(scale) && scale > 0.0;
}

bool isQuantizedByte(Type type) {
  // Other quantized types, such as `!quant.calibrated`, may lack storage.
  if (!isa<UniformQuantizedType, UniformQuantizedPerAxisType>(type))
    return false;
  auto quantized = cast<QuantizedType>(type);
  if (quantized.getStorageTypeIntegralWidth() != 8 ||
      !quantized.getExpressedType().isF32())
    return false;
  if (auto perTensor = dyn_cast<UniformQuantizedType>(type))
    return isUsableScale(perTensor.getScale());
  if (auto perAxis = dyn_cast<UniformQuantizedPerAxisType>(type))
    return llvm::all_of(perAxis.getScales(), isUsableScale);
  return false;
}

QuantizedType getQuantizedElementType(Type type) {
  return dyn_cast<QuantizedType>(getElementTypeOrSelf(type));
}

QuantizationView::QuantizationView(QuantizedType type)
    : storageMin(type.getStorageTypeMin()),
      storageMax(type.getStorageTypeMax()), isSignedStorage(type.isSigned()) {
  if (auto perAxis = dyn_cast<UniformQuantizedPerAxisType>(type)) {
    scales.assign(perAxis.getScales().begin(), perAxis.getScales().end());
    zeroPoints.assign(perAxis.getZeroPoints().begin(),
                      perAxis.getZeroPoints().end());
    axis = perAxis.getQuantizedDimension();
    return;
  }
  auto perTensor = cast<UniformQuantizedType>(type);
  scales.push_back(perTensor.getScale());
  zeroPoints.push_back(perTensor.getZeroPoint());
}

/// Clamps in floating point first: converting a value outside of the integer's
/// range would be undefined.
static int64_t roundToRange(double value, int64_t min, int64_t max) {
  // The default rounding mode rounds ties to even.
  double rounded = std::nearbyint(value);
  return static_cast<int64_t>(
      std::clamp(rounded, static_cast<double>(min), static_cast<double>(max)));
}

int64_t QuantizationView::quantize(double real, int64_t channel) const {
  int64_t zeroPoint = getZeroPoint(channel);
  return roundToRange(real / getScale(channel), storageMin - zeroPoint,
                      storageMax - zeroPoint) +
         zeroPoint;
}

std::pair<int64_t, int64_t>
QuantizationView::getClampedRange(int64_t channel,
                                  std::optional<float> clampMin,
                                  std::optional<float> clampMax) const {
  int64_t low = clampMin ? quantize(*clampMin, channel) : storageMin;
  int64_t high = clampMax ? quantize(*clampMax, channel) : storageMax;
  return {low, std::max(low, high)};
}

static unsigned getFlags(bool isSigned) {
  return isSigned ? QuantizationFlags::Signed : 0;
}

UniformQuantizedPerAxisType
getPerAxisQuantizedType(MLIRContext *context, bool isSigned, int64_t storageMin,
                        int64_t storageMax, ArrayRef<double> scales,
                        ArrayRef<int64_t> zeroPoints, int32_t axis) {
  return UniformQuantizedPerAxisType::get(
      getFlags(isSigned), IntegerType::get(context, 8),
      Float32Type::get(context), scales, zeroPoints, axis, storageMin,
      storageMax);
}

UniformQuantizedType getPerTensorQuantizedType(MLIRContext *context,
                                               bool isSigned,
                                               int64_t storageMin,
                                               int64_t storageMax, double scale,
                                               int64_t zeroPoint) {
  return UniformQuantizedType::get(
      getFlags(isSigned), IntegerType::get(context, 8),
      Float32Type::get(context), scale, zeroPoint, storageMin, storageMax);
}

} // namespace spiq
