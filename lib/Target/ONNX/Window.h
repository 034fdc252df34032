//===- Window.h - Sliding windows of convolutions and pools -----*- C++ -*-===//

#ifndef SPIQ_LIB_TARGET_ONNX_WINDOW_H
#define SPIQ_LIB_TARGET_ONNX_WINDOW_H

#include "NodeImporter.h"

namespace spiq::onnx_import {

/// The window attributes of a node in two dimensions, height first. Those of a
/// sequence are lifted: height 1, no padding there.
struct Window {
  SmallVector<int64_t, 2> input, kernel, strides, dilations;
  /// Padding in front of and behind each dimension.
  SmallVector<int64_t, 2> low, high;
  /// Result size of each dimension.
  SmallVector<int64_t, 2> output;

  /// Padding as `[top, bottom, left, right]`.
  SmallVector<int64_t> getPadding() const {
    return {low[0], high[0], low[1], high[1]};
  }
  /// The extent of the dilated kernel in dimension `dim`.
  int64_t getExtent(size_t dim) const {
    return (kernel[dim] - 1) * dilations[dim] + 1;
  }
};

/// Reads strides, dilations and pads (or auto_pad) of a node whose input 0 has
/// `rank` dimensions and whose kernel is `kernel` in ONNX's dimensions, without
/// resolving the padding: `low`, `high` hold the explicit pads, or zero.
FailureOr<Window> readWindow(NodeImporter &node, ArrayRef<int64_t> kernel);

/// Resolves auto_pad and computes the result size, rounding up if `ceilMode`.
/// Fails where a window does not fit.
LogicalResult resolveWindow(NodeImporter &node, Window &window,
                            bool ceilMode = false);

} // namespace spiq::onnx_import

#endif // SPIQ_LIB_TARGET_ONNX_WINDOW_H
