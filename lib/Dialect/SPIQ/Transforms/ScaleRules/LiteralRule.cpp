//===- LiteralRule.cpp - The paper's ranges -------------------------------===//
//
// Ranges as in Yvinec et al., "SPIQ: Data-Free Per-Channel Static Input
// Quantization", WACV 2023, section 3: each channel reaches a fixed number of
// deviations from its mean, and its scale is folded completely. Kept for
// comparison.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/Transforms/ScaleRule.h"

#include <algorithm>

using namespace mlir;
using namespace spiq;

namespace {

class LiteralRule : public ScaleRule {
public:
  explicit LiteralRule(const ScaleRuleOptions &options)
      : deviations(options.deviations > 0.0 ? options.deviations : 6.0) {}

  LogicalResult initialize(func::FuncOp,
                           const StatisticsAnalysis &analysis) override {
    statistics = &analysis;
    return success();
  }

  ChannelRange getRange(const ScaledChannel &channel,
                        unsigned bits) const override {
    const ChannelMoments &x = channel.moments;
    double low = x.mean - deviations * x.stddev;
    double high = x.mean + deviations * x.stddev;
    // Batch-norm describes the value in front of the activation function.
    if (const ChannelStatistics *accumulated = lookupBatchNorm(channel.value)) {
      const ChannelMoments &y = (*accumulated)[channel.index];
      low = y.mean - deviations * y.stddev;
      high = y.mean + deviations * y.stddev;
    }
    return {std::clamp(low, x.min, x.max), std::clamp(high, x.min, x.max)};
  }

  double getClippingError(const ScaledChannel &, ChannelRange) const override {
    return 0.0;
  }

  std::optional<double> getFoldExponent() const override { return 1.0; }

private:
  /// Statistics of the layer that computes `value`, unless a residual changes
  /// them.
  const ChannelStatistics *lookupBatchNorm(Value value) const {
    Operation *op = value.getDefiningOp();
    auto conv = dyn_cast_if_present<Conv2DOp>(op);
    if (!op || (conv && conv.getResidual()))
      return nullptr;
    return statistics->lookupAccumulated(op);
  }

  double deviations;
  const StatisticsAnalysis *statistics = nullptr;
};

} // namespace

std::unique_ptr<ScaleRule>
spiq::createLiteralRule(const ScaleRuleOptions &options) {
  return std::make_unique<LiteralRule>(options);
}
