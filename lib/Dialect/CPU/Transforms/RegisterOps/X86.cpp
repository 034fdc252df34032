//===- X86.cpp - Register operations on x86-64 ----------------------------===//
//
// Expansions to `vpdpbusd`, `pmaddwd` and saturating packs, on vectors of 128,
// 256 and 512 bits.
//
//===----------------------------------------------------------------------===//

#include "RegisterOps.h"

using namespace mlir;

namespace spiq::cpu {

/// The element of `names` for vectors of 4, 8 or 16 lanes.
static StringRef chooseByWidth(int64_t lanes, ArrayRef<StringRef> names) {
  return names[lanes == 4 ? 0 : lanes == 8 ? 1 : 2];
}

/// The intrinsic of `pmaddwd`.
static StringRef getMAddName(int64_t lanes) {
  return chooseByWidth(lanes,
                       {"llvm.x86.sse2.pmadd.wd", "llvm.x86.avx2.pmadd.wd",
                        "llvm.x86.avx512.pmaddw.d.512"});
}

/// Whether vectors of `lanes` lanes are registers of a set with vectors of up
/// to `maxLanes` lanes.
static bool isRegisterWidth(int64_t lanes, int64_t maxLanes) {
  return llvm::is_contained({4, 8, 16}, lanes) && lanes <= maxLanes;
}

namespace {

/// `vpdpbusd`.
struct LowerDotVNNI : public OpRewritePattern<DotOp> {
  LowerDotVNNI(MLIRContext *context, int64_t maxLanes)
      : OpRewritePattern(context, /*benefit=*/2), maxLanes(maxLanes) {}

  LogicalResult matchAndRewrite(DotOp op,
                                PatternRewriter &rewriter) const override {
    int64_t lanes = getNumElements(op.getAcc());
    if (op.getSignedLhs() || !isRegisterWidth(lanes, maxLanes))
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    std::string name = "llvm.x86.avx512.vpdpbusd." + std::to_string(32 * lanes);
    rewriter.replaceOp(op,
                       callIntrinsic(b, name, op.getType(),
                                     {op.getAcc(), op.getLhs(), op.getRhs()}));
    return success();
  }

  int64_t maxLanes;
};

/// `pmaddwd` of the bytes at even and at odd positions, each widened to words.
/// Widening is the same for all dot products that share an operand, so it is
/// left to common subexpression elimination.
struct LowerDotMAdd : public OpRewritePattern<DotOp> {
  LowerDotMAdd(MLIRContext *context, int64_t maxLanes)
      : OpRewritePattern(context, /*benefit=*/2), maxLanes(maxLanes) {}

  LogicalResult matchAndRewrite(DotOp op,
                                PatternRewriter &rewriter) const override {
    int64_t lanes = getNumElements(op.getAcc());
    if (!isRegisterWidth(lanes, maxLanes))
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    StringRef name = getMAddName(lanes);
    Value result = op.getAcc();
    for (bool isOdd : {false, true}) {
      Value lhs = widen(b, op.getLhs(), isOdd, op.getSignedLhs());
      Value rhs = widen(b, op.getRhs(), isOdd, /*isSigned=*/true);
      Value products = callIntrinsic(b, name, op.getType(), {lhs, rhs});
      result = arith::AddIOp::create(b, result, products);
    }
    rewriter.replaceOp(op, result);
    return success();
  }

private:
  /// The even or odd bytes of `bytes` as words.
  static Value widen(ImplicitLocOpBuilder &b, Value bytes, bool isOdd,
                     bool isSigned) {
    auto type = VectorType::get(getNumElements(bytes) / 2, b.getI16Type());
    auto splat = [&](int16_t value) -> Value {
      return arith::ConstantOp::create(b, DenseElementsAttr::get(type, value));
    };
    Value words = vector::BitCastOp::create(b, type, bytes);
    if (!isSigned)
      return isOdd ? arith::ShRUIOp::create(b, words, splat(8)).getResult()
                   : arith::AndIOp::create(b, words, splat(255)).getResult();
    if (!isOdd)
      words = arith::ShLIOp::create(b, words, splat(8));
    return arith::ShRSIOp::create(b, words, splat(8));
  }

