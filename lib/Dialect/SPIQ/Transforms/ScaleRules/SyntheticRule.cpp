//===- SyntheticRule.cpp - Ranges from generated images -------------------===//
//
// Runs the network on generated images, matched to what batch-norm knows, and
// takes ranges from its values.
//
//===----------------------------------------------------------------------===//

#include "ObservationRule.h"

#include "../SyntheticImages.h"

#include <cmath>

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

/// Fills `values`, tensors of `shape` whose channels lie along `axis`.
static void fillImages(MutableArrayRef<float> values, ArrayRef<int64_t> shape,
                       int64_t axis) {
  int64_t inner = 1;
  for (int64_t size : shape.drop_front(axis + 1))
    inner *= size;
  // Anything but images becomes an image one pixel high.
  ImageShape image{1, inner, shape[axis]};
  if (shape.size() == 4 && axis == 1)
    image = {shape[2], shape[3], shape[1]};
  else if (shape.size() == 4 && axis == 3)
    image = {shape[1], shape[2], shape[3]};
  size_t size = image.height * image.width * image.colours;
  for (size_t n = 0; n < values.size() / size; ++n) {
    std::vector<float> pixels = createSyntheticImage(image, n);
    float *target = &values[n * size];
    for (int64_t p = 0; p < image.height * image.width; ++p)
      for (int64_t c = 0; c < image.colours; ++c)
        target[(p / inner * image.colours + c) * inner + p % inner] =
            pixels[p * image.colours + c];
  }
}

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
    ArrayRef<int64_t> shape = type.getShape();
    int64_t axis = *statistics.getArgumentMap(argument).getAxis();
    inputs.batches.emplace_back(numImages * type.getNumElements() *
                                sizeof(float));
    MutableArrayRef<float> values = inputs.batches.back().getFloats();
    fillImages(values, shape, axis);
    // Pixels have a mean of about 0.5 and a deviation of about 0.25.
    const ChannelStatistics &channels =
        statistics.getArgumentChannels(argument);
    int64_t inner = 1;
    for (int64_t size : shape.drop_front(axis + 1))
      inner *= size;
    for (auto [i, value] : llvm::enumerate(values)) {
      const ChannelMoments &x = channels[i / inner % channels.size()];
      value =
          std::clamp(x.mean + (value - 0.5) / 0.25 * x.stddev, x.min, x.max);
    }
  }
  return inputs;
}

std::unique_ptr<ScaleRule>
spiq::createSyntheticRule(const ScaleRuleOptions &options) {
  return std::make_unique<SyntheticRule>(options);
}
