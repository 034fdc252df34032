//===- LinearStatistics.cpp - Distributions behind layers -----------------===//
//
// Statistics of weighted sums, and their tails.
//
//===----------------------------------------------------------------------===//

#include "LinearStatistics.h"

#include "ConstantUtils.h"
#include "TensorValue.h"

#include <cmath>

using namespace mlir;
using namespace spiq;

/// Correlation of what is far from its mean in the channels of a whole image:
/// features of one class are large together.
static constexpr double imageTailCorrelation = 0.02;

namespace {

/// Sum of weighted channels: the result of one output channel of a layer.
class WeightedSum {
public:
  /// `tailCorrelation` is that of the tails of two channels.
  WeightedSum(double bias, double tailCorrelation)
      : tailCorrelation(tailCorrelation) {
    sum.mean = sum.min = sum.max = bias;
  }

  /// Adds the taps `weights` of input channel `x`. Neighbouring pixels have the
  /// given correlation.
  void add(const ChannelMoments &x, ArrayRef<double> weights,
           double correlation) {
    double total = 0.0, squares = 0.0;
    for (double w : weights) {
      total += w;
      squares += w * w;
      // Padding contributes zeros.
      addBounds(w * std::min(0.0, x.min), w * std::max(0.0, x.max), w);
    }
    double gain = (1.0 - correlation) * squares + correlation * total * total;
    bool isPositive = total >= 0.0;
    double upperTail = isPositive ? x.upperTail : x.lowerTail;
    double lowerTail = isPositive ? x.lowerTail : x.upperTail;
    sum.mean += total * x.mean;
    variance += gain * x.getVariance();
    upper += gain * square(upperTail);
    lower += gain * square(lowerTail);
    upperTogether += std::abs(total) * upperTail;
    lowerTogether += std::abs(total) * lowerTail;
  }

  ChannelMoments get() const {
    ChannelMoments result = sum;
    result.stddev = std::sqrt(variance);
    result.upperTail =
        std::sqrt(upper + tailCorrelation * square(upperTogether));
    result.lowerTail =
        std::sqrt(lower + tailCorrelation * square(lowerTogether));
    return result;
  }

private:
  static double square(double x) { return x * x; }

  void addBounds(double atMin, double atMax, double w) {
    if (w == 0.0)
      return;
    sum.min += std::min(atMin, atMax);
    sum.max += std::max(atMin, atMax);
  }

  ChannelMoments sum;
  double tailCorrelation;
  double variance = 0.0;
  /// Squares of tails of independent channels, and tails of channels that are
  /// large together.
  double upper = 0.0, lower = 0.0, upperTogether = 0.0, lowerTogether = 0.0;
};

} // namespace

/// The taps of a kernel that contribute to the same output pixel. A strided
/// transposed convolution has several kinds of output pixels, each with taps of
/// its own; its result is a mixture of them.
static SmallVector<SmallVector<int64_t>> getTapPhases(LinearOpInterface op) {
  ArrayRef<int64_t> shape = getShapeOf(op.getWeightsOperand().get());
  int64_t taps = 1;
  for (int64_t size : shape.drop_front().drop_back())
    taps *= size;
  auto transposed = dyn_cast<TransposedConv2DOp>(op.getOperation());
  if (!transposed)
    return {llvm::to_vector(llvm::seq<int64_t>(0, taps))};
  ArrayRef<int64_t> strides = transposed.getStrides();
  ArrayRef<int64_t> dilations = transposed.getDilations();
  SmallVector<SmallVector<int64_t>> phases(strides[0] * strides[1]);
  for (int64_t tap = 0; tap < taps; ++tap) {
    int64_t row = tap / shape[2] * dilations[0] % strides[0];
    int64_t column = tap % shape[2] * dilations[1] % strides[1];
    phases[row * strides[1] + column].push_back(tap);
  }
  return phases;
}

namespace {

/// The constant weights of a layer.
class Kernels {
public:
  Kernels(LinearOpInterface op, ArrayRef<float> weights)
      : weights(weights), phases(getTapPhases(op)) {
    ArrayRef<int64_t> shape = getShapeOf(op.getWeightsOperand().get());
    outputs = shape.front();
    inputs = shape.back();
    taps = weights.size() / (outputs * inputs);
  }

