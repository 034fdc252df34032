//===- Window.cpp - Sliding windows of convolutions and pools -------------===//

#include "Window.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace spiq::onnx_import;

FailureOr<Window> spiq::onnx_import::readWindow(NodeImporter &node,
                                                ArrayRef<int64_t> kernel) {
  int64_t rank = node.getInput(0).getRank();
  size_t spatial = rank - 2;
  if (rank != 3 && rank != 4)
    return node.reject("input 0 has shape " + formatShape(node.getShape(0)) +
                       "; only images (NxCxHxW) and sequences (NxCxL) are "
                       "supported");
  Window window;
  llvm::append_range(window.input, node.getShape(0).drop_front(2));
  llvm::append_range(window.kernel, kernel);
  window.strides = node.getInts("strides", SmallVector<int64_t>(spatial, 1));
  window.dilations =
      node.getInts("dilations", SmallVector<int64_t>(spatial, 1));
  SmallVector<int64_t> pads =
      node.getInts("pads", SmallVector<int64_t>(2 * spatial, 0));
  for (auto [name, size, expected] :
       {std::tuple("kernel_shape", window.kernel.size(), spatial),
        std::tuple("strides", window.strides.size(), spatial),
        std::tuple("dilations", window.dilations.size(), spatial),
        std::tuple("pads", pads.size(), 2 * spatial)})
    if (size != expected)
      return node.reject("attribute '" + Twine(name) + "' has " + Twine(size) +
                         " entries, expected " + Twine(expected));
  for (size_t i = 0; i < spatial; ++i) {
    if (window.kernel[i] < 1 || window.strides[i] < 1 ||
        window.dilations[i] < 1)
      return node.reject("kernel, strides and dilations must be positive");
    if (pads[i] < 0 || pads[spatial + i] < 0)
      return node.reject("negative padding is not supported");
    window.low.push_back(pads[i]);
    window.high.push_back(pads[spatial + i]);
  }
  if (spatial == 1) {
    for (auto *list :
         {&window.input, &window.kernel, &window.strides, &window.dilations})
      list->insert(list->begin(), 1);
    window.low.insert(window.low.begin(), 0);
    window.high.insert(window.high.begin(), 0);
  }
  return window;
}

LogicalResult spiq::onnx_import::resolveWindow(NodeImporter &node,
                                               Window &window, bool ceilMode) {
  StringRef autoPad = node.getString("auto_pad", "NOTSET");
  bool same = autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER";
  if (!same && autoPad != "NOTSET" && autoPad != "VALID")
    return node.reject("auto_pad is '" + autoPad +
                       "', expected NOTSET, VALID, SAME_UPPER or SAME_LOWER");
  for (size_t dim = 0; dim < 2; ++dim) {
    int64_t input = window.input[dim], stride = window.strides[dim];
    int64_t extent = window.getExtent(dim);
    if (same) {
      int64_t output = llvm::divideCeil(input, stride);
      int64_t total =
          std::max<int64_t>((output - 1) * stride + extent - input, 0);
      int64_t smaller = total / 2, larger = total - smaller;
      window.low[dim] = autoPad == "SAME_UPPER" ? smaller : larger;
      window.high[dim] = total - window.low[dim];
    } else if (autoPad == "VALID") {
      window.low[dim] = window.high[dim] = 0;
    }
    int64_t room = input + window.low[dim] + window.high[dim] - extent;
    if (room < 0)
      return node.reject("the kernel spans " + Twine(extent) +
                         " positions of spatial dimension " + Twine(dim) +
                         ", but the padded input has only " +
                         Twine(room + extent));
    window.output.push_back(
        (ceilMode ? llvm::divideCeil(room, stride) : room / stride) + 1);
  }
  if (!getNumElements(window.output))
    return node.reject("the result is too large: " +
                       formatShape(window.output));
  return success();
}
