//===- FuseEpilogues.cpp - Merge clamps and residuals into layers ---------===//
//
// Merges clamps into the operations that produce their input, and additions
// into convolutions.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/Transforms/Passes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;
using namespace spiq;

namespace spiq {
#define GEN_PASS_DEF_SPIQFUSEEPILOGUES
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"
} // namespace spiq

/// Limits the bound `bound` of an inner clamp to the outer bounds; an absent
/// inner bound becomes `absent`, the outer bound on the same side.
static FloatAttr limitBound(FloatAttr bound, FloatAttr absent, FloatAttr min,
                            FloatAttr max) {
  if (!bound)
    return absent;
  if (max && bound.getValue() > max.getValue())
    return max;
  if (min && bound.getValue() < min.getValue())
    return min;
  return bound;
}

namespace {

/// clamp(op(x)) -> op(x) with bounds. The composition of two clamps is a clamp
/// whose bounds are the inner ones, limited to the outer ones.
struct MergeClampIntoProducer : public OpRewritePattern<ClampOp> {
  MergeClampIntoProducer(MLIRContext *context, Pass::Statistic &numClamps)
      : OpRewritePattern(context), numClamps(numClamps) {}

  LogicalResult matchAndRewrite(ClampOp op,
                                PatternRewriter &rewriter) const override {
    Operation *producer = op.getInput().getDefiningOp();
    if (!isa_and_present<Conv2DOp, TransposedConv2DOp, FullyConnectedOp, AddOp,
                         MulOp, RescaleOp>(producer) ||
        !producer->hasOneUse() ||
        op.getInput().getType() != op.getOutput().getType())
      return failure();
    auto innerMin = producer->getAttrOfType<FloatAttr>("clamp_min");
    auto innerMax = producer->getAttrOfType<FloatAttr>("clamp_max");
    FloatAttr outerMin = op.getClampMinAttr(), outerMax = op.getClampMaxAttr();
    FloatAttr min = limitBound(innerMin, outerMin, outerMin, outerMax);
    FloatAttr max = limitBound(innerMax, outerMax, outerMin, outerMax);
    Location loc = rewriter.getFusedLoc({producer->getLoc(), op.getLoc()});
    rewriter.modifyOpInPlace(producer, [&] {
      producer->setLoc(loc);
      if (min)
        producer->setAttr("clamp_min", min);
      if (max)
        producer->setAttr("clamp_max", max);
    });
    rewriter.replaceOp(op, producer);
    ++numClamps;
    return success();
  }

private:
  Pass::Statistic &numClamps;
};

/// add(conv_2d(x), r) -> conv_2d(x) residual r.
struct MergeAddIntoConvolution : public OpRewritePattern<AddOp> {
  MergeAddIntoConvolution(MLIRContext *context, Pass::Statistic &numResiduals)
      : OpRewritePattern(context), numResiduals(numResiduals) {}

  LogicalResult matchAndRewrite(AddOp op,
                                PatternRewriter &rewriter) const override {
    if (getQuantizedElementType(op.getOutput().getType()))
      return failure();
    Conv2DOp left = getMergeable(op, op.getLhs());
    Conv2DOp right = getMergeable(op, op.getRhs());
    // Of two candidates the last one computes the sum: its input is at hand
    // then, and that of the other need not live longer.
    bool mergeLeft = left && (!right || right->isBeforeInBlock(left));
    Conv2DOp conv = mergeLeft ? left : right;
    if (!conv)
      return failure();
    Value residual = mergeLeft ? op.getRhs() : op.getLhs();
    auto merged = cast<Conv2DOp>(rewriter.clone(*conv));
    Location loc = rewriter.getFusedLoc({conv.getLoc(), op.getLoc()});
    rewriter.modifyOpInPlace(merged, [&] {
      merged->setLoc(loc);
      merged.getResidualMutable().assign(residual);
      merged.setClampMinAttr(op.getClampMinAttr());
      merged.setClampMaxAttr(op.getClampMaxAttr());
    });
    rewriter.replaceOp(op, merged);
    ++numResiduals;
    return success();
  }

private:
  /// The convolution that defines `operand`, if the addition can join it.
  static Conv2DOp getMergeable(AddOp add, Value operand) {
    auto conv = operand.getDefiningOp<Conv2DOp>();
    if (!conv || !conv->hasOneUse() || conv.getResidual() ||
        conv.getClampMin() || conv.getClampMax() ||
        conv->getBlock() != add->getBlock() ||
        add.getLhs().getType() != add.getRhs().getType())
      return {};
    return conv;
  }

  Pass::Statistic &numResiduals;
};

struct FuseEpiloguesPass
    : public spiq::impl::SPIQFuseEpiloguesBase<FuseEpiloguesPass> {
  using SPIQFuseEpiloguesBase::SPIQFuseEpiloguesBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<MergeClampIntoProducer>(&getContext(), numClamps);
    if (residuals)
      patterns.add<MergeAddIntoConvolution>(&getContext(), numResiduals);
    // Folding would drop a quantization followed by a dequantization.
    GreedyRewriteConfig config;
    config.enableFolding(false);
    if (failed(
            applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      signalPassFailure();
  }
};

} // namespace
