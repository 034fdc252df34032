//===- NoiseGain.cpp - How much noise reaches the outputs -----------------===//
//
// Propagates noise gains from the outputs of a network to its values.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/Transforms/NoiseGain.h"

#include "ChannelNormalization.h"
#include "ConstantUtils.h"
#include "TensorValue.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <cmath>
#include <numeric>

using namespace mlir;
using namespace spiq;

static bool hasChannels(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape() && type.getRank() > 0;
}

/// What a final softmax or sigmoid is applied to, or `output` itself: behind
/// them errors of logits are squeezed, but the order of classes is the same.
static Value getLogits(Value output) {
  for (Value value = output; Operation *op = value.getDefiningOp();) {
    if (auto softmax = dyn_cast<linalg::SoftmaxOp>(op))
      return softmax.getInput();
    auto activation = dyn_cast<ActivationOp>(op);
    if (activation && activation.getKind() == ActivationKind::Sigmoid)
      return activation.getInput();
    OpOperand *moved = ChannelMap::getMovedOperand(op);
    if (!moved)
      break;
    value = moved->get();
  }
  return output;
}

NoiseGainAnalysis::NoiseGainAnalysis(func::FuncOp function,
                                     const StatisticsAnalysis &statistics,
                                     const NoiseGainAnalysis *white)
    : statistics(statistics), white(white) {
  Block &body = function.getBody().front();
  for (Value result : body.getTerminator()->getOperands()) {
    Value output = getLogits(result);
    if (!hasChannels(output))
      continue;
    double variance = 0.0;
    if (const ChannelStatistics *channels = statistics.lookup(output)) {
      for (const ChannelMoments &channel : *channels)
        variance += channel.getVariance();
    }
    int64_t size = getShapeOf(output).back();
    add(output, Gains(size, variance > 0.0 ? 1.0 / variance : 1.0));
  }
  for (Operation &op : llvm::reverse(body))
    visit(&op);
}

double NoiseGainAnalysis::getGain(Value value, int64_t channel) const {
  auto it = values.find(value);
  return it == values.end() ? 0.0 : it->second[channel];
}

double NoiseGainAnalysis::getAccumulatedGain(Operation *op,
                                             int64_t channel) const {
  auto it = accumulated.find(op);
  return it == accumulated.end() ? 0.0 : it->second[channel];
}

NoiseGainAnalysis::Gains &NoiseGainAnalysis::getGains(Value value) {
  Gains &gains = values[value];
  if (gains.empty())
    gains.resize(getShapeOf(value).back(), 0.0);
  return gains;
}

void NoiseGainAnalysis::add(Value value, ArrayRef<double> gains) {
  Gains &target = getGains(value);
  double sum = std::accumulate(gains.begin(), gains.end(), 0.0);
  // A broadcast operand collects the noise of all channels that read it, and an
  // operation that mixes channels spreads it.
  if (target.size() == gains.size())
    for (auto [gain, added] : llvm::zip(target, gains))
      gain += added;
  else
    for (double &gain : target)
      gain += target.size() == 1 ? sum : sum / target.size();
}

NoiseGainAnalysis::Gains
NoiseGainAnalysis::passClamp(Operation *op, const Gains &gains) const {
  Gains passed = gains;
  if (!op->hasAttr("clamp_min") && !op->hasAttr("clamp_max"))
    return passed;
  // Values that the clamp holds at a bound do not pass noise.
  if (const ChannelStatistics *result = statistics.lookup(op->getResult(0)))
    for (auto [gain, channel] : llvm::zip(passed, *result))
      gain *= 1.0 - channel.atBound;
  return passed;
}

