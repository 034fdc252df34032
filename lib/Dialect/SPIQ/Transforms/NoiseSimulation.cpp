//===- NoiseSimulation.cpp - Noise of quantization, simulated -------------===//
//
// Evaluates a network with and without its quantization on generated images.
//
//===----------------------------------------------------------------------===//

#include "NoiseSimulation.h"

#include "ConstantUtils.h"
#include "FloatLayer.h"
#include "SyntheticImages.h"

#include "spiq/Reference/Interpreter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Threading.h"

#include <atomic>
#include <cmath>
#include <limits>

using namespace mlir;
using namespace spiq;
using reference::Tensor;

/// A channel whose deviation is known from fewer values is not standardized.
static constexpr size_t minValues = 64;
/// The most by which a channel's deviation is enlarged: what hardly varies on
/// the images at hand should not become noise.
static constexpr double maxGain = 10.0;

static ArrayRef<int64_t> getShapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

static bool isFloatTensor(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape() && type.getRank() > 0 &&
         type.getElementType().isF32();
}

double NoiseSimulation::Power::getDecibels() const {
  if (noise == 0.0)
    return std::numeric_limits<double>::infinity();
  return 10.0 * std::log10(signal / noise);
}

NoiseSimulation::NoiseSimulation(func::FuncOp function,
                                 const StatisticsAnalysis &statistics,
                                 const LayerInputs &inputs,
                                 const Options &options)
    : context(function.getContext()), function(function),
      statistics(statistics), inputs(inputs), options(options) {}

std::optional<NoiseSimulation::Power>
NoiseSimulation::lookup(Value value) const {
  auto it = powers.find(value);
  return it == powers.end() ? std::nullopt : std::optional(it->second);
}

void NoiseSimulation::forEachTensor(
    function_ref<void(int64_t, bool)> compute) const {
  parallelFor(context, 0, 2 * options.numImages,
              [&](size_t i) { compute(i / 2, i % 2 == 1); });
}

LogicalResult NoiseSimulation::run() {
  for (BlockArgument argument : function.getArguments())
    setArgument(argument);
  for (Operation &op : function.front().without_terminator()) {
    if (failed(visit(&op)))
      return failure();
    release(&op);
  }
  return success();
}

void NoiseSimulation::setArgument(BlockArgument argument) {
  if (!isFloatTensor(argument) || !statistics.lookup(argument))
    return;
  ArrayRef<int64_t> shape = getShapeOf(argument);
  Twin twin;
  uint64_t image = 0;
  for (int64_t i = 0; i < options.numImages; ++i) {
    Tensor tensor = Tensor::ofFloats(shape);
    image = fillWithImages(tensor.floats, statistics.getArgumentMap(argument),
                           statistics.getArgumentChannels(argument), image);
    twin.exact.push_back(tensor);
    twin.rounded.push_back(std::move(tensor));
  }
  values[argument] = std::move(twin);
}

/// The twin of `value`; null if it could not be evaluated. Constants are
/// evaluated when they are needed, as most are weights, which never are.
const NoiseSimulation::Twin *NoiseSimulation::getOperand(Value value) {
  auto it = values.find(value);
  if (it != values.end())
    return &it->second;
  Operation *op = value.getDefiningOp();
  if (!op || op->getNumOperands() != 0)
    return nullptr;
  std::optional<Tensor> tensor = reference::evaluate(op, {});
  if (!tensor)
    return nullptr;
  Twin &twin = values[value];
  twin.exact.assign(options.numImages, *tensor);
  twin.rounded.assign(options.numImages, *tensor);
  return &twin;
}

void NoiseSimulation::release(Operation *op) {
  for (Value operand : op->getOperands()) {
    bool isNeeded = llvm::any_of(operand.getUsers(), [&](Operation *user) {
      return user != op && op->isBeforeInBlock(user);
    });
    if (!isNeeded)
      values.erase(operand);
  }
}

LogicalResult NoiseSimulation::visit(Operation *op) {
  if (op->getNumResults() != 1 || op->getNumOperands() == 0)
    return success();
  Twin result;
  result.exact.resize(options.numImages);
  result.rounded.resize(options.numImages);
  auto layer = dyn_cast<LinearOpInterface>(op);
  if (layer && isFloatTensor(layer.getInputOperand().get()) &&
      isFloatTensor(op->getResult(0)) &&
      getConstantFloats(layer.getBiasOperand().get())) {
    for (Value operand : op->getOperands())
      if (!getOperand(operand))
        return success();
    if (failed(computeLayer(layer, result)))
      return failure();
  } else if (!computeOther(op, result)) {
    return success();
  }
  if (result.exact.front().isFloat)
    measure(op->getResult(0), result);
  if (auto softmax = dyn_cast<linalg::SoftmaxOp>(op))
    measureLogits(softmax);
  values[op->getResult(0)] = std::move(result);
  return success();
}

