//===- FoldObjective.cpp - How much of a scale to fold --------------------===//
//
// Evaluates and minimizes the predicted error of a choice of scales.
//
//===----------------------------------------------------------------------===//

#include "FoldObjective.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace spiq;

/// Variance of the rounding error of one unit.
static constexpr double roundingVariance = 1.0 / 12.0;

double FoldObjective::evaluate(ArrayRef<double> scales) const {
  double error = 0.0;
  SmallVector<double, 0> inputVariance(channels.size());
  for (auto [c, channel] : llvm::enumerate(channels)) {
    double s = scales[c];
    double rounding = channel.roundedShare * s * s * roundingVariance;
    error += channel.gain * (rounding + channel.clippingError(s));
    inputVariance[c] = channel.variance / (s * s);
  }
  for (const FoldLayer &layer : layers)
    for (size_t o = 0; o < layer.outputGains.size(); ++o) {
      double largest = 0.0, variance = 0.0;
      for (uint32_t i = layer.rowBegin[o]; i < layer.rowBegin[o + 1]; ++i) {
        const FoldWeights &weights = layer.entries[i];
        largest = std::max(largest, weights.maxAbs * scales[weights.channel]);
        variance += weights.count * inputVariance[weights.channel];
      }
      double t = largest / layer.maxWeight;
      error += layer.outputGains[o] * t * t * roundingVariance * variance;
    }
  return error;
}

SmallVector<double, 0> FoldObjective::getScales(double exponent,
                                                double shift) const {
  double widest = 0.0;
  for (const FoldChannel &channel : channels)
    widest = std::max(widest, channel.ownScale);
  SmallVector<double, 0> scales;
  for (const FoldChannel &channel : channels)
    scales.push_back(std::exp2(shift) * widest *
                     std::pow(channel.ownScale / widest, exponent));
  return scales;
}

FoldObjective::Choice
FoldObjective::minimize(std::optional<double> fixedExponent) const {
  Choice best;
  best.exponent = fixedExponent.value_or(0.5);
  best.error = evaluate(getScales(best.exponent, best.shift));
  auto attempt = [&](double exponent, double shift) {
    double error = evaluate(getScales(exponent, shift));
    if (error < best.error)
      best = {exponent, shift, error};
  };
  // Coordinate descent on a grid: J is smooth and has one valley along each
  // axis in practice; two rounds reach it.
  for (int round = 0; round < 2; ++round) {
    double shift = best.shift;
    for (int i = 0; i <= 8 && !fixedExponent; ++i)
      attempt(i / 8.0, shift);
    double exponent = best.exponent;
    for (int i = -10; i <= 6; ++i)
      attempt(exponent, i / 4.0);
  }
  return best;
}
