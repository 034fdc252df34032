//===- DescribeInputs.cpp - spiq-describe-inputs --------------------------===//
//
// Attaches to arguments what preprocessing says about them.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/Dialect/SPIQ/Transforms/Passes.h"
#include "spiq/Dialect/SPIQ/Transforms/StatisticsAnalysis.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace spiq;

namespace spiq {
#define GEN_PASS_DEF_SPIQDESCRIBEINPUTS
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"
} // namespace spiq

/// Statistics of `channels` channels of bytes, scaled by `means` and `stddevs`,
/// which have one entry for each or one for all. Mean and deviation are those
/// of `known`, as far as values within the bounds can have them, or else those
/// of photographs.
static ChannelStatsAttr describe(ChannelStatsAttr known, MLIRContext *context,
                                 int64_t channels, ArrayRef<double> means,
                                 ArrayRef<double> stddevs) {
  if (known && known.getNumChannels() != 1 &&
      known.getNumChannels() != channels)
    known = {};
  auto getEntry = [](ArrayRef<double> entries, int64_t channel) {
    return entries[entries.size() == 1 ? 0 : channel];
  };
  SmallVector<double> mean, stddev, min, max;
  for (int64_t c = 0; c < channels; ++c) {
    double subtracted = getEntry(means, c), divisor = getEntry(stddevs, c);
    min.push_back(-subtracted / divisor);
    max.push_back((255.0 - subtracted) / divisor);
    double m = (typicalByteMean - subtracted) / divisor;
    double s = typicalByteStddev / divisor;
    if (known) {
      m = std::clamp(getEntry(known.getMean(), c), min[c], max[c]);
      // No values between two bounds deviate more than the bounds.
      s = std::min(getEntry(known.getStddev(), c), (max[c] - min[c]) / 2.0);
    }
    mean.push_back(m);
    stddev.push_back(s);
  }
  return ChannelStatsAttr::get(context, mean, stddev, min, max);
}

namespace {

struct SPIQDescribeInputsPass
    : public spiq::impl::SPIQDescribeInputsBase<SPIQDescribeInputsPass> {
  using SPIQDescribeInputsBase::SPIQDescribeInputsBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal() || (pixelMean.empty() && pixelStddev.empty()))
      return;
    if (failed(checkOptions()))
      return signalPassFailure();
    unsigned described = 0;
    for (BlockArgument argument : function.getArguments()) {
      auto type = dyn_cast<RankedTensorType>(argument.getType());
      if (!type || !type.getElementType().isF32() || type.getRank() == 0)
        continue;
      unsigned index = argument.getArgNumber();
      int64_t axis = getChannelAxis(argument), channels = type.getDimSize(axis);
      if (failed(checkSize("pixel-mean", pixelMean, index, axis, channels)) ||
          failed(checkSize("pixel-std", pixelStddev, index, axis, channels)))
        return signalPassFailure();
      auto known =
          function.getArgAttrOfType<ChannelStatsAttr>(index, argumentStatsName);
      function.setArgAttr(
          index, argumentStatsName,
          describe(known, &getContext(), channels, pixelMean, pixelStddev));
      function.setArgAttr(index, argumentBytesName,
                          UnitAttr::get(&getContext()));
      ++described;
    }
    numInputs += described;
    if (described == 0) {
      function.emitOpError("has no f32 tensor among its arguments: options "
                           "'pixel-mean' and 'pixel-std' describe nothing");
      signalPassFailure();
    }
  }

private:
  LogicalResult checkOptions() {
    Location loc = getOperation().getLoc();
    if (pixelMean.empty() || pixelStddev.empty())
      return emitError(loc) << "options 'pixel-mean' and 'pixel-std' need "
                               "each other: inputs are (pixel - mean) / stddev";
    for (double mean : pixelMean)
      if (!std::isfinite(mean))
        return emitError(loc)
               << "option 'pixel-mean' expects finite numbers, got " << mean;
    for (double stddev : pixelStddev)
      if (!std::isfinite(stddev) || !(stddev > 0.0))
        return emitError(loc)
               << "option 'pixel-std' expects positive numbers, got " << stddev;
    return success();
  }

  LogicalResult checkSize(StringRef name, ArrayRef<double> values,
                          unsigned argument, int64_t axis, int64_t channels) {
    if (values.size() == 1 || static_cast<int64_t>(values.size()) == channels)
      return success();
    return getOperation().emitOpError()
           << "expects option '" << name << "' to have one value, or one for "
           << "each of the " << channels << " channels (axis " << axis
           << ") of argument #" << argument << ", got " << values.size();
  }
};

} // namespace
