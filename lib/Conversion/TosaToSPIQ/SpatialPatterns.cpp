//===- SpatialPatterns.cpp - Pooling, concat, pad and resize of TOSA ------===//
//
// Converts the operations that move or combine pixels.
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/Dialect/Tosa/Utils/ConversionUtils.h"

using namespace mlir;

namespace spiq::tosa_import {

namespace {
struct ConvertMaxPool : public OpRewritePattern<tosa::MaxPool2dOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::MaxPool2dOp op,
                                PatternRewriter &rewriter) const override {
    if (!areFloatTensors({op.getInput().getType(), op.getType()}))
      return failure();
    rewriter.replaceOpWithNewOp<MaxPool2DOp>(
        op, op.getType(), op.getInput(), op.getKernel(), op.getStride(),
        op.getPad(), /*dilations=*/ArrayRef<int64_t>{1, 1});
    return success();
  }
};

/// TOSA never counts padding.
struct ConvertAvgPool : public OpRewritePattern<tosa::AvgPool2dOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::AvgPool2dOp op,
                                PatternRewriter &rewriter) const override {
    if (!areFloatTensors({op.getInput().getType(), op.getType()}))
      return failure();
    rewriter.replaceOpWithNewOp<AvgPool2DOp>(
        op, op.getType(), op.getInput(), op.getKernel(), op.getStride(),
        op.getPad(), /*ceil_padding=*/ArrayRef<int64_t>{0, 0},
        /*count_include_pad=*/false);
    return success();
  }
};

struct ConvertConcat : public OpRewritePattern<tosa::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ConcatOp op,
                                PatternRewriter &rewriter) const override {
    if (!areFloatTensors(op->getOperandTypes()) || !isFloatTensor(op.getType()))
      return failure();
    rewriter.replaceOpWithNewOp<ConcatOp>(op, op.getType(), op.getInput1(),
                                          op.getAxis());
    return success();
  }
};

struct ConvertPad : public OpRewritePattern<tosa::PadOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::PadOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<int64_t> padding;
    std::optional<float> value = getSplat(op.getPadConst());
    if (!areFloatTensors({op.getInput1().getType(), op.getType()}) || !value ||
        !tosa::getConstShapeValues(op.getPadding().getDefiningOp(), padding))
      return failure();
    SmallVector<int64_t> low, high;
    for (size_t index = 0; index + 1 < padding.size(); index += 2) {
      low.push_back(padding[index]);
      high.push_back(padding[index + 1]);
    }
    if (llvm::any_of(padding, [](int64_t pad) { return pad < 0; }))
      return failure();
    rewriter.replaceOpWithNewOp<PadOp>(op, op.getType(), op.getInput1(), low,
                                       high, APFloat(*value));
    return success();
  }
};
} // namespace

namespace {
/// Along one axis, the input coordinate of output pixel `o` is
/// `(o * denominator + offset) / numerator`.
struct ResizeAxis {
  int64_t numerator, denominator, offset, inputSize, outputSize;

  bool isHalfPixel() const { return 2 * offset == denominator - numerator; }
  bool isAlignCorners() const {
    return offset == 0 && outputSize > 1 &&
           (inputSize - 1) * numerator == (outputSize - 1) * denominator;
  }
  bool isAsymmetric() const { return offset == 0; }
  bool isRatioOfSizes() const {
    return inputSize * numerator == outputSize * denominator;
  }
  float getScale() const {
    return static_cast<float>(static_cast<double>(numerator) / denominator);
  }
};

struct ConvertResize : public OpRewritePattern<tosa::ResizeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ResizeOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<int64_t> scale, offset;
    if (!areFloatTensors({op.getInput().getType(), op.getType()}) ||
        !tosa::getConstShapeValues(op.getScale().getDefiningOp(), scale) ||
        !tosa::getConstShapeValues(op.getOffset().getDefiningOp(), offset))
      return failure();
    auto inputType = cast<RankedTensorType>(op.getInput().getType());
    auto outputType = cast<RankedTensorType>(op.getType());
    SmallVector<ResizeAxis> axes;
    for (int dim = 0; dim < 2; ++dim)
      axes.push_back({scale[2 * dim], scale[2 * dim + 1], offset[dim],
                      inputType.getDimSize(dim + 1),
                      outputType.getDimSize(dim + 1)});
    CoordinateMode mode;
    if (llvm::all_of(axes, [](auto &axis) { return axis.isHalfPixel(); }))
      mode = CoordinateMode::HalfPixel;
    else if (llvm::all_of(axes, [](auto &a) { return a.isAlignCorners(); }))
      mode = CoordinateMode::AlignCorners;
    else if (llvm::all_of(axes, [](auto &axis) { return axis.isAsymmetric(); }))
      mode = CoordinateMode::Asymmetric;
    else
      return rewriter.notifyMatchFailure(op, "unusual coordinates");

    DenseF32ArrayAttr scales;
    if (mode != CoordinateMode::AlignCorners &&
        !llvm::all_of(axes, [](auto &axis) { return axis.isRatioOfSizes(); }))
      scales = rewriter.getDenseF32ArrayAttr(
          {axes[0].getScale(), axes[1].getScale()});
    bool isNearest = op.getMode() == tosa::ResizeMode::NEAREST_NEIGHBOR;
    // TOSA rounds half up.
    rewriter.replaceOpWithNewOp<ResizeOp>(
        op, op.getType(), isNearest ? ResizeMode::Nearest : ResizeMode::Linear,
        op.getInput(), mode,
        isNearest ? NearestMode::RoundPreferCeil
                  : NearestMode::RoundPreferFloor,
        scales);
    return success();
  }
};
} // namespace

void populateSpatialPatterns(RewritePatternSet &patterns) {
  patterns.add<ConvertMaxPool, ConvertAvgPool, ConvertConcat, ConvertPad,
               ConvertResize>(patterns.getContext());
}

} // namespace spiq::tosa_import
