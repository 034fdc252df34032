//===- KernelGenerators.cpp - Random layers for native kernels ------------===//
//
// Random convolutions and fully connected layers with constant weights.
//
//===----------------------------------------------------------------------===//

#include "KernelGenerators.h"

#include <numeric>

using namespace mlir;

namespace spiq::test {

namespace {
/// The window of a random convolution.
struct Window {
  SmallVector<int64_t> kernel, strides, dilations, padding;
  SmallVector<int64_t> inputSize, outputSize;
};
} // namespace

static int64_t choose(Random &random, ArrayRef<int64_t> values) {
  return values[random.integer(0, values.size() - 1)];
}

/// Few channels, or about a number of full vectors.
static int64_t chooseChannels(Random &random) {
  if (random.oneIn(3))
    return random.integer(1, 12);
  int64_t full = choose(random, {16, 32, 48, 64, 128});
  return full + (random.oneIn(2) ? random.integer(-4, 20) : 0);
}

static Window chooseWindow(Random &random, ArrayRef<int64_t> kernels,
                           int64_t maxExtra) {
  Window window;
  bool isSquare = !random.oneIn(4), hasPadding = !random.oneIn(3);
  for (int dim = 0; dim < 2; ++dim) {
    bool isCopy = isSquare && dim == 1;
    int64_t kernel = isCopy ? window.kernel[0] : choose(random, kernels);
    int64_t stride = isCopy ? window.strides[0]
                            : (random.oneIn(2) ? 1 : random.integer(1, 3));
    int64_t dilation = isCopy ? window.dilations[0]
                              : (random.oneIn(5) ? random.integer(2, 3) : 1);
    int64_t span = (kernel - 1) * dilation + 1;
    int64_t low = hasPadding ? random.integer(0, span / 2) : 0;
    int64_t high = hasPadding ? random.integer(0, span / 2) : 0;
    int64_t size =
        std::max<int64_t>(span - low - high, 1) + random.integer(0, maxExtra);
    window.kernel.push_back(kernel);
    window.strides.push_back(stride);
    window.dilations.push_back(dilation);
    window.padding.append({low, high});
    window.inputSize.push_back(size);
    window.outputSize.push_back((size + low + high - span) / stride + 1);
  }
  return window;
}

/// Builds a layer of constant weights and bias on `input`; `create` makes the
/// operation from them and its result type.
template <typename Create>
static void finishLayer(CaseBuilder &builder, Form form,
                        ArrayRef<int64_t> inputShape,
                        ArrayRef<int64_t> weightShape,
                        ArrayRef<int64_t> resultShape, Create create) {
  Random &random = builder.random;
  bool isExtreme = random.oneIn(4);
  int64_t outputs = weightShape[0], filterSize = 1;
  for (int64_t size : weightShape.drop_front())
    filterSize *= size;
  Value input =
      builder.argument(random.activation(true, inputShape), isExtreme);
  auto weightType = RankedTensorType::get(
      weightShape, random.weight(outputs, 0.02 / std::sqrt(filterSize)));
  Value weights = builder.randomConstant(weightType, isExtreme);
  auto biasType = RankedTensorType::get(outputs, builder.builder.getI32Type());
  Value bias = builder.randomConstant(biasType);
  Type element = form == Form::Integer
                     ? random.quantized(outputs, resultShape.size() - 1, 0.05)
                     : Type(builder.builder.getF32Type());
  builder.finish(create(RankedTensorType::get(resultShape, element), input,
                        weights, bias));
}

static void finishConvolution(CaseBuilder &builder, Form form,
                              const Window &window, int64_t inputs,
                              int64_t outputs, int64_t groups,
                              bool mayHaveResidual) {
  Random &random = builder.random;
  int64_t batch = random.oneIn(3) ? random.integer(2, 3) : 1;
  SmallVector<int64_t> resultShape = {batch, window.outputSize[0],
                                      window.outputSize[1], outputs};
  finishLayer(builder, form,
              {batch, window.inputSize[0], window.inputSize[1], inputs},
              {outputs, window.kernel[0], window.kernel[1], inputs / groups},
              resultShape,
              [&](RankedTensorType type, Value input, Value weights,
                  Value bias) -> Value {
                Value residual;
                if (mayHaveResidual && random.oneIn(3))
                  residual = builder.argument(
                      random.activation(form == Form::Integer, resultShape));
                auto [min, max] = random.clamp();
                ActivationAttr activation;
                if (form == Form::Integer && !residual)
                  activation = random.function(outputs);
                return Conv2DOp::create(
                    builder.builder, builder.loc, type, input, weights, bias,
                    residual, window.strides, window.padding, window.dilations,
                    groups, min, max, activation, ChannelStatsAttr());
              });
}

void generateKernelConv2D(CaseBuilder &builder, Form form) {
  Random &random = builder.random;
  Window window = chooseWindow(random, {1, 1, 2, 3, 3, 5, 7}, 6);
  int64_t inputs = chooseChannels(random), outputs = chooseChannels(random);
  // Large windows of many channels would only take time.
  if (window.kernel[0] * window.kernel[1] > 9)
    inputs = random.integer(1, 9);
  finishConvolution(builder, form, window, inputs, outputs, 1, true);
}

void generateKernelDepthwise(CaseBuilder &builder, Form form) {
  Random &random = builder.random;
  Window window = chooseWindow(random, {1, 2, 3, 3, 3, 5, 5, 7}, 9);
  int64_t channels = chooseChannels(random);
  finishConvolution(builder, form, window, channels, channels, channels,
                    random.oneIn(4));
}

void generateKernelGrouped(CaseBuilder &builder, Form form) {
  Random &random = builder.random;
  Window window = chooseWindow(random, {1, 3, 3, 5}, 6);
  int64_t groups = choose(random, {2, 3, 4, 8});
  int64_t inputs = groups * choose(random, {2, 3, 4, 8, 16});
  int64_t outputs = groups * choose(random, {1, 2, 4, 8, 16, 24});
  finishConvolution(builder, form, window, inputs, outputs, groups, true);
}

void generateKernelTransposed(CaseBuilder &builder, Form form) {
  Random &random = builder.random;
  SmallVector<int64_t> kernel, strides, dilations, padding, extra;
  SmallVector<int64_t> inputSize, outputSize;
  for (int dim = 0; dim < 2; ++dim) {
    strides.push_back(random.integer(1, 3));
    // At least the stride and no common factor, so that every output has an
    // input.
    kernel.push_back(strides[dim] + random.integer(0, 2));
    dilations.push_back(random.oneIn(2) ? random.integer(1, 3) : 1);
    if (std::gcd(strides[dim], dilations[dim]) != 1)
      dilations[dim] = 1;
    extra.push_back(random.oneIn(3) ? random.integer(0, strides[dim] - 1) : 0);
    inputSize.push_back(random.integer(1, 6));
    int64_t full = (inputSize[dim] - 1) * strides[dim] +
                   (kernel[dim] - 1) * dilations[dim] + 1;
    padding.push_back(random.integer(0, std::min<int64_t>(3, full - 1)));
    padding.push_back(
        random.integer(0, std::min<int64_t>(3, full - 1 - padding.back())));
    outputSize.push_back(full + extra[dim] - padding[2 * dim] -
                         padding[2 * dim + 1]);
  }
  int64_t inputs = chooseChannels(random), outputs = chooseChannels(random);
  int64_t groups = 1;
  if (random.oneIn(4))
    groups = outputs = inputs;
  int64_t batch = random.oneIn(3) ? 2 : 1;
  finishLayer(builder, form, {batch, inputSize[0], inputSize[1], inputs},
              {outputs, kernel[0], kernel[1], inputs / groups},
              {batch, outputSize[0], outputSize[1], outputs},
              [&](RankedTensorType type, Value input, Value weights,
                  Value bias) -> Value {
                auto [min, max] = random.clamp();
                return TransposedConv2DOp::create(
                    builder.builder, builder.loc, type, input, weights, bias,
                    strides, padding, dilations, extra, groups, min, max,
                    ChannelStatsAttr());
              });
}

void generateKernelFullyConnected(CaseBuilder &builder, Form form) {
  Random &random = builder.random;
  int64_t batch = random.oneIn(2) ? 1 : random.integer(2, 7);
  int64_t inputs = chooseChannels(random) * random.integer(1, 4);
  int64_t outputs = chooseChannels(random);
  finishLayer(builder, form, {batch, inputs}, {outputs, inputs},
              {batch, outputs},
              [&](RankedTensorType type, Value input, Value weights,
                  Value bias) -> Value {
                auto [min, max] = random.clamp();
                ActivationAttr activation;
                if (form == Form::Integer)
                  activation = random.function(outputs);
                return FullyConnectedOp::create(
                    builder.builder, builder.loc, type, input, weights, bias,
                    min, max, activation, ChannelStatsAttr());
              });
}

} // namespace spiq::test
