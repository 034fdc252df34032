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

void addZeroPoints(ImplicitLocOpBuilder &b, PackOp op, Value &low,
                   Value &high) {
  if (op.getZeroPoints().empty())
    return;
  low = LLVM::SAddSat::create(b, low, op.getZeroPoints()[0]);
  high = LLVM::SAddSat::create(b, high, op.getZeroPoints()[1]);
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

struct LowerDotPairGeneric : public OpRewritePattern<DotPairOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DotPairOp op,
                                PatternRewriter &rewriter) const override {
    Value first = DotOp::create(rewriter, op.getLoc(), op.getAcc(),
                                op.getFirstLhs(), op.getFirstRhs());
    rewriter.replaceOpWithNewOp<DotOp>(op, first, op.getSecondLhs(),
                                       op.getSecondRhs());
    return success();
  }
};

/// The shift of bytes is one of words and the same mask on x86-64.
struct LowerUnpack : public OpRewritePattern<UnpackOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(UnpackOp op,
                                PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto splat = [&](int8_t value) -> Value {
      return arith::ConstantOp::create(
          b, DenseElementsAttr::get(cast<ShapedType>(op.getType(0)), value));
    };
    Value low = arith::ShLIOp::create(b, op.getPacked(), splat(4));
    Value high = arith::AndIOp::create(b, op.getPacked(), splat(-16));
    rewriter.replaceOp(op, {low, high});
    return success();
  }
};

/// Two levels of clamps and interleaving.
struct LowerPackGeneric : public OpRewritePattern<PackOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PackOp op,
                                PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type word = b.getI16Type();
    Value low = narrow(b, op.getA(), op.getB(), word, -32768, 32767);
    Value high = narrow(b, op.getC(), op.getD(), word, -32768, 32767);
    addZeroPoints(b, op, low, high);
    bool isSigned = op.getSignedResult();
    rewriter.replaceOp(op, narrow(b, low, high, b.getI8Type(),
                                  isSigned ? -128 : 0, isSigned ? 127 : 255));
    return success();
  }

private:
  /// Clamps the elements of `lhs` and `rhs` to `min`..`max` and narrows them to
  /// `type`; 128 bits of one are followed by as many of the other.
  static Value narrow(ImplicitLocOpBuilder &b, Value lhs, Value rhs, Type type,
                      int32_t min, int32_t max) {
    auto wide = cast<VectorType>(lhs.getType());
    auto splat = [&](int32_t value) -> Value {
      return arith::ConstantOp::create(
          b, DenseElementsAttr::get(
                 wide, b.getIntegerAttr(wide.getElementType(), value)));
    };
    int64_t size = wide.getDimSize(0);
    SmallVector<Value, 2> halves;
    for (Value value : {lhs, rhs}) {
      value = arith::MaxSIOp::create(b, value, splat(min));
      value = arith::MinSIOp::create(b, value, splat(max));
      halves.push_back(
          arith::TruncIOp::create(b, VectorType::get(size, type), value));
    }
    int64_t group = 128 / wide.getElementTypeBitWidth();
    SmallVector<int64_t> mask;
    for (int64_t begin = 0; begin < size; begin += group)
      for (int64_t side : {int64_t(0), size})
        for (int64_t element = 0; element < group; ++element)
          mask.push_back(side + begin + element);
    return vector::ShuffleOp::create(b, halves[0], halves[1], mask);
  }
};

} // namespace

void populateGenericRegisterOps(RewritePatternSet &patterns) {
  patterns
      .add<LowerDotGeneric, LowerDotPairGeneric, LowerPackGeneric, LowerUnpack>(
          patterns.getContext());
}

} // namespace spiq::cpu
