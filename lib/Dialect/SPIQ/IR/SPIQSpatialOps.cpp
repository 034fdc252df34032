//===- SPIQSpatialOps.cpp - Pooling, concat, resize, pad ------------------===//
//
// Shape inference, verification and folding of spatial operations.
//
//===----------------------------------------------------------------------===//

#include "Verification.h"

using namespace mlir;
using namespace spiq;

static ArrayRef<int64_t> getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

static Type getElementType(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

//===----------------------------------------------------------------------===//
// ConcatOp
//===----------------------------------------------------------------------===//

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  InferenceErrors errors(loc, getOperationName());
  ValueRange inputs = adaptor.getInputs();
  if (inputs.empty())
    return errors.emit("expects at least one input");
  SmallVector<int64_t> shape(getShape(inputs.front()));
  int64_t axis = adaptor.getAxis(), rank = shape.size();
  if (axis < 0 || axis >= rank)
    return errors.emit("expects 'axis' between 0 and ", rank - 1, ", got ",
                       axis);
  for (auto [index, input] : llvm::enumerate(inputs.drop_front())) {
    ArrayRef<int64_t> other = getShape(input);
    if (other.size() != shape.size())
      return errors.emit("expects inputs of rank ", rank, ", got rank ",
                         other.size(), " for input #", index + 1);
    for (int64_t dim = 0; dim < rank; ++dim)
      if (dim != axis && other[dim] != shape[dim])
        return errors.emit("expects inputs of size ", shape[dim],
                           " along axis ", dim, ", got ", other[dim],
                           " for input #", index + 1);
    shape[axis] += other[axis];
  }
  types.push_back(RankedTensorType::get(shape, getElementType(inputs.front())));
  return success();
}

bool ConcatOp::isCompatibleReturnTypes(TypeRange lhs, TypeRange rhs) {
  return haveSameShapes(lhs, rhs);
}

LogicalResult ConcatOp::verify() {
  if (failed(verifyInferredShape(*this)))
    return failure();
  return verifyUniformActivations(*this, getInputs());
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  if (getInputs().size() == 1 &&
      getInputs().front().getType() == getOutput().getType())
    return getInputs().front();
  return {};
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

/// Infers the shape of a pooling result. `padding` must be smaller than the
/// window, so that no window lies in the padding alone.
static LogicalResult
inferPooling(const InferenceErrors &errors, Value input,
             ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides,
             ArrayRef<int64_t> padding, ArrayRef<int64_t> dilations,
             ArrayRef<int64_t> extraPadding, SmallVectorImpl<Type> &types) {
  if (failed(verifyWindowAttr(errors, "kernel", kernel, 2, 1)) ||
      failed(verifyWindowAttr(errors, "strides", strides, 2, 1)) ||
      failed(verifyWindowAttr(errors, "dilations", dilations, 2, 1)) ||
      failed(verifyWindowAttr(errors, "padding", padding, 4, 0)) ||
      failed(verifyWindowAttr(errors, "ceil_padding", extraPadding, 2, 0)))
    return failure();
  ArrayRef<int64_t> shape = getShape(input);
  SmallVector<int64_t> result = {shape[0]};
  for (int dim = 0; dim < 2; ++dim) {
    int64_t low = padding[2 * dim];
    int64_t high = padding[2 * dim + 1] + extraPadding[dim];
    FailureOr<int64_t> size = getWindowOutputSize(
        shape[dim + 1], kernel[dim], strides[dim], low, high, dilations[dim]);
    if (failed(size))
      return errors.emit("expects a window no larger than the "
                         "padded input along axis ",
                         dim + 1);
    result.push_back(*size);
  }
  result.push_back(shape[3]);
  types.push_back(RankedTensorType::get(result, getElementType(input)));
  return success();
}

/// Checks that each window along `axis` holds a pixel of the input. A window
/// that starts within the input does; one that starts in front of it may miss
/// the input if its dilation steps over it.
static LogicalResult verifyWindowsHoldPixels(Operation *op, int64_t axis,
                                             int64_t size, int64_t outputs,
                                             int64_t kernel, int64_t stride,
                                             int64_t low, int64_t dilation) {
  auto emitEmptyWindow = [&](int64_t index) {
    return op->emitOpError()
           << "expects every window to hold a pixel of the input, but window "
           << index << " along axis " << axis << " holds padding only";
  };
  for (int64_t index = 0; index < outputs && index * stride < low; ++index) {
    int64_t start = index * stride - low;
    // First tap at or behind the input's first pixel.
    int64_t tap = (-start + dilation - 1) / dilation;
    if (tap >= kernel || start + tap * dilation >= size)
      return emitEmptyWindow(index);
  }
  if ((outputs - 1) * stride - low >= size)
    return emitEmptyWindow(outputs - 1);
  return success();
}

LogicalResult MaxPool2DOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> loc,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  return inferPooling({loc, getOperationName()}, adaptor.getInput(),
                      adaptor.getKernel(), adaptor.getStrides(),
                      adaptor.getPadding(), adaptor.getDilations(), {0, 0},
                      types);
}

bool MaxPool2DOp::isCompatibleReturnTypes(TypeRange lhs, TypeRange rhs) {
  return haveSameShapes(lhs, rhs);
}

LogicalResult MaxPool2DOp::verify() {
  if (failed(verifyInferredShape(*this)) ||
      failed(verifyUniformActivations(*this, getInput())))
    return failure();
  if (getElementType(getInput()) != getElementType(getOutput()))
    return emitOpError() << "expects input and result with the same element "
                            "type, got "
                         << getElementType(getInput()) << " and "
                         << getElementType(getOutput());
  for (int dim = 0; dim < 2; ++dim)
    if (failed(verifyWindowsHoldPixels(
            *this, dim + 1, getShape(getInput())[dim + 1],
            getShape(getOutput())[dim + 1], getKernel()[dim], getStrides()[dim],
            getPadding()[2 * dim], getDilations()[dim])))
      return failure();
  return success();
}

