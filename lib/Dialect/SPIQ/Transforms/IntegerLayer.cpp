//===- IntegerLayer.cpp - Integer form of a layer -------------------------===//
//
// Computes the integer weights and biases of a layer.
//
//===----------------------------------------------------------------------===//

#include "IntegerLayer.h"

#include "ConstantUtils.h"
#include "WeightRounding.h"

#include <cmath>

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

/// Rounds the weights of one output channel for a given weight scale.
class RowRounder {
public:
  RowRounder(LinearOpInterface layer, const QuantizationView &input,
             const ChannelStatistics *statistics,
             const RoundingOptions &options, bool compensates)
      : layer(layer), compensates(compensates),
        inputs(getWeightsType(layer).getShape().back()),
        rounder(getCorrelation(layer), inputs, inputCorrelation) {
    if (!statistics)
      return;
    for (auto [index, channel] : llvm::enumerate(*statistics)) {
      // A mean that the bias does not take up is part of the error.
      double mean = options.correctBias ? 0.0 : channel.mean;
      double scale = input.getScale(input.getNumScales() == 1 ? 0 : index);
      deviations.push_back(std::hypot(channel.stddev, mean) / scale);
    }
  }

  /// Returns how many weights are not the nearest integer.
  int64_t round(int64_t o, ArrayRef<float> folded, double scale, int64_t min,
                int64_t max, MutableArrayRef<int8_t> stored) const {
    SmallVector<double, 0> exact;
    for (float w : folded)
      exact.push_back(w / scale);
    if (compensates)
      return rounder.round(exact, getDeviations(o), min, max, stored);
    for (auto [value, rounded] : llvm::zip(exact, stored))
      rounded = std::clamp<double>(std::nearbyint(value), min, max);
    return 0;
  }

private:
  /// Assumed correlation of different channels of one value.
  static constexpr double inputCorrelation = 0.1;

  static SmallVector<double> getCorrelation(LinearOpInterface layer) {
    ArrayRef<int64_t> shape = getWeightsType(layer).getShape();
    if (shape.size() != 4)
      return {1.0};
    auto conv = dyn_cast<Conv2DOp>(layer.getOperation());
    return getTapCorrelation(shape[1], shape[2],
                             conv ? conv.getDilations()[0] : 1,
                             conv ? conv.getDilations()[1] : 1);
  }

  /// Deviations of the stored inputs that output channel `o` reads.
  SmallVector<double> getDeviations(int64_t o) const {
    SmallVector<double> result;
    for (int64_t i = 0; i < inputs; ++i)
      result.push_back(
          deviations.empty() ? 1.0 : deviations[layer.getInputChannel(o, i)]);
    return result;
  }

  mutable LinearOpInterface layer;
  bool compensates;
  int64_t inputs;
  WeightRounder rounder;
  SmallVector<double> deviations;
};

/// One output channel: rounds its weights and bias for a given weight scale.
class RowQuantizer {
public:
  RowQuantizer(LinearOpInterface layer, const QuantizationView &input,
               const ChannelStatistics *statistics)
      : layer(layer), input(input), statistics(statistics), coverage(layer),
        inputs(getWeightsType(layer).getShape().back()) {}

  /// Mean of what rounding adds to the result of output channel `o`:
  /// sum (Wq t / s - W) E[x].
  double getMeanError(int64_t o, ArrayRef<float> real, ArrayRef<int8_t> stored,
                      double scale) const {
    if (!statistics)
      return 0.0;
    double error = 0.0;
    for (auto [k, w] : llvm::enumerate(real)) {
      int64_t channel = layer.getInputChannel(o, k % inputs);
      double rounded = stored[k] * scale / input.getScale(channel);
      error +=
          (rounded - w) * coverage[k / inputs] * (*statistics)[channel].mean;
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
                          const ChannelStatistics *inputStatistics,
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

  bool compensates = 2 * (storageMax + 1) < int64_t(1)
                                                << options.compensateBelow;
  RowRounder rounder(layer, input, inputStatistics, options, compensates);
  RowQuantizer quantizer(layer, input,
                         options.correctBias ? inputStatistics : nullptr);
  for (int64_t o = 0; o < outputs; ++o) {
    ArrayRef<float> real = ArrayRef<float>(weights.real).slice(o * row, row);
    ArrayRef<float> rowFolded = ArrayRef<float>(folded).slice(o * row, row);
    SmallVector<int8_t, 0> stored;
    std::optional<int32_t> rowBias;
    int64_t numMoved = 0;
    // Doubling the scale halves the weights: it ends.
    for (int attempt = 0; attempt < 128 && !rowBias; ++attempt) {
      stored.clear();
      if (keepsStored) {
        ArrayRef<int8_t> given = weights.stored;
        stored.append(given.begin() + o * row, given.begin() + (o + 1) * row);
      } else {
        stored.resize(row);
        numMoved = rounder.round(o, rowFolded, scales[o], storageMin,
                                 storageMax, stored);
      }
      double correction = quantizer.getMeanError(o, real, stored, scales[o]);
      rowBias = quantizer.getBias(o, bias[o] - correction, scales[o], stored);
      if (rowBias)
        break;
      if (keepsStored)
        return layer->emitOpError()
               << "cannot be computed in i32: the accumulator of output "
                  "channel "
               << o << " could overflow; quantize the layer with a larger "
               << "weight scale or leave it in float";
      scales[o] *= 2.0;
    }
    if (!rowBias)
      return layer->emitOpError()
             << "cannot be computed in i32: output channel " << o
             << " has a bias that no scale can represent";
    result.weights.append(stored.begin(), stored.end());
    result.bias.push_back(*rowBias);
    result.numMoved += numMoved;
  }
  SmallVector<int64_t> zeroPoints(outputs, 0);
  result.weightType =
      getPerAxisQuantizedType(layer.getContext(), /*isSigned=*/true, storageMin,
                              storageMax, scales, zeroPoints, /*axis=*/0);
  return result;
}
