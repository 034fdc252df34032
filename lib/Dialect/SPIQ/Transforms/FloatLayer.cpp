//===- FloatLayer.cpp - Layers on floats at compile time ------------------===//
//
// Computes convolutions and fully connected layers by matrix products.
//
//===----------------------------------------------------------------------===//

#include "FloatLayer.h"
#include "TensorValue.h"

#include <Eigen/Core>

#include <cmath>

using namespace mlir;
using namespace spiq;
using reference::Tensor;

using RowMajor =
    Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Stride = Eigen::OuterStride<>;

/// Rows of the matrices that are multiplied at a time.
static constexpr int64_t chunkRows = 1024;

namespace {
/// A layer as a convolution; a transposed one spreads its input, with
/// `strides - 1` zeros between pixels, and reads that with stride one.
struct Geometry {
  int64_t height = 1, width = 1, channels = 1;
  int64_t taps[2] = {1, 1};
  int64_t outputs = 1, resultHeight = 1, resultWidth = 1, batch = 1;
  int64_t strides[2] = {1, 1}, dilations[2] = {1, 1}, origin[2] = {0, 0};
  bool isTransposed = false;

  /// The position along `dim` that tap `k` of result `out` reads; none in
  /// padding and between pixels.
  std::optional<int64_t> getSource(int dim, int64_t out, int64_t k) const {
    int64_t size = dim == 0 ? height : width, source;
    if (isTransposed) {
      int64_t spread = out - k * dilations[dim] + origin[dim];
      if (spread % strides[dim] != 0)
        return std::nullopt;
      source = spread / strides[dim];
    } else {
      source = out * strides[dim] + k * dilations[dim] - origin[dim];
    }
    if (source < 0 || source >= size)
      return std::nullopt;
    return source;
  }
};
} // namespace

template <typename OpT>
static Geometry getConvolution(OpT op) {
  ArrayRef<int64_t> in = getShapeOf(op.getInput()),
                    weights = getShapeOf(op.getWeights()),
                    out = getShapeOf(op.getOutput());
  Geometry g;
  g.batch = in[0];
  g.height = in[1];
  g.width = in[2];
  g.channels = in[3];
  g.outputs = out[3];
  g.resultHeight = out[1];
  g.resultWidth = out[2];
  for (int dim = 0; dim < 2; ++dim) {
    g.taps[dim] = weights[dim + 1];
    g.strides[dim] = op.getStrides()[dim];
    g.dilations[dim] = op.getDilations()[dim];
    g.origin[dim] = op.getPadding()[2 * dim];
  }
  return g;
}

static Geometry getGeometry(LinearOpInterface op) {
  if (auto conv = dyn_cast<Conv2DOp>(op.getOperation()))
    return getConvolution(conv);
  if (auto conv = dyn_cast<TransposedConv2DOp>(op.getOperation())) {
    Geometry g = getConvolution(conv);
    g.isTransposed = true;
    return g;
  }
  auto layer = cast<FullyConnectedOp>(op.getOperation());
  Geometry g;
  g.batch = getShapeOf(layer.getInput())[0];
  g.channels = getShapeOf(layer.getInput())[1];
  g.outputs = getShapeOf(layer.getOutput())[1];
  return g;
}

/// Calls `visit(row, tap, pixel)` for the rows [begin, end) of the result and
/// the pixels that they read.
static void forEachTap(const Geometry &g, int64_t begin, int64_t end,
                       function_ref<void(int64_t, int64_t, int64_t)> visit) {
  for (int64_t row = begin; row < end; ++row) {
    int64_t x = row % g.resultWidth, y = row / g.resultWidth % g.resultHeight;
    int64_t n = row / (g.resultWidth * g.resultHeight);
    for (int64_t kh = 0; kh < g.taps[0]; ++kh) {
      std::optional<int64_t> sourceRow = g.getSource(0, y, kh);
      for (int64_t kw = 0; sourceRow && kw < g.taps[1]; ++kw)
        if (std::optional<int64_t> column = g.getSource(1, x, kw))
          visit(row, kh * g.taps[1] + kw,
                (n * g.height + *sourceRow) * g.width + *column);
    }
  }
}

