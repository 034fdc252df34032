//===- IntegerLayer.cpp - Integer form of a layer -------------------------===//
//
// Computes the integer weights and biases of a layer.
//
//===----------------------------------------------------------------------===//

#include "IntegerLayer.h"

#include "ConstantUtils.h"
#include "WeightRounding.h"

#include "mlir/IR/Threading.h"

#include <cmath>
#include <numeric>

using namespace mlir;
using namespace spiq;

static RankedTensorType getWeightsType(LinearOpInterface layer) {
  return cast<RankedTensorType>(layer.getWeightsOperand().get().getType());
}

std::optional<LayerWeights> spiq::readWeights(LinearOpInterface layer) {
  Value value = layer.getWeightsOperand().get();
  LayerWeights result;
  if (auto real = getConstantFloats(value)) {
    result.real = std::move(*real);
    return result;
  }
  auto cast = value.getDefiningOp<quant::DequantizeCastOp>();
  if (!cast)
    return std::nullopt;
  auto stored = getConstantStorage(cast.getInput());
  result.type = getQuantizedElementType(cast.getInput().getType());
  if (!stored || !isQuantizedByte(result.type))
    return std::nullopt;
  QuantizationView view(result.type);
  ArrayRef<int64_t> shape = getWeightsType(layer).getShape();
  int64_t axis = view.getAxis().value_or(0), inner = 1;
  for (int64_t size : shape.drop_front(axis + 1))
    inner *= size;
  bool isSymmetric = view.isSigned() && axis == 0;
  for (auto [index, bits] : llvm::enumerate(*stored)) {
    int64_t channel = static_cast<int64_t>(index) / inner % shape[axis];
    int64_t q = view.isSigned() ? bits : static_cast<uint8_t>(bits);
    result.real.push_back(view.dequantize(q, channel));
    isSymmetric &= view.getZeroPoint(channel) == 0;
  }
  if (!isSymmetric)
    return result; // rounded again, with zero point 0 and a scale per row
  result.stored = std::move(*stored);
  for (int64_t o = 0; o < shape.front(); ++o)
    result.scales.push_back(view.getScale(o));
  return result;
}

static int8_t getNearest(float weight, double scale, int64_t min, int64_t max) {
  return std::clamp<double>(std::nearbyint(weight / scale), min, max);
}

namespace {

/// The share of output positions for which tap (kh, kw) meets a pixel of the
/// input and not padding; ones where there is no padding.
class TapCoverage {
public:
  explicit TapCoverage(LinearOpInterface layer) {
    ArrayRef<int64_t> shape = getWeightsType(layer).getShape();
    if (shape.size() != 4)
      return;
    if (auto conv = dyn_cast<TransposedConv2DOp>(layer.getOperation())) {
      double density = 1.0 / (conv.getStrides()[0] * conv.getStrides()[1]);
      coverage.assign(shape[1] * shape[2], density);
      return;
    }
    auto conv = cast<Conv2DOp>(layer.getOperation());
    auto input = cast<RankedTensorType>(conv.getInput().getType()).getShape();
    auto output = cast<RankedTensorType>(conv.getOutput().getType()).getShape();
    SmallVector<double> perDim[2];
    for (int dim = 0; dim < 2; ++dim)
      for (int64_t tap = 0; tap < shape[dim + 1]; ++tap) {
        int64_t inside = 0;
        for (int64_t o = 0; o < output[dim + 1]; ++o) {
          int64_t i = o * conv.getStrides()[dim] +
                      tap * conv.getDilations()[dim] -
                      conv.getPadding()[2 * dim];
          inside += i >= 0 && i < input[dim + 1];
        }
        perDim[dim].push_back(static_cast<double>(inside) / output[dim + 1]);
      }
    for (double rows : perDim[0])
      for (double columns : perDim[1])
        coverage.push_back(rows * columns);
  }

