//===- Verification.cpp - Checks shared by SPIQ operations ----------------===//
//
// Implements the constraints that several operations have in common.
//
//===----------------------------------------------------------------------===//

#include "Verification.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace spiq {

LogicalResult verifyWindowAttr(std::optional<Location> loc, StringRef name,
                               ArrayRef<int64_t> values, size_t size,
                               int64_t min) {
  if (values.size() != size)
    return emitOptionalError(loc, "expects '", name, "' to have ", size,
                             " values, got ", values.size());
  for (int64_t value : values)
    if (value < min || value > maxWindowParameter)
      return emitOptionalError(loc, "expects the values of '", name,
                               "' to be between ", min, " and ",
                               maxWindowParameter, ", got ", value);
  return success();
}

LogicalResult verifyQuantizedAxis(Operation *op, StringRef name, Type type,
                                  int64_t dimension) {
  auto perAxis = dyn_cast_if_present<quant::UniformQuantizedPerAxisType>(
      getQuantizedElementType(type));
  if (!perAxis)
    return success();
  if (perAxis.getQuantizedDimension() != dimension)
    return op->emitOpError()
           << "expects " << name << " to be quantized along axis " << dimension
           << ", got axis " << perAxis.getQuantizedDimension();
  int64_t size = cast<ShapedType>(type).getDimSize(dimension);
  int64_t numScales = perAxis.getScales().size();
  if (numScales != size)
    return op->emitOpError() << "expects " << name << " to have " << size
                             << " scales, one for each element of axis "
                             << dimension << ", got " << numScales;
  return success();
}

LogicalResult verifyActivation(Operation *op, StringRef name, Type type) {
  int64_t rank = cast<ShapedType>(type).getRank();
  return verifyQuantizedAxis(op, name, type, rank - 1);
}

LogicalResult verifyUniformActivations(Operation *op, ValueRange activations) {
  for (auto [index, value] : llvm::enumerate(activations))
    if (failed(verifyActivation(op, "operand #" + std::to_string(index),
                                value.getType())))
      return failure();
  Type resultType = op->getResult(0).getType();
  if (failed(verifyActivation(op, "the result", resultType)))
    return failure();
  bool isQuantized = getQuantizedElementType(resultType) != nullptr;
  for (auto [index, value] : llvm::enumerate(activations))
    if ((getQuantizedElementType(value.getType()) != nullptr) != isQuantized)
      return op->emitOpError()
             << "expects operands and result to be all f32 or all quantized, "
                "but operand #"
             << index << " has element type "
             << getElementTypeOrSelf(value.getType())
             << " and the result has element type "
             << getElementTypeOrSelf(resultType);
  return success();
}

LogicalResult verifyClamp(Operation *op, std::optional<APFloat> min,
                          std::optional<APFloat> max) {
  if (min && min->isNaN())
    return op->emitOpError("expects 'clamp_min' to be a number, got NaN");
  if (max && max->isNaN())
    return op->emitOpError("expects 'clamp_max' to be a number, got NaN");
  if (min && max && *min > *max)
    return op->emitOpError()
           << "expects 'clamp_min' not to exceed 'clamp_max', got "
           << min->convertToFloat() << " and " << max->convertToFloat();
  return success();
}

LogicalResult verifyChannelVector(Operation *op, StringRef name, Value vector,
                                  Value activation) {
  int64_t channels = cast<ShapedType>(activation.getType()).getShape().back();
  int64_t size = cast<ShapedType>(vector.getType()).getDimSize(0);
  if (size != channels)
    return op->emitOpError() << "expects '" << name << "' to have " << channels
                             << " values, one per channel, got " << size;
  return success();
}

LogicalResult verifyStats(Operation *op, ChannelStatsAttr stats, Value output) {
  if (!stats)
    return success();
  int64_t channels = cast<ShapedType>(output.getType()).getShape().back();
  if (stats.getNumChannels() != channels)
    return op->emitOpError()
           << "expects 'stats' to describe " << channels
           << " channels, got statistics of " << stats.getNumChannels();
  return success();
}

FailureOr<int64_t> getWindowOutputSize(int64_t size, int64_t kernel,
                                       int64_t stride, int64_t low,
                                       int64_t high, int64_t dilation) {
  int64_t span = (kernel - 1) * dilation + 1;
  int64_t room = size + low + high - span;
  if (room < 0)
    return failure();
  return room / stride + 1;
}

bool haveSameShapes(TypeRange lhs, TypeRange rhs) {
  if (lhs.size() != rhs.size())
    return false;
  return llvm::all_of(llvm::zip(lhs, rhs), [](auto pair) {
    auto left = dyn_cast<RankedTensorType>(std::get<0>(pair));
    auto right = dyn_cast<RankedTensorType>(std::get<1>(pair));
    return left && right && left.getShape() == right.getShape();
  });
}

} // namespace spiq
