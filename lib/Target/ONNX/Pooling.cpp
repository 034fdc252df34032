//===- Pooling.cpp - Import of pooling ------------------------------------===//

#include "OpTable.h"
#include "Window.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace spiq;
using namespace spiq::onnx_import;

/// Reads and resolves the window of a pool.
static FailureOr<Window> readPool(NodeImporter &node) {
  if (failed(node.expectFloat(0)))
    return failure();
  if (!node.hasAttribute("kernel_shape"))
    return node.reject("attribute 'kernel_shape' is missing");
  FailureOr<Window> window = readWindow(node, node.getInts("kernel_shape"));
  if (failed(window) ||
      failed(resolveWindow(node, *window, node.getInt("ceil_mode", 0) != 0)))
    return failure();
  return window;
}

/// Pixels that the last window needs behind the padded input.
static int64_t getExcess(const Window &window, size_t dim) {
  int64_t end =
      (window.output[dim] - 1) * window.strides[dim] + window.getExtent(dim);
  return std::max<int64_t>(
      end - window.low[dim] - window.input[dim] - window.high[dim], 0);
}

/// Whether each window holds a pixel of the input.
static bool everyWindowHoldsPixels(const Window &window) {
  for (size_t dim = 0; dim < 2; ++dim)
    for (int64_t i = 0; i < window.output[dim]; ++i) {
      int64_t start = i * window.strides[dim] - window.low[dim];
      int64_t dilation = window.dilations[dim];
      int64_t first = llvm::divideCeil(std::max<int64_t>(-start, 0), dilation);
      if (first >= window.kernel[dim] ||
          start + first * dilation >= window.input[dim])
        return false;
    }
  return true;
}

static RankedTensorType getPoolType(NodeImporter &node, const Window &window) {
  ArrayRef<int64_t> input = node.getShape(0);
  return node.tensors.getFloatType(
      {input[0], window.output[0], window.output[1], input[1]});
}

LogicalResult spiq::onnx_import::importMaxPool(NodeImporter &node) {
  if (node.hasOutput(1))
    return node.reject("the second output (indices) is not supported");
  FailureOr<Window> window = readPool(node);
  if (failed(window))
    return failure();
  if (!everyWindowHoldsPixels(*window))
    return node.reject("some windows hold nothing but padding");
  FailureOr<Value> image = node.getImage(0);
  if (failed(image))
    return failure();
  // Padded pixels are ignored, so rounding up is just more padding.
  for (size_t dim = 0; dim < 2; ++dim)
    window->high[dim] += getExcess(*window, dim);
  Value result = MaxPool2DOp::create(
      node.getBuilder(), node.getLoc(), getPoolType(node, *window), *image,
      window->kernel, window->strides, window->getPadding(), window->dilations);
  return node.setImageResult(result, node.getInput(0).getRank());
}

LogicalResult spiq::onnx_import::importAveragePool(NodeImporter &node) {
  FailureOr<Window> window = readPool(node);
  if (failed(window))
    return failure();
  if (llvm::any_of(window->dilations, [](int64_t d) { return d != 1; }))
    return node.reject("dilations are not supported for average pooling");
  bool includePad = node.getInt("count_include_pad", 0) != 0;
  if (!everyWindowHoldsPixels(*window))
    return node.reject("some windows hold nothing but padding");
  FailureOr<Value> image = node.getImage(0);
  if (failed(image))
    return failure();
  Value result = AvgPool2DOp::create(
      node.getBuilder(), node.getLoc(), getPoolType(node, *window), *image,
      window->kernel, window->strides, window->getPadding(),
      {getExcess(*window, 0), getExcess(*window, 1)}, includePad);
  return node.setImageResult(result, node.getInput(0).getRank());
}

LogicalResult spiq::onnx_import::importGlobalPool(NodeImporter &node) {
  FailureOr<Value> image = node.getImage(0);
  if (failed(image))
    return failure();
  ArrayRef<int64_t> shape = cast<RankedTensorType>(image->getType()).getShape();
  auto type = node.tensors.getFloatType({shape[0], 1, 1, shape[3]});
  SmallVector<int64_t> kernel{shape[1], shape[2]};
  Value result;
  if (node.getOpType() == "GlobalMaxPool")
    result = MaxPool2DOp::create(node.getBuilder(), node.getLoc(), type, *image,
                                 kernel);
  else
    result = AvgPool2DOp::create(node.getBuilder(), node.getLoc(), type, *image,
                                 kernel);
  return node.setImageResult(result, node.getInput(0).getRank());
}
