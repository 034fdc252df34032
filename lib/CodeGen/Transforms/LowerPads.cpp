//===- LowerPads.cpp - spiq-lower-pads --------------------------*- C++ -*-===//
//
// Splits padding into a border and the insertion of the interior.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace spiq {
#define GEN_PASS_DEF_LOWERPADS
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;

namespace {
/// Writes a constant to boxes of a tensor.
class BoxFiller {
public:
  BoxFiller(OpBuilder &builder, Location loc, Value tensor, Attribute value)
      : builder(builder), loc(loc), tensor(tensor),
        value(arith::ConstantOp::create(builder, loc, cast<TypedAttr>(value))) {
  }

  void fill(ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes) {
    if (llvm::is_contained(sizes, 0))
      return;
    SmallVector<OpFoldResult> low = toAttributes(offsets);
    SmallVector<OpFoldResult> extent = toAttributes(sizes);
    SmallVector<OpFoldResult> ones(offsets.size(), builder.getIndexAttr(1));
    Value box =
        tensor::ExtractSliceOp::create(builder, loc, tensor, low, extent, ones);
    box = linalg::FillOp::create(builder, loc, value, box).getResult(0);
    tensor = tensor::InsertSliceOp::create(builder, loc, box, tensor, low,
                                           extent, ones);
  }

  Value getTensor() const { return tensor; }

private:
  SmallVector<OpFoldResult> toAttributes(ArrayRef<int64_t> values) {
    return getAsIndexOpFoldResult(builder.getContext(), values);
  }

  OpBuilder &builder;
  Location loc;
  Value tensor, value;
};

struct LowerPad : OpRewritePattern<tensor::PadOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::PadOp op,
                                PatternRewriter &rewriter) const override {
    Attribute value;
    Value padding = op.getConstantPaddingValue();
    if (!padding || !matchPattern(padding, m_Constant(&value)) ||
        !op.getResultType().hasStaticShape() ||
        !op.getSourceType().hasStaticShape())
      return rewriter.notifyMatchFailure(op, "not static or not constant");
    Location loc = op.getLoc();
    ArrayRef<int64_t> low = op.getStaticLow();
    ArrayRef<int64_t> inner = op.getSourceType().getShape();
    ArrayRef<int64_t> outer = op.getResultType().getShape();

    Operation *producer = op.getSource().getDefiningOp();
    rewriter.setInsertionPoint(producer ? producer : op.getOperation());
    Value init = bufferization::AllocTensorOp::create(
        rewriter, loc, op.getResultType(), /*dynamicSizes=*/ValueRange());
    BoxFiller filler(rewriter, loc, init, value);
    // Slabs in front of and behind the interior, disjoint: each leaves out
    // what those of outer dimensions cover.
    SmallVector<int64_t> offsets(outer.size(), 0), sizes(outer);
    for (auto [dim, before] : llvm::enumerate(low)) {
      sizes[dim] = before;
      filler.fill(offsets, sizes);
      offsets[dim] = before + inner[dim];
      sizes[dim] = outer[dim] - offsets[dim];
      filler.fill(offsets, sizes);
      offsets[dim] = before;
      sizes[dim] = inner[dim];
    }
    rewriter.setInsertionPoint(op);
    SmallVector<OpFoldResult> ones(outer.size(), rewriter.getIndexAttr(1));
    rewriter.replaceOpWithNewOp<tensor::InsertSliceOp>(
        op, op.getSource(), filler.getTensor(), op.getMixedLowPad(),
        getAsIndexOpFoldResult(getContext(), inner), ones);
    return success();
  }
};

struct LowerPadsPass : public spiq::impl::LowerPadsBase<LowerPadsPass> {
  using LowerPadsBase::LowerPadsBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerPad>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};
} // namespace
