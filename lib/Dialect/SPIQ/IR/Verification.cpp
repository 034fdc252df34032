//===- Verification.cpp - Checks shared by SPIQ operations ----------------===//
//
// Implements the constraints that several operations have in common.
//
//===----------------------------------------------------------------------===//

#include "Verification.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"

#include <cmath>

using namespace mlir;

namespace spiq {

LogicalResult verifyWindowAttr(const InferenceErrors &errors, StringRef name,
                               ArrayRef<int64_t> values, size_t size,
                               int64_t min) {
  if (values.size() != size)
    return errors.emit("expects '", name, "' to have ", size, " values, got ",
                       values.size());
  for (int64_t value : values)
    if (value < min || value > maxWindowParameter)
      return errors.emit("expects the values of '", name, "' to be between ",
                         min, " and ", maxWindowParameter, ", got ", value);
  return success();
}

LogicalResult verifyInferredShape(Operation *op) {
  SmallVector<Type> inferred;
  if (failed(cast<InferTypeOpInterface>(op).inferReturnTypes(
          op->getContext(), op->getLoc(), op->getOperands(),
          op->getRawDictionaryAttrs(), op->getPropertiesStorage(),
          op->getRegions(), inferred)))
    return failure();
  if (haveSameShapes(inferred, op->getResultTypes()))
    return success();
  return op->emitOpError() << "expects a result of the shape of "
                           << inferred.front() << ", got "
                           << op->getResult(0).getType();
}

/// Padding stores the zero point, so it has to be a value that can be stored.
static LogicalResult verifyZeroPoints(Operation *op, StringRef name,
                                      const QuantizationView &view) {
  for (int64_t channel = 0; channel < view.getNumScales(); ++channel) {
    int64_t zeroPoint = view.getZeroPoint(channel);
    if (zeroPoint < view.getStorageMin() || zeroPoint > view.getStorageMax())
      return op->emitOpError()
             << "expects " << name << " to have zero points between "
             << view.getStorageMin() << " and " << view.getStorageMax()
             << ", the stored range, got " << zeroPoint << " for channel "
             << channel;
  }
  return success();
}

LogicalResult verifyQuantizedAxis(Operation *op, StringRef name, Type type,
                                  int64_t dimension) {
  quant::QuantizedType quantized = getQuantizedElementType(type);
  if (!quantized)
    return success();
  if (failed(verifyZeroPoints(op, name, QuantizationView(quantized))))
    return failure();
  auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(quantized);
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

LogicalResult verifyFusedActivation(Operation *op, ActivationAttr activation,
                                    Value input, Value output) {
  if (!activation)
    return success();
  for (Value value : {input, output})
    if (!getQuantizedElementType(value.getType()))
      return op->emitOpError() << "expects 'activation' between quantized "
                                  "tensors only, got "
                               << value.getType();
  int64_t channels = cast<ShapedType>(output.getType()).getShape().back();
  int64_t slopes = activation.getValues().size();
  if (activation.getKind() == ActivationKind::PRelu && slopes != channels)
    return op->emitOpError() << "expects " << channels
                             << " slopes, one per channel, got " << slopes;
  return success();
}

LogicalResult verifyChannelVector(Operation *op, StringRef name, Value vector,
                                  Value activation) {
  auto activationType = cast<ShapedType>(activation.getType());
  if (activationType.getRank() == 0)
    return op->emitOpError() << "expects an input with a channel dimension, "
                                "got "
                             << activationType;
  int64_t channels = activationType.getShape().back();
  int64_t size = cast<ShapedType>(vector.getType()).getDimSize(0);
  if (size != channels)
    return op->emitOpError() << "expects '" << name << "' to have " << channels
                             << " values, one per channel, got " << size;
  return success();
}

LogicalResult verifyFiniteConstant(Operation *op, StringRef name,
                                   Value vector) {
  DenseFPElementsAttr values;
  if (!matchPattern(vector, m_Constant(&values)))
    return success();
  for (auto [channel, value] : llvm::enumerate(values.getValues<float>()))
    if (!std::isfinite(value))
      return op->emitOpError() << "expects '" << name << "' to be finite, got "
                               << value << " for channel " << channel;
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