bool NoiseSimulation::computeOther(Operation *op, Twin &result) {
  // Looking up an operand may move the others.
  for (Value operand : op->getOperands())
    if (!getOperand(operand))
      return false;
  SmallVector<const Twin *> operands;
  for (Value operand : op->getOperands())
    operands.push_back(getOperand(operand));
  if (auto cast = dyn_cast<quant::QuantizeCastOp>(op)) {
    computeQuantization(cast, *operands.front(), result);
    return true;
  }
  // Behind a cast that rounds, real values stand for the stored ones.
  bool isStandIn = llvm::any_of(
      llvm::zip_equal(op->getOperandTypes(), operands), [](auto operand) {
        auto [type, twin] = operand;
        return getQuantizedElementType(type) && twin->exact.front().isFloat;
      });
  if (isStandIn && isa<quant::DequantizeCastOp>(op))
    result = *operands.front();
  if (isStandIn)
    return isa<quant::DequantizeCastOp>(op);
  std::atomic<bool> isKnown = true;
  forEachTensor([&](int64_t image, bool isRounded) {
    SmallVector<const Tensor *> tensors;
    for (const Twin *operand : operands)
      tensors.push_back(isRounded ? &operand->rounded[image]
                                  : &operand->exact[image]);
    std::optional<Tensor> value = reference::evaluate(op, tensors);
    if (value)
      (isRounded ? result.rounded : result.exact)[image] = std::move(*value);
    else
      isKnown = false;
  });
  return isKnown;
}

/// A cast keeps real values: those that are not rounded as they are.
void NoiseSimulation::computeQuantization(quant::QuantizeCastOp op,
                                          const Twin &input,
                                          Twin &result) const {
  result = input;
  auto type = getQuantizedElementType(op.getType());
  if (!type || !isQuantizedByte(type))
    return;
  QuantizationView view(type);
  int64_t axis = view.getAxis().value_or(0), inner = 1;
  ArrayRef<int64_t> shape = cast<RankedTensorType>(op.getType()).getShape();
  for (int64_t size : shape.drop_front(axis + 1))
    inner *= size;
  int64_t channels = view.getAxis() ? shape[axis] : 1;
  parallelFor(op.getContext(), 0, options.numImages, [&](size_t image) {
    for (auto [i, x] : llvm::enumerate(result.rounded[image].floats)) {
      int64_t channel = static_cast<int64_t>(i) / inner % channels;
      x = view.dequantize(view.quantize(x, channel), channel);
    }
  });
}

/// Replaces weights and bias by the real values of their integer form.
LogicalResult NoiseSimulation::roundWeights(LinearOpInterface op,
                                            std::vector<float> &weights,
                                            std::vector<float> &bias) const {
  auto cast =
      op.getInputOperand().get().getDefiningOp<quant::DequantizeCastOp>();
  quant::QuantizedType inputType =
      cast ? getQuantizedElementType(cast.getInput().getType())
           : quant::QuantizedType();
  if (!inputType || !isQuantizedByte(inputType))
    return success();
  InputKnowledge known;
  if (auto it = inputs.find(op); it != inputs.end())
    known = {&it->second.statistics, it->second.correlation.get()};
  FailureOr<IntegerLayer> layer = computeIntegerLayer(
      op, *readWeights(op), bias, inputType, known, options.rounding);
  if (failed(layer))
    return failure();
  QuantizationView input(inputType), folded(layer->weightType);
  int64_t outputs = bias.size(), row = weights.size() / outputs;
  int64_t own = getShapeOf(op.getWeightsOperand().get()).back();
  for (int64_t o = 0; o < outputs; ++o) {
    double offset = layer->bias[o];
    for (int64_t k = 0; k < row; ++k) {
      int64_t channel = op.getInputChannel(o, k % own);
      int64_t stored = layer->weights[o * row + k];
      offset += static_cast<double>(stored) * input.getZeroPoint(channel);
      weights[o * row + k] =
          folded.getScale(o) * stored / input.getScale(channel);
    }
    bias[o] = folded.getScale(o) * offset;
  }
  return success();
}

Tensor NoiseSimulation::roundDynamically(Tensor tensor) {
  float low = 0.0f, high = 0.0f;
  for (float x : tensor.floats) {
    low = std::min(low, x);
    high = std::max(high, x);
  }
  float scale = (high - low) / 255.0f;
  if (scale == 0.0f)
    return tensor;
  float zeroPoint = std::nearbyint(-low / scale);
  for (float &x : tensor.floats)
    x = scale *
        (std::clamp(std::nearbyint(x / scale) + zeroPoint, 0.0f, 255.0f) -
         zeroPoint);
  return tensor;
}

