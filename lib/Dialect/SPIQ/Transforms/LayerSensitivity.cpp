//===- LayerSensitivity.cpp - Noise of single layers ----------------------===//
//
// What rounding the weights of one layer does to the outputs of a network.
//
//===----------------------------------------------------------------------===//

#include "LayerSensitivity.h"

#include "BatchNormMatch.h"
#include "FloatLayer.h"
#include "SyntheticImages.h"
#include "TensorValue.h"

#include "spiq/Reference/Interpreter.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Threading.h"

using namespace mlir;
using namespace spiq;
using reference::Tensor;

LayerSensitivity::LayerSensitivity(func::FuncOp function,
                                   const StatisticsAnalysis &statistics,
                                   const LayerInputs &inputs,
                                   const Options &options)
    : function(function), statistics(statistics), inputs(inputs),
      options(options), values(options.numImages),
      accumulated(options.numImages) {
  for (BlockArgument argument : function.getArguments())
    setArgument(argument);
  for (Operation &op : function.front().without_terminator())
    visit(&op);
  for (Operation &op : function.front())
    for (Value operand : op.getOperands())
      lastReaders[operand] = &op;
  findOutputs();
}

void LayerSensitivity::setArgument(BlockArgument argument) {
  if (!isFloatTensor(argument) || !statistics.lookup(argument))
    return;
  ArrayRef<int64_t> shape = getShapeOf(argument);
  uint64_t index = 0;
  for (Values &image : values) {
    Tensor tensor = Tensor::ofFloats(shape);
    index = fillWithImages(tensor.floats, statistics.getArgumentMap(argument),
                           statistics.getArgumentChannels(argument), index);
    image[argument] = std::make_shared<Tensor>(std::move(tensor));
  }
}

/// Whether `value` is known, perhaps because it is a constant.
bool LayerSensitivity::computeConstant(Value value) {
  if (values.front().contains(value))
    return true;
  Operation *op = value.getDefiningOp();
  if (!op || op->getNumOperands() != 0)
    return false;
  std::optional<Tensor> tensor = reference::evaluate(op, {});
  if (!tensor)
    return false;
  auto shared = std::make_shared<Tensor>(std::move(*tensor));
  for (Values &image : values)
    image[value] = shared;
  return true;
}

void LayerSensitivity::visit(Operation *op) {
  if (op->getNumResults() != 1 || op->getNumOperands() == 0)
    return;
  for (Value operand : op->getOperands())
    if (!computeConstant(operand))
      return;
  auto layer = dyn_cast<LinearOpInterface>(op);
  if (layer && isFloatTensor(layer.getInputOperand().get()) &&
      isFloatTensor(op->getResult(0)))
    return visitLayer(layer);
  SmallVector<TensorPtr> results(options.numImages);
  parallelFor(op->getContext(), 0, options.numImages, [&](size_t image) {
    results[image] =
        compute(op, [&](Value value) { return values[image].lookup(value); });
  });
  if (llvm::all_of(results, [](const TensorPtr &result) { return !!result; }))
    for (auto [image, result] : llvm::zip_equal(values, results))
      image[op->getResult(0)] = result;
}

LayerSensitivity::TensorPtr
LayerSensitivity::compute(Operation *op,
                          function_ref<TensorPtr(Value)> lookup) const {
  SmallVector<const Tensor *> operands;
  for (Value operand : op->getOperands()) {
    operands.push_back(lookup(operand).get());
    // Real values stand for the stored ones, and only casts know it.
    if (getQuantizedElementType(operand.getType()) && operands.back()->isFloat)
      return isa<quant::DequantizeCastOp>(op) ? lookup(operand) : nullptr;
  }
  if (isa<quant::QuantizeCastOp>(op))
    return lookup(op->getOperand(0));
  std::optional<Tensor> result = reference::evaluate(op, operands);
  return result ? std::make_shared<Tensor>(std::move(*result)) : nullptr;
}

void LayerSensitivity::visitLayer(LinearOpInterface layer) {
  SmallVector<Tensor> sums(options.numImages);
  auto forEachImage = [&](auto visit) {
    parallelFor(layer.getContext(), 0, options.numImages, visit);
  };
  forEachImage([&](size_t image) {
    auto getFloats = [&](OpOperand &operand) -> const Tensor & {
      return *values[image].lookup(operand.get());
    };
    sums[image] = accumulateFloats(layer, getFloats(layer.getInputOperand()),
                                   getFloats(layer.getWeightsOperand()).floats,
                                   getFloats(layer.getBiasOperand()).floats);
  });
  if (auto stats = layer->getAttrOfType<ChannelStatsAttr>("stats")) {
    std::optional<BatchNormMatch> match = matchBatchNorm(
        stats,
        llvm::map_to_vector(
            sums, [](const Tensor &tensor) { return ArrayRef(tensor.floats); }),
        minMatchedValues);
    if (match)
      forEachImage([&](size_t image) {
        for (auto [i, x] : llvm::enumerate(sums[image].floats))
          x = match->apply(x, i % match->gains.size());
      });
  }
  SmallVector<TensorPtr> results(options.numImages);
  forEachImage([&](size_t image) {
    results[image] = finishLayer(layer, sums[image], [&](Value value) {
      return values[image].lookup(value);
    });
  });
  for (int64_t image = 0; image < options.numImages; ++image) {
    accumulated[image][layer] =
        std::make_shared<Tensor>(std::move(sums[image]));
    values[image][layer->getResult(0)] = std::move(results[image]);
  }
}

