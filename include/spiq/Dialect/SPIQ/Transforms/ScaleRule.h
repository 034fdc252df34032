//===- ScaleRule.h - Where the ranges of activations come from --*- C++ -*-===//
//
// The interface by which `spiq-derive-scales` asks how far the values of a
// channel reach. A new rule is one class in one file, and one line in
// `ScaleRule.cpp` that gives it a name.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_TRANSFORMS_SCALERULE_H
#define SPIQ_DIALECT_SPIQ_TRANSFORMS_SCALERULE_H

#include "spiq/Dialect/SPIQ/Transforms/StatisticsAnalysis.h"

#include <memory>
#include <string>

namespace spiq {

/// An interval of real values. Contains zero when it is quantized, because
/// padding is zero.
struct ChannelRange {
  double min = 0.0;
  double max = 0.0;
  double getWidth() const { return max - min; }
};

/// One channel of a value that gets scales.
struct ScaledChannel {
  mlir::Value value;
  /// Index of the channel in the last dimension; for a function argument that
  /// is transposed first, in the dimension that becomes the last.
  int64_t index;
  const ChannelMoments &moments;
};

/// Options that the pass hands to its rule.
struct ScaleRuleOptions {
  /// How many deviations the range reaches; zero for the rule's own choice.
  double deviations = 0.0;
  /// File with inputs of the network, in NumPy's format.
  std::string calibration;
  /// How many times as far as the values seen a range reaches; zero for the
  /// rule's own choice.
  double reach = 0.0;
  /// Whether all channels of a value will share one scale.
  bool perTensor = false;
};

/// The factor by which an error from clipping weighs more than one from
/// rounding. Clipped values are close together in space and over channels:
/// their errors add up where rounding errors average out.
constexpr double clippingWeight = 8.0;

/// Tells how the values of a channel are distributed, as far as that matters
/// for its scale.
class ScaleRule {
public:
  virtual ~ScaleRule();

  /// Prepares the rule for `function`. A rule that looks at data does it here;
  /// it reports a failure by a diagnostic on the function. `statistics`
  /// outlives the rule's other calls.
  virtual llvm::LogicalResult
  initialize(mlir::func::FuncOp function,
             const StatisticsAnalysis &statistics) = 0;

  /// The range of the channel at `bits` bits if the channel were alone, before
  /// the needs of its neighbours are weighed against it.
  virtual ChannelRange getRange(const ScaledChannel &channel,
                                unsigned bits) const = 0;

  /// The expected squared distance of a value from `range`: what clipping to it
  /// would cost.
  virtual double getClippingError(const ScaledChannel &channel,
                                  ChannelRange range) const = 0;

  /// The fixed share of each channel's range to fold into the weights (the
  /// exponent of the range), or none if the share should minimize the predicted
  /// error.
  virtual std::optional<double> getFoldExponent() const { return std::nullopt; }
};

/// Creates the rule called `name`; null if there is none.
std::unique_ptr<ScaleRule> createScaleRule(llvm::StringRef name,
                                           const ScaleRuleOptions &options);

/// The names that `createScaleRule` knows, for diagnostics.
llvm::ArrayRef<llvm::StringLiteral> getScaleRuleNames();

/// Rules by name: `auto`, `batch-norm`, `literal`, `observed` and `synthetic`.
std::unique_ptr<ScaleRule> createAutomaticRule(const ScaleRuleOptions &options);
std::unique_ptr<ScaleRule> createBatchNormRule(const ScaleRuleOptions &options);
std::unique_ptr<ScaleRule> createLiteralRule(const ScaleRuleOptions &options);
std::unique_ptr<ScaleRule> createObservedRule(const ScaleRuleOptions &options);
std::unique_ptr<ScaleRule> createSyntheticRule(const ScaleRuleOptions &options);

} // namespace spiq

#endif // SPIQ_DIALECT_SPIQ_TRANSFORMS_SCALERULE_H
