//===- InputEstimate.cpp - Statistics of inputs from batch-norm -----------===//
//
// Infers how a network's inputs were scaled in training.
//
//===----------------------------------------------------------------------===//

#include "InputEstimate.h"

#include "ConstantUtils.h"
#include "PixelConventions.h"

#include "spiq/Dialect/SPIQ/Transforms/ChannelMap.h"
#include "spiq/Dialect/SPIQ/Transforms/StatisticsAnalysis.h"

#include <cmath>
#include <numeric>

using namespace mlir;
using namespace spiq;

/// Correlation of neighbouring pixels and of the colours of one pixel in
/// photographs.
static constexpr double pixelCorrelation = 0.95, colourCorrelation = 0.9;
/// Distance of the bounds from the mean. Bytes of photographs deviate by about
/// a quarter of their range from a mean in its middle; the rest is for errors
/// of the estimate.
static constexpr double boundDeviations = 2.5;

namespace {

/// A convolution of an input and the batch-norm behind it.
struct FirstLayer {
  Conv2DOp conv;
  BatchNormOp norm;
};

/// What the first layer tells of an input.
struct InputEstimate {
  ChannelStatsAttr stats;
  /// Whether neighbouring pixels and colours are alike, as in photographs.
  bool isCorrelated;
};

} // namespace

/// Finds the layer that reads `value`, perhaps moved or padded.
static std::optional<FirstLayer> findFirstLayer(Value value) {
  for (Operation *user : value.getUsers()) {
    if (ChannelMap::getMovedOperand(user) || isa<PadOp>(user)) {
      if (std::optional<FirstLayer> found = findFirstLayer(user->getResult(0)))
        return found;
      continue;
    }
    auto conv = dyn_cast<Conv2DOp>(user);
    if (!conv || conv.getInput() != value || conv.getGroups() != 1 ||
        conv.getResidual() || conv.getClampMin() || conv.getClampMax())
      continue;
    for (Operation *next : conv->getUsers())
      if (auto norm = dyn_cast<BatchNormOp>(next))
        return FirstLayer{conv, norm};
  }
  return std::nullopt;
}

/// Solves the symmetric positive definite system `a x = b` in place by Gaussian
/// elimination; `a` is row-major.
static void solve(MutableArrayRef<double> a, MutableArrayRef<double> b) {
  size_t n = b.size();
  for (size_t i = 0; i < n; ++i)
    for (size_t j = i + 1; j < n; ++j) {
      double factor = a[j * n + i] / a[i * n + i];
      for (size_t k = i; k < n; ++k)
        a[j * n + k] -= factor * a[i * n + k];
      b[j] -= factor * b[i];
    }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; ++k)
      b[i] -= a[i * n + k] * b[k];
    b[i] /= a[i * n + i];
  }
}

/// w^T R w for the kernel `w` of one output channel, laid out `KH x KW x C`.
static double getExcitation(ArrayRef<float> w, int64_t width,
                            int64_t channels) {
  double sum = 0.0;
  for (size_t i = 0; i < w.size(); ++i)
    for (size_t j = 0; j < w.size(); ++j) {
      int64_t p = i / channels, q = j / channels;
      double distance =
          std::hypot(p / width - q / width, p % width - q % width);
      double colour = i % channels == j % channels ? 1.0 : colourCorrelation;
      sum += w[i] * w[j] * colour * std::pow(pixelCorrelation, distance);
    }
  return sum;
}

static double getVariance(ArrayRef<double> values) {
  double sum = 0.0, square = 0.0;
  for (double value : values) {
    sum += value;
    square += value * value;
  }
  double count = std::max<double>(1.0, values.size());
  return square / count - sum * sum / (count * count);
}

/// Whether variances of output channels, which `ratios` compares with those of
/// correlated and of independent pixels, follow the former at least as well:
/// their logarithms are spread less.
static bool followsCorrelation(ArrayRef<std::pair<double, double>> ratios) {
  auto getLog = [](double ratio) { return std::log(ratio); };
  return getVariance(
             llvm::map_to_vector(llvm::make_first_range(ratios), getLog)) <=
         getVariance(
             llvm::map_to_vector(llvm::make_second_range(ratios), getLog));
}