LayerSensitivity::TensorPtr
LayerSensitivity::finishLayer(LinearOpInterface layer, Tensor accumulated,
                              function_ref<TensorPtr(Value)> lookup) const {
  auto conv = dyn_cast<Conv2DOp>(layer.getOperation());
  TensorPtr residual =
      conv && conv.getResidual() ? lookup(conv.getResidual()) : nullptr;
  applyEpilogue(layer, residual.get(), accumulated);
  return std::make_shared<Tensor>(std::move(accumulated));
}

void LayerSensitivity::findOutputs() {
  for (Value value : function.front().getTerminator()->getOperands()) {
    Output output{ChannelMap::getMovedSource(value), std::nullopt};
    if (auto softmax = output.value.getDefiningOp<linalg::SoftmaxOp>()) {
      output.value = softmax.getInput();
      output.classAxis = softmax.getDimension();
    }
    TensorPtr known = values.front().lookup(output.value);
    if (known && known->isFloat)
      outputs.push_back(output);
  }
  for (const Output &output : outputs)
    lastReaders.erase(output.value);
}

FailureOr<double> LayerSensitivity::measure(LinearOpInterface layer) const {
  if (!accumulated.front().contains(layer))
    return 0.0;
  auto getFloats = [&](size_t image, OpOperand &operand) -> const Tensor & {
    return *values[image].find(operand.get())->second;
  };
  ArrayRef<float> weights = getFloats(0, layer.getWeightsOperand()).floats;
  ArrayRef<float> bias = getFloats(0, layer.getBiasOperand()).floats;
  FailureOr<RoundedLayer> rounded =
      computeRoundedLayer(layer, bias, inputs, options.rounding);
  if (failed(rounded))
    return failure();
  for (auto [x, exact] : llvm::zip_equal(rounded->weights, weights))
    x -= exact;
  for (auto [x, exact] : llvm::zip_equal(rounded->bias, bias))
    x -= exact;
  SmallVector<SmallVector<NoisePower>> powers(options.numImages);
  parallelFor(layer.getContext(), 0, options.numImages, [&](size_t image) {
    Tensor sums =
        accumulateFloats(layer, getFloats(image, layer.getInputOperand()),
                         rounded->weights, rounded->bias);
    for (auto [x, exact] : llvm::zip_equal(
             sums.floats, accumulated[image].find(layer)->second->floats))
      x += exact;
    TensorPtr result = finishLayer(layer, std::move(sums), [&](Value value) {
      return values[image].lookup(value);
    });
    powers[image] = propagate(layer, std::move(result), image);
  });
  double ratio = 0.0;
  for (size_t output = 0; output < outputs.size(); ++output) {
    NoisePower power;
    for (ArrayRef<NoisePower> image : powers)
      power += image[output];
    ratio += power.getRatio() / outputs.size();
  }
  return ratio;
}

SmallVector<NoisePower> LayerSensitivity::propagate(LinearOpInterface layer,
                                                    TensorPtr result,
                                                    int64_t image) const {
  // Only values that differ from those of the float network.
  Values changed;
  changed[layer->getResult(0)] = std::move(result);
  const Values &exact = values[image];
  auto lookup = [&](Value value) {
    auto it = changed.find(value);
    return it == changed.end() ? exact.lookup(value) : it->second;
  };
  for (Operation *op = layer->getNextNode(); op; op = op->getNextNode()) {
    if (op->getNumResults() != 1 || !exact.contains(op->getResult(0)) ||
        llvm::none_of(op->getOperands(),
                      [&](Value operand) { return changed.contains(operand); }))
      continue;
    Value target = op->getResult(0);
    auto it = accumulated[image].find(op);
    if (it == accumulated[image].end()) {
      changed[target] = compute(op, lookup);
    } else {
      auto reader = cast<LinearOpInterface>(op);
      Value source = reader.getInputOperand().get();
      Tensor sums = *it->second;
      if (auto input = changed.find(source); input != changed.end()) {
        Tensor error = *input->second;
        for (auto [x, y] :
             llvm::zip_equal(error.floats, exact.find(source)->second->floats))
          x -= y;
        const Tensor &weights =
            *exact.find(reader.getWeightsOperand().get())->second;
        Tensor moved = accumulateFloats(
            reader, error, weights.floats,
            SmallVector<float, 0>(getShapeOf(target).back(), 0.0f));
        for (auto [x, y] : llvm::zip_equal(sums.floats, moved.floats))
          x += y;
      }
      changed[target] = finishLayer(reader, std::move(sums), lookup);
    }
    for (Value operand : op->getOperands())
      if (lastReaders.lookup(operand) == op)
        changed.erase(operand);
  }
  SmallVector<NoisePower> powers;
  for (const Output &output : outputs) {
    const Tensor &reference = *exact.find(output.value)->second;
    const Tensor &rounded = *lookup(output.value);
    powers.push_back(output.classAxis ? measureLogitNoise(reference, rounded,
                                                          *output.classAxis)
                                      : measureNoise(reference, rounded));
  }
  return powers;
}
