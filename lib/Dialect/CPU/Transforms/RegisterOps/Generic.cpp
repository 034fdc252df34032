//===- Generic.cpp - Register operations on any target --------------------===//
//
// Expansions to arithmetic that every back end can compile.
//
//===----------------------------------------------------------------------===//

#include "RegisterOps.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace spiq::cpu {

Value callIntrinsic(ImplicitLocOpBuilder &b, StringRef name, Type type,
                    ValueRange operands) {
  return LLVM::CallIntrinsicOp::create(b, type, b.getStringAttr(name), operands)
      .getResult(0);
}

int64_t getNumElements(Value vector) {
  return cast<VectorType>(vector.getType()).getDimSize(0);
}

Value concatVectors(ImplicitLocOpBuilder &b, Value lhs, Value rhs) {
  int64_t size = getNumElements(lhs) + getNumElements(rhs);
  return vector::ShuffleOp::create(
      b, lhs, rhs, llvm::to_vector(llvm::seq<int64_t>(0, size)));
}

namespace {

/// Multiplies in i32, lane by lane.
struct LowerDotGeneric : public OpRewritePattern<DotOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DotOp op,
                                PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type accType = op.getAcc().getType();
    int64_t lanes = getNumElements(op.getAcc());
    Value result = op.getAcc();
    for (int64_t tap = 0; tap < 4; ++tap) {
      SmallVector<int64_t> mask;
      for (int64_t lane = 0; lane < lanes; ++lane)
        mask.push_back(4 * lane + tap);
      Value lhs = vector::ShuffleOp::create(b, op.getLhs(), op.getLhs(), mask);
      Value rhs = vector::ShuffleOp::create(b, op.getRhs(), op.getRhs(), mask);
      Value wideLhs = op.getSignedLhs()
                          ? arith::ExtSIOp::create(b, accType, lhs).getResult()
                          : arith::ExtUIOp::create(b, accType, lhs).getResult();
      Value wideRhs = arith::ExtSIOp::create(b, accType, rhs);
      Value product = arith::MulIOp::create(b, wideLhs, wideRhs);
      result = arith::AddIOp::create(b, result, product);
    }
    rewriter.replaceOp(op, result);
    return success();
  }
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
      value = arith::MaxSIOp::create(b, value, splat(getMinByte(op)));
      value = arith::MinSIOp::create(b, value, splat(getMaxByte(op)));
      bytes.push_back(arith::TruncIOp::create(
          b, VectorType::get(lanes, b.getI8Type()), value));
    }
    Value low = concatVectors(b, bytes[0], bytes[1]);
    Value high = concatVectors(b, bytes[2], bytes[3]);
    SmallVector<int64_t> mask(4 * lanes);
    for (int64_t vector = 0; vector < 4; ++vector)
      for (int64_t lane = 0; lane < lanes; ++lane)
        mask[getChannelInBlock(4, lanes, vector, lane)] = vector * lanes + lane;
    rewriter.replaceOpWithNewOp<vector::ShuffleOp>(op, low, high, mask);
    return success();
  }

private:
  static int32_t getMinByte(PackOp op) {
    return op.getSignedResult() ? -128 : 0;
  }
  static int32_t getMaxByte(PackOp op) {
    return op.getSignedResult() ? 127 : 255;
  }
};

} // namespace

void populateGenericRegisterOps(RewritePatternSet &patterns) {
  patterns.add<LowerDotGeneric, LowerPackGeneric>(patterns.getContext());
}

} // namespace spiq::cpu
