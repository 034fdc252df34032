//===- SPIQElementwiseOps.cpp - Elementwise ops ---------------------------===//
//
// Shape inference, verification and folding of elementwise operations.
//
//===----------------------------------------------------------------------===//

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
static LogicalResult inferBroadcast(std::optional<Location> loc, Value lhs,
                                    Value rhs, SmallVectorImpl<Type> &types) {
  auto left = cast<RankedTensorType>(lhs.getType());
  auto right = cast<RankedTensorType>(rhs.getType());
  if (left.getRank() != right.getRank())
    return emitOptionalError(loc, "expects operands of the same rank, got ",
                             left.getRank(), " and ", right.getRank());
  SmallVector<int64_t> shape;
  for (int64_t axis = 0; axis < left.getRank(); ++axis) {
    int64_t l = left.getDimSize(axis), r = right.getDimSize(axis);
    if (l != r && l != 1 && r != 1)
      return emitOptionalError(loc,
                               "expects equal or broadcast sizes along "
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
  return inferBroadcast(loc, adaptor.getLhs(), adaptor.getRhs(), types);
}

bool AddOp::isCompatibleReturnTypes(TypeRange lhs, TypeRange rhs) {
  return haveSameShapes(lhs, rhs);
}

LogicalResult AddOp::verify() {
  if (failed(verifyUniformActivations(*this, {getLhs(), getRhs()})))
    return failure();
  return verifyClamp(*this, getClampMin(), getClampMax());
}

LogicalResult MulOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> loc,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferBroadcast(loc, adaptor.getLhs(), adaptor.getRhs(), types);
}

bool MulOp::isCompatibleReturnTypes(TypeRange lhs, TypeRange rhs) {
  return haveSameShapes(lhs, rhs);
}

LogicalResult MulOp::verify() {
  if (failed(verifyUniformActivations(*this, {getLhs(), getRhs()})))
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
  if (failed(verifyUniformActivations(*this, getInput())))
    return failure();
  return verifyClamp(*this, getClampMin(), getClampMax());
}

OpFoldResult ClampOp::fold(FoldAdaptor) {
  if (!getClampMin() && !getClampMax() &&
      getInput().getType() == getOutput().getType())
    return getInput();
  return {};
}

namespace {
/// clamp(clamp(x)) -> clamp(x) with the intersection of the bounds. Restricted
/// to ranges that overlap and to types that do not change in between, where the
/// two are the same function.
struct MergeClamps : public OpRewritePattern<ClampOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ClampOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<ClampOp>();
    if (!inner || inner.getInput().getType() != op.getInput().getType() ||
        op.getInput().getType() != op.getOutput().getType())
      return failure();
    FloatAttr min = inner.getClampMinAttr(), max = inner.getClampMaxAttr();
    if (!min || (op.getClampMin() && *op.getClampMin() > min.getValue()))
      min = op.getClampMinAttr();
    if (!max || (op.getClampMax() && *op.getClampMax() < max.getValue()))
      max = op.getClampMaxAttr();
    if (min && max && min.getValue() > max.getValue())
      return failure();
    rewriter.replaceOpWithNewOp<ClampOp>(op, op.getType(), inner.getInput(),
                                         min, max);
    return success();
  }
};
} // namespace

void ClampOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                          MLIRContext *context) {
  patterns.add<MergeClamps>(context);
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
  if (failed(verifyUniformActivations(*this, getInput())) ||
      failed(verifyChannelVector(*this, "multiplier", getMultiplier(),
                                 getInput())) ||
      failed(verifyChannelVector(*this, "offset", getOffset(), getInput())) ||
      failed(verifyStats(*this, getStatsAttr(), getOutput())))
    return failure();
  return verifyClamp(*this, getClampMin(), getClampMax());
}

OpFoldResult RescaleOp::fold(FoldAdaptor adaptor) {
  auto isSplatOf = [](Attribute attr, float value) {
    auto elements = dyn_cast_if_present<DenseFPElementsAttr>(attr);
    return elements && elements.isSplat() &&
           elements.getSplatValue<APFloat>().convertToFloat() == value;
  };
  if (!getClampMin() && !getClampMax() &&
      getInput().getType() == getOutput().getType() &&
      isSplatOf(adaptor.getMultiplier(), 1.0f) &&
      isSplatOf(adaptor.getOffset(), 0.0f))
    return getInput();
  return {};
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
  if (failed(verifyUniformActivations(*this, getInput())))
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
      failed(verifyChannelVector(*this, "slope", getSlope(), getInput())))
    return failure();
  if (!getAlpha().isFinite() || !getBeta().isFinite())
    return emitOpError("expects 'alpha' and 'beta' to be finite");
  return success();
}