/// One channel per group: each channel meets its own kernel.
static void accumulateDepthwise(const Geometry &g, const Tensor &input,
                                ArrayRef<float> weights, int64_t perGroup,
                                Tensor &result) {
  int64_t numTaps = g.taps[0] * g.taps[1];
  // Taps outermost, so that a row of channels is contiguous.
  std::vector<float> byTap(weights.size());
  for (int64_t o = 0; o < g.outputs; ++o)
    for (int64_t k = 0; k < numTaps; ++k)
      byTap[k * g.outputs + o] = weights[o * numTaps + k];
  int64_t rows = result.floats.size() / g.outputs;
  forEachTap(g, 0, rows, [&](int64_t row, int64_t tap, int64_t pixel) {
    float *y = &result.floats[row * g.outputs];
    const float *w = &byTap[tap * g.outputs];
    const float *x = &input.floats[pixel * g.channels];
    if (perGroup == 1)
      for (int64_t o = 0; o < g.outputs; ++o)
        y[o] += w[o] * x[o];
    else
      for (int64_t o = 0; o < g.outputs; ++o)
        y[o] += w[o] * x[o / perGroup];
  });
}

Tensor spiq::accumulateFloats(LinearOpInterface op, const Tensor &input,
                              ArrayRef<float> weights, ArrayRef<float> bias) {
  Geometry g = getGeometry(op);
  int64_t groups = op.getNumGroups(), perGroup = g.outputs / groups;
  int64_t own = g.channels / groups, numTaps = g.taps[0] * g.taps[1];
  Tensor result = Tensor::ofFloats(getShapeOf(op->getResult(0)));
  int64_t rows = result.floats.size() / g.outputs;
  for (int64_t row = 0; row < rows; ++row)
    llvm::copy(bias, &result.floats[row * g.outputs]);
  if (own == 1 && groups > 1) {
    accumulateDepthwise(g, input, weights, perGroup, result);
    return result;
  }
  bool isPlain = numTaps == 1 && !g.isTransposed && g.strides[0] == 1 &&
                 g.strides[1] == 1 && g.origin[0] == 0 && g.origin[1] == 0 &&
                 g.resultHeight == g.height && g.resultWidth == g.width;
  RowMajor gathered;
  for (int64_t group = 0; group < groups; ++group) {
    Eigen::Map<const RowMajor> kernel(weights.data() +
                                          group * perGroup * numTaps * own,
                                      perGroup, numTaps * own);
    for (int64_t begin = 0; begin < rows; begin += chunkRows) {
      int64_t count = std::min(chunkRows, rows - begin);
      Eigen::Map<RowMajor, 0, Stride> target(
          &result.floats[begin * g.outputs + group * perGroup], count, perGroup,
          Stride(g.outputs));
      if (isPlain) {
        Eigen::Map<const RowMajor, 0, Stride> source(
            &input.floats[begin * g.channels + group * own], count, own,
            Stride(g.channels));
        target.noalias() += source * kernel.transpose();
        continue;
      }
      gathered.setZero(count, numTaps * own);
      forEachTap(g, begin, begin + count,
                 [&](int64_t row, int64_t tap, int64_t pixel) {
                   const float *x =
                       &input.floats[pixel * g.channels + group * own];
                   std::copy(x, x + own, &gathered(row - begin, tap * own));
                 });
      target.noalias() += gathered * kernel.transpose();
    }
  }
  return result;
}

void spiq::applyEpilogue(LinearOpInterface op, const Tensor *residual,
                         Tensor &values) {
  auto min = op->getAttrOfType<FloatAttr>("clamp_min");
  auto max = op->getAttrOfType<FloatAttr>("clamp_max");
  float low = min ? min.getValueAsDouble() : -INFINITY;
  float high = max ? max.getValueAsDouble() : INFINITY;
  for (auto [i, x] : llvm::enumerate(values.floats))
    x = std::clamp(residual ? x + residual->floats[i] : x, low, high);
}
