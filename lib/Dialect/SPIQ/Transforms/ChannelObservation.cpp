//===- ChannelObservation.cpp - Values of a channel that were seen --------===//
//
// Collects extremes, moments and histograms.
//
//===----------------------------------------------------------------------===//

#include "ChannelObservation.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace spiq;

double ChannelObservation::getErrorAbove(double limit) const {
  double error = 0.0;
  for (unsigned i = histogram.size(); i-- > 0;) {
    double distance = getCenter(i) - limit;
    if (distance <= 0.0)
      break;
    error += histogram[i] * distance * distance;
  }
  return error;
}

double ChannelObservation::getErrorBelow(double limit) const {
  double error = 0.0;
  for (unsigned i = 0; i < histogram.size(); ++i) {
    double distance = limit - getCenter(i);
    if (distance <= 0.0)
      break;
    error += histogram[i] * distance * distance;
  }
  return error;
}

double ChannelObservation::getShareAbove(double limit) const {
  double share = 0.0;
  for (unsigned i = histogram.size(); i-- > 0 && getCenter(i) >= limit;)
    share += histogram[i];
  return share;
}

double ChannelObservation::getShareBelow(double limit) const {
  double share = 0.0;
  for (unsigned i = 0; i < histogram.size() && getCenter(i) <= limit; ++i)
    share += histogram[i];
  return share;
}

/// Calls `visit(channel, value)` for all finite `values`.
template <typename Visitor>
static void forEach(llvm::ArrayRef<float> values, int64_t channels,
                    int64_t stride, Visitor visit) {
  for (size_t i = 0; i < values.size();)
    for (int64_t c = 0; c < channels; ++c)
      for (int64_t k = 0; k < stride; ++k)
        if (float value = values[i++]; std::isfinite(value))
          visit(c, value);
}

ChannelObservations spiq::observeChannels(llvm::ArrayRef<float> values,
                                          int64_t channels, int64_t stride) {
  double count = static_cast<double>(values.size()) / channels;
  constexpr float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> min(channels, infinity), max(channels, -infinity);
  std::vector<double> mean(channels), squares(channels);
  forEach(values, channels, stride, [&](int64_t c, float value) {
    min[c] = std::min(min[c], value);
    max[c] = std::max(max[c], value);
    mean[c] += value / count;
  });
  forEach(values, channels, stride, [&](int64_t c, float value) {
    squares[c] += (value - mean[c]) * (value - mean[c]) / count;
  });
  ChannelObservations result(channels);
  std::vector<float> factor(channels);
  for (auto [c, channel] : llvm::enumerate(result)) {
    if (!(min[c] <= max[c]))
      continue;
    channel.min = min[c];
    channel.max = max[c];
    channel.mean = mean[c];
    channel.stddev = std::sqrt(squares[c]);
    channel.histogram.resize(ChannelObservation::numBins);
    if (max[c] > min[c])
      factor[c] = ChannelObservation::numBins / (max[c] - min[c]);
  }
  float share = static_cast<float>(1.0 / count);
  forEach(values, channels, stride, [&](int64_t c, float value) {
    unsigned bin = std::min<unsigned>((value - min[c]) * factor[c],
                                      ChannelObservation::numBins - 1);
    result[c].histogram[bin] += share;
  });
  return result;
}
