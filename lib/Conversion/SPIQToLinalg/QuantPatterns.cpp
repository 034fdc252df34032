//===- QuantPatterns.cpp - Casts of the quant dialect ---------------------===//
//
// Lowers quantize and dequantize casts; storage casts vanish.
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"
#include "Patterns.h"
#include "Tensors.h"

#include "mlir/Dialect/Quant/IR/Quant.h"

using namespace mlir;

namespace spiq {

static int64_t getParameterAxis(const QuantizationView &view, int64_t rank) {
  return view.getAxis().value_or(rank - 1);
}

namespace {
/// q = clamp(roundeven(x / f32(s))) + z
struct LowerQuantizeCast : OpConversionPattern<quant::QuantizeCastOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(quant::QuantizeCastOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto view = QuantizationView::ofTensor(op.getType());
    ArrayRef<int64_t> shape = getShape(op.getInput());
    int64_t axis = getParameterAxis(view, shape.size());
    ElementwiseOpBuilder builder(rewriter, op.getLoc(), shape,
                                 rewriter.getI8Type());
    auto input = builder.addTensor(adaptor.getInput());
    auto scale =
        builder.addFloats(axis, [&](int64_t c) { return view.getScale(c); });
    ResultQuantizer result(builder, view, axis);
    rewriter.replaceOp(op, builder.build([&](ElementBuilder &body) {
      return result.quantize(body,
                             body.div(input.load(body), scale.load(body)));
    }));
    return success();
  }
};

/// x = f32(q - z) * f32(s)
struct LowerDequantizeCast : OpConversionPattern<quant::DequantizeCastOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(quant::DequantizeCastOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto view = QuantizationView::ofTensor(op.getInput().getType());
    ArrayRef<int64_t> shape = getShape(op.getResult());
    int64_t axis = getParameterAxis(view, shape.size());
    ElementwiseOpBuilder builder(rewriter, op.getLoc(), shape,
                                 rewriter.getF32Type());
    StoredOperand input(builder, adaptor.getInput(), view, axis);
    auto scale =
        builder.addFloats(axis, [&](int64_t c) { return view.getScale(c); });
    rewriter.replaceOp(op, builder.build([&](ElementBuilder &body) {
      return body.mul(input.loadFloat(body), scale.load(body));
    }));
    return success();
  }
};

/// Stored values and bytes are the same tensor after the lowering.
struct LowerStorageCast : OpConversionPattern<quant::StorageCastOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(quant::StorageCastOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, adaptor.getInput());
    return success();
  }
};
} // namespace

void populateQuantPatterns(const TypeConverter &converter,
                           RewritePatternSet &patterns) {
  patterns.add<LowerQuantizeCast, LowerDequantizeCast, LowerStorageCast>(
      converter, patterns.getContext());
}

} // namespace spiq
