//===- SyntheticRule.cpp - Ranges from generated images -------------------===//
//
// Runs the network on generated images, matched to what batch-norm knows, and
// takes ranges from its values.
//
//===----------------------------------------------------------------------===//

#include "ObservationRule.h"

#include "../SyntheticImages.h"

using namespace mlir;
using namespace spiq;

/// Images that the network is run on.
static constexpr int64_t numImages = 20;
/// So few images do not show the tails of a channel, and clipping costs more
/// than rounding.
static constexpr double syntheticReach = 2.0;

namespace {

class SyntheticRule : public ObservationRule {
public:
  explicit SyntheticRule(const ScaleRuleOptions &options)
      : ObservationRule(options, /*standardize=*/true, syntheticReach) {}

protected:
  FailureOr<NetworkInputs>
  createInputs(func::FuncOp function,
               const StatisticsAnalysis &statistics) override;
};

} // namespace

FailureOr<NetworkInputs>
SyntheticRule::createInputs(func::FuncOp function,
                            const StatisticsAnalysis &statistics) {
  NetworkInputs inputs;
  inputs.count = numImages;
  for (BlockArgument argument : function.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || !type.getElementType().isF32() || !statistics.lookup(argument))
      return function.emitOpError(
                 "cannot be run on generated images: argument #")
             << argument.getArgNumber() << " is no f32 tensor of images";
    inputs.batches.emplace_back(numImages * type.getNumElements() *
                                sizeof(float));
    MutableArrayRef<float> values = inputs.batches.back().getFloats();
    const ChannelStatistics &channels =
        statistics.getArgumentChannels(argument);
    for (uint64_t begin = 0, image = 0; begin < values.size();
         begin += type.getNumElements())
      image =
          fillWithImages(values.slice(begin, type.getNumElements()),
                         statistics.getArgumentMap(argument), channels, image);
  }
  return inputs;
}

std::unique_ptr<ScaleRule>
spiq::createSyntheticRule(const ScaleRuleOptions &options) {
  return std::make_unique<SyntheticRule>(options);
}
