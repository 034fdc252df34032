//===- Convolution.cpp - Import of convolutions ---------------------------===//

#include "OpTable.h"
#include "Window.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

using namespace mlir;
using namespace spiq;
using namespace spiq::onnx_import;

/// The f32 bias of `channels` entries at input 2, or zeros.
static FailureOr<Value> getBias(NodeImporter &node, int64_t channels) {
  if (!node.hasInput(2))
    return node.tensors.filled({channels}, 0.0f);
  if (failed(node.expectFloat(2)))
    return failure();
  if (node.getShape(2) != ArrayRef<int64_t>({channels}))
    return node.reject("the bias has shape " + formatShape(node.getShape(2)) +
                       ", expected " + Twine(channels));
  return node.getInOrder(2, {0});
}

/// Checks ranks and types of input and weights, reads groups and the window.
static FailureOr<Window> readConvolution(NodeImporter &node, int64_t &groups) {
  if (failed(node.expectFloat(0)) || failed(node.expectFloat(1)))
    return failure();
  ArrayRef<int64_t> weights = node.getShape(1);
  if (weights.size() != node.getShape(0).size() || weights.size() < 3)
    return node.reject("input of shape " + formatShape(node.getShape(0)) +
                       " and weights of shape " + formatShape(weights) +
                       " must have the same number of dimensions, 3 or more");
  groups = node.getInt("group", 1);
  SmallVector<int64_t> kernel =
      node.getInts("kernel_shape", weights.drop_front(2));
  if (ArrayRef<int64_t>(kernel) != weights.drop_front(2))
    return node.reject("kernel_shape is " + formatShape(kernel) +
                       ", but the weights have shape " + formatShape(weights));
  return readWindow(node, kernel);
}

LogicalResult spiq::onnx_import::importConv(NodeImporter &node) {
  int64_t groups = 1;
  FailureOr<Window> window = readConvolution(node, groups);
  if (failed(window) || failed(resolveWindow(node, *window)))
    return failure();
  ArrayRef<int64_t> input = node.getShape(0), weights = node.getShape(1);
  int64_t outputs = weights[0];
  if (weights[1] * groups != input[1] || outputs % groups != 0)
    return node.reject("input of shape " + formatShape(input) +
                       " with weights of shape " + formatShape(weights) +
                       " and " + Twine(groups) +
                       " groups: the channels do not match");
  FailureOr<Value> image = node.getImage(0);
  FailureOr<Value> bias = getBias(node, outputs);
  if (failed(image) || failed(bias))
    return failure();
  int64_t rank = input.size();
  Value filter = node.getInOrder(1, getChannelsLastOrder(rank));
  filter = node.tensors.reshape(
      filter, {outputs, window->kernel[0], window->kernel[1], weights[1]});
  auto type = node.tensors.getFloatType(
      {input[0], window->output[0], window->output[1], outputs});
  Value result = Conv2DOp::create(
      node.getBuilder(), node.getLoc(), type, *image, filter, *bias,
      /*residual=*/Value(), window->strides, window->getPadding(),
      window->dilations, groups, /*clamp_min=*/FloatAttr(),
      /*clamp_max=*/FloatAttr(), /*activation=*/ActivationAttr(),
      /*stats=*/ChannelStatsAttr());
  return node.setImageResult(result, rank);
}

//===----------------------------------------------------------------------===//
// Transposed convolution
//===----------------------------------------------------------------------===//

/// Distributes the padding of a transposed convolution so that the result has
/// the size `output` (formula of ONNX's ConvTranspose).
static void padToOutput(Window &window, SmallVectorImpl<int64_t> &outputPadding,
                        ArrayRef<int64_t> output, bool sameUpper) {
  for (size_t dim = 0; dim < 2; ++dim) {
    int64_t total = window.strides[dim] * (window.input[dim] - 1) +
                    outputPadding[dim] + window.getExtent(dim) - output[dim];
    if (total < 0) {
      outputPadding[dim] -= total;
      total = 0;
    }
    int64_t half = total / 2;
    window.low[dim] = sameUpper ? half : total - half;
    window.high[dim] = total - window.low[dim];
  }
}

