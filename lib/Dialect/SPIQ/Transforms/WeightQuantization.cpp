//===- WeightQuantization.cpp - Integer weights and biases ----------------===//
//
// Folds input scales into weights and rounds weights.
//
//===----------------------------------------------------------------------===//

#include "WeightQuantization.h"

#include <cmath>

using namespace mlir;
using namespace spiq;

void spiq::foldInputScales(LinearOpInterface layer,
                           ArrayRef<double> inputScales,
                           MutableArrayRef<float> weights) {
  auto type = cast<RankedTensorType>(layer.getWeightsOperand().get().getType());
  int64_t inputs = type.getShape().back();
  int64_t row = weights.size() / type.getDimSize(0);
  for (auto [index, weight] : llvm::enumerate(weights)) {
    int64_t channel = layer.getInputChannel(index / row, index % inputs);
    weight *= inputScales[inputScales.size() == 1 ? 0 : channel];
  }
}

SmallVector<double> spiq::getWeightScales(ArrayRef<float> weights,
                                          ArrayRef<float> bias, int64_t outputs,
                                          unsigned bits) {
  // Of the 31 bits of a bias some are left for the accumulated products, and
  // four for kernels that read weights of half a byte times 16.
  const double biasLimit = bits <= 4 ? 1 << 25 : 1 << 29;
  constexpr double goodBias = 1 << 20;
  constexpr double smallest = 1.0e-30;
  double maxStored = (1 << (bits - 1)) - 1;
  int64_t row = weights.size() / outputs;
  SmallVector<double> scales;
  for (int64_t o = 0; o < outputs; ++o) {
    double largest = 0.0, b = std::abs(bias[o]);
    for (float weight : weights.slice(o * row, row))
      largest = std::max(largest, std::abs(static_cast<double>(weight)));
    double scale = largest / maxStored;
    if (largest == 0.0)
      scale = b > 0.0 ? b / goodBias : 1.0;
    scales.push_back(std::max({scale, b / biasLimit, smallest}));
  }
  return scales;
}

quant::UniformQuantizedPerAxisType
spiq::getWeightType(MLIRContext *context, unsigned bits,
                    ArrayRef<double> scales) {
  int64_t maxStored = (int64_t(1) << (bits - 1)) - 1;
  SmallVector<int64_t> zeroPoints(scales.size(), 0);
  return getPerAxisQuantizedType(context, /*isSigned=*/true, -maxStored,
                                 maxStored, scales, zeroPoints, /*axis=*/0);
}
