//===- LayoutPatterns.cpp - Channel-last elementwise operations -----------===//
//
// Importers of channel-first networks put a transposition in front of and
// behind each convolution. These patterns move transpositions down through
// operations that work in any layout until pairs of them meet and cancel, so
// that the last dimension is the channel wherever SPIQ looks.
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

namespace spiq::tosa_import {

static SmallVector<int64_t> getPermutation(tosa::TransposeOp op) {
  return SmallVector<int64_t>(op.getPerms());
}

static ArrayRef<int64_t> getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

static Value createTranspose(OpBuilder &builder, Location loc, Value value,
                             ArrayRef<int64_t> permutation) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int32_t> perms(permutation);
  return tosa::TransposeOp::create(
      builder, loc, type.clone(applyPermutation(type.getShape(), permutation)),
      value, perms);
}

/// Whether at most one dimension is larger than one, so that a transposition
/// moves nothing.
static bool isVectorLike(ArrayRef<int64_t> shape) {
  return llvm::count_if(shape, [](int64_t size) { return size != 1; }) <= 1;
}

namespace {
/// transpose(transpose(x)) -> transpose(x) or x.
struct MergeTransposes : public OpRewritePattern<tosa::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<int64_t> outer = getPermutation(op);
    if (isIdentityPermutation(outer)) {
      rewriter.replaceOp(op, op.getInput1());
      return success();
    }
    auto inner = op.getInput1().getDefiningOp<tosa::TransposeOp>();
    if (!inner)
      return failure();
    SmallVector<int64_t> permutation =
        applyPermutation(getPermutation(inner), ArrayRef<int64_t>(outer));
    rewriter.replaceOp(op, createTranspose(rewriter, op.getLoc(),
                                           inner.getInput1(), permutation));
    return success();
  }
};

/// transpose(constant) -> constant
struct FoldConstantTranspose : public OpRewritePattern<tosa::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    DenseFPElementsAttr constant = getConstant(op.getInput1());
    if (!constant)
      return failure();
    rewriter.replaceOpWithNewOp<tosa::ConstOp>(
        op, op.getType(), transpose(constant, getPermutation(op)));
    return success();
  }
};

/// reshape(constant) -> constant
struct FoldConstantReshape : public OpRewritePattern<tosa::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    DenseFPElementsAttr constant = getConstant(op.getInput1());
    if (!constant || !isFloatTensor(op.getType()))
      return failure();
    rewriter.replaceOpWithNewOp<tosa::ConstOp>(
        op, op.getType(), constant.reshape(cast<ShapedType>(op.getType())));
    return success();
  }
};

/// reshape(transpose(x)) -> reshape(x) if the transposition moves nothing.
struct SkipVectorTranspose : public OpRewritePattern<tosa::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = op.getInput1().getDefiningOp<tosa::TransposeOp>();
    if (!transpose || !isFloatTensor(transpose.getType()) ||
        !isVectorLike(getShape(transpose.getOutput())))
      return failure();
    rewriter.modifyOpInPlace(
        op, [&] { op.getInput1Mutable().assign(transpose.getInput1()); });
    return success();
  }
};

/// f(transpose(x), transpose(y)) -> transpose(f(x, y)) for elementwise f.
/// Other operands must be easy to transpose: constants and vectors.
struct SinkThroughElementwise : public RewritePattern {
  explicit SinkThroughElementwise(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!op->hasTrait<OpTrait::tosa::TosaElementwiseOperator>() &&
        !isa<tosa::MulOp, tosa::ClampOp, tosa::SigmoidOp, tosa::TanhOp,
             tosa::ErfOp>(op))
      return failure();
    if (!isFloatTensor(op->getResult(0).getType()))
      return failure();
    FailureOr<SmallVector<int64_t>> permutation = findPermutation(op);
    if (failed(permutation))
      return failure();
    SmallVector<int64_t> inverse = invertPermutationVector(*permutation);
    SmallVector<Value> operands(op->getOperands());
    for (OpOperand &operand : op->getOpOperands()) {
      if (!isTransposed(op, operand))
        continue;
      auto transpose = operand.get().getDefiningOp<tosa::TransposeOp>();
      operands[operand.getOperandNumber()] =
          transpose
              ? Value(transpose.getInput1())
              : createTranspose(rewriter, op->getLoc(), operand.get(), inverse);
    }
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    Operation *clone = rewriter.clone(*op);
    clone->setOperands(operands);
    clone->getResult(0).setType(
        type.clone(applyPermutation(type.getShape(), inverse)));
    rewriter.replaceOp(op, createTranspose(rewriter, op->getLoc(),
                                           clone->getResult(0), *permutation));
    return success();
  }

