//===- ElementwisePatterns.cpp - Elementwise operations of TOSA -----------===//
//
// Converts arithmetic, clamps and activation functions.
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace spiq::tosa_import {

static bool haveSameRank(Value lhs, Value rhs) {
  return cast<ShapedType>(lhs.getType()).getRank() ==
         cast<ShapedType>(rhs.getType()).getRank();
}

/// A bound as an attribute; none if it does not limit.
static FloatAttr getBound(OpBuilder &builder, float value) {
  if (!(std::abs(value) < std::numeric_limits<float>::max()))
    return {};
  return builder.getF32FloatAttr(value);
}

/// `value` with the sign changed.
static Value negate(OpBuilder &builder, Location loc, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  if (DenseFPElementsAttr constant = getConstant(value)) {
    SmallVector<float, 0> values;
    for (float element : constant.getValues<float>())
      values.push_back(-element);
    return createConstant(builder, loc,
                          DenseElementsAttr::get(type, ArrayRef(values)));
  }
  SmallVector<int64_t> ones(type.getRank(), 1);
  RankedTensorType oneType = type.clone(ones);
  Value minusOne =
      createConstant(builder, loc, DenseElementsAttr::get(oneType, -1.0f));
  return MulOp::create(builder, loc, type, value, minusOne, FloatAttr(),
                       FloatAttr());
}

namespace {
template <typename TosaOp, typename SPIQOp>
struct ConvertBinary : public OpRewritePattern<TosaOp> {
  using OpRewritePattern<TosaOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(TosaOp op,
                                PatternRewriter &rewriter) const override {
    Value lhs = op.getInput1(), rhs = op.getInput2();
    if (!areFloatTensors({lhs.getType(), rhs.getType(), op.getType()}) ||
        !haveSameRank(lhs, rhs))
      return failure();
    rewriter.replaceOpWithNewOp<SPIQOp>(op, op.getType(), lhs, rhs, FloatAttr(),
                                        FloatAttr());
    return success();
  }
};

/// x - y -> x + (-y)
struct ConvertSub : public OpRewritePattern<tosa::SubOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::SubOp op,
                                PatternRewriter &rewriter) const override {
    Value lhs = op.getInput1(), rhs = op.getInput2();
    if (!areFloatTensors({lhs.getType(), rhs.getType(), op.getType()}) ||
        !haveSameRank(lhs, rhs))
      return failure();
    rewriter.replaceOpWithNewOp<AddOp>(op, op.getType(), lhs,
                                       negate(rewriter, op.getLoc(), rhs),
                                       FloatAttr(), FloatAttr());
    return success();
  }
};

struct ConvertClamp : public OpRewritePattern<tosa::ClampOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ClampOp op,
                                PatternRewriter &rewriter) const override {
    if (!areFloatTensors({op.getInput().getType(), op.getType()}))
      return failure();
    auto min = cast<FloatAttr>(op.getMinVal()).getValue().convertToFloat();
    auto max = cast<FloatAttr>(op.getMaxVal()).getValue().convertToFloat();
    rewriter.replaceOpWithNewOp<ClampOp>(op, op.getType(), op.getInput(),
                                         getBound(rewriter, min),
                                         getBound(rewriter, max));
    return success();
  }
};

/// max(x, constant) and min(x, constant) -> clamp
template <typename TosaOp>
struct ConvertBound : public OpRewritePattern<TosaOp> {
  using OpRewritePattern<TosaOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(TosaOp op,
                                PatternRewriter &rewriter) const override {
    Value input = op.getInput1();
    std::optional<float> bound = getSplat(op.getInput2());
    if (!bound) {
      input = op.getInput2();
      bound = getSplat(op.getInput1());
    }
    if (!bound || std::isnan(*bound) || !isFloatTensor(input.getType()) ||
        input.getType() != op.getType())
      return failure();
    FloatAttr attr = getBound(rewriter, *bound);
    bool isLower = std::is_same_v<TosaOp, tosa::MaximumOp>;
    rewriter.replaceOpWithNewOp<ClampOp>(op, op.getType(), input,
                                         isLower ? attr : FloatAttr(),
                                         isLower ? FloatAttr() : attr);
    return success();
  }
};

template <typename TosaOp, ActivationKind kind>
struct ConvertActivation : public OpRewritePattern<TosaOp> {
  using OpRewritePattern<TosaOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(TosaOp op,
                                PatternRewriter &rewriter) const override {
    if (!areFloatTensors({op.getInput().getType(), op.getType()}))
      return failure();
    rewriter.replaceOpWithNewOp<ActivationOp>(op, op.getType(), kind,
                                              op.getInput(), /*slope=*/Value(),
                                              APFloat(0.0f), APFloat(0.0f));
    return success();
  }
};
} // namespace

void populateElementwisePatterns(RewritePatternSet &patterns) {
  patterns.add<ConvertBinary<tosa::AddOp, AddOp>,
               ConvertBinary<tosa::MulOp, MulOp>, ConvertSub, ConvertClamp,
               ConvertBound<tosa::MaximumOp>, ConvertBound<tosa::MinimumOp>,
               ConvertActivation<tosa::SigmoidOp, ActivationKind::Sigmoid>,
               ConvertActivation<tosa::TanhOp, ActivationKind::Tanh>>(
      patterns.getContext());
}

} // namespace spiq::tosa_import
