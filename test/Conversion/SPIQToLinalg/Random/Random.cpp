//===- Random.cpp - Random types and tensors ------------------------------===//
//
// Draws types that exercise every case: signed and unsigned, full and
// restricted ranges, equal and different scales, ties in the rounding.
//
//===----------------------------------------------------------------------===//

#include "Random.h"

#include "spiq/Dialect/SPIQ/IR/QuantizedTypes.h"

#include "mlir/IR/BuiltinTypes.h"

#include <cmath>

using namespace mlir;

namespace spiq::test {

// Not std::uniform_*_distribution: their results differ between libraries.
int64_t Random::integer(int64_t low, int64_t high) {
  return low + int64_t(engine() % uint64_t(high - low + 1));
}

double Random::real(double low, double high) {
  return low + (high - low) * double(engine() >> 11) / double(1ull << 53);
}

double Random::scaleNear(double magnitude) {
  double scale = magnitude * std::exp2(real(-1.0, 1.0));
  return isPowerOfTwo ? std::exp2(std::round(std::log2(scale))) : scale;
}

Type Random::quantized(int64_t count, int64_t axis, double scale) {
  bool isSigned = oneIn(2);
  int64_t bits = oneIn(3) ? integer(2, 8) : 8;
  int64_t low = isSigned ? -(int64_t(1) << (bits - 1)) : 0;
  int64_t high = low + (int64_t(1) << bits) - 1;
  if (isSigned && oneIn(3))
    ++low;
  bool isSymmetric = oneIn(3);
  auto getZeroPoint = [&] { return isSymmetric ? 0 : integer(low, high); };
  if (oneIn(4))
    return getPerTensorQuantizedType(context, isSigned, low, high,
                                     scaleNear(scale), getZeroPoint());
  bool areEqual = oneIn(4);
  SmallVector<double> scales;
  SmallVector<int64_t> zeroPoints;
  for (int64_t channel = 0; channel < count; ++channel) {
    bool isCopy = areEqual && channel > 0;
    scales.push_back(isCopy ? scales[0] : scaleNear(scale));
    zeroPoints.push_back(isCopy ? zeroPoints[0] : getZeroPoint());
  }
  return getPerAxisQuantizedType(context, isSigned, low, high, scales,
                                 zeroPoints, axis);
}

RankedTensorType Random::activation(bool isQuantized, ArrayRef<int64_t> shape,
                                    double scale) {
  Type element = isQuantized ? quantized(shape.back(), shape.size() - 1, scale)
                             : Type(Float32Type::get(context));
  return RankedTensorType::get(shape, element);
}

Type Random::weight(int64_t numOutputs, double scale) {
  // Four bits are packed by kernels.
  int64_t bits = oneIn(3) ? 4 : oneIn(3) ? integer(2, 8) : 8;
  int64_t high = (int64_t(1) << (bits - 1)) - 1;
  int64_t low = bits == 4 && oneIn(2) ? -8 : -high;
  SmallVector<double> scales;
  for (int64_t output = 0; output < numOutputs; ++output)
    scales.push_back(scaleNear(scale));
  if (oneIn(5))
    return getPerTensorQuantizedType(context, true, low, high, scales[0], 0);
  SmallVector<int64_t> zeroPoints(numOutputs, 0);
  return getPerAxisQuantizedType(context, true, low, high, scales, zeroPoints,
                                 0);
}

std::pair<FloatAttr, FloatAttr> Random::clamp() {
  auto get = [&](float value) {
    return FloatAttr::get(Float32Type::get(context), value);
  };
  switch (integer(0, 4)) {
  case 0:
    return {get(0.0f), {}};
  case 1:
    return {get(0.0f), get(6.0f)};
  case 2: {
    float low = real(-4.0, 2.0);
    return {get(low), get(low + real(0.0, 4.0))};
  }
  case 3:
    return {{}, get(real(-2.0, 4.0))};
  default:
    return {};
  }
}

ActivationAttr Random::function(int64_t count) {
  auto get = [&](ActivationKind kind, ArrayRef<float> parameters = {}) {
    return ActivationAttr::get(
        context, kind,
        parameters.empty() ? DenseF32ArrayAttr()
                           : DenseF32ArrayAttr::get(context, parameters));
  };
  switch (integer(0, 9)) {
  case 0:
    return get(ActivationKind::LeakyRelu, {float(real(-0.5, 1.5))});
  case 1: {
    SmallVector<float> slopes;
    for (int64_t channel = 0; channel < count; ++channel)
      slopes.push_back(real(-0.5, 1.5));
    return get(ActivationKind::PRelu, slopes);
  }
  case 2:
    return get(ActivationKind::Sigmoid);
  case 3:
    return get(ActivationKind::HardSigmoid,
               {float(real(0.1, 0.5)), float(real(0.0, 1.0))});
  case 4:
    return get(ActivationKind::Silu);
  case 5:
    return get(ActivationKind::HardSwish);
  default:
    return {};
  }
}

reference::Tensor Random::tensor(RankedTensorType type, bool isExtreme) {
  auto quantized = getQuantizedElementType(type);
  if (type.getElementType().isF32()) {
    auto tensor = reference::Tensor::ofFloats(type.getShape());
    for (float &value : tensor.floats)
      value = real(-4.0, 4.0);
    return tensor;
  }
  auto tensor = reference::Tensor::ofIntegers(type.getShape());
  int64_t low = quantized ? quantized.getStorageTypeMin() : -2000;
  int64_t high = quantized ? quantized.getStorageTypeMax() : 2000;
  for (int32_t &value : tensor.integers)
    value =
        isExtreme && !oneIn(8) ? (oneIn(8) ? low : high) : integer(low, high);
  return tensor;
}

} // namespace spiq::test
