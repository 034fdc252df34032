//===- LayerPatterns.cpp - Layers with weights ----------------------------===//
//
// Converts TOSA's convolutions and matrix products.
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"

using namespace mlir;

namespace spiq::tosa_import {

static RankedTensorType getType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// The bias with one value per channel; TOSA broadcasts a single one. Null if
/// that one is not constant.
static Value getBias(OpBuilder &builder, Location loc, Value bias,
                     int64_t channels) {
  if (getType(bias).getDimSize(0) == channels)
    return bias;
  std::optional<float> value = getSplat(bias);
  if (!value)
    return {};
  return createVector(builder, loc, SmallVector<float>(channels, *value));
}

namespace {
struct ConvertConv2D : public OpRewritePattern<tosa::Conv2DOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::Conv2DOp op,
                                PatternRewriter &rewriter) const override {
    if (!areFloatTensors({op.getInput().getType(), op.getWeight().getType(),
                          op.getBias().getType(), op.getType()}))
      return failure();
    Value bias = getBias(rewriter, op.getLoc(), op.getBias(),
                         getType(op.getWeight()).getDimSize(0));
    if (!bias)
      return failure();
    rewriter.replaceOpWithNewOp<Conv2DOp>(
        op, op.getType(), op.getInput(), op.getWeight(), bias,
        /*residual=*/Value(), op.getStride(), op.getPad(), op.getDilation(),
        /*groups=*/1, /*clamp_min=*/FloatAttr(), /*clamp_max=*/FloatAttr(),
        /*activation=*/ActivationAttr(), /*stats=*/ChannelStatsAttr());
    return success();
  }
};

/// TOSA's filter is KH x KW x C x M; channel c * M + m of the result reads
/// channel c. It becomes a grouped convolution with (C * M) x KH x KW x 1.
struct ConvertDepthwiseConv2D
    : public OpRewritePattern<tosa::DepthwiseConv2DOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::DepthwiseConv2DOp op,
                                PatternRewriter &rewriter) const override {
    if (!areFloatTensors({op.getInput().getType(), op.getWeight().getType(),
                          op.getBias().getType(), op.getType()}))
      return failure();
    DenseFPElementsAttr weights = getConstant(op.getWeight());
    if (!weights)
      return rewriter.notifyMatchFailure(op, "weights are not constant");
    ArrayRef<int64_t> shape = getType(op.getWeight()).getShape();
    int64_t channels = shape[2] * shape[3];
    Location loc = op.getLoc();
    Value bias = getBias(rewriter, loc, op.getBias(), channels);
    if (!bias)
      return failure();
    auto type = RankedTensorType::get({channels, shape[0], shape[1], 1},
                                      rewriter.getF32Type());
    Value filter = createConstant(
        rewriter, loc, transpose(weights, {2, 3, 0, 1}).reshape(type));
    rewriter.replaceOpWithNewOp<Conv2DOp>(
        op, op.getType(), op.getInput(), filter, bias, /*residual=*/Value(),
        op.getStride(), op.getPad(), op.getDilation(), /*groups=*/shape[2],
        /*clamp_min=*/FloatAttr(), /*clamp_max=*/FloatAttr(),
        /*activation=*/ActivationAttr(), /*stats=*/ChannelStatsAttr());
    return success();
  }
};

/// TOSA's out_pad grows the result by pixels that hold the bias; negative
/// values cut it, as padding does in SPIQ.
struct ConvertTransposeConv2D
    : public OpRewritePattern<tosa::TransposeConv2DOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::TransposeConv2DOp op,
                                PatternRewriter &rewriter) const override {
    if (!areFloatTensors({op.getInput().getType(), op.getWeight().getType(),
                          op.getBias().getType(), op.getType()}))
      return failure();
    ArrayRef<int64_t> outPad = op.getOutPad();
    if (outPad[0] > 0 || outPad[2] > 0)
      return rewriter.notifyMatchFailure(
          op, "pixels in front of the result have no counterpart");
    SmallVector<int64_t> padding = {
        -outPad[0], std::max<int64_t>(0, -outPad[1]), -outPad[2],
        std::max<int64_t>(0, -outPad[3])};
    SmallVector<int64_t> outputPadding = {std::max<int64_t>(0, outPad[1]),
                                          std::max<int64_t>(0, outPad[3])};
    Value bias = getBias(rewriter, op.getLoc(), op.getBias(),
                         getType(op.getWeight()).getDimSize(0));
    if (!bias)
      return failure();
    rewriter.replaceOpWithNewOp<TransposedConv2DOp>(
        op, op.getType(), op.getInput(), op.getWeight(), bias, op.getStride(),
        padding, /*dilations=*/ArrayRef<int64_t>{1, 1}, outputPadding,
        /*groups=*/1, /*clamp_min=*/FloatAttr(), /*clamp_max=*/FloatAttr(),
        /*stats=*/ChannelStatsAttr());
    return success();
  }
};

/// A product with a constant matrix is a fully connected layer. Its bias is an
/// addition behind it, which spiq-fold-batch-norm merges.
struct ConvertMatMul : public OpRewritePattern<tosa::MatMulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::MatMulOp op,
                                PatternRewriter &rewriter) const override {
    DenseFPElementsAttr matrix = getConstant(op.getB());
    if (!matrix || !areFloatTensors({op.getA().getType(), op.getType()}))
      return failure();
    ArrayRef<int64_t> left = getType(op.getA()).getShape();
    ArrayRef<int64_t> right = getType(op.getB()).getShape();
    if (right[0] != 1)
      return rewriter.notifyMatchFailure(op, "batches of matrices");
    Location loc = op.getLoc();
    auto type =
        RankedTensorType::get({right[2], right[1]}, rewriter.getF32Type());
    Value weights = createConstant(rewriter, loc,
                                   transpose(matrix, {0, 2, 1}).reshape(type));
    Value bias =
        createVector(rewriter, loc, SmallVector<float>(right[2], 0.0f));
    Value input = reshape(rewriter, loc, op.getA(), {left[1], left[2]});
    Value result = FullyConnectedOp::create(
        rewriter, loc,
        RankedTensorType::get({left[1], right[2]}, rewriter.getF32Type()),
        input, weights, bias, /*clamp_min=*/FloatAttr(),
        /*clamp_max=*/FloatAttr(), /*activation=*/ActivationAttr(),
        /*stats=*/ChannelStatsAttr());
    rewriter.replaceOp(op,
                       reshape(rewriter, loc, result, {1, left[1], right[2]}));
    return success();
  }
};
} // namespace

void populateLayerPatterns(RewritePatternSet &patterns) {
  patterns.add<ConvertConv2D, ConvertDepthwiseConv2D, ConvertMatMul,
               ConvertTransposeConv2D>(patterns.getContext());
}

} // namespace spiq::tosa_import
