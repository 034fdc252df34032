//===- ObservationRule.cpp - Rules that run the network -------------------===//
//
// Runs the network and derives ranges and clipping errors from what it did.
//
//===----------------------------------------------------------------------===//

#include "ObservationRule.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include <algorithm>

using namespace mlir;
using namespace spiq;

/// Clipped values are close together in space and over channels: their errors
/// add up where rounding errors average out.
static constexpr double clippingWeight = 8.0;

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
  observer = std::make_unique<NetworkObserver>(function, *runner, standardizes);
  return observer->run(inputs->count, std::move(inputs->batches), maps);
}

const ChannelObservation *
ObservationRule::lookup(const ScaledChannel &channel) const {
  // Generated images say nothing about the inputs themselves.
  if (standardizes && isa<BlockArgument>(channel.value))
    return nullptr;
  const ChannelObservations *observations = observer->lookup(channel.value);
  return observations ? &(*observations)[channel.index] : nullptr;
}

ChannelRange ObservationRule::getRange(const ScaledChannel &channel,
                                       unsigned bits) const {
  const ChannelObservation *x = lookup(channel);
  if (!x)
    return analytic->getRange(channel, bits);
  return {std::max(channel.moments.min, reach * x->min),
          std::min(channel.moments.max, reach * x->max)};
}

double ObservationRule::getClippingError(const ScaledChannel &channel,
                                         ChannelRange range) const {
  const ChannelObservation *x = lookup(channel);
  if (!x)
    return analytic->getClippingError(channel, range);
  // Values are expected to be as distributed as those seen, `reach` times as
  // far out.
  double error =
      x->getErrorAbove(range.max / reach) + x->getErrorBelow(range.min / reach);
  return clippingWeight * reach * reach * error;
}
