//===- LinearGenerators.cpp - Random layers with weights ------------------===//
//
// Random convolutions and fully connected layers in all four forms.
//
//===----------------------------------------------------------------------===//

#include "Generators.h"

using namespace mlir;

namespace spiq::test {

namespace {
/// Types and constant operands of a linear layer.
struct LayerOperands {
  Value input, weights, bias;
  Type resultElement;
};
} // namespace

static LayerOperands createOperands(CaseBuilder &builder, Form form,
                                    ArrayRef<int64_t> inputShape,
                                    ArrayRef<int64_t> weightShape) {
  Random &random = builder.random;
  bool isQuantizedInput = form == Form::Integer || form == Form::Dequantized;
  bool isExtreme = random.oneIn(4);
  Type f32 = builder.builder.getF32Type();
  LayerOperands operands;
  int64_t outputs = weightShape[0];
  auto inputType = random.activation(isQuantizedInput, inputShape);
  operands.input = builder.argument(inputType, isExtreme);
  Type weightElement =
      form == Form::Float ? f32 : random.weight(outputs, 1.0 / 512);
  auto weightType = RankedTensorType::get(weightShape, weightElement);
  // Weights may be computed elsewhere, except in the dynamic form.
  if (form != Form::Dynamic && random.oneIn(5))
    operands.weights = builder.argument(weightType, isExtreme);
  else
    operands.weights = builder.randomConstant(weightType, isExtreme);
  Type biasElement =
      isQuantizedInput ? Type(builder.builder.getI32Type()) : f32;
  auto biasType = RankedTensorType::get(outputs, biasElement);
  auto bias = random.tensor(biasType);
  if (isExtreme)
    for (int32_t &value : bias.integers)
      value *= 500000;
  operands.bias = builder.constant(biasType, bias);
  operands.resultElement =
      form == Form::Integer
          ? random.quantized(outputs, inputShape.size() - 1, 0.05)
          : f32;
  return operands;
}

/// Chooses channel counts: plain, depthwise (with a multiplier) or grouped.
static void chooseChannels(Random &random, int64_t &inputs, int64_t &outputs,
                           int64_t &groups) {
  groups = 1;
  inputs = random.integer(1, 9);
  outputs = random.integer(1, 9);
  if (random.oneIn(3)) {
    groups = inputs;
    outputs = inputs * (random.oneIn(3) ? 2 : 1);
  } else if (random.oneIn(3)) {
    groups = random.integer(2, 3);
    inputs = groups * random.integer(1, 4);
    outputs = groups * random.integer(1, 4);
  }
}

void generateConv2D(CaseBuilder &builder, Form form) {
  Random &random = builder.random;
  int64_t inputs, outputs, groups;
  chooseChannels(random, inputs, outputs, groups);
  SmallVector<int64_t> kernel, strides, dilations, padding, size;
  bool isPointwise = random.oneIn(4);
  for (int dim = 0; dim < 2; ++dim) {
    kernel.push_back(isPointwise ? 1 : random.integer(1, 4));
    strides.push_back(isPointwise && random.oneIn(2) ? 1
                                                     : random.integer(1, 3));
    dilations.push_back(random.oneIn(3) ? random.integer(1, 3) : 1);
    bool hasPadding = random.oneIn(2);
    padding.push_back(hasPadding ? random.integer(0, 3) : 0);
    padding.push_back(hasPadding ? random.integer(0, 3) : 0);
    int64_t span = (kernel[dim] - 1) * dilations[dim] + 1;
    int64_t needed = span - padding[2 * dim] - padding[2 * dim + 1];
    size.push_back(std::max<int64_t>(needed, 1) + random.integer(0, 6));
  }
  int64_t batch = random.integer(1, 2);
  auto operands =
      createOperands(builder, form, {batch, size[0], size[1], inputs},
                     {outputs, kernel[0], kernel[1], inputs / groups});
  SmallVector<int64_t> resultShape = {batch};
  for (int dim = 0; dim < 2; ++dim)
    resultShape.push_back((size[dim] + padding[2 * dim] + padding[2 * dim + 1] -
                           (kernel[dim] - 1) * dilations[dim] - 1) /
                              strides[dim] +
                          1);
  resultShape.push_back(outputs);
  Value residual;
  if (random.oneIn(3))
    residual =
        builder.argument(random.activation(form == Form::Integer, resultShape));
  auto [min, max] = random.clamp();
  ActivationAttr activation;
  if (form == Form::Integer && !residual)
    activation = random.function(resultShape.back());
  Value result = Conv2DOp::create(
      builder.builder, builder.loc,
      RankedTensorType::get(resultShape, operands.resultElement),
      operands.input, operands.weights, operands.bias, residual, strides,
      padding, dilations, groups, min, max, activation,
      /*stats=*/ChannelStatsAttr());
  builder.finish(result);
}

void generateTransposedConv2D(CaseBuilder &builder, Form form) {
  Random &random = builder.random;
  int64_t inputs, outputs, groups;
  chooseChannels(random, inputs, outputs, groups);
  SmallVector<int64_t> kernel, strides, dilations, padding, extra, size, result;
  int64_t batch = random.integer(1, 2);
  result.push_back(batch);
  for (int dim = 0; dim < 2; ++dim) {
    kernel.push_back(random.integer(1, 4));
    strides.push_back(random.integer(1, 3));
    dilations.push_back(random.oneIn(3) ? 2 : 1);
    extra.push_back(random.oneIn(3) ? random.integer(0, strides[dim]) : 0);
    size.push_back(random.integer(2, 5));
    int64_t full = (size[dim] - 1) * strides[dim] +
                   (kernel[dim] - 1) * dilations[dim] + 1 + extra[dim];
    // Padding may exceed the kernel, as long as something is left.
    padding.push_back(random.integer(0, std::min<int64_t>(3, full - 1)));
    padding.push_back(
        random.integer(0, std::min<int64_t>(3, full - 1 - padding.back())));
    result.push_back(full - padding[2 * dim] - padding[2 * dim + 1]);
  }
  result.push_back(outputs);
  auto operands =
      createOperands(builder, form, {batch, size[0], size[1], inputs},
                     {outputs, kernel[0], kernel[1], inputs / groups});
  auto [min, max] = random.clamp();
  builder.finish(TransposedConv2DOp::create(
      builder.builder, builder.loc,
      RankedTensorType::get(result, operands.resultElement), operands.input,
      operands.weights, operands.bias, strides, padding, dilations, extra,
      groups, min, max, /*stats=*/ChannelStatsAttr()));
}

void generateFullyConnected(CaseBuilder &builder, Form form) {
  Random &random = builder.random;
  int64_t batch = random.integer(1, 4), inputs = random.integer(1, 300),
          outputs = random.integer(1, 12);
  auto operands =
      createOperands(builder, form, {batch, inputs}, {outputs, inputs});
  auto [min, max] = random.clamp();
  ActivationAttr activation;
  if (form == Form::Integer)
    activation = random.function(outputs);
  builder.finish(FullyConnectedOp::create(
      builder.builder, builder.loc,
      RankedTensorType::get({batch, outputs}, operands.resultElement),
      operands.input, operands.weights, operands.bias, min, max, activation,
      /*stats=*/ChannelStatsAttr()));
}

} // namespace spiq::test
