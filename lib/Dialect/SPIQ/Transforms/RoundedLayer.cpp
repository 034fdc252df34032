//===- RoundedLayer.cpp - Real values of integer weights ------------------===//
//
// The weights and bias of a layer as its integer form will represent them.
//
//===----------------------------------------------------------------------===//

#include "RoundedLayer.h"

#include "ConstantUtils.h"

using namespace mlir;
using namespace spiq;

quant::QuantizedType spiq::getInputType(LinearOpInterface layer) {
  auto cast =
      layer.getInputOperand().get().getDefiningOp<quant::DequantizeCastOp>();
  quant::QuantizedType type =
      cast ? getQuantizedElementType(cast.getInput().getType())
           : quant::QuantizedType();
  return type && isQuantizedByte(type) ? type : quant::QuantizedType();
}

quant::QuantizedType spiq::getFoldedWeightType(LinearOpInterface layer,
                                               unsigned bits) {
  auto weights = *getConstantFloats(layer.getWeightsOperand().get());
  auto bias = *getConstantFloats(layer.getBiasOperand().get());
  QuantizationView input(getInputType(layer));
  SmallVector<double> inputScales;
  for (int64_t c = 0; c < input.getNumScales(); ++c)
    inputScales.push_back(input.getScale(c));
  foldInputScales(layer, inputScales, weights);
  return getWeightType(layer.getContext(), bits,
                       getWeightScales(weights, bias, bias.size(), bits));
}

FailureOr<RoundedLayer>
spiq::computeRoundedLayer(LinearOpInterface layer, ArrayRef<float> bias,
                          const LayerInputs &inputs,
                          const RoundingOptions &options) {
  quant::QuantizedType inputType = getInputType(layer);
  InputKnowledge known;
  if (auto it = inputs.find(layer); it != inputs.end())
    known = {&it->second.statistics, it->second.correlation.get()};
  FailureOr<IntegerLayer> integer = computeIntegerLayer(
      layer, *readWeights(layer), bias, inputType, known, options);
  if (failed(integer))
    return failure();
  QuantizationView input(inputType), folded(integer->weightType);
  auto type = cast<RankedTensorType>(layer.getWeightsOperand().get().getType());
  int64_t outputs = bias.size(), row = integer->weights.size() / outputs;
  int64_t own = type.getShape().back();
  RoundedLayer result;
  for (int64_t o = 0; o < outputs; ++o) {
    double offset = integer->bias[o];
    for (int64_t k = 0; k < row; ++k) {
      int64_t channel = layer.getInputChannel(o, k % own);
      int64_t stored = integer->weights[o * row + k];
      offset += static_cast<double>(stored) * input.getZeroPoint(channel);
      result.weights.push_back(folded.getScale(o) * stored /
                               input.getScale(channel));
    }
    result.bias.push_back(folded.getScale(o) * offset);
  }
  return result;
}
