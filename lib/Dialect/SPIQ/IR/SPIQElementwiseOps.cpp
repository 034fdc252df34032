//===- SPIQElementwiseOps.cpp - Elementwise ops ---------------------------===//
//
// Shape inference, verification and folding of elementwise operations.
//
//===----------------------------------------------------------------------===//

#include "Folding.h"
#include "Verification.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace spiq;

static LogicalResult inferSameType(Value input, SmallVectorImpl<Type> &types) {
  types.push_back(input.getType());
  return success();
}

//===----------------------------------------------------------------------===//
// AddOp and MulOp
//===----------------------------------------------------------------------===//

/// Infers the broadcast of two shapes of the same rank.
static LogicalResult inferBroadcast(const InferenceErrors &errors, Value lhs,
                                    Value rhs, SmallVectorImpl<Type> &types) {
  auto left = cast<RankedTensorType>(lhs.getType());
  auto right = cast<RankedTensorType>(rhs.getType());
  if (left.getRank() != right.getRank())
    return errors.emit("expects operands of the same rank, got ",
                       left.getRank(), " and ", right.getRank());
  SmallVector<int64_t> shape;
  for (int64_t axis = 0; axis < left.getRank(); ++axis) {
    int64_t l = left.getDimSize(axis), r = right.getDimSize(axis);
    if (l != r && l != 1 && r != 1)
      return errors.emit("expects equal or broadcast sizes along "
                         "axis ",
                         axis, ", got ", l, " and ", r);
    shape.push_back(l == 1 ? r : l);
  }
  types.push_back(RankedTensorType::get(shape, left.getElementType()));
  return success();
}

LogicalResult AddOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> loc,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferBroadcast({loc, getOperationName()}, adaptor.getLhs(),
                        adaptor.getRhs(), types);
}

bool AddOp::isCompatibleReturnTypes(TypeRange lhs, TypeRange rhs) {
  return haveSameShapes(lhs, rhs);
}

LogicalResult AddOp::verify() {
  if (failed(verifyInferredShape(*this)) ||
      failed(verifyUniformActivations(*this, {getLhs(), getRhs()})))
    return failure();
  return verifyClamp(*this, getClampMin(), getClampMax());
}

static std::optional<float> toFloat(std::optional<APFloat> value) {
  return value ? std::optional<float>(value->convertToFloat()) : std::nullopt;
}

/// `op(x, neutral)` -> x, or the constant result of constant operands.
template <typename OpTy>
static OpFoldResult
foldArithmetic(OpTy op, Attribute lhs, Attribute rhs, float neutral,
               llvm::function_ref<float(float, float)> function) {
  std::optional<float> min = toFloat(op.getClampMin());
  std::optional<float> max = toFloat(op.getClampMax());
  // Constants are the right operand of commutative operations.
  if (!min && !max && isSplatOf(rhs, neutral) &&
      op.getLhs().getType() == op.getType())
    return op.getLhs();
  return foldBinary(lhs, rhs, op.getType(), [&](float left, float right) {
    return clampValue(function(left, right), min, max);
  });
}

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  return foldArithmetic(*this, adaptor.getLhs(), adaptor.getRhs(), 0.0f,
                        [](float left, float right) { return left + right; });
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  return foldArithmetic(*this, adaptor.getLhs(), adaptor.getRhs(), 1.0f,
                        [](float left, float right) { return left * right; });
}

LogicalResult MulOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> loc,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferBroadcast({loc, getOperationName()}, adaptor.getLhs(),
                        adaptor.getRhs(), types);
}

bool MulOp::isCompatibleReturnTypes(TypeRange lhs, TypeRange rhs) {
  return haveSameShapes(lhs, rhs);
}

LogicalResult MulOp::verify() {
  if (failed(verifyInferredShape(*this)) ||
      failed(verifyUniformActivations(*this, {getLhs(), getRhs()})))
    return failure();
  return verifyClamp(*this, getClampMin(), getClampMax());
}

//===----------------------------------------------------------------------===//
// ClampOp
//===----------------------------------------------------------------------===//

LogicalResult ClampOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  return inferSameType(adaptor.getInput(), types);
}

bool ClampOp::isCompatibleReturnTypes(TypeRange lhs, TypeRange rhs) {
  return haveSameShapes(lhs, rhs);
}

