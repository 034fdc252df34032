//===- ObservationRule.cpp - Rules that run the network -------------------===//
//
// Runs the network and looks up what it did.
//
//===----------------------------------------------------------------------===//

#include "ObservationRule.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

using namespace mlir;
using namespace spiq;

LogicalResult
ObservationRule::initialize(func::FuncOp function,
                            const StatisticsAnalysis &statistics) {
  if (failed(analytic->initialize(function, statistics)))
    return failure();
  auto *dialect = function.getContext()->getLoadedDialect<SPIQDialect>();
  const auto *runner =
      dialect ? dialect->getRegisteredInterface<FunctionRunner>() : nullptr;
  if (!runner)
    return function.emitOpError(
        "cannot be observed: this tool has no JIT compiler; use rule "
        "'batch-norm', or register one with spiq::registerJITRunner");
  FailureOr<NetworkInputs> inputs = createInputs(function, statistics);
  if (failed(inputs))
    return failure();
  SmallVector<const ChannelMap *> maps;
  for (BlockArgument argument : function.getArguments())
    maps.push_back(statistics.lookup(argument)
                       ? &statistics.getArgumentMap(argument)
                       : nullptr);
  numInputs = inputs->count;
  observer = std::make_unique<NetworkObserver>(function, *runner, standardizes);
  return observer->run(numInputs, std::move(inputs->batches), maps);
}

const ChannelObservation *
ObservationRule::lookup(const ScaledChannel &channel) const {
  // Generated images say nothing about the inputs themselves.
  if (standardizes && isa<BlockArgument>(channel.value))
    return nullptr;
  const ChannelObservations *observations = observer->lookup(channel.value);
  return observations ? &(*observations)[channel.index] : nullptr;
}
