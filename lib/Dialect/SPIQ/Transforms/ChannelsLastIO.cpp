//===- ChannelsLastIO.cpp - Images of the signature, channels last --------===//
//
// Changes the layout of a network's image inputs and outputs.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/Transforms/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;
using namespace spiq;

namespace spiq {
#define GEN_PASS_DEF_SPIQCHANNELSLASTIO
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"
} // namespace spiq

static constexpr int64_t toChannelsLast[] = {0, 2, 3, 1};
static constexpr int64_t toChannelsFirst[] = {0, 3, 1, 2};

/// Whether a value of the signature is an image, whose layout can change.
static bool isImage(Type type) {
  auto tensorType = dyn_cast<RankedTensorType>(type);
  return tensorType && tensorType.getRank() == 4 && tensorType.hasStaticShape();
}

static RankedTensorType permuteType(Type type, ArrayRef<int64_t> permutation) {
  auto tensorType = cast<RankedTensorType>(type);
  return tensorType.clone(applyPermutation(tensorType.getShape(), permutation));
}

static Value createTranspose(OpBuilder &b, Location loc, Value value,
                             ArrayRef<int64_t> permutation) {
  RankedTensorType type = permuteType(value.getType(), permutation);
  Value init =
      tensor::EmptyOp::create(b, loc, type.getShape(), type.getElementType());
  return linalg::TransposeOp::create(b, loc, value, init, permutation)
      ->getResult(0);
}

namespace {
/// A transposition that moves nothing -> its input.
struct EraseIdentityTranspose : public OpRewritePattern<linalg::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    if (!isIdentityPermutation(op.getPermutation()))
      return failure();
    rewriter.replaceOp(op, op.getInput());
    return success();
  }
};

class SPIQChannelsLastIO
    : public spiq::impl::SPIQChannelsLastIOBase<SPIQChannelsLastIO> {
  /// Cancels transpositions against each other and nothing else: folding would
  /// drop the pairs of casts of a network that is quantized already.
  void cancelTranspositions() {
    RewritePatternSet patterns(&getContext());
    linalg::TransposeOp::getCanonicalizationPatterns(patterns, &getContext());
    patterns.add<EraseIdentityTranspose>(&getContext());
    GreedyRewriteConfig config;
    config.enableFolding(false);
    if (failed(
            applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      signalPassFailure();
  }

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal() || !function.isPublic())
      return;
    Block &body = function.front();
    OpBuilder b = OpBuilder::atBlockBegin(&body);
    for (BlockArgument argument : body.getArguments()) {
      if (!isImage(argument.getType()))
        continue;
      argument.setType(permuteType(argument.getType(), toChannelsLast));
      Value original =
          createTranspose(b, argument.getLoc(), argument, toChannelsFirst);
      argument.replaceAllUsesExcept(original, original.getDefiningOp());
      ++numImages;
    }
    Operation *terminator = body.getTerminator();
    b.setInsertionPoint(terminator);
    for (OpOperand &operand : terminator->getOpOperands()) {
      if (!isImage(operand.get().getType()))
        continue;
      operand.set(createTranspose(b, operand.get().getLoc(), operand.get(),
                                  toChannelsLast));
      ++numImages;
    }
    function.setType(b.getFunctionType(body.getArgumentTypes(),
                                       terminator->getOperandTypes()));
    cancelTranspositions();
  }
};
} // namespace