void NoiseGainAnalysis::visit(Operation *op) {
  if (op->getNumResults() != 1 || !hasChannels(op->getResult(0)))
    return;
  auto it = values.find(op->getResult(0));
  if (it == values.end())
    return;
  Gains gains = it->second;
  if (auto linear = dyn_cast<LinearOpInterface>(op))
    return visitLinear(linear, gains);
  if (OpOperand *moved = ChannelMap::getMovedOperand(op))
    return visitMovement(op, moved->get(), gains);
  if (isa<AddOp, MulOp>(op))
    return visitBinary(op, gains);
  if (auto reduce = dyn_cast<linalg::ReduceOp>(op);
      reduce && isMagnitude(reduce))
    return; // What is multiplied by it was divided by it.
  if (auto normalization = matchChannelNormalization(op->getResult(0)))
    return visitNormalization(*normalization, gains);
  if (auto rescale = dyn_cast<RescaleOp>(op)) {
    gains = passClamp(op, gains);
    if (auto multiplier = getConstantFloats(rescale.getMultiplier()))
      for (auto [gain, m] : llvm::zip(gains, *multiplier))
        gain *= static_cast<double>(m) * m;
    return add(rescale.getInput(), gains);
  }
  if (auto pool = dyn_cast<AvgPool2DOp>(op)) {
    if (!white)
      for (double &gain : gains)
        gain /= pool.getKernel()[0] * pool.getKernel()[1];
    return add(pool.getInput(), gains);
  }
  if (auto concat = dyn_cast<ConcatOp>(op)) {
    int64_t offset = 0;
    int64_t last = getShapeOf(concat.getOutput()).size() - 1;
    for (Value input : concat.getInputs()) {
      int64_t size = getShapeOf(input).back();
      add(input, ArrayRef<double>(gains).slice(offset, size));
      if (concat.getAxis() == static_cast<uint64_t>(last))
        offset += size;
    }
    return;
  }
  if (auto pad = dyn_cast<PadOp>(op))
    return add(pad.getInput(),
               ArrayRef<double>(gains).slice(
                   pad.getLow().back(), getShapeOf(pad.getInput()).back()));
  if (isa<ClampOp>(op))
    gains = passClamp(op, gains);
  for (Value operand : op->getOperands())
    if (hasChannels(operand))
      add(operand, gains);
}

void NoiseGainAnalysis::visitLinear(LinearOpInterface op, const Gains &gains) {
  Gains passed = passClamp(op, gains);
  accumulated[op] = passed;
  if (auto conv = dyn_cast<Conv2DOp>(op.getOperation()))
    if (conv.getResidual())
      add(conv.getResidual(), passed);
  if (white)
    passed = white->accumulated.lookup(op);
  auto weights = getConstantFloats(op.getWeightsOperand().get());
  if (!weights)
    return;
  ArrayRef<int64_t> shape = getShapeOf(op.getWeightsOperand().get());
  int64_t inputs = shape.back(), row = weights->size() / shape.front();
  double density = 1.0;
  if (auto transposed = dyn_cast<TransposedConv2DOp>(op.getOperation()))
    density /= transposed.getStrides()[0] * transposed.getStrides()[1];
  Value input = op.getInputOperand().get();
  Gains inputGains(getShapeOf(input).back(), 0.0);
  for (int64_t o = 0; o < shape.front(); ++o)
    for (int64_t i = 0; i < inputs; ++i) {
      double squares = 0.0;
      for (int64_t k = i; k < row; k += inputs) {
        double w = (*weights)[o * row + k];
        squares += w * w;
      }
      inputGains[op.getInputChannel(o, i)] += passed[o] * squares * density;
    }
  add(input, inputGains);
}

void NoiseGainAnalysis::visitBinary(Operation *op, const Gains &gains) {
  Gains passed = passClamp(op, gains);
  for (unsigned side : {0u, 1u}) {
    Value other = op->getOperand(1 - side);
    const ChannelStatistics *factor =
        isa<MulOp>(op) ? statistics.lookup(other) : nullptr;
    Gains scaled = passed;
    if (factor)
      for (auto [c, gain] : llvm::enumerate(scaled)) {
        const ChannelMoments &x =
            factor->size() == 1 ? factor->front() : (*factor)[c];
        gain *= x.getVariance() + x.mean * x.mean;
      }
    add(op->getOperand(side), scaled);
  }
}

void NoiseGainAnalysis::visitNormalization(
    const ChannelNormalization &normalization, const Gains &gains) {
  const ChannelStatistics *magnitude =
      statistics.lookup(normalization.magnitude->getResult(0));
  Gains scaled = gains;
  if (magnitude && magnitude->front().mean > 0.0)
    for (double &gain : scaled)
      gain /= magnitude->front().mean * magnitude->front().mean;
  add(normalization.value, scaled);
}

void NoiseGainAnalysis::visitMovement(Operation *op, Value source,
                                      const Gains &gains) {
  if (!hasChannels(source))
    return;
  ChannelMap map = ChannelMap::getIdentity(getShapeOf(source)).getResultOf(op);
  std::optional<SmallVector<int64_t>> labels =
      map.getLabels(map.getShape().size() - 1);
  if (!labels)
    return add(source, gains);
  Gains sourceGains(getShapeOf(source).back(), 0.0);
  for (auto [gain, label] : llvm::zip(gains, *labels))
    sourceGains[label] += gain;
  add(source, sourceGains);
}
