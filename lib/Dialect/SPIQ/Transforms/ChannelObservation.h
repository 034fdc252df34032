//===- ChannelObservation.h - Values of a channel that were seen *- C++ -*-===//
//
// The distribution of the values that one channel took while the network ran.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_CHANNELOBSERVATION_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_CHANNELOBSERVATION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <vector>

namespace spiq {

/// Extremes, moments and a histogram of a channel.
class ChannelObservation {
public:
  double min = 0.0;
  double max = 0.0;
  double mean = 0.0;
  double stddev = 0.0;

  /// The values in `numBins` equal parts of [min, max], as shares that sum to
  /// one.
  static constexpr unsigned numBins = 256;
  std::vector<float> histogram;

  double getBinWidth() const { return (max - min) / numBins; }
  /// Center of bin `index`.
  double getCenter(unsigned index) const {
    return min + (index + 0.5) * getBinWidth();
  }

  /// E[max(0, x - limit)^2] and E[max(0, limit - x)^2] over what was seen.
  double getErrorAbove(double limit) const;
  double getErrorBelow(double limit) const;
  /// Share of values at least as far out as `limit`.
  double getShareAbove(double limit) const;
  double getShareBelow(double limit) const;
};

/// One entry per channel.
using ChannelObservations = llvm::SmallVector<ChannelObservation, 0>;

/// Describes `values`, a dense tensor whose channel varies with stride `stride`
/// and repeats after `channels * stride` elements.
ChannelObservations observeChannels(llvm::ArrayRef<float> values,
                                    int64_t channels, int64_t stride);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_CHANNELOBSERVATION_H
