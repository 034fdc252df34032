//===- SPIQCanonicalization.cpp - Canonical forms of operations -----------===//
//
// Patterns that merge operations whose combination is one operation. None of
// them changes a result or loses what is known about a distribution.
//
//===----------------------------------------------------------------------===//

#include "Verification.h"

using namespace mlir;
using namespace spiq;

static bool isZero(int64_t value) { return value == 0; }

static Type getElementType(Value value) {
  return cast<ShapedType>(value.getType()).getElementType();
}

//===----------------------------------------------------------------------===//
// ClampOp
//===----------------------------------------------------------------------===//

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
// ConcatOp
//===----------------------------------------------------------------------===//

namespace {
/// concat(a, concat(b, c)) -> concat(a, b, c) if nobody else reads the inner
/// one. Restricted to values that neither of the two requantizes.
struct FlattenConcats : public OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConcatOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<Value> inputs;
    for (Value input : op.getInputs()) {
      auto inner = input.getDefiningOp<ConcatOp>();
      if (inner && inner.getAxis() == op.getAxis() && input.hasOneUse() &&
          llvm::all_of(inner.getInputs(), [&](Value value) {
            return getElementType(value) == getElementType(op.getOutput());
          }))
        llvm::append_range(inputs, inner.getInputs());
      else
        inputs.push_back(input);
    }
    if (inputs.size() == op.getInputs().size())
      return failure();
    rewriter.replaceOpWithNewOp<ConcatOp>(op, op.getType(), inputs,
                                          op.getAxis());
    return success();
  }
};
} // namespace

void ConcatOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                           MLIRContext *context) {
  patterns.add<FlattenConcats>(context);
}

//===----------------------------------------------------------------------===//
// PadOp
//===----------------------------------------------------------------------===//

/// The padding [top, bottom, left, right] of a pad in front of an operation
/// with padding `padding` of its own, and that padding together.
static SmallVector<int64_t> addPadding(PadOp pad, ArrayRef<int64_t> padding) {
  return {padding[0] + pad.getLow()[1], padding[1] + pad.getHigh()[1],
          padding[2] + pad.getLow()[2], padding[3] + pad.getHigh()[2]};
}

/// Whether all of `padding` is accepted as a `padding` attribute.
static bool isValidPadding(ArrayRef<int64_t> padding) {
  return llvm::all_of(padding,
                      [](int64_t pad) { return pad <= maxWindowParameter; });
}

/// The pad that produces `input`, if it pads rows and columns only.
static PadOp getSpatialPad(Value input) {
  auto pad = input.getDefiningOp<PadOp>();
  if (!pad || pad.getLow().size() != 4 || pad.getLow()[0] || pad.getLow()[3] ||
      pad.getHigh()[0] || pad.getHigh()[3])
    return {};
  return pad;
}

namespace {
/// pad(pad(x, v), v) -> pad(x, v)
struct MergePads : public OpRewritePattern<PadOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PadOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<PadOp>();
    if (!inner || inner.getValueAttr() != op.getValueAttr())
      return failure();
    SmallVector<int64_t> low(op.getLow()), high(op.getHigh());
    for (auto [dim, pad] : llvm::enumerate(inner.getLow()))
      low[dim] += pad;
    for (auto [dim, pad] : llvm::enumerate(inner.getHigh()))
      high[dim] += pad;
    if (!isValidPadding(low) || !isValidPadding(high))
      return failure();
    rewriter.replaceOpWithNewOp<PadOp>(op, op.getType(), inner.getInput(), low,
                                       high, op.getValue());
    return success();
  }
};

/// conv_2d(pad(x, 0)) -> conv_2d(x) with more padding. Both pad with the real
/// value zero, quantized or not.
struct MergePadIntoConv : public OpRewritePattern<Conv2DOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(Conv2DOp op,
                                PatternRewriter &rewriter) const override {
    PadOp pad = getSpatialPad(op.getInput());
    if (!pad || !pad.getValue().isZero())
      return failure();
    // A hybrid convolution scales its input by the range of its values, which
    // includes zero, so padding does not change it.
    SmallVector<int64_t> padding = addPadding(pad, op.getPadding());
    if (!isValidPadding(padding))
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(pad.getInput());
      op.setPadding(padding);
    });
    return success();
  }
};

/// max_pool_2d(pad(x, -inf)) -> max_pool_2d(x) with more padding, unless a
/// window would hold nothing but padding.
struct MergePadIntoMaxPool : public OpRewritePattern<MaxPool2DOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MaxPool2DOp op,
                                PatternRewriter &rewriter) const override {
    PadOp pad = getSpatialPad(op.getInput());
    if (!pad || !pad.getValue().isInfinity() || !pad.getValue().isNegative())
      return failure();
    SmallVector<int64_t> padding = addPadding(pad, op.getPadding());
    for (int dim = 0; dim < 2; ++dim)
      if (std::max(padding[2 * dim], padding[2 * dim + 1]) >=
              op.getKernel()[dim] ||
          op.getDilations()[dim] != 1)
        return failure();
    rewriter.replaceOpWithNewOp<MaxPool2DOp>(op, op.getType(), pad.getInput(),
                                             op.getKernel(), op.getStrides(),
                                             padding, op.getDilations());
    return success();
  }
};

/// avg_pool_2d(pad(x, 0)) -> avg_pool_2d(x) that counts its padding.
struct MergePadIntoAvgPool : public OpRewritePattern<AvgPool2DOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AvgPool2DOp op,
                                PatternRewriter &rewriter) const override {
    PadOp pad = getSpatialPad(op.getInput());
    if (!pad || !pad.getValue().isZero())
      return failure();
    if (!op.getCountIncludePad() && !llvm::all_of(op.getPadding(), isZero))
      return failure();
    SmallVector<int64_t> padding = addPadding(pad, op.getPadding());
    for (int dim = 0; dim < 2; ++dim)
      if (std::max(padding[2 * dim],
                   padding[2 * dim + 1] + op.getCeilPadding()[dim]) >=
          op.getKernel()[dim])
        return failure();
    rewriter.replaceOpWithNewOp<AvgPool2DOp>(
        op, op.getType(), pad.getInput(), op.getKernel(), op.getStrides(),
        padding, op.getCeilPadding(), /*count_include_pad=*/true);
    return success();
  }
};
} // namespace

void PadOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                        MLIRContext *context) {
  patterns.add<MergePads>(context);
}

void Conv2DOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                           MLIRContext *context) {
  patterns.add<MergePadIntoConv>(context);
}

void MaxPool2DOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<MergePadIntoMaxPool>(context);
}

void AvgPool2DOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<MergePadIntoAvgPool>(context);
}