  double operator[](int64_t tap) const {
    return coverage.empty() ? 1.0 : coverage[tap];
  }

private:
  SmallVector<double> coverage;
};

/// Rounds the weights of output channels for given weight scales.
class RowRounder {
public:
  RowRounder(LinearOpInterface layer, const QuantizationView &input,
             const InputKnowledge &known, const RoundingOptions &options,
             bool compensates)
      : layer(layer), inputs(getWeightsType(layer).getShape().back()) {
    if (!compensates)
      return;
    // Without correlations each input is rounded alone.
    blockSize = known.correlation ? inputs : 1;
    Eigen::MatrixXf taps = getTaps(layer);
    int64_t blocks = known.correlation ? layer.getNumGroups() : 1;
    for (int64_t group = 0; group < blocks; ++group) {
      SmallVector<double> deviations;
      Eigen::MatrixXf correlation =
          Eigen::MatrixXf::Identity(blockSize, blockSize);
      for (int64_t i = 0; i < blockSize; ++i)
        deviations.push_back(1.0);
      if (known.correlation) {
        int64_t first = group * inputs;
        correlation += certainty *
                       (known.correlation->block(first, first, inputs, inputs) -
                        correlation);
        for (int64_t i = 0; i < inputs; ++i) {
          const ChannelMoments &channel = (*known.statistics)[first + i];
          // A mean that the bias does not take up is part of the error.
          double mean = options.correctBias ? 0.0 : channel.mean;
          double scale =
              input.getScale(input.getNumScales() == 1 ? 0 : first + i);
          deviations[i] = std::hypot(channel.stddev, mean) / scale;
        }
      }
      rounders.emplace_back(taps, correlation, deviations);
    }
  }

  /// Rounds the rows `folded` of output channels of one group, the first of
  /// which is `o`, with one scale each.
  void round(int64_t o, ArrayRef<float> folded, ArrayRef<double> scales,
             int64_t min, int64_t max, MutableArrayRef<int8_t> stored) const {
    int64_t row = folded.size() / scales.size(), taps = row / inputs;
    if (rounders.empty()) {
      for (auto [i, w] : llvm::enumerate(folded))
        stored[i] = getNearest(w, scales[i / row], min, max);
      return;
    }
    const WeightRounder &rounder =
        rounders[rounders.size() == 1 ? 0
                                      : layer.getInputChannel(o, 0) / inputs];
    // Inputs that are rounded alone lie one behind the other.
    auto forEach = [&](auto visit) {
      int64_t inner = 0;
      for (int64_t begin = 0, e = folded.size(); begin < e; begin += row)
        for (int64_t first = 0; first < inputs; first += blockSize)
          for (int64_t k = 0; k < taps; ++k)
            for (int64_t i = 0; i < blockSize; ++i)
              visit(inner++, begin + k * inputs + first + i);
    };
    SmallVector<double, 0> exact(folded.size());
    SmallVector<int8_t, 0> rounded(folded.size());
    forEach([&](int64_t inner, int64_t outer) {
      exact[inner] = folded[outer] / scales[outer / row];
    });
    rounder.round(exact, min, max, rounded);
    forEach(
        [&](int64_t inner, int64_t outer) { stored[outer] = rounded[inner]; });
  }

private:
  /// How far propagated correlations are trusted.
  static constexpr float certainty = 0.8f;

  static Eigen::MatrixXf getTaps(LinearOpInterface layer) {
    ArrayRef<int64_t> shape = getWeightsType(layer).getShape();
    if (shape.size() != 4)
      return Eigen::MatrixXf::Ones(1, 1);
    auto conv = dyn_cast<Conv2DOp>(layer.getOperation());
    return getTapCorrelation(
        shape[1], shape[2], conv ? conv.getDilations()[0] : 1,
        conv ? conv.getDilations()[1] : 1, neighbourCorrelation);
  }

