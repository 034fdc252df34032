//===- LayerInputs.cpp - What layers read ---------------------------------===//
//
// Statistics and correlations of the inputs of all layers of a function.
//
//===----------------------------------------------------------------------===//

#include "LayerInputs.h"

#include "CorrelationAnalysis.h"
#include "WeightQuantization.h"

using namespace mlir;
using namespace spiq;

/// Whether a layer's weights have few enough bits for compensated rounding.
static bool compensatesAny(func::FuncOp function, unsigned compensateBelow) {
  WalkResult result = function.walk([&](LinearOpInterface layer) {
    auto attr = layer->getAttrOfType<TypeAttr>(weightTypeName);
    auto type = attr ? dyn_cast<quant::QuantizedType>(attr.getValue())
                     : quant::QuantizedType();
    return type && isCompensated(type.getStorageTypeMax(), compensateBelow)
               ? WalkResult::interrupt()
               : WalkResult::advance();
  });
  return result.wasInterrupted();
}

FailureOr<LayerInputs>
spiq::collectLayerInputs(func::FuncOp function,
                         const StatisticsOptions &options,
                         unsigned compensateBelow) {
  FailureOr<StatisticsAnalysis> statistics =
      StatisticsAnalysis::create(function, options);
  if (failed(statistics))
    return failure();
  std::optional<CorrelationAnalysis> correlations;
  if (compensatesAny(function, compensateBelow))
    correlations.emplace(function, *statistics, options);
  LayerInputs inputs;
  function.walk([&](LinearOpInterface layer) {
    Value input = layer.getInputOperand().get();
    if (const ChannelStatistics *channels = statistics->lookup(input))
      inputs[layer] = {*channels,
                       correlations ? correlations->lookup(input) : nullptr};
  });
  return inputs;
}
