//===- PredictNoise.cpp - spiq-predict-noise ------------------------------===//
//
// Attaches the predicted noise of quantization to values.
//
//===----------------------------------------------------------------------===//

#include "NoiseSimulation.h"

#include "spiq/Dialect/SPIQ/Transforms/Passes.h"
#include "spiq/Dialect/SPIQ/Transforms/PredictedNoise.h"

#include <cmath>

using namespace mlir;
using namespace spiq;

namespace spiq {
#define GEN_PASS_DEF_SPIQPREDICTNOISE
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"
} // namespace spiq

/// Where `value` is stored: its quantization, or itself if it stays f32.
static Value getStored(Value value) {
  for (Operation *user : value.getUsers())
    if (isa<quant::QuantizeCastOp>(user))
      return user->getResult(0);
  return value;
}

namespace {
struct PredictNoisePass
    : public spiq::impl::SPIQPredictNoiseBase<PredictNoisePass> {
  using SPIQPredictNoiseBase::SPIQPredictNoiseBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    StatisticsOptions statisticsOptions;
    statisticsOptions.inputMean = inputMean;
    statisticsOptions.inputStddev = inputStddev;
    FailureOr<StatisticsAnalysis> statistics =
        StatisticsAnalysis::create(function, statisticsOptions);
    if (failed(statistics))
      return signalPassFailure();
    FailureOr<LayerInputs> inputs =
        collectLayerInputs(function, statisticsOptions, compensateBelow);
    if (failed(inputs))
      return signalPassFailure();
    NoiseSimulation::Options options;
    options.numImages = images ? images : getNumGeneratedImages(function);
    options.rounding = {compensateBelow, biasCorrection};
    NoiseSimulation simulation(function, *statistics, *inputs, options);
    if (failed(simulation.run()))
      return signalPassFailure();
    annotate(function, simulation);
  }

private:
  void annotate(func::FuncOp function, const NoiseSimulation &simulation) {
    Builder builder(&getContext());
    auto getDecibels = [&](std::optional<NoisePower> power) -> FloatAttr {
      if (!power)
        return {};
      double decibels = power->getDecibels();
      return std::isfinite(decibels) ? builder.getF64FloatAttr(decibels)
                                     : FloatAttr();
    };
    for (Operation &op : function.getOps()) {
      if (!isa_and_nonnull<SPIQDialect>(op.getDialect()) ||
          op.getNumResults() != 1)
        continue;
      if (FloatAttr decibels =
              getDecibels(simulation.lookup(getStored(op.getResult(0))))) {
        op.setAttr(predictedSQNRName, decibels);
        ++numValues;
      }
    }
    for (unsigned i = 0; i < function.getNumResults(); ++i)
      if (FloatAttr decibels = getDecibels(simulation.lookupResult(i)))
        function.setResultAttr(i, predictedSQNRName, decibels);
  }
};
} // namespace
