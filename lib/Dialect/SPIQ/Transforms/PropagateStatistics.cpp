//===- PropagateStatistics.cpp - Show the statistics of values ------------===//
//
// Attaches the results of the statistics analysis to operations.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/Transforms/Passes.h"
#include "spiq/Dialect/SPIQ/Transforms/StatisticsAnalysis.h"

using namespace mlir;
using namespace spiq;

namespace spiq {
#define GEN_PASS_DEF_SPIQPROPAGATESTATISTICS
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"
} // namespace spiq

namespace {

struct PropagateStatisticsPass
    : public spiq::impl::SPIQPropagateStatisticsBase<PropagateStatisticsPass> {
  using SPIQPropagateStatisticsBase::SPIQPropagateStatisticsBase;

  void runOnOperation() override {
    StatisticsOptions options;
    options.inputMean = inputMean;
    options.inputStddev = inputStddev;
    options.residualCorrelation = residualCorrelation;
    func::FuncOp function = getOperation();
    FailureOr<StatisticsAnalysis> analysis =
        StatisticsAnalysis::create(function, options);
    if (failed(analysis))
      return signalPassFailure();
    for (Operation &op : function.getOps()) {
      if (op.getNumResults() != 1 || op.hasTrait<OpTrait::ConstantLike>())
        continue;
      if (const ChannelStatistics *statistics =
              analysis->lookup(op.getResult(0))) {
        op.setAttr("spiq.value_stats",
                   getStatsAttr(&getContext(), *statistics));
        ++numValues;
      }
    }
  }
};

} // namespace
