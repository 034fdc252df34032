//===- ObservationRule.h - Rules that run the network -----------*- C++ -*-===//
//
// What the rules have in common that observe values.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALERULES_OBSERVATIONRULE_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALERULES_OBSERVATIONRULE_H

#include "../NetworkObserver.h"

#include "spiq/Dialect/SPIQ/Transforms/ScaleRule.h"

namespace spiq {

/// Inputs for all arguments of a function.
struct NetworkInputs {
  int64_t count = 0;
  llvm::SmallVector<TensorBatch> batches;
};

/// Ranges of what a network was seen to compute. Where nothing was observed,
/// the rule `batch-norm` answers.
class ObservationRule : public ScaleRule {
public:
  /// Ranges reach `reach` times as far as the values seen.
  ObservationRule(const ScaleRuleOptions &options, bool standardize,
                  double reach)
      : analytic(createBatchNormRule(options)), standardizes(standardize),
        reach(reach) {}

  llvm::LogicalResult initialize(mlir::func::FuncOp function,
                                 const StatisticsAnalysis &statistics) override;
  ChannelRange getRange(const ScaledChannel &channel,
                        unsigned bits) const override;
  double getClippingError(const ScaledChannel &channel,
                          ChannelRange range) const override;

protected:
  /// Inputs to run `function` on. Fails after a diagnostic.
  virtual llvm::FailureOr<NetworkInputs>
  createInputs(mlir::func::FuncOp function,
               const StatisticsAnalysis &statistics) = 0;

private:
  const ChannelObservation *lookup(const ScaledChannel &channel) const;

  std::unique_ptr<ScaleRule> analytic;
  bool standardizes;
  double reach;
  std::unique_ptr<NetworkObserver> observer;
};

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALERULES_OBSERVATIONRULE_H
