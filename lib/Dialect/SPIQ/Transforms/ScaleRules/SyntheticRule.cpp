//===- SyntheticRule.cpp - Tails seen on generated images -----------------===//
//
// Runs the network on generated images, matched to what batch-norm knows, and
// corrects the tails of the analytic rule by how far its values reach.
//
//===----------------------------------------------------------------------===//

#include "ObservationRule.h"

#include "../SyntheticImages.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace spiq;

/// Images that a network is run on: so many small ones, fewer large ones.
static constexpr int64_t maxImages = 20;
static constexpr int64_t maxPixels = maxImages * 384 * 384;

/// How far the largest of `count` values reaches in most channels, in scales of
/// the tail.
static double getTypicalReach(double count) { return 0.527 * std::log(count); }

/// Factor of the tail of a channel of whose values, `count` of them, the
/// largest lies `reach` scales of the tail from the mean. Other images would
/// reach less far where these reached farthest, and the other way round.
static double getTailFactor(double reach, double count) {
  constexpr double exponent = 0.6, least = 0.4, most = 2.5;
  double relative = std::max(0.0, reach) / getTypicalReach(count);
  return std::clamp(std::pow(relative, exponent), least, most);
}

namespace {

class SyntheticRule : public ObservationRule {
public:
  explicit SyntheticRule(const ScaleRuleOptions &options)
      : ObservationRule(options, /*standardize=*/true) {}

  ChannelRange getRange(const ScaledChannel &channel,
                        unsigned bits) const override {
    ChannelMoments moments = getMoments(channel);
    return getAnalytic().getRange({channel.value, channel.index, moments},
                                  bits);
  }

  double getClippingError(const ScaledChannel &channel,
                          ChannelRange range) const override {
    ChannelMoments moments = getMoments(channel);
    return getAnalytic().getClippingError(
        {channel.value, channel.index, moments}, range);
  }

protected:
  FailureOr<NetworkInputs>
  createInputs(func::FuncOp function,
               const StatisticsAnalysis &statistics) override;

private:
  /// The statistics of `channel` with the tails that its values suggest.
  ChannelMoments getMoments(const ScaledChannel &channel) const;
};

} // namespace

/// The number of values in one channel of `value`, an activation or an image.
static int64_t getNumPositions(Value value) {
  int64_t positions = 1;
  for (int64_t size :
       cast<RankedTensorType>(value.getType()).getShape().drop_back())
    positions *= size;
  return positions;
}

ChannelMoments SyntheticRule::getMoments(const ScaledChannel &channel) const {
  ChannelMoments x = channel.moments;
  const ChannelObservation *seen = lookup(channel);
  int64_t positions = getNumPositions(channel.value);
  // One value per image says little about a tail.
  if (!seen || positions == 1)
    return x;
  double count = static_cast<double>(positions) * getNumInputs();
  if (x.upperTail > 0.0)
    x.upperTail *= getTailFactor((seen->max - x.mean) / x.upperTail, count);
  if (x.lowerTail > 0.0)
    x.lowerTail *= getTailFactor((x.mean - seen->min) / x.lowerTail, count);
  return x;
}

FailureOr<NetworkInputs>
SyntheticRule::createInputs(func::FuncOp function,
                            const StatisticsAnalysis &statistics) {
  int64_t pixels = 1;
  for (BlockArgument argument : function.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || !type.getElementType().isF32() || !statistics.lookup(argument))
      return function.emitOpError(
                 "cannot be run on generated images: argument #")
             << argument.getArgNumber() << " is no f32 tensor of images";
    int64_t channels = statistics.getArgumentChannels(argument).size();
    pixels = std::max(pixels, type.getNumElements() / channels);
  }
  NetworkInputs inputs;
  inputs.count = std::clamp<int64_t>(maxPixels / pixels, 1, maxImages);
  for (BlockArgument argument : function.getArguments()) {
    int64_t size = cast<RankedTensorType>(argument.getType()).getNumElements();
    inputs.batches.emplace_back(inputs.count * size * sizeof(float));
    MutableArrayRef<float> values = inputs.batches.back().getFloats();
    const ChannelStatistics &channels =
        statistics.getArgumentChannels(argument);
    for (uint64_t begin = 0, image = 0; begin < values.size(); begin += size)
      image =
          fillWithImages(values.slice(begin, size),
                         statistics.getArgumentMap(argument), channels, image);
  }
  return inputs;
}

std::unique_ptr<ScaleRule>
spiq::createSyntheticRule(const ScaleRuleOptions &options) {
  return std::make_unique<SyntheticRule>(options);
}
