//===- ScaleChooser.cpp - Scales of all quantized values ------------------===//
//
// Chooses the scales of values that share readers together.
//
//===----------------------------------------------------------------------===//

#include "ScaleChooser.h"

#include "ConstantUtils.h"
#include "FoldObjective.h"

#include "llvm/ADT/EquivalenceClasses.h"

#include <cmath>

using namespace mlir;
using namespace spiq;

StorageRange spiq::getStorageRange(Signedness signedness, unsigned bits) {
  int64_t half = int64_t(1) << (bits - 1);
  if (signedness == Signedness::Signed)
    return {true, -half, half - 1};
  return {false, 0, 2 * half - 1};
}

/// Scale and zero point of a channel that has its range to itself.
struct ScaleChooser::Grid {
  double scale;
  int64_t zeroPoint;
  StorageRange storage;

  /// The real values that are stored without clipping at scale `s`.
  ChannelRange getRange(double s) const {
    return {s * (storage.min - zeroPoint), s * (storage.max - zeroPoint)};
  }
};

ScaleChooser::Grid ScaleChooser::getGrid(ChannelRange range,
                                         unsigned bits) const {
  StorageRange storage = getStorageRange(options.signedness, bits);
  double levels = storage.max - storage.min;
  if (options.signedness == Signedness::Asymmetric) {
    double scale = range.getWidth() / levels;
    int64_t zeroPoint =
        scale > 0.0 ? std::llround(-range.min / scale) + storage.min : 0;
    return {scale, zeroPoint, storage};
  }
  if (options.signedness == Signedness::Unsigned && range.min >= 0.0)
    return {range.max / levels, 0, storage};
  double reach = std::max(-range.min, range.max);
  int64_t zeroPoint = storage.isSigned ? 0 : (storage.max + 1) / 2;
  return {reach / (storage.max - zeroPoint), zeroPoint, storage};
}

/// The least scale of a channel relative to the widest of its tensor. Where a
/// channel hardly differs from zero, little is known about how far it reaches,
/// and a much finer grid than the others' gains little at 8 bits. With fewer
/// bits there is less to spare.
static double getLeastShare(unsigned bits) {
  return std::exp2(bits / 2.0 - 8.0);
}

SmallVector<ChannelRange, 0>
ScaleChooser::getRanges(const QuantizationRoot &root) {
  SmallVector<ChannelRange, 0> ranges;
  ChannelRange all;
  for (auto [index, moments] : llvm::enumerate(root.channels)) {
    ScaledChannel channel{root.value, static_cast<int64_t>(index), moments};
    ChannelRange range = rule.getRange(channel, root.bits);
    // Padding stores zero.
    range = {std::min(0.0, range.min), std::max(0.0, range.max)};
    all = {std::min(all.min, range.min), std::max(all.max, range.max)};
    ranges.push_back(range);
  }
  if (options.perTensor)
    ranges.assign(ranges.size(), all);
  return ranges;
}

/// The weights of `layer`, gathered by the channel that they read.
/// `localIndex` numbers the channels of the objective.
static FoldLayer gatherWeights(LinearOpInterface layer, double maxWeight,
                               ArrayRef<int64_t> inputChannels,
                               const DenseMap<int64_t, uint32_t> &localIndex,
                               const NoiseGainAnalysis &gains) {
  FoldLayer result;
  result.maxWeight = maxWeight;
  auto weights = getConstantFloats(layer.getWeightsOperand().get());
  if (!weights)
    return result;
  auto shape = cast<RankedTensorType>(layer.getWeightsOperand().get().getType())
                   .getShape();
  int64_t outputs = shape.front(), inputs = shape.back();
  int64_t row = weights->size() / outputs;
  result.rowBegin.push_back(0);
  // Several inputs may read one channel, behind a flattening for example.
  DenseMap<uint32_t, uint32_t> entryOf;
  for (int64_t o = 0; o < outputs; ++o) {
    entryOf.clear();
    for (int64_t i = 0; i < inputs; ++i) {
      uint32_t channel =
          localIndex.lookup(inputChannels[layer.getInputChannel(o, i)]);
      auto [it, isNew] = entryOf.try_emplace(channel, result.entries.size());
      if (isNew)
        result.entries.push_back({channel, 0.0f, 0.0f});
      FoldWeights &entry = result.entries[it->second];
      for (int64_t k = i; k < row; k += inputs)
        entry.maxAbs =
            std::max(entry.maxAbs, std::abs((*weights)[o * row + k]));
      entry.count += row / inputs;
    }
    result.rowBegin.push_back(result.entries.size());
    result.outputGains.push_back(gains.getAccumulatedGain(layer, o));
  }
  return result;
}