  int64_t maxLanes;
};

/// `pmaddubsw` of both pairs of operands, which their bounds keep from
/// saturating, then `pmaddwd` of the sums with ones.
struct LowerDotPairX86 : public OpRewritePattern<DotPairOp> {
  LowerDotPairX86(MLIRContext *context, int64_t maxLanes)
      : OpRewritePattern(context, /*benefit=*/2), maxLanes(maxLanes) {}

  LogicalResult matchAndRewrite(DotPairOp op,
                                PatternRewriter &rewriter) const override {
    int64_t lanes = getNumElements(op.getAcc());
    if (!isRegisterWidth(lanes, maxLanes))
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto words = VectorType::get(2 * lanes, b.getI16Type());
    StringRef toWords = chooseByWidth(
        lanes, {"llvm.x86.ssse3.pmadd.ub.sw.128", "llvm.x86.avx2.pmadd.ub.sw",
                "llvm.x86.avx512.pmaddubs.w.512"});
    Value first =
        callIntrinsic(b, toWords, words, {op.getFirstLhs(), op.getFirstRhs()});
    Value second = callIntrinsic(b, toWords, words,
                                 {op.getSecondLhs(), op.getSecondRhs()});
    Value sums = arith::AddIOp::create(b, first, second);
    Value ones =
        arith::ConstantOp::create(b, DenseElementsAttr::get(words, int16_t{1}));
    Value products =
        callIntrinsic(b, getMAddName(lanes), op.getType(), {sums, ones});
    rewriter.replaceOpWithNewOp<arith::AddIOp>(op, op.getAcc(), products);
    return success();
  }

  int64_t maxLanes;
};

/// Two levels of saturating packs within 128-bit lanes.
struct LowerPackX86 : public OpRewritePattern<PackOp> {
  LowerPackX86(MLIRContext *context, int64_t maxLanes)
      : OpRewritePattern(context, /*benefit=*/2), maxLanes(maxLanes) {}

  LogicalResult matchAndRewrite(PackOp op,
                                PatternRewriter &rewriter) const override {
    int64_t lanes = getNumElements(op.getA());
    if (op.getSignedResult() || !isRegisterWidth(lanes, maxLanes))
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto words = VectorType::get(2 * lanes, b.getI16Type());
    StringRef toWords = chooseByWidth(lanes, {"llvm.x86.sse2.packssdw.128",
                                              "llvm.x86.avx2.packssdw",
                                              "llvm.x86.avx512.packssdw.512"});
    StringRef toBytes = chooseByWidth(lanes, {"llvm.x86.sse2.packuswb.128",
                                              "llvm.x86.avx2.packuswb",
                                              "llvm.x86.avx512.packuswb.512"});
    Value low = callIntrinsic(b, toWords, words, {op.getA(), op.getB()});
    Value high = callIntrinsic(b, toWords, words, {op.getC(), op.getD()});
    addZeroPoints(b, op, low, high);
    rewriter.replaceOp(op,
                       callIntrinsic(b, toBytes, op.getType(), {low, high}));
    return success();
  }

  int64_t maxLanes;
};

} // namespace

void populateX86RegisterOps(RewritePatternSet &patterns, InstructionSet isa) {
  int64_t maxLanes = getInfo(isa).lanes;
  switch (isa) {
  case InstructionSet::AVXVNNI:
  case InstructionSet::AVX512VNNI:
    patterns.add<LowerDotVNNI>(patterns.getContext(), maxLanes);
    break;
  case InstructionSet::SSE41:
  case InstructionSet::AVX2:
  case InstructionSet::AVX512BW:
    patterns.add<LowerDotMAdd, LowerDotPairX86>(patterns.getContext(),
                                                maxLanes);
    break;
  default:
    return;
  }
  patterns.add<LowerPackX86>(patterns.getContext(), maxLanes);
}

} // namespace spiq::cpu