  /// The taps of `phase` between output channel `o` and the `i`-th channel that
  /// it reads.
  SmallVector<double> getKernel(int64_t o, int64_t i,
                                ArrayRef<int64_t> phase) const {
    SmallVector<double> kernel;
    for (int64_t tap : phase)
      kernel.push_back(weights[(o * taps + tap) * inputs + i]);
    return kernel;
  }

  int64_t outputs, inputs, taps;
  ArrayRef<float> weights;
  SmallVector<SmallVector<int64_t>> phases;
};

} // namespace

/// Whether `op` reads one value per channel of an image.
static bool readsWholeImage(LinearOpInterface op) {
  ArrayRef<int64_t> shape = getShapeOf(op.getInputOperand().get());
  return llvm::all_of(shape.drop_front().drop_back(),
                      [](int64_t size) { return size == 1; });
}

ChannelStatistics spiq::computeLinearStatistics(LinearOpInterface op,
                                                const ChannelStatistics &input,
                                                double pixelCorrelation) {
  std::optional<SmallVector<float, 0>> weights =
      getConstantFloats(op.getWeightsOperand().get());
  std::optional<SmallVector<float, 0>> bias =
      getConstantFloats(op.getBiasOperand().get());
  if (!weights || !bias)
    return {};
  Kernels kernels(op, *weights);
  double tailCorrelation = readsWholeImage(op) ? imageTailCorrelation : 0.0;
  ChannelStatistics result;
  for (int64_t o = 0; o < kernels.outputs; ++o) {
    SmallVector<ChannelMoments> parts;
    for (ArrayRef<int64_t> phase : kernels.phases) {
      WeightedSum sum((*bias)[o], tailCorrelation);
      for (int64_t i = 0; i < kernels.inputs; ++i)
        sum.add(input[op.getInputChannel(o, i)], kernels.getKernel(o, i, phase),
                pixelCorrelation);
      parts.push_back(sum.get());
    }
    result.push_back(mixMoments(parts));
  }
  return result;
}

/// Factor of the tail of a channel that one input channel moves by `m`
/// deviations. Over the channels of networks for images, the logarithm of the
/// farthest value correlates with that of `m` by 0.5 to 0.6.
static double getTailFactor(double m) {
  constexpr double typical = 4.0, exponent = 0.35, most = 2.5;
  return std::clamp(std::pow(m / typical, exponent), 1.0, most);
}

void spiq::widenTailsByInputs(LinearOpInterface op,
                              const ChannelStatistics &input,
                              ChannelStatistics &results) {
  std::optional<SmallVector<float, 0>> weights =
      getConstantFloats(op.getWeightsOperand().get());
  if (!weights)
    return;
  // What a channel reaches in most networks; its tail goes farther.
  constexpr double reach = 5.0;
  Kernels kernels(op, *weights);
  for (auto [o, result] : llvm::enumerate(results)) {
    if (!(result.stddev > 0.0))
      continue;
    double upper = 0.0, lower = 0.0;
    for (ArrayRef<int64_t> phase : kernels.phases)
      for (int64_t i = 0; i < kernels.inputs; ++i) {
        const ChannelMoments &x = input[op.getInputChannel(o, i)];
        double above = x.getUpper(reach) - x.mean;
        double below = x.mean - x.getLower(reach);
        if (phase.size() > 1) {
          // Padding stores zero.
          above = std::max(above, -x.mean);
          below = std::max(below, x.mean);
        }
        double total = 0.0, squares = 0.0;
        for (double w : kernels.getKernel(o, i, phase)) {
          total += w;
          squares += w * w;
        }
        if (total < 0.0)
          std::swap(above, below);
        double weight = std::max(std::abs(total), std::sqrt(squares));
        upper = std::max(upper, weight * above);
        lower = std::max(lower, weight * below);
      }
    result.upperTail *= getTailFactor(upper / result.stddev);
    result.lowerTail *= getTailFactor(lower / result.stddev);
  }
}
