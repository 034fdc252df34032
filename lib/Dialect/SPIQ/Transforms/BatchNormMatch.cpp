//===- BatchNormMatch.cpp - Match of values to batch-norm -----------------===//
//
// Shifts and scales channels to the mean and deviation they had in training.
//
//===----------------------------------------------------------------------===//

#include "BatchNormMatch.h"

#include <cmath>

using namespace mlir;
using namespace spiq;

static constexpr double maxGain = 10.0;

std::optional<BatchNormMatch>
spiq::matchBatchNorm(ChannelStatsAttr stats, ArrayRef<ArrayRef<float>> parts,
                     size_t minValues) {
  ArrayRef<double> means = stats.getMean(), stddevs = stats.getStddev();
  size_t channels = means.size();
  size_t count = parts.front().size() / channels * parts.size();
  if (count < minValues)
    return std::nullopt;
  auto forEachValue = [&](auto visit) {
    for (ArrayRef<float> part : parts)
      for (size_t i = 0; i < part.size(); i += channels)
        for (size_t c = 0; c < channels; ++c)
          visit(c, part[i + c]);
  };
  double share = 1.0 / count;
  SmallVector<double, 0> sums(channels), squares(channels);
  forEachValue([&](size_t c, double x) { sums[c] += x * share; });
  forEachValue([&](size_t c, double x) {
    squares[c] += (x - sums[c]) * (x - sums[c]) * share;
  });
  BatchNormMatch match;
  for (size_t c = 0; c < channels; ++c) {
    double stddev = std::sqrt(squares[c]);
    double gain = stddev > 0.0 ? std::min(maxGain, stddevs[c] / stddev) : 1.0;
    match.gains.push_back(gain);
    match.offsets.push_back(means[c] - gain * sums[c]);
  }
  return match;
}
