//===- NoiseSimulation.cpp - Noise of quantization, simulated -------------===//
//
// Evaluates a network with and without its quantization on generated images.
//
//===----------------------------------------------------------------------===//

#include "NoiseSimulation.h"

#include "BatchNormMatch.h"
#include "ConstantUtils.h"
#include "FloatLayer.h"
#include "RoundedLayer.h"
#include "SyntheticImages.h"
#include "TensorValue.h"

#include "spiq/Reference/Interpreter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Threading.h"

#include <atomic>
#include <cmath>

using namespace mlir;
using namespace spiq;
using reference::Tensor;

int64_t spiq::getNumGeneratedImages(func::FuncOp function) {
  constexpr int64_t fewest = 4, most = 32, numElements = 1 << 18;
  int64_t largest = 1;
  for (Value argument : function.getArguments())
    if (isFloatTensor(argument))
      largest = std::max(largest,
                         cast<ShapedType>(argument.getType()).getNumElements());
  return std::clamp(numElements / largest, fewest, most);
}

NoiseSimulation::NoiseSimulation(func::FuncOp function,
                                 const StatisticsAnalysis &statistics,
                                 const LayerInputs &inputs,
                                 const Options &options)
    : context(function.getContext()), function(function),
      statistics(statistics), inputs(inputs), options(options) {}

std::optional<NoisePower> NoiseSimulation::lookup(Value value) const {
  auto it = powers.find(value);
  return it == powers.end() ? std::nullopt : std::optional(it->second);
}

std::optional<NoisePower> NoiseSimulation::lookupResult(unsigned index) const {
  Operation *terminator = func::FuncOp(function).front().getTerminator();
  return lookup(ChannelMap::getMovedSource(terminator->getOperand(index)));
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
                           statistics.getArgumentChannels(argument), image,
                           holdsBytes(argument));
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
  ArrayRef<float> exactBias =
      getOperand(op.getBiasOperand().get())->exact.front().floats;
  ArrayRef<float> bias = exactBias;
  ArrayRef<float> roundedWeights = weights.rounded.front().floats;
  RoundedLayer integer;
  if (getInputType(op)) {
    FailureOr<RoundedLayer> computed =
        computeRoundedLayer(op, exactBias, inputs, options.rounding);
    if (failed(computed))
      return failure();
    integer = std::move(*computed);
    bias = integer.bias;
    roundedWeights = integer.weights;
  }
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
  forEachTensor([&](int64_t image, bool isRounded) {
    auto getTensors = [&](auto &twin) -> auto & {
      return isRounded ? twin.rounded : twin.exact;
    };
    applyEpilogue(op, residual ? &getTensors(*residual)[image] : nullptr,
                  getTensors(result)[image]);
  });
  return success();
}

void NoiseSimulation::standardize(ChannelStatsAttr stats, Twin &result) const {
  std::optional<BatchNormMatch> match =
      matchBatchNorm(stats,
                     llvm::map_to_vector(result.exact,
                                         [](const Tensor &tensor) {
                                           return ArrayRef(tensor.floats);
                                         }),
                     minMatchedValues);
  if (!match)
    return;
  size_t channels = match->gains.size();
  parallelFor(context, 0, options.numImages, [&](size_t image) {
    std::vector<float> &exact = result.exact[image].floats;
    std::vector<float> &rounded = result.rounded[image].floats;
    for (size_t i = 0; i < exact.size(); i += channels)
      for (size_t c = 0; c < channels; ++c) {
        float x = exact[i + c], matched = match->apply(x, c);
        rounded[i + c] += matched - x;
        exact[i + c] = matched;
      }
  });
}

void NoiseSimulation::measure(Value value, const Twin &twin) {
  NoisePower power;
  for (auto [exact, rounded] : llvm::zip_equal(twin.exact, twin.rounded))
    power += measureNoise(exact, rounded);
  powers[value] = power;
}

void NoiseSimulation::measureLogits(linalg::SoftmaxOp op) {
  const Twin *logits = getOperand(op.getInput());
  NoisePower power;
  for (auto [exact, rounded] : llvm::zip_equal(logits->exact, logits->rounded))
    power += measureLogitNoise(exact, rounded, op.getDimension());
  powers[op->getResult(0)] = power;
}