LogicalResult ClampOp::verify() {
  if (failed(verifyInferredShape(*this)) ||
      failed(verifyUniformActivations(*this, getInput())))
    return failure();
  return verifyClamp(*this, getClampMin(), getClampMax());
}

OpFoldResult ClampOp::fold(FoldAdaptor adaptor) {
  if (!getClampMin() && !getClampMax() &&
      getInput().getType() == getOutput().getType())
    return getInput();
  std::optional<float> min = toFloat(getClampMin());
  std::optional<float> max = toFloat(getClampMax());
  return foldUnary(adaptor.getInput(), getType(), [&](float value, int64_t) {
    return clampValue(value, min, max);
  });
}

//===----------------------------------------------------------------------===//
// RescaleOp
//===----------------------------------------------------------------------===//

LogicalResult RescaleOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location>,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferSameType(adaptor.getInput(), types);
}

bool RescaleOp::isCompatibleReturnTypes(TypeRange lhs, TypeRange rhs) {
  return haveSameShapes(lhs, rhs);
}

LogicalResult RescaleOp::verify() {
  if (failed(verifyInferredShape(*this)) ||
      failed(verifyUniformActivations(*this, getInput())) ||
      failed(verifyChannelVector(*this, "multiplier", getMultiplier(),
                                 getInput())) ||
      failed(verifyChannelVector(*this, "offset", getOffset(), getInput())) ||
      failed(verifyFiniteConstant(*this, "multiplier", getMultiplier())) ||
      failed(verifyFiniteConstant(*this, "offset", getOffset())) ||
      failed(verifyStats(*this, getStatsAttr(), getOutput())) ||
      failed(verifyFusedActivation(*this, getActivationAttr(), getInput(),
                                   getOutput())))
    return failure();
  return verifyClamp(*this, getClampMin(), getClampMax());
}

OpFoldResult RescaleOp::fold(FoldAdaptor adaptor) {
  // What the statistics say would be lost with the operation.
  if (!getClampMin() && !getClampMax() && !getStats() && !getActivation() &&
      getInput().getType() == getOutput().getType() &&
      isSplatOf(adaptor.getMultiplier(), 1.0f) &&
      isSplatOf(adaptor.getOffset(), 0.0f))
    return getInput();
  auto multiplier =
      dyn_cast_if_present<DenseFPElementsAttr>(adaptor.getMultiplier());
  auto offset = dyn_cast_if_present<DenseFPElementsAttr>(adaptor.getOffset());
  if (!multiplier || !offset)
    return {};
  std::optional<float> min = toFloat(getClampMin());
  std::optional<float> max = toFloat(getClampMax());
  auto multipliers = multiplier.getValues<float>();
  auto offsets = offset.getValues<float>();
  return foldUnary(adaptor.getInput(), getType(),
                   [&](float value, int64_t channel) {
                     float scaled = multipliers[channel] * value;
                     return clampValue(scaled + offsets[channel], min, max);
                   });
}

//===----------------------------------------------------------------------===//
// ActivationOp
//===----------------------------------------------------------------------===//

LogicalResult ActivationOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location>,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  return inferSameType(adaptor.getInput(), types);
}

bool ActivationOp::isCompatibleReturnTypes(TypeRange lhs, TypeRange rhs) {
  return haveSameShapes(lhs, rhs);
}

LogicalResult ActivationOp::verify() {
  if (failed(verifyInferredShape(*this)) ||
      failed(verifyUniformActivations(*this, getInput())))
    return failure();
  bool needsSlope = getKind() == ActivationKind::PRelu;
  if (needsSlope != (getSlope() != nullptr))
    return emitOpError() << (needsSlope ? "expects a slope for 'prelu'"
                                        : "expects no slope for '")
                         << (needsSlope
                                 ? ""
                                 : stringifyActivationKind(getKind()).str() +
                                       "'");
  if (needsSlope &&
      (failed(verifyChannelVector(*this, "slope", getSlope(), getInput())) ||
       failed(verifyFiniteConstant(*this, "slope", getSlope()))))
    return failure();
  if (!getAlpha().isFinite() || !getBeta().isFinite())
    return emitOpError("expects 'alpha' and 'beta' to be finite");
  return success();
}