private:
  /// Whether an operand follows the layout of the result; zero points and
  /// shifts do not.
  static bool isTransposed(Operation *op, OpOperand &operand) {
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    return type &&
           type.getRank() ==
               cast<ShapedType>(op->getResult(0).getType()).getRank() &&
           type.getRank() > 1;
  }

  static FailureOr<SmallVector<int64_t>> findPermutation(Operation *op) {
    SmallVector<int64_t> permutation;
    bool movesData = false, needsTranspose = false;
    for (OpOperand &operand : op->getOpOperands()) {
      if (!isTransposed(op, operand))
        continue;
      Value value = operand.get();
      if (auto transpose = value.getDefiningOp<tosa::TransposeOp>()) {
        SmallVector<int64_t> next = getPermutation(transpose);
        if (!permutation.empty() && permutation != next)
          return failure();
        permutation = next;
        movesData |= !isVectorLike(getShape(value));
      } else if (!getConstant(value)) {
        if (!isFloatTensor(value.getType()) || !isVectorLike(getShape(value)))
          return failure();
        needsTranspose = true;
      }
    }
    // A transposition of a vector is only worth another one if an image's
    // moves on; two vectors would trade theirs forever.
    if (permutation.empty() || (needsTranspose && !movesData))
      return failure();
    return permutation;
  }
};

/// reduce(transpose(x), axis) -> transpose(reduce(x, other axis))
template <typename OpTy>
struct SinkThroughReduction : public OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    auto transpose = op.getInput().template getDefiningOp<tosa::TransposeOp>();
    if (!transpose || !isFloatTensor(op.getType()))
      return failure();
    SmallVector<int64_t> permutation = getPermutation(transpose);
    int64_t axis = permutation[op.getAxis()];
    auto inputType = cast<RankedTensorType>(transpose.getInput1().getType());
    SmallVector<int64_t> shape(inputType.getShape());
    shape[axis] = 1;
    Value reduced =
        OpTy::create(rewriter, op.getLoc(), inputType.clone(shape),
                     transpose.getInput1(), rewriter.getI32IntegerAttr(axis));
    rewriter.replaceOp(
        op, createTranspose(rewriter, op.getLoc(), reduced, permutation));
    return success();
  }
};

/// concat(transpose(x), transpose(y)) -> transpose(concat(x, y))
struct SinkThroughConcat : public OpRewritePattern<tosa::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::ConcatOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<Value> inputs;
    SmallVector<int64_t> permutation;
    for (Value input : op.getInput1()) {
      auto transpose = input.getDefiningOp<tosa::TransposeOp>();
      if (!transpose)
        return failure();
      if (!permutation.empty() && permutation != getPermutation(transpose))
        return failure();
      permutation = getPermutation(transpose);
      inputs.push_back(transpose.getInput1());
    }
    if (permutation.empty() || !isFloatTensor(op.getType()))
      return failure();
    auto type = cast<RankedTensorType>(op.getType());
    SmallVector<int64_t> shape = applyPermutation(
        type.getShape(),
        ArrayRef<int64_t>(invertPermutationVector(permutation)));
    Value result = tosa::ConcatOp::create(
        rewriter, op.getLoc(), type.clone(shape), inputs,
        rewriter.getI32IntegerAttr(permutation[op.getAxis()]));
    rewriter.replaceOp(
        op, createTranspose(rewriter, op.getLoc(), result, permutation));
    return success();
  }
};
} // namespace

void populateConstantPatterns(RewritePatternSet &patterns) {
  patterns.add<FoldConstantTranspose, FoldConstantReshape>(
      patterns.getContext());
}

void populateLayoutPatterns(RewritePatternSet &patterns) {
  patterns.add<MergeTransposes, SkipVectorTranspose, SinkThroughElementwise,
               SinkThroughReduction<tosa::ReduceSumOp>,
               SinkThroughReduction<tosa::ReduceMaxOp>,
               SinkThroughReduction<tosa::ReduceMinOp>, SinkThroughConcat>(
      patterns.getContext());
}

} // namespace spiq::tosa_import
