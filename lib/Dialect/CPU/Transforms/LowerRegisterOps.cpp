//===- LowerRegisterOps.cpp - Instructions of the target ------------------===//
//
// Expands dot products and packs for an instruction set.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/CPU/IR/CPU.h"
#include "spiq/Dialect/CPU/Transforms/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace spiq::cpu {
#define GEN_PASS_DEF_LOWERREGISTEROPSPASS
#include "spiq/Dialect/CPU/Transforms/Passes.h.inc"
} // namespace spiq::cpu

using namespace mlir;
using namespace spiq::cpu;

static Value callIntrinsic(ImplicitLocOpBuilder &b, StringRef name, Type type,
                           ValueRange operands) {
  return LLVM::CallIntrinsicOp::create(b, type, b.getStringAttr(name), operands)
      .getResult(0);
}

namespace {

/// Multiplies in i32, lane by lane: what every target can do.
struct LowerDotGeneric : public OpRewritePattern<DotOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DotOp op,
                                PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto accType = cast<VectorType>(op.getAcc().getType());
    int64_t lanes = accType.getDimSize(0);
    Value result = op.getAcc();
    for (int64_t tap = 0; tap < 4; ++tap) {
      SmallVector<int64_t> mask;
      for (int64_t lane = 0; lane < lanes; ++lane)
        mask.push_back(4 * lane + tap);
      Value lhs = vector::ShuffleOp::create(b, op.getLhs(), op.getLhs(), mask);
      Value rhs = vector::ShuffleOp::create(b, op.getRhs(), op.getRhs(), mask);
      Value wideLhs = arith::ExtUIOp::create(b, accType, lhs);
      Value wideRhs = arith::ExtSIOp::create(b, accType, rhs);
      Value product = arith::MulIOp::create(b, wideLhs, wideRhs);
      result = arith::AddIOp::create(b, result, product);
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

/// `vpdpbusd` on 512 or 256 bits.
struct LowerDotVNNI : public OpRewritePattern<DotOp> {
  LowerDotVNNI(MLIRContext *context, int64_t lanes)
      : OpRewritePattern(context, /*benefit=*/2), lanes(lanes) {}

  LogicalResult matchAndRewrite(DotOp op,
                                PatternRewriter &rewriter) const override {
    auto type = cast<VectorType>(op.getAcc().getType());
    if (type.getDimSize(0) != lanes)
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    std::string name = "llvm.x86.avx512.vpdpbusd." + std::to_string(32 * lanes);
    rewriter.replaceOp(
        op,
        callIntrinsic(b, name, type, {op.getAcc(), op.getLhs(), op.getRhs()}));
    return success();
  }

  int64_t lanes;
};

/// Clamps to bytes, then brings the bytes in order.
struct LowerPackGeneric : public OpRewritePattern<PackOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PackOp op,
                                PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto type = cast<VectorType>(op.getA().getType());
    int64_t lanes = type.getDimSize(0);
    auto splat = [&](int32_t value) -> Value {
      return arith::ConstantOp::create(b, DenseElementsAttr::get(type, value));
    };
    SmallVector<Value> bytes;
    for (Value value : op->getOperands()) {
      value = arith::MaxSIOp::create(b, value, splat(0));
      value = arith::MinSIOp::create(b, value, splat(255));
      bytes.push_back(arith::TruncIOp::create(
          b, VectorType::get(lanes, b.getI8Type()), value));
    }
    auto concat = [&](Value lhs, Value rhs) -> Value {
      int64_t size = 2 * cast<VectorType>(lhs.getType()).getDimSize(0);
      return vector::ShuffleOp::create(
          b, lhs, rhs, llvm::to_vector(llvm::seq<int64_t>(0, size)));
    };
    Value low = concat(bytes[0], bytes[1]), high = concat(bytes[2], bytes[3]);
    SmallVector<int64_t> mask(4 * lanes);
    for (int64_t vector = 0; vector < 4; ++vector)
      for (int64_t lane = 0; lane < lanes; ++lane)
        mask[getChannelInBlock(4, lanes, vector, lane)] = vector * lanes + lane;
    rewriter.replaceOpWithNewOp<vector::ShuffleOp>(op, low, high, mask);
    return success();
  }
};

/// Two levels of saturating packs within 128-bit lanes.
struct LowerPackX86 : public OpRewritePattern<PackOp> {
  LowerPackX86(MLIRContext *context, int64_t lanes)
      : OpRewritePattern(context, /*benefit=*/2), lanes(lanes) {}

  LogicalResult matchAndRewrite(PackOp op,
                                PatternRewriter &rewriter) const override {
    if (cast<VectorType>(op.getA().getType()).getDimSize(0) != lanes)
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    bool wide = lanes == 16;
    auto words = VectorType::get(2 * lanes, b.getI16Type());
    StringRef toWords =
        wide ? "llvm.x86.avx512.packssdw.512" : "llvm.x86.avx2.packssdw";
    StringRef toBytes =
        wide ? "llvm.x86.avx512.packuswb.512" : "llvm.x86.avx2.packuswb";
    Value low = callIntrinsic(b, toWords, words, {op.getA(), op.getB()});
    Value high = callIntrinsic(b, toWords, words, {op.getC(), op.getD()});
    rewriter.replaceOp(op,
                       callIntrinsic(b, toBytes, op.getType(), {low, high}));
    return success();
  }

  int64_t lanes;
};

class LowerRegisterOps
    : public spiq::cpu::impl::LowerRegisterOpsPassBase<LowerRegisterOps> {
public:
  using LowerRegisterOpsPassBase::LowerRegisterOpsPassBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerDotGeneric, LowerPackGeneric>(&getContext());
    if (isa == "avx512-vnni" || isa == "avx-vnni") {
      int64_t lanes = isa == "avx512-vnni" ? 16 : 8;
      patterns.add<LowerDotVNNI, LowerPackX86>(&getContext(), lanes);
    } else if (isa != "generic") {
      getOperation()->emitError()
          << "unknown instruction set '" << isa
          << "'; expected avx512-vnni, avx-vnni or generic";
      return signalPassFailure();
    }
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
