//===- FoldObjective.cpp - How much of a scale to fold --------------------===//
//
// Evaluates and minimizes the predicted error of a choice of scales.
//
//===----------------------------------------------------------------------===//

#include "FoldObjective.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

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
    error += channel.roundingGain * rounding +
             channel.clippingGain * channel.clippingError(s);
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

/// J while scales move one by one: of every output channel it keeps what the
/// other channels contribute.
class FoldObjective::Refinement {
public:
  Refinement(const FoldObjective &objective, MutableArrayRef<double> scales)
      : channels(objective.channels), scales(scales), readers(channels.size()) {
    for (const FoldLayer &layer : objective.layers)
      for (size_t o = 0; o < layer.outputGains.size(); ++o) {
        ArrayRef<FoldWeights> entries(layer.entries);
        Row row;
        row.entries = entries.slice(layer.rowBegin[o],
                                    layer.rowBegin[o + 1] - layer.rowBegin[o]);
        row.gain = layer.outputGains[o] * roundingVariance /
                   (layer.maxWeight * layer.maxWeight);
        for (const FoldWeights &weights : row.entries)
          readers[weights.channel].push_back({rows.size(), &weights});
        recompute(row);
        rows.push_back(row);
      }
  }

  /// Tries to multiply and divide each scale by `factor`. Returns whether any
  /// moved.
  bool moveAll(double factor) {
    // What is gained by less is not worth the rounding of sums.
    constexpr double leastGain = 1.0e-6;
    bool moved = false;
    for (size_t c = 0; c < channels.size(); ++c) {
      double old = scales[c], best = old;
      double bestCost = (1.0 - leastGain) * getCost(c, old);
      for (double scale : {old * factor, old / factor}) {
        double cost = getCost(c, scale);
        if (cost < bestCost) {
          bestCost = cost;
          best = scale;
        }
      }
      if (best == old)
        continue;
      move(c, best);
      moved = true;
    }
    return moved;
  }

private:
  /// One output channel of a layer.
  struct Row {
    ArrayRef<FoldWeights> entries;
    double gain = 0.0;
    /// The two largest of |W_oc| s_c.
    double largest = 0.0, second = 0.0;
    /// sum_c count_oc variance_c / s_c^2.
    double variance = 0.0;
  };

  void recompute(Row &row) const {
    row.largest = row.second = row.variance = 0.0;
    for (const FoldWeights &weights : row.entries) {
      double scale = scales[weights.channel];
      double weight = weights.maxAbs * scale;
      row.second = std::max(row.second, std::min(row.largest, weight));
      row.largest = std::max(row.largest, weight);
      row.variance +=
          weights.count * channels[weights.channel].variance / (scale * scale);
    }
  }

  /// The part of J that depends on the scale of channel `c`, if that is
  /// `scale`.
  double getCost(size_t c, double scale) const {
    const FoldChannel &channel = channels[c];
    double old = scales[c];
    double rounding = channel.roundedShare * scale * scale * roundingVariance;
    double cost = channel.roundingGain * rounding +
                  channel.clippingGain * channel.clippingError(scale);
    double more =
        channel.variance * (1.0 / (scale * scale) - 1.0 / (old * old));
    for (auto [index, weights] : readers[c]) {
      const Row &row = rows[index];
      double others =
          weights->maxAbs * old == row.largest ? row.second : row.largest;
      double largest = std::max(others, weights->maxAbs * scale);
      cost +=
          row.gain * largest * largest * (row.variance + weights->count * more);
    }
    return cost;
  }

  void move(size_t c, double scale) {
    double old = std::exchange(scales[c], scale);
    double more =
        channels[c].variance * (1.0 / (scale * scale) - 1.0 / (old * old));
    for (auto [index, weights] : readers[c]) {
      Row &row = rows[index];
      double weight = weights->maxAbs * scale;
      if (weights->maxAbs * old >= row.second) {
        recompute(row);
        continue;
      }
      row.second = std::max(row.second, std::min(row.largest, weight));
      row.largest = std::max(row.largest, weight);
      row.variance += weights->count * more;
    }
  }

  ArrayRef<FoldChannel> channels;
  MutableArrayRef<double> scales;
  std::vector<Row> rows;
  /// The rows that read each channel.
  std::vector<std::vector<std::pair<size_t, const FoldWeights *>>> readers;
};

double FoldObjective::refine(MutableArrayRef<double> scales) const {
  Refinement refinement(*this, scales);
  for (double exponent : {0.5, 0.25, 0.125})
    for (int round = 0; round < 2; ++round)
      if (!refinement.moveAll(std::exp2(exponent)))
        break;
  return evaluate(scales);
}