  // The generated accessors are not const.
  mutable LinearOpInterface layer;
  int64_t inputs;
  int64_t blockSize = 1;
  /// One for each group; empty if weights are rounded to the nearest integer.
  std::vector<WeightRounder> rounders;
};

/// One output channel: rounds its weights and bias for a given weight scale.
class RowQuantizer {
public:
  RowQuantizer(LinearOpInterface layer, const QuantizationView &input,
               const ChannelStatistics *statistics)
      : layer(layer), input(input), statistics(statistics), coverage(layer),
        inputs(getWeightsType(layer).getShape().back()) {}

  /// Mean of what rounding adds to the result of output channel `o`:
  /// sum (Wq t / s - W) E[x], and Wq t / s times what storing adds to x.
  double getMeanError(int64_t o, ArrayRef<float> real, ArrayRef<int8_t> stored,
                      double scale) const {
    if (!statistics)
      return 0.0;
    double error = 0.0;
    for (auto [k, w] : llvm::enumerate(real)) {
      int64_t channel = layer.getInputChannel(o, k % inputs);
      double rounded = stored[k] * scale / input.getScale(channel);
      const ChannelMoments &x = (*statistics)[channel];
      error += coverage[k / inputs] *
               ((rounded - w) * x.mean + rounded * x.storedShift);
    }
    return error;
  }

  /// The integer bias; none if the accumulator could overflow.
  std::optional<int32_t> getBias(int64_t o, double bias, double scale,
                                 ArrayRef<int8_t> stored) const {
    double offset = 0.0, low = 0.0, high = 0.0;
    for (auto [k, w] : llvm::enumerate(stored)) {
      int64_t channel = layer.getInputChannel(o, k % inputs);
      offset += static_cast<double>(w) * input.getZeroPoint(channel);
      double atMin = static_cast<double>(w) * input.getStorageMin();
      double atMax = static_cast<double>(w) * input.getStorageMax();
      low += std::min(atMin, atMax);
      high += std::max(atMin, atMax);
    }
    double total = std::nearbyint(bias / scale) - offset;
    // Partial sums stay within these bounds too, in whatever order.
    constexpr double limit = 2147483647.0;
    double reach = std::abs(total) + std::max(-low, high);
    if (!(reach <= limit))
      return std::nullopt;
    return static_cast<int32_t>(total);
  }

private:
  // The generated accessors are not const.
  mutable LinearOpInterface layer;
  const QuantizationView &input;
  const ChannelStatistics *statistics;
  TapCoverage coverage;
  int64_t inputs;
};

} // namespace

/// The scales that the layer's folded weights start with.
static SmallVector<double> getStartScales(LinearOpInterface layer,
                                          ArrayRef<float> folded,
                                          ArrayRef<float> bias,
                                          quant::QuantizedType &type) {
  if (auto attr = layer->getAttrOfType<TypeAttr>(weightTypeName))
    type = dyn_cast<quant::QuantizedType>(attr.getValue());
  if (!type || !isQuantizedByte(type)) {
    SmallVector<double> scales =
        getWeightScales(folded, bias, bias.size(), /*bits=*/8);
    type = getWeightType(layer.getContext(), 8, scales);
    return scales;
  }
  QuantizationView view(type);
  SmallVector<double> scales;
  for (size_t o = 0; o < bias.size(); ++o)
    scales.push_back(view.getScale(o));
  return scales;
}