/// Resolves auto_pad, output_shape and output_padding.
static FailureOr<SmallVector<int64_t>>
resolveTransposedWindow(NodeImporter &node, Window &window) {
  size_t spatial = node.getShape(0).size() - 2;
  StringRef autoPad = node.getString("auto_pad", "NOTSET");
  bool same = autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER";
  SmallVector<int64_t> outputPadding =
      node.getInts("output_padding", SmallVector<int64_t>(spatial, 0));
  SmallVector<int64_t> output = node.getInts("output_shape");
  // Some exporters state batch and channels as well.
  if (output.size() == spatial + 2)
    output.erase(output.begin(), output.begin() + 2);
  if (outputPadding.size() != spatial ||
      (!output.empty() && output.size() != spatial))
    return node.reject("output_padding and output_shape need one entry per "
                       "spatial dimension");
  if (spatial == 1) {
    outputPadding.insert(outputPadding.begin(), 0);
    if (!output.empty())
      output.insert(output.begin(), 1);
  }
  if (autoPad == "VALID")
    window.low = window.high = {0, 0};
  if (output.empty() && same)
    output = {window.input[0] * window.strides[0],
              window.input[1] * window.strides[1]};
  if (!output.empty())
    padToOutput(window, outputPadding, output, autoPad == "SAME_UPPER");
  for (size_t dim = 0; dim < 2; ++dim) {
    int64_t size = (window.input[dim] - 1) * window.strides[dim] +
                   window.getExtent(dim) - window.low[dim] - window.high[dim] +
                   outputPadding[dim];
    if (size < 1)
      return node.reject("the padding leaves no result in spatial dimension " +
                         Twine(dim));
    window.output.push_back(size);
  }
  return outputPadding;
}

/// ONNX's weights `I x O/groups x KH x KW` as `O x KH x KW x I/groups`.
static Value getTransposedFilter(NodeImporter &node, const Window &window,
                                 int64_t groups) {
  ArrayRef<int64_t> shape = node.getShape(1);
  int64_t inputs = shape[0] / groups, outputs = shape[1];
  SmallVector<int64_t> split{groups, inputs, outputs, window.kernel[0],
                             window.kernel[1]};
  SmallVector<int64_t> order{0, 2, 3, 4, 1};
  SmallVector<int64_t> merged{groups * outputs, window.kernel[0],
                              window.kernel[1], inputs};
  const ImportedValue &weights = node.getInput(1);
  if (weights.isConstant())
    return node.tensors.constant(
        weights.constant->reshape(split).transpose(order).reshape(merged));
  Value value = node.getInOrder(1, getIdentityOrder(shape.size()));
  value = node.tensors.transpose(node.tensors.reshape(value, split), order);
  return node.tensors.reshape(value, merged);
}

LogicalResult spiq::onnx_import::importConvTranspose(NodeImporter &node) {
  int64_t groups = 1;
  FailureOr<Window> window = readConvolution(node, groups);
  if (failed(window))
    return failure();
  FailureOr<SmallVector<int64_t>> outputPadding =
      resolveTransposedWindow(node, *window);
  if (failed(outputPadding))
    return failure();
  ArrayRef<int64_t> input = node.getShape(0), weights = node.getShape(1);
  int64_t outputs = weights[1] * groups;
  if (weights[0] != input[1] || input[1] % groups != 0)
    return node.reject("input of shape " + formatShape(input) +
                       " with weights of shape " + formatShape(weights) +
                       " and " + Twine(groups) +
                       " groups: the channels do not match");
  FailureOr<Value> image = node.getImage(0);
  FailureOr<Value> bias = getBias(node, outputs);
  if (failed(image) || failed(bias))
    return failure();
  auto type = node.tensors.getFloatType(
      {input[0], window->output[0], window->output[1], outputs});
  Value result = TransposedConv2DOp::create(
      node.getBuilder(), node.getLoc(), type, *image,
      getTransposedFilter(node, *window, groups), *bias, window->strides,
      window->getPadding(), window->dilations, *outputPadding, groups,
      /*clamp_min=*/FloatAttr(), /*clamp_max=*/FloatAttr(),
      /*stats=*/ChannelStatsAttr());
  return node.setImageResult(result, input.size());
}
