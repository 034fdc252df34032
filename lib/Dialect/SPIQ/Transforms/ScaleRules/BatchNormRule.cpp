//===- BatchNormRule.cpp - Ranges from propagated statistics --------------===//
//
// The default rule: ranges and clipping errors of channels whose mean and
// deviation are known and whose tails are those of a typical channel.
//
// Channels of trained networks are not Gaussian: over the channels of a network
// the expected clipping error falls exponentially with the distance from the
// mean. The rule models a channel as a Gaussian with a small part of a Laplace
// distribution, whose weight and width describe that fall.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/Transforms/ScaleRule.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace spiq;

/// Share and width (in deviations) of the Laplace part of a channel.
static constexpr double tailShare = 0.0155;
static constexpr double tailWidth = 1.0;

/// E[max(0, z - t)] of a normalized channel.
static double getTailMean(double t) {
  double gaussian =
      t > 8.0 ? 0.0 : getNormalDensity(t) - t * getNormalCumulative(-t);
  double laplace = 0.5 * tailWidth * std::exp(-std::abs(t) / tailWidth);
  if (t < 0.0)
    laplace -= t;
  return (1.0 - tailShare) * std::max(0.0, gaussian) + tailShare * laplace;
}

/// E[max(0, z - t)^2] of a normalized channel.
static double getTailError(double t) {
  double gaussian = t > 8.0 ? 0.0
                            : (1.0 + t * t) * getNormalCumulative(-t) -
                                  t * getNormalDensity(t);
  double laplace = tailWidth * tailWidth * std::exp(-std::abs(t) / tailWidth);
  if (t < 0.0)
    laplace = t * t + 2.0 * tailWidth * tailWidth - laplace;
  return (1.0 - tailShare) * std::max(0.0, gaussian) + tailShare * laplace;
}

/// E[max(0, min(z, bound) - t)^2] of a normalized channel, for `t <= bound`.
static double getBoundedTailError(double t, double bound) {
  double error = getTailError(t);
  if (std::isfinite(bound))
    error -= getTailError(bound) + 2.0 * (bound - t) * getTailMean(bound);
  return std::max(0.0, error);
}

namespace {
class BatchNormRule : public ScaleRule {
public:
  explicit BatchNormRule(const ScaleRuleOptions &options)
      : deviations(options.deviations) {}

  LogicalResult initialize(func::FuncOp, const StatisticsAnalysis &) override {
    return success();
  }

  ChannelRange getRange(const ScaledChannel &channel,
                        unsigned bits) const override {
    const ChannelMoments &x = channel.moments;
    double k = deviations > 0.0 ? deviations : getBestDeviations(bits);
    return {x.getLower(k), x.getUpper(k)};
  }

  double getClippingError(const ScaledChannel &channel,
                          ChannelRange range) const override {
    const ChannelMoments &x = channel.moments;
    double error = 0.0;
    if (range.max < x.max)
      error += getSideError(range.max - x.mean, x.max - x.mean, x.upperTail);
    if (range.min > x.min)
      error += getSideError(x.mean - range.min, x.mean - x.min, x.lowerTail);
    return clippingWeight * error;
  }

private:
  /// Error of values more than `distance` from the mean on one side, which end
  /// at `bound` from it.
  static double getSideError(double distance, double bound, double tail) {
    if (tail <= 0.0)
      return distance < 0.0 ? distance * distance : 0.0;
    return tail * tail * getBoundedTailError(distance / tail, bound / tail);
  }

  /// The reach that minimizes rounding plus clipping error of a one-sided
  /// channel: t^2 / (12 (2^bits - 1)^2) + clippingWeight * error(t).
  static double getBestDeviations(unsigned bits) {
    double levels = (1u << bits) - 1, best = 1.0;
    double bestError = std::numeric_limits<double>::infinity();
    for (double t = 1.0; t <= 30.0; t += 0.25) {
      double error =
          t * t / (12.0 * levels * levels) + clippingWeight * getTailError(t);
      if (error < bestError) {
        bestError = error;
        best = t;
      }
    }
    return best;
  }

  double deviations;
};

} // namespace

std::unique_ptr<ScaleRule>
spiq::createBatchNormRule(const ScaleRuleOptions &options) {
  return std::make_unique<BatchNormRule>(options);
}
