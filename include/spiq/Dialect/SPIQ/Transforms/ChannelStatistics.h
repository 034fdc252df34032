//===- ChannelStatistics.h - Distributions of channels ----------*- C++ -*-===//
//
// What is known without data about the values of one channel, and how it
// changes from the input to the result of an operation. The formulas treat a
// channel as a Gaussian unless said otherwise; tails and bounds are carried
// along separately because single channels are heavier-tailed than that.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_TRANSFORMS_CHANNELSTATISTICS_H
#define SPIQ_DIALECT_SPIQ_TRANSFORMS_CHANNELSTATISTICS_H

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <limits>

namespace spiq {

/// Distribution of the values of one channel, in real units.
struct ChannelMoments {
  double mean = 0.0;
  double stddev = 0.0;
  /// Scales of the tails: what is reached with the probability that a Gaussian
  /// gives to `k` standard deviations lies at about `mean + k * upperTail` and
  /// `mean - k * lowerTail`. For a Gaussian both are `stddev`; behind a ReLU
  /// the upper tail stays that of its input although `stddev` shrinks.
  double upperTail = 0.0;
  double lowerTail = 0.0;
  /// Hard bounds; infinite if there are none.
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  /// Probability of values that are exactly at a bound.
  double atBound = 0.0;
  /// What storing the value in its quantized type adds to all values alike:
  /// zero may lie between two of the bytes that an input was made of.
  double storedShift = 0.0;

  double getVariance() const { return stddev * stddev; }
  /// `mean + k * upperTail`, but not beyond the bound.
  double getUpper(double k) const;
  /// `mean - k * lowerTail`, but not beyond the bound.
  double getLower(double k) const;

  static ChannelMoments getGaussian(double mean, double stddev);
  /// A single value.
  static ChannelMoments getPoint(double value);
};

using ChannelStatistics = llvm::SmallVector<ChannelMoments, 0>;

/// The distance, in tail scales, at which tails are compared and combined.
constexpr double tailReach = 8.0;

/// Density and cumulative distribution of the standard normal distribution.
double getNormalDensity(double x);
double getNormalCumulative(double x);

/// The probability that a Gaussian with the mean and deviation of `x` lies
/// strictly within (`low`, `high`): the share of values that a clamp passes.
double getPassProbability(const ChannelMoments &x, double low, double high);

/// min(max(x, low), high). Mean and variance of a rectified Gaussian: with
/// a = (low - m) / s and b = (high - m) / s,
///   E[y]   = m (P(b) - P(a)) + s (p(a) - p(b)) + low P(a) + high (1 - P(b)),
///   E[y^2] = (m^2 + s^2) (P(b) - P(a)) + 2 m s (p(a) - p(b))
///            + s^2 (a p(a) - b p(b)) + low^2 P(a) + high^2 (1 - P(b)).
ChannelMoments clampMoments(const ChannelMoments &x, double low, double high);

/// multiplier * x + offset.
ChannelMoments affineMoments(const ChannelMoments &x, double multiplier,
                             double offset);

/// The sum of two values with the given correlation coefficient. Tails combine
/// like independent deviations, unless both values are the same: what is far
/// from one mean rarely meets what is far from the other.
ChannelMoments addMoments(const ChannelMoments &x, const ChannelMoments &y,
                          double correlation);

/// The product of two independent values.
ChannelMoments mulMoments(const ChannelMoments &x, const ChannelMoments &y);

/// The largest of `count` values of the channel, taken from neighbouring
/// pixels: about the square root of `count` of them are independent.
ChannelMoments maxMoments(const ChannelMoments &x, int64_t count);

/// The largest magnitude of one value of each of `channels`, taken for
/// independent: the mean of its distribution, the product of theirs.
ChannelMoments magnitudeMoments(llvm::ArrayRef<ChannelMoments> channels);

/// The quotient of a value and the largest magnitude of several, to which it
/// belongs and which is `magnitude` on average.
ChannelMoments normalizeMoments(const ChannelMoments &x, double magnitude);

/// The average of a window of `height x width` values of the channel. The
/// correlation of two pixels falls exponentially with their distance, to 0.6 at
/// distance one, as in feature maps; the variance shrinks to the mean
/// correlation of all pairs, and tails shrink with it.
ChannelMoments averageMoments(const ChannelMoments &x, int64_t height,
                              int64_t width);

/// f(x), integrated numerically over the Gaussian. `low` and `high` bound the
/// values of f (infinite if it is not bounded).
ChannelMoments applyFunction(const ChannelMoments &x,
                             llvm::function_ref<double(double)> f, double low,
                             double high);

/// A value drawn from one of `parts`, each with the same probability.
ChannelMoments mixMoments(llvm::ArrayRef<ChannelMoments> parts);

/// The function computed by `spiq.activation` for one channel with the given
/// slope (`prelu` only).
double evaluateActivation(ActivationKind kind, double x, double alpha,
                          double beta, double slope);

/// Smallest and largest value that an activation function takes.
std::pair<double, double> getActivationBounds(ActivationKind kind,
                                              double alpha);

/// Conversions from and to the attribute, which holds means, deviations and
/// bounds; tails are then those of a Gaussian.
ChannelStatistics getStatistics(ChannelStatsAttr attr);
ChannelStatsAttr getStatsAttr(mlir::MLIRContext *context,
                              llvm::ArrayRef<ChannelMoments> statistics);

} // namespace spiq

#endif // SPIQ_DIALECT_SPIQ_TRANSFORMS_CHANNELSTATISTICS_H