LogicalResult AvgPool2DOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> loc,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  return inferPooling({loc, getOperationName()}, adaptor.getInput(),
                      adaptor.getKernel(), adaptor.getStrides(),
                      adaptor.getPadding(), {1, 1}, adaptor.getCeilPadding(),
                      types);
}

bool AvgPool2DOp::isCompatibleReturnTypes(TypeRange lhs, TypeRange rhs) {
  return haveSameShapes(lhs, rhs);
}

LogicalResult AvgPool2DOp::verify() {
  if (failed(verifyInferredShape(*this)) ||
      failed(verifyActivation(*this, "the input", getInput().getType())) ||
      failed(verifyActivation(*this, "the result", getType())))
    return failure();
  if (getQuantizedElementType(getType()) &&
      !getQuantizedElementType(getInput().getType()))
    return emitOpError() << "expects a quantized input where the result is "
                            "quantized, got "
                         << getElementType(getInput());
  for (int dim = 0; dim < 2; ++dim)
    if (failed(verifyWindowsHoldPixels(
            *this, dim + 1, getShape(getInput())[dim + 1],
            getShape(getOutput())[dim + 1], getKernel()[dim], getStrides()[dim],
            getPadding()[2 * dim], /*dilation=*/1)))
      return failure();
  return success();
}

/// Whether a pooling operation has windows of one pixel at every position.
template <typename OpTy>
static bool hasUnitWindows(OpTy op) {
  auto isOne = [](int64_t value) { return value == 1; };
  return llvm::all_of(op.getKernel(), isOne) &&
         op.getInput().getType() == op.getType();
}

OpFoldResult MaxPool2DOp::fold(FoldAdaptor) {
  return hasUnitWindows(*this) ? getInput() : OpFoldResult();
}

OpFoldResult AvgPool2DOp::fold(FoldAdaptor) {
  return hasUnitWindows(*this) ? getInput() : OpFoldResult();
}

bool AvgPool2DOp::isGlobal() {
  ArrayRef<int64_t> shape = getShape(getInput());
  return getKernel()[0] == shape[1] && getKernel()[1] == shape[2] &&
         llvm::all_of(getPadding(), [](int64_t pad) { return pad == 0; }) &&
         llvm::all_of(getCeilPadding(), [](int64_t pad) { return pad == 0; });
}

//===----------------------------------------------------------------------===//
// ResizeOp
//===----------------------------------------------------------------------===//

LogicalResult ResizeOp::verify() {
  if (failed(verifyUniformActivations(*this, getInput())))
    return failure();
  ArrayRef<int64_t> input = getShape(getInput());
  ArrayRef<int64_t> output = getShape(getOutput());
  for (int64_t axis : {0, 3})
    if (input[axis] != output[axis])
      return emitOpError() << "expects input and result of the same size along "
                              "axis "
                           << axis << ", got " << input[axis] << " and "
                           << output[axis];
  if (getMode() == ResizeMode::Nearest &&
      getElementType(getInput()) != getElementType(getOutput()))
    return emitOpError() << "expects input and result of a nearest resize with "
                            "the same element type, got "
                         << getElementType(getInput()) << " and "
                         << getElementType(getOutput());
  std::optional<ArrayRef<float>> scales = getScales();
  if (!scales)
    return success();
  if (scales->size() != 2)
    return emitOpError() << "expects 'scales' to have 2 values, got "
                         << scales->size();
  for (float scale : *scales)
    if (!std::isfinite(scale) || scale <= 0.0f)
      return emitOpError() << "expects positive finite 'scales', got " << scale;
  return success();
}

OpFoldResult ResizeOp::fold(FoldAdaptor) {
  bool hasUnitScales =
      !getScales() ||
      llvm::all_of(*getScales(), [](float scale) { return scale == 1.0f; });
  if (getInput().getType() == getOutput().getType() && hasUnitScales)
    return getInput();
  return {};
}

//===----------------------------------------------------------------------===//
// PadOp
//===----------------------------------------------------------------------===//

LogicalResult PadOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> loc,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  InferenceErrors errors(loc, getOperationName());
  SmallVector<int64_t> shape(getShape(adaptor.getInput()));
  if (failed(
          verifyWindowAttr(errors, "low", adaptor.getLow(), shape.size(), 0)) ||
      failed(
          verifyWindowAttr(errors, "high", adaptor.getHigh(), shape.size(), 0)))
    return failure();
  for (auto [size, low, high] :
       llvm::zip(shape, adaptor.getLow(), adaptor.getHigh()))
    size += low + high;
  types.push_back(
      RankedTensorType::get(shape, getElementType(adaptor.getInput())));
  return success();
}

bool PadOp::isCompatibleReturnTypes(TypeRange lhs, TypeRange rhs) {
  return haveSameShapes(lhs, rhs);
}

LogicalResult PadOp::verify() {
  if (failed(verifyInferredShape(*this)) ||
      failed(verifyUniformActivations(*this, getInput())))
    return failure();
  if (getElementType(getInput()) != getElementType(getOutput()))
    return emitOpError() << "expects input and result with the same element "
                            "type, got "
                         << getElementType(getInput()) << " and "
                         << getElementType(getOutput());
  if (!getValue().isFinite() && getQuantizedElementType(getInput().getType()))
    return emitOpError("expects a finite 'value' for a quantized input");
  return success();
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  auto isZero = [](int64_t pad) { return pad == 0; };
  if (llvm::all_of(getLow(), isZero) && llvm::all_of(getHigh(), isZero))
    return getInput();
  return {};
}