ScaleChooser::ScaleChooser(const QuantizationPlan &plan, const ScaleRule &rule,
                           const NoiseGainAnalysis &gains,
                           const NoiseGainAnalysis &clippingGains,
                           const Options &options)
    : plan(plan), rule(rule), gains(gains), clippingGains(clippingGains),
      options(options) {
  choice.channels.resize(plan.getNumChannels());
  ArrayRef<QuantizationRoot> roots = plan.getRoots();
  auto getRootIndex = [&](int64_t channel) -> unsigned {
    return &plan.getRootOfChannel(channel) - roots.data();
  };
  // Values that a layer reads together are chosen together.
  llvm::EquivalenceClasses<unsigned> classes;
  for (unsigned root = 0; root < roots.size(); ++root)
    classes.insert(root);
  for (LinearOpInterface layer : plan.getIntegerLayers()) {
    SmallVector<int64_t> read = plan.getChannels(layer.getInputOperand().get());
    for (int64_t channel : read)
      classes.unionSets(getRootIndex(read.front()), getRootIndex(channel));
  }
  DenseMap<unsigned, SmallVector<LinearOpInterface>> layersOf;
  for (LinearOpInterface layer : plan.getIntegerLayers()) {
    SmallVector<int64_t> read = plan.getChannels(layer.getInputOperand().get());
    layersOf[classes.getLeaderValue(getRootIndex(read.front()))].push_back(
        layer);
  }
  for (unsigned root = 0; root < roots.size(); ++root) {
    if (roots[root].hasOneScale()) {
      chooseOneScale(root);
      continue;
    }
    if (classes.getLeaderValue(root) != root)
      continue;
    SmallVector<unsigned> members;
    for (unsigned other = 0; other < roots.size(); ++other)
      if (classes.isEquivalent(root, other))
        members.push_back(other);
    if (members.size() == 1 && chooseForBytes(root))
      continue;
    choose(members, layersOf[root]);
  }
}

/// One scale for all channels, so that the caller can compare stored values, or
/// because the largest channel of an image is the one that reaches its bound.
/// The range of a bounded function is represented completely.
void ScaleChooser::chooseOneScale(unsigned index) {
  const QuantizationRoot &root = plan.getRoots()[index];
  bool isLinear = root.value.getDefiningOp<LinearOpInterface>() != nullptr;
  ChannelRange all;
  for (auto [channel, moments] : llvm::enumerate(root.channels)) {
    ChannelRange range = {moments.min, moments.max};
    if (isLinear || !std::isfinite(moments.min) || !std::isfinite(moments.max))
      range = rule.getRange(
          {root.value, static_cast<int64_t>(channel), moments}, root.bits);
    all = {std::min(all.min, range.min), std::max(all.max, range.max)};
  }
  Grid grid = getGrid(all, root.bits);
  // A result that is always zero takes any scale.
  if (grid.scale == 0.0)
    grid.scale = 1.0;
  for (size_t channel = 0; channel < root.channels.size(); ++channel)
    choice.channels[root.firstChannel + channel] = {grid.scale, grid.zeroPoint};
  choice.groups.push_back({{index}});
}

/// How close to the middle between two integers the byte that stands for zero
/// may be before rounding becomes a matter of chance.
static constexpr double tieMargin = 1.0 / 64.0;