FailureOr<IntegerLayer>
spiq::computeIntegerLayer(LinearOpInterface layer, const LayerWeights &weights,
                          ArrayRef<float> bias, quant::QuantizedType inputType,
                          const InputKnowledge &known,
                          const RoundingOptions &options) {
  QuantizationView input(inputType);
  int64_t outputs = bias.size(), row = weights.real.size() / outputs;
  IntegerLayer result;
  // Stored weights stay as they are if one scale of the input can move into
  // theirs.
  bool keepsStored = !weights.stored.empty() && input.getNumScales() == 1;
  SmallVector<float, 0> folded(weights.real.begin(), weights.real.end());
  SmallVector<double> scales;
  int64_t storageMin, storageMax;
  if (keepsStored) {
    for (double scale : weights.scales)
      scales.push_back(scale * input.getScale(0));
    storageMin = weights.type.getStorageTypeMin();
    storageMax = weights.type.getStorageTypeMax();
  } else {
    int64_t channels = input.getNumScales();
    SmallVector<double> inputScales;
    for (int64_t c = 0; c < channels; ++c)
      inputScales.push_back(input.getScale(c));
    foldInputScales(layer, inputScales, folded);
    quant::QuantizedType type;
    scales = getStartScales(layer, folded, bias, type);
    storageMin = type.getStorageTypeMin();
    storageMax = type.getStorageTypeMax();
  }

  bool compensates = isCompensated(storageMax, options.compensateBelow);
  RowRounder rounder(layer, input, known, options, compensates);
  RowQuantizer quantizer(layer, input,
                         options.correctBias ? known.statistics : nullptr);
  result.weights.resize(weights.real.size());
  result.bias.resize(outputs);
  if (keepsStored)
    llvm::copy(weights.stored, result.weights.begin());
  auto roundRows = [&](int64_t first, int64_t count) {
    rounder.round(
        first, ArrayRef<float>(folded).slice(first * row, count * row),
        ArrayRef<double>(scales).slice(first, count), storageMin, storageMax,
        MutableArrayRef<int8_t>(result.weights)
            .slice(first * row, count * row));
  };
  auto computeRow = [&](int64_t o) -> LogicalResult {
    ArrayRef<float> real = ArrayRef<float>(weights.real).slice(o * row, row);
    ArrayRef<int8_t> stored =
        ArrayRef<int8_t>(result.weights).slice(o * row, row);
    // Doubling the scale halves the weights: it ends.
    for (int attempt = 0; attempt < 128; ++attempt) {
      double correction = quantizer.getMeanError(o, real, stored, scales[o]);
      if (auto rowBias =
              quantizer.getBias(o, bias[o] - correction, scales[o], stored)) {
        result.bias[o] = *rowBias;
        return success();
      }
      if (keepsStored)
        return layer->emitOpError()
               << "cannot be computed in i32: the accumulator of output "
                  "channel "
               << o << " could overflow; quantize the layer with a larger "
               << "weight scale or leave it in float";
      scales[o] *= 2.0;
      roundRows(o, 1);
    }
    return layer->emitOpError()
           << "cannot be computed in i32: output channel " << o
           << " has a bias that no scale can represent";
  };
  // Groups read different inputs.
  constexpr int64_t maxRows = 16;
  int64_t groupRows = outputs / layer.getNumGroups();
  int64_t groupBlocks = llvm::divideCeil(groupRows, maxRows);
  int64_t numBlocks = layer.getNumGroups() * groupBlocks;
  SmallVector<int64_t, 0> numMoved(numBlocks, 0);
  auto computeBlock = [&](int64_t block) -> LogicalResult {
    int64_t begin = block % groupBlocks * maxRows;
    int64_t first = block / groupBlocks * groupRows + begin;
    int64_t count = std::min(maxRows, groupRows - begin);
    if (!keepsStored)
      roundRows(first, count);
    for (int64_t o = first; o < first + count; ++o)
      if (failed(computeRow(o)))
        return failure();
    if (!keepsStored)
      for (int64_t i = first * row; i < (first + count) * row; ++i)
        numMoved[block] +=
            result.weights[i] !=
            getNearest(folded[i], scales[i / row], storageMin, storageMax);
    return success();
  };
  if (failed(failableParallelForEachN(layer.getContext(), 0, numBlocks,
                                      computeBlock)))
    return failure();
  result.numMoved =
      std::accumulate(numMoved.begin(), numMoved.end(), int64_t(0));
  SmallVector<int64_t> zeroPoints(outputs, 0);
  result.weightType =
      getPerAxisQuantizedType(layer.getContext(), /*isSigned=*/true, storageMin,
                              storageMax, scales, zeroPoints, /*axis=*/0);
  return result;
}