static std::optional<InputEstimate> estimate(FirstLayer layer) {
  auto weights = getConstantFloats(layer.conv.getWeights());
  auto bias = getConstantFloats(layer.conv.getBias());
  auto mean = getConstantFloats(layer.norm.getMean());
  auto variance = getConstantFloats(layer.norm.getVariance());
  if (!weights || !bias || !mean || !variance)
    return std::nullopt;
  auto shape =
      cast<RankedTensorType>(layer.conv.getWeights().getType()).getShape();
  int64_t width = shape[2], channels = shape[3];
  size_t row = weights->size() / shape[0];
  // Kernels of a first layer are small; anything else is not worth the time.
  constexpr size_t largestKernel = 1024;
  if (row > largestKernel)
    return std::nullopt;

  SmallVector<double> normal(channels * channels, 0.0), right(channels, 0.0);
  double product = 0.0, square = 0.0, trace = 0.0;
  double leastVariance = 1.0e-6 * *llvm::max_element(*variance);
  SmallVector<std::pair<double, double>> ratios;
  for (int64_t o = 0; o < shape[0]; ++o) {
    double v = (*variance)[o];
    if (!(v > 0.0))
      continue;
    ArrayRef<float> kernel = ArrayRef<float>(*weights).slice(o * row, row);
    double excitation = getExcitation(kernel, width, channels);
    product += v * excitation;
    square += excitation * excitation;
    SmallVector<double> sums(channels, 0.0);
    double norm = 0.0;
    for (auto [i, w] : llvm::enumerate(kernel)) {
      sums[i % channels] += w;
      norm += w * w;
    }
    // Channels that died do not tell their inputs' variance.
    if (v > leastVariance && excitation > 0.0 && norm > 0.0)
      ratios.emplace_back(v / excitation, v / norm);
    // Channels that vary little tell the mean best.
    for (int64_t i = 0; i < channels; ++i) {
      right[i] += sums[i] * ((*mean)[o] - (*bias)[o]) / v;
      trace += sums[i] * sums[i] / v;
      for (int64_t j = 0; j < channels; ++j)
        normal[i * channels + j] += sums[i] * sums[j] / v;
    }
  }
  if (!(square > 0.0) || !(product > 0.0) || !(trace > 0.0))
    return std::nullopt;
  // Colours are hard to tell apart: a little weight on small means.
  for (int64_t i = 0; i < channels; ++i)
    normal[i * channels + i] += 1.0e-3 * trace / channels;
  solve(normal, right);
  double deviation = std::sqrt(product / square);
  SmallVector<double> deviations(channels, deviation), min, max;
  for (double m : right) {
    if (!std::isfinite(m) || !std::isfinite(deviation))
      return std::nullopt;
    min.push_back(m - boundDeviations * deviation);
    max.push_back(m + boundDeviations * deviation);
  }
  return InputEstimate{ChannelStatsAttr::get(layer.conv.getContext(), right,
                                             deviations, min, max),
                       followsCorrelation(ratios)};
}

/// `stats` with the bounds of `pixels`.
static ChannelStatsAttr replaceBounds(ChannelStatsAttr stats,
                                      const PixelBounds &pixels) {
  int64_t channels = stats.getNumChannels();
  return ChannelStatsAttr::get(stats.getContext(), stats.getMean(),
                               stats.getStddev(),
                               SmallVector<double>(channels, pixels.min),
                               SmallVector<double>(channels, pixels.max));
}

/// Whether `layer` sees rows and columns.
static bool readsImages(FirstLayer layer) {
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(layer.conv.getInput().getType()).getShape();
  return shape[1] > 1 && shape[2] > 1;
}

/// What `stats` says of channels on average, for all channels alike.
static ChannelStatsAttr getMeanOfChannels(ChannelStatsAttr stats) {
  auto average = [](ArrayRef<double> values) {
    double sum = std::accumulate(values.begin(), values.end(), 0.0);
    return SmallVector<double, 1>{sum / static_cast<double>(values.size())};
  };
  return ChannelStatsAttr::get(
      stats.getContext(), average(stats.getMean()), average(stats.getStddev()),
      average(stats.getMin()), average(stats.getMax()));
}

unsigned spiq::estimateInputStatistics(func::FuncOp function,
                                       bool detectsBytes) {
  unsigned count = 0;
  if (function.isExternal())
    return count;
  for (BlockArgument argument : function.getArguments()) {
    unsigned index = argument.getArgNumber();
    if (function.getArgAttr(index, argumentStatsName))
      continue;
    std::optional<FirstLayer> layer = findFirstLayer(argument);
    std::optional<InputEstimate> input =
        layer ? estimate(*layer) : std::nullopt;
    if (!input)
      continue;
    ChannelStatsAttr stats = input->stats;
    // Pixels may have become channels on the way to the layer.
    auto type = cast<RankedTensorType>(argument.getType());
    int64_t channels = type.getDimSize(getChannelAxis(argument));
    if (static_cast<int64_t>(stats.getMean().size()) != channels)
      stats = getMeanOfChannels(stats);
    if (detectsBytes && input->isCorrelated && readsImages(*layer))
      if (std::optional<PixelBounds> pixels =
              findPixelBounds(stats, /*hasColours=*/channels == 3)) {
        stats = replaceBounds(stats, *pixels);
        if (pixels->holdsBytes)
          function.setArgAttr(index, argumentBytesName,
                              UnitAttr::get(function.getContext()));
      }
    function.setArgAttr(index, argumentStatsName, stats);
    ++count;
  }
  return count;
}
