//===- PrepareLinalg.cpp - spiq-prepare-linalg ------------------*- C++ -*-===//
//
// Decomposes and generalizes linalg operations.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace spiq {
#define GEN_PASS_DEF_PREPARELINALG
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;

namespace {
/// Splits `linalg.softmax` into maximum, exponential, sum and division.
struct DecomposeSoftmax : OpRewritePattern<linalg::SoftmaxOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::SoftmaxOp op,
                                PatternRewriter &rewriter) const override {
    FailureOr<SmallVector<Value>> results = op.decomposeOperation(rewriter);
    if (failed(results))
      return failure();
    rewriter.replaceOp(op, *results);
    return success();
  }
};

} // namespace

/// Splits long rows whose maximum or minimum is wanted into as many columns as
/// vectors have lanes: one after the other, each step would wait for the one
/// before. Any order gives the same.
static linalg::SplitReductionOptions splitExtremum(linalg::LinalgOp op) {
  constexpr int64_t leastSteps = 4;
  SmallVector<unsigned> reduced;
  op.getReductionDims(reduced);
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  if (reduced.size() != 1 || reduced.front() + 1 != sizes.size() ||
      op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1 ||
      !op.getIndexingMapsArray().front().isIdentity())
    return {};
  Value result = op.getBlock()->getTerminator()->getOperand(0);
  if (!isa_and_nonnull<arith::MaximumFOp, arith::MinimumFOp>(
          result.getDefiningOp()))
    return {};
  int64_t size = sizes.back();
  if (ShapedType::isDynamic(size))
    return {};
  for (int64_t lanes : {16, 8})
    if (size % lanes == 0 && size / lanes >= leastSteps)
      return {lanes, reduced.front(), /*innerParallel=*/true};
  return {};
}

namespace {
struct PrepareLinalgPass
    : public spiq::impl::PrepareLinalgBase<PrepareLinalgPass> {
  using PrepareLinalgBase::PrepareLinalgBase;

  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    set.add<DecomposeSoftmax>(context);
    tensor::populateDecomposeTensorConcatPatterns(set);
    linalg::populateLinalgNamedOpsGeneralizationPatterns(set);
    linalg::populateSplitReductionPattern(set, splitExtremum);
    patterns = FrozenRewritePatternSet(std::move(set));
    return success();
  }

  void runOnOperation() override {
    if (failed(applyPatternsGreedily(getOperation(), patterns)))
      signalPassFailure();
  }

  FrozenRewritePatternSet patterns;
};
} // namespace
