//===- ObservationRule.h - Rules that run the network -----------*- C++ -*-===//
//
// What `observed` and `synthetic` share.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALERULES_OBSERVATIONRULE_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALERULES_OBSERVATIONRULE_H

#include "spiq/Dialect/SPIQ/Transforms/ScaleRule.h"

#include "../NetworkObserver.h"

namespace spiq {

/// Inputs for all arguments of a function.
struct NetworkInputs {
  int64_t count = 0;
  llvm::SmallVector<TensorBatch> batches;
};

/// A rule that looks at what a network computes. Where nothing was observed,
/// the rule `batch-norm` answers.
class ObservationRule : public ScaleRule {
public:
  /// `standardize` as for `NetworkObserver`.
  ObservationRule(const ScaleRuleOptions &options, bool standardize)
      : analytic(createBatchNormRule(options)), standardizes(standardize) {}

  llvm::LogicalResult initialize(mlir::func::FuncOp function,
                                 const StatisticsAnalysis &statistics) override;

protected:
  /// Inputs to run `function` on. Fails after a diagnostic.
  virtual llvm::FailureOr<NetworkInputs>
  createInputs(mlir::func::FuncOp function,
               const StatisticsAnalysis &statistics) = 0;

  /// What was seen of `channel`; null if it was not observed.
  const ChannelObservation *lookup(const ScaledChannel &channel) const;
  const ScaleRule &getAnalytic() const { return *analytic; }
  /// How many inputs the network was run on.
  int64_t getNumInputs() const { return numInputs; }

private:
  std::unique_ptr<ScaleRule> analytic;
  bool standardizes;
  int64_t numInputs = 0;
  std::unique_ptr<NetworkObserver> observer;
};

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALERULES_OBSERVATIONRULE_H