LogicalResult NoiseSimulation::computeLayer(LinearOpInterface op,
                                            Twin &result) {
  const Twin &weights = *getOperand(op.getWeightsOperand().get());
  std::vector<float> exactBias =
      getOperand(op.getBiasOperand().get())->exact.front().floats;
  std::vector<float> bias = exactBias;
  std::vector<float> roundedWeights = weights.rounded.front().floats;
  if (failed(roundWeights(op, roundedWeights, bias)))
    return failure();
  const Twin &input = *getOperand(op.getInputOperand().get());
  forEachTensor([&](int64_t image, bool isRounded) {
    if (!isRounded)
      result.exact[image] = accumulateFloats(
          op, input.exact[image], weights.exact.front().floats, exactBias);
    else if (op->hasAttr(dynamicName))
      result.rounded[image] = accumulateFloats(
          op, roundDynamically(input.rounded[image]), roundedWeights, bias);
    else
      result.rounded[image] =
          accumulateFloats(op, input.rounded[image], roundedWeights, bias);
  });
  if (auto stats = op->getAttrOfType<ChannelStatsAttr>("stats"))
    standardize(stats, result);
  auto conv = dyn_cast<Conv2DOp>(op.getOperation());
  const Twin *residual =
      conv && conv.getResidual() ? getOperand(conv.getResidual()) : nullptr;
  auto min = op->getAttrOfType<FloatAttr>("clamp_min");
  auto max = op->getAttrOfType<FloatAttr>("clamp_max");
  float low = min ? min.getValueAsDouble() : -INFINITY;
  float high = max ? max.getValueAsDouble() : INFINITY;
  forEachTensor([&](int64_t image, bool isRounded) {
    Tensor &y = (isRounded ? result.rounded : result.exact)[image];
    const Tensor *added =
        residual ? &(isRounded ? residual->rounded : residual->exact)[image]
                 : nullptr;
    for (auto [i, x] : llvm::enumerate(y.floats))
      x = std::clamp(added ? x + added->floats[i] : x, low, high);
  });
  return success();
}

void NoiseSimulation::standardize(ChannelStatsAttr stats, Twin &result) const {
  ArrayRef<double> means = stats.getMean(), stddevs = stats.getStddev();
  size_t channels = means.size();
  size_t count =
      result.exact.front().floats.size() / channels * options.numImages;
  if (count < minValues)
    return;
  SmallVector<double, 0> sums(channels), squares(channels);
  for (const Tensor &tensor : result.exact)
    for (size_t i = 0; i < tensor.floats.size(); i += channels)
      for (size_t c = 0; c < channels; ++c) {
        double x = tensor.floats[i + c];
        sums[c] += x;
        squares[c] += x * x;
      }
  SmallVector<float, 0> gains, offsets;
  for (size_t c = 0; c < channels; ++c) {
    double mean = sums[c] / count;
    double stddev = std::sqrt(std::max(0.0, squares[c] / count - mean * mean));
    double gain = stddev > 0.0 ? std::min(maxGain, stddevs[c] / stddev) : 1.0;
    gains.push_back(gain);
    offsets.push_back(means[c] - gain * mean);
  }
  parallelFor(context, 0, options.numImages, [&](size_t image) {
    std::vector<float> &exact = result.exact[image].floats;
    std::vector<float> &rounded = result.rounded[image].floats;
    for (size_t i = 0; i < exact.size(); i += channels)
      for (size_t c = 0; c < channels; ++c) {
        float x = exact[i + c], standard = x * gains[c] + offsets[c];
        rounded[i + c] += standard - x;
        exact[i + c] = standard;
      }
  });
}

void NoiseSimulation::measure(Value value, const Twin &twin) {
  Power power;
  for (auto [exact, rounded] : llvm::zip_equal(twin.exact, twin.rounded))
    for (auto [x, y] : llvm::zip_equal(exact.floats, rounded.floats)) {
      double error = static_cast<double>(y) - x;
      power.signal += static_cast<double>(x) * x;
      power.noise += error * error;
    }
  powers[value] = power;
}

void NoiseSimulation::measureLogits(linalg::SoftmaxOp op) {
  const Twin *logits = getOperand(op.getInput());
  ArrayRef<int64_t> shape = getShapeOf(op.getInput());
  int64_t stride = 1, classes = shape[op.getDimension()];
  for (int64_t size : shape.drop_front(op.getDimension() + 1))
    stride *= size;
  Power power;
  for (auto [exactLogits, roundedLogits] :
       llvm::zip_equal(logits->exact, logits->rounded)) {
    const std::vector<float> &exact = exactLogits.floats;
    const std::vector<float> &rounded = roundedLogits.floats;
    for (int64_t i = 0, e = exact.size(); i < e; ++i) {
      if (i / stride % classes != 0)
        continue;
      double mean = 0.0, meanError = 0.0;
      auto forEachClass = [&](auto visit) {
        for (int64_t c = 0; c < classes; ++c) {
          double x = exact[i + c * stride];
          visit(x, rounded[i + c * stride] - x);
        }
      };
      forEachClass([&](double x, double error) {
        mean += x / classes;
        meanError += error / classes;
      });
      forEachClass([&](double x, double error) {
        power.signal += (x - mean) * (x - mean);
        power.noise += (error - meanError) * (error - meanError);
      });
    }
  }
  powers[op->getResult(0)] = power;
}
