//===- LinearLayer.cpp - Layers with constant weights ---------------------===//
//
// Matches quantized linear layers and computes their epilogues.
//
//===----------------------------------------------------------------------===//

#include "LinearLayer.h"

#include "KernelOperands.h"

#include "mlir/IR/Matchers.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace spiq;

/// Values beyond this magnitude are not converted by the rounding instruction.
static constexpr double maxRoundable = 2147483000.0;

static std::optional<float> toFloat(std::optional<APFloat> value) {
  return value ? std::optional<float>(value->convertToFloat()) : std::nullopt;
}

FailureOr<LinearLayer>
LinearLayer::match(LinearOpInterface op, std::optional<APFloat> clampMin,
                   std::optional<APFloat> clampMax, Value residual,
                   const MachineModel &machine, PatternRewriter &rewriter) {
  Type inputType = op.getInputOperand().get().getType();
  LinearLayer layer;
  layer.outputType = op->getResult(0).getType();
  if (!getQuantizedElementType(inputType))
    return rewriter.notifyMatchFailure(op, "not quantized");
  layer.isSigned = machine.signedStorage;
  auto isReadable = [&](Type type) {
    return getQuantizedElementType(type) &&
           hasUnsignedStorage(type) != machine.signedStorage;
  };
  if (!isReadable(inputType) ||
      (!layer.isFloatOutput() && !isReadable(layer.outputType)) ||
      (residual && !isReadable(residual.getType())))
    return rewriter.notifyMatchFailure(op, "not stored as the target reads it");
  Value weights = op.getWeightsOperand().get();
  layer.weights = getStoredConstant(weights);
  if (!layer.weights ||
      !matchPattern(op.getBiasOperand().get(), m_Constant(&layer.bias)))
    return rewriter.notifyMatchFailure(op, "weights or bias not constant");
  if (llvm::any_of(layer.weights.getValues<int8_t>(),
                   [&](int8_t weight) { return weight < machine.minWeight; }))
    return rewriter.notifyMatchFailure(op, "weights below the least exact one");
  layer.outputChannels = layer.weights.getType().getDimSize(0);
  layer.weightType = weights.getType();
  layer.activation = op->getAttrOfType<ActivationAttr>("activation");
  layer.clampMin = toFloat(clampMin);
  layer.clampMax = toFloat(clampMax);
  layer.residual = residual;
  if (failed(layer.computeParameters()))
    return rewriter.notifyMatchFailure(op, "accumulator too large");
  return layer;
}

ActivationAttr LinearLayer::getKernelActivation() const {
  if (!activation || !activation.hasSlope())
    return activation;
  return ActivationAttr::get(activation.getContext(), ActivationKind::PRelu,
                             DenseF32ArrayAttr());
}

std::optional<EpilogueParameters>
LinearLayer::getNibbleParameters(const MachineModel &machine) const {
  SmallVector<int8_t> storedWeights(weights.getValues<int8_t>());
  for (int8_t weight : storedWeights)
    if (weight < -8 || weight > 7 || 16 * weight < machine.minWeight)
      return std::nullopt;
  EpilogueParameters scaled = parameters;
  int64_t filterSize = storedWeights.size() / outputChannels;
  for (int64_t channel = 0; channel < outputChannels; ++channel) {
    int64_t bound = std::abs(static_cast<int64_t>(scaled.bias[channel]));
    for (int8_t weight :
         ArrayRef(storedWeights).slice(channel * filterSize, filterSize))
      bound += 255 * std::abs(weight);
    if (16 * bound > std::numeric_limits<int32_t>::max())
      return std::nullopt;
    scaled.bias[channel] *= 16;
    // Multiplied by powers of two, floats keep their digits unless they become
    // subnormal.
    scaled.multiplier[channel] /= 16;
    if (scaled.multiplier[channel] < std::numeric_limits<float>::min())
      return std::nullopt;
  }
  return scaled;
}

LogicalResult LinearLayer::computeParameters() {
  auto weightScales = QuantizationView::ofTensor(weightType);
  std::optional<QuantizationView> output, residualView;
  if (!isFloatOutput())
    output = QuantizationView::ofTensor(outputType);
  if (residual)
    residualView = QuantizationView::ofTensor(residual.getType());

  SmallVector<int8_t> storedWeights(weights.getValues<int8_t>());
  SmallVector<int32_t> storedBias(bias.getValues<int32_t>());
  int64_t filterSize = storedWeights.size() / outputChannels;
  bool needsZeroPoint = false, needsMin = false, needsMax = false;
  for (int64_t channel = 0; channel < outputChannels; ++channel) {
    double scale = output && !activation ? output->getScale(channel) : 1.0;
    float multiplier =
        getRequantizationMultiplier(weightScales.getScale(channel), scale);
    double bound = std::abs(static_cast<double>(storedBias[channel]));
    for (int8_t weight :
         ArrayRef(storedWeights).slice(channel * filterSize, filterSize))
      bound += 255.0 * std::abs(weight);
    bound *= multiplier;
    parameters.bias.push_back(storedBias[channel]);
    parameters.multiplier.push_back(multiplier);
    if (residualView) {
      float residualMultiplier =
          getRequantizationMultiplier(residualView->getScale(channel), scale);
      parameters.residualMultiplier.push_back(residualMultiplier);
      parameters.residualZeroPoint.push_back(
          residualView->getZeroPoint(channel));
      bound += 255.0 * residualMultiplier;
    }
    if (!output)
      continue;
    if (activation) {
      float outputMultiplier =
          getRequantizationMultiplier(1.0, output->getScale(channel));
      parameters.outputMultiplier.push_back(outputMultiplier);
      float slope = activation.getSlope(channel);
      if (activation.hasSlope())
        parameters.slope.push_back(slope);
      // No function exceeds both its argument, times the slope, and 1.
      bound = outputMultiplier *
              std::max(1.0, bound * std::max(1.0f, std::abs(slope)));
    }
    if (!(bound < maxRoundable))
      return failure();
    auto [low, high] = output->getClampedRange(channel, clampMin, clampMax);
    parameters.zeroPoint.push_back(output->getZeroPoint(channel));
    parameters.min.push_back(low);
    parameters.max.push_back(high);
    needsZeroPoint |= parameters.zeroPoint.back() != 0;
    needsMin |= low != (isSigned ? -128 : 0);
    needsMax |= high != (isSigned ? 127 : 255);
  }
  if (!needsZeroPoint)
    parameters.zeroPoint.clear();
  if (!needsMin)
    parameters.min.clear();
  if (!needsMax)
    parameters.max.clear();
  return success();
}
