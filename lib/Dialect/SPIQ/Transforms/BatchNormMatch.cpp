//===- BatchNormMatch.cpp - Match of values to batch-norm -----------------===//
//
// Shifts and scales channels to the mean and deviation they had in training.
//
//===----------------------------------------------------------------------===//

#include "BatchNormMatch.h"

#include <cmath>

using namespace mlir;
using namespace spiq;
using reference::Tensor;

/// A channel whose deviation is known from fewer values is not matched.
static constexpr size_t minValues = 64;
static constexpr double maxGain = 10.0;

std::optional<BatchNormMatch>
spiq::matchBatchNorm(ChannelStatsAttr stats, ArrayRef<const Tensor *> tensors) {
  ArrayRef<double> means = stats.getMean(), stddevs = stats.getStddev();
  size_t channels = means.size();
  size_t count = tensors.front()->floats.size() / channels * tensors.size();
  if (count < minValues)
    return std::nullopt;
  SmallVector<double, 0> sums(channels), squares(channels);
  for (const Tensor *tensor : tensors)
    for (size_t i = 0; i < tensor->floats.size(); i += channels)
      for (size_t c = 0; c < channels; ++c) {
        double x = tensor->floats[i + c];
        sums[c] += x;
        squares[c] += x * x;
      }
  BatchNormMatch match;
  for (size_t c = 0; c < channels; ++c) {
    double mean = sums[c] / count;
    double stddev = std::sqrt(std::max(0.0, squares[c] / count - mean * mean));
    double gain = stddev > 0.0 ? std::min(maxGain, stddevs[c] / stddev) : 1.0;
    match.gains.push_back(gain);
    match.offsets.push_back(means[c] - gain * mean);
  }
  return match;
}