bool ScaleChooser::chooseForBytes(unsigned index) {
  const QuantizationRoot &root = plan.getRoots()[index];
  StorageRange storage = getStorageRange(options.signedness, root.bits);
  if (!holdsBytes(root.value) || root.bits != 8 || storage.isSigned ||
      options.foldExponent || rule.getFoldExponent())
    return false;
  SmallVector<ChannelQuantization> chosen;
  for (const ChannelMoments &channel : root.channels) {
    double scale = (channel.max - channel.min) / storage.max;
    double zero = -channel.min / scale;
    // Padding stores zero.
    if (!(zero >= 0.0 && zero <= storage.max))
      return false;
    // Bytes half a step beside integers would be rounded up or down at random:
    // one level less turns that into an error that changes slowly.
    bool isTie = std::abs(zero - std::floor(zero) - 0.5) < tieMargin;
    if (isTie && !options.quantizedIO) {
      scale *= storage.max / (storage.max - 1.0);
      zero = std::floor(zero);
    }
    chosen.push_back({scale, std::llround(zero)});
    if (options.signedness == Signedness::Unsigned && chosen.back().zeroPoint)
      return false;
    const ChannelQuantization &first = chosen.front();
    if (options.perTensor && (chosen.back().scale != first.scale ||
                              chosen.back().zeroPoint != first.zeroPoint))
      return false;
  }
  llvm::copy(chosen, choice.channels.begin() + root.firstChannel);
  choice.groups.push_back({{index}, 1.0});
  return true;
}

void ScaleChooser::choose(ArrayRef<unsigned> members,
                          ArrayRef<LinearOpInterface> layers) {
  SmallVector<FoldChannel, 0> foldChannels;
  SmallVector<Grid, 0> grids;
  SmallVector<int64_t, 0> numbers;
  DenseMap<int64_t, uint32_t> localIndex;
  double widest = 0.0;
  for (unsigned member : members) {
    const QuantizationRoot &root = plan.getRoots()[member];
    for (auto [index, range] : llvm::enumerate(getRanges(root))) {
      Grid grid = getGrid(range, root.bits);
      widest = std::max(widest, grid.scale);
      localIndex[root.firstChannel + index] = grids.size();
      numbers.push_back(root.firstChannel + index);
      grids.push_back(grid);
    }
  }
  // A channel that never differs from zero takes any scale.
  if (widest == 0.0)
    widest = 1.0;
  std::optional<double> exponent = rule.getFoldExponent();
  bool isLiteral = exponent.has_value();
  for (unsigned member : members) {
    const QuantizationRoot &root = plan.getRoots()[member];
    for (auto [index, moments] : llvm::enumerate(root.channels)) {
      Grid &grid = grids[foldChannels.size()];
      double share = isLiteral ? 1.0 / 4096.0 : getLeastShare(root.bits);
      grid.scale = std::max(grid.scale, share * widest);
      ScaledChannel scaled{root.value, static_cast<int64_t>(index), moments};
      FoldChannel channel;
      channel.ownScale = grid.scale;
      channel.roundingGain = gains.getGain(root.value, index);
      channel.clippingGain = clippingGains.getGain(root.value, index);
      channel.roundedShare = 1.0 - moments.atBound;
      channel.variance = moments.getVariance();
      channel.clippingError = [this, scaled, grid](double scale) {
        return rule.getClippingError(scaled, grid.getRange(scale));
      };
      foldChannels.push_back(std::move(channel));
    }
  }
  SmallVector<FoldLayer, 0> foldLayers;
  for (LinearOpInterface layer : layers) {
    double maxWeight = (1 << (plan.getWeightBits(layer) - 1)) - 1;
    foldLayers.push_back(gatherWeights(
        layer, maxWeight, plan.getChannels(layer.getInputOperand().get()),
        localIndex, gains));
  }

  FoldObjective objective(std::move(foldChannels), std::move(foldLayers));
  if (options.perTensor)
    exponent = 0.0;
  else if (options.foldExponent)
    exponent = options.foldExponent;
  FoldObjective::Choice fold;
  if (isLiteral)
    fold.exponent = *exponent;
  else
    fold = objective.minimize(exponent);
  SmallVector<double, 0> scales =
      objective.getScales(fold.exponent, fold.shift);
  unsigned bits = plan.getRoots()[members.front()].bits;
  bool roundsWeightsMore = llvm::any_of(layers, [&](LinearOpInterface layer) {
    return plan.getWeightBits(layer) < bits;
  });
  if (roundsWeightsMore && !exponent)
    fold.error = objective.refine(scales);
  for (auto [number, grid, scale] : llvm::zip(numbers, grids, scales))
    choice.channels[number] = {scale, grid.zeroPoint};
  choice.groups.push_back(
      {SmallVector<unsigned>(members), fold.exponent, fold.shift, fold.error});
}
