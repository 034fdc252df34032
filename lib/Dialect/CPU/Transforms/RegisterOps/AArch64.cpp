//===- AArch64.cpp - Register operations on AArch64 -----------------------===//
//
// Expansions to `sdot`, `usdot`, widening multiplications and saturating
// narrowing, on vectors of 128 bits.
//
//===----------------------------------------------------------------------===//

#include "RegisterOps.h"

using namespace mlir;

namespace spiq::cpu {

/// 32-bit lanes of a NEON register.
static constexpr int64_t neonLanes = 4;

namespace {

/// `sdot` for signed, `usdot` for unsigned inputs.
struct LowerDotInstruction : public OpRewritePattern<DotOp> {
  LowerDotInstruction(MLIRContext *context, bool isSigned)
      : OpRewritePattern(context, /*benefit=*/2), isSigned(isSigned) {}

  LogicalResult matchAndRewrite(DotOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getSignedLhs() != isSigned ||
        getNumElements(op.getAcc()) != neonLanes)
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    StringRef name = isSigned ? "llvm.aarch64.neon.sdot.v4i32.v16i8"
                              : "llvm.aarch64.neon.usdot.v4i32.v16i8";
    rewriter.replaceOp(op,
                       callIntrinsic(b, name, op.getType(),
                                     {op.getAcc(), op.getLhs(), op.getRhs()}));
    return success();
  }

  bool isSigned;
};

/// `smull`, `addp` of neighbouring products in 16 bits and `sadalp`. Exact for
/// weights of at least -127: two products are at most 2 * 128 * 127.
struct LowerDotWidening : public OpRewritePattern<DotOp> {
  LowerDotWidening(MLIRContext *context)
      : OpRewritePattern(context, /*benefit=*/2) {}

  LogicalResult matchAndRewrite(DotOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getSignedLhs() || getNumElements(op.getAcc()) != neonLanes)
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto words = VectorType::get(8, b.getI16Type());
    auto half = [&](Value bytes, int64_t begin) -> Value {
      return vector::ExtractStridedSliceOp::create(
          b, bytes, ArrayRef<int64_t>{begin}, ArrayRef<int64_t>{8},
          ArrayRef<int64_t>{1});
    };
    SmallVector<Value> products;
    for (int64_t begin : {0, 8})
      products.push_back(
          callIntrinsic(b, "llvm.aarch64.neon.smull.v8i16", words,
                        {half(op.getLhs(), begin), half(op.getRhs(), begin)}));
    Value pairs =
        callIntrinsic(b, "llvm.aarch64.neon.addp.v8i16", words, products);
    Value sums = callIntrinsic(b, "llvm.aarch64.neon.saddlp.v4i32.v8i16",
                               op.getType(), pairs);
    rewriter.replaceOpWithNewOp<arith::AddIOp>(op, op.getAcc(), sums);
    return success();
  }
};

/// Two levels of saturating narrowing.
struct LowerPackAArch64 : public OpRewritePattern<PackOp> {
  LowerPackAArch64(MLIRContext *context)
      : OpRewritePattern(context, /*benefit=*/2) {}

  LogicalResult matchAndRewrite(PackOp op,
                                PatternRewriter &rewriter) const override {
    if (getNumElements(op.getA()) != neonLanes)
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallVector<Value> words;
    for (Value value : {op.getA(), op.getB(), op.getC(), op.getD()})
      words.push_back(callIntrinsic(b, "llvm.aarch64.neon.sqxtn.v4i16",
                                    VectorType::get(4, b.getI16Type()), value));
    StringRef toBytes = op.getSignedResult() ? "llvm.aarch64.neon.sqxtn.v8i8"
                                             : "llvm.aarch64.neon.sqxtun.v8i8";
    Value low = concatVectors(b, words[0], words[1]);
    Value high = concatVectors(b, words[2], words[3]);
    addZeroPoints(b, op, low, high);
    SmallVector<Value> bytes;
    for (Value half : {low, high})
      bytes.push_back(
          callIntrinsic(b, toBytes, VectorType::get(8, b.getI8Type()), half));
    rewriter.replaceOp(op, concatVectors(b, bytes[0], bytes[1]));
    return success();
  }
};

} // namespace

void populateAArch64RegisterOps(RewritePatternSet &patterns,
                                InstructionSet isa) {
  MLIRContext *context = patterns.getContext();
  switch (isa) {
  case InstructionSet::I8MM:
    patterns.add<LowerDotInstruction>(context, /*isSigned=*/false);
    [[fallthrough]];
  case InstructionSet::DotProd:
    patterns.add<LowerDotInstruction>(context, /*isSigned=*/true);
    break;
  case InstructionSet::NEON:
    patterns.add<LowerDotWidening>(context);
    break;
  default:
    return;
  }
  patterns.add<LowerPackAArch64>(context);
}

} // namespace spiq::cpu
