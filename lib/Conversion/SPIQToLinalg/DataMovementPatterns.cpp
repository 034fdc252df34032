//===- DataMovementPatterns.cpp - Concatenation and padding ---------------===//
//
// Lowers concat and pad.
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"
#include "Patterns.h"
#include "Tensors.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace spiq {

/// The type of the part of a concatenated tensor from `offset` on: channels are
/// split only along the last dimension.
static QuantizationView getPart(const QuantizationView &whole, MLIRContext *ctx,
                                int64_t offset, int64_t size) {
  SmallVector<double> scales;
  SmallVector<int64_t> zeroPoints;
  for (int64_t channel = offset; channel < offset + size; ++channel) {
    scales.push_back(whole.getScale(channel));
    zeroPoints.push_back(whole.getZeroPoint(channel));
  }
  return QuantizationView(getPerAxisQuantizedType(
      ctx, whole.isSigned(), whole.getStorageMin(), whole.getStorageMax(),
      scales, zeroPoints, /*axis=*/0));
}

namespace {
/// Writes the inputs side by side; quantized inputs are requantized first.
struct LowerConcat : OpConversionPattern<ConcatOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ConcatOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = getShape(op.getOutput());
    Type type = getStoredElementType(op.getOutput().getType());
    Value result = tensor::EmptyOp::create(rewriter, op.getLoc(), shape, type);
    SmallVector<int64_t> offsets(shape.size(), 0);
    int64_t axis = op.getAxis();
    for (auto [input, lowered] :
         llvm::zip(op.getInputs(), adaptor.getInputs())) {
      Value part = requantize(op, input, lowered, offsets[axis], rewriter);
      result = insert(rewriter, op.getLoc(), part, result, offsets);
      offsets[axis] += getShape(input)[axis];
    }
    rewriter.replaceOp(op, result);
    return success();
  }

private:
  static Value insert(OpBuilder &builder, Location loc, Value part, Value whole,
                      ArrayRef<int64_t> offsets) {
    MLIRContext *context = builder.getContext();
    SmallVector<int64_t> ones(offsets.size(), 1);
    return tensor::InsertSliceOp::create(
        builder, loc, part, whole, getAsIndexOpFoldResult(context, offsets),
        getAsIndexOpFoldResult(context, getShape(part)),
        getAsIndexOpFoldResult(context, ones));
  }

  static Value requantize(ConcatOp op, Value input, Value lowered,
                          int64_t offset, OpBuilder &builder) {
    if (!getQuantizedElementType(input.getType()))
      return lowered;
    ArrayRef<int64_t> shape = getShape(input);
    bool splitsChannels = op.getAxis() + 1 == shape.size();
    auto from = QuantizationView::ofTensor(input.getType());
    auto to =
        getPart(QuantizationView::ofTensor(op.getOutput().getType()),
                op.getContext(), splitsChannels ? offset : 0, shape.back());
    ElementwiseOpBuilder elementwise(builder, op.getLoc(), shape,
                                     builder.getI8Type());
    return buildRequantization(elementwise, lowered, from, to);
  }
};

/// Pads with the stored value of `value` in each channel.
struct LowerPad : OpConversionPattern<PadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(PadOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op,
                       pad(rewriter, op.getLoc(), adaptor.getInput(),
                           op.getLow(), op.getHigh(), getValue(op, rewriter)));
    return success();
  }

private:
  static PaddingValue getValue(PadOp op, OpBuilder &builder) {
    Type type = op.getOutput().getType();
    if (getQuantizedElementType(type)) {
      auto view = QuantizationView::ofTensor(type);
      return PaddingValue::stored(
          builder, op.getLoc(), getShape(op.getOutput()).back(),
          [&](int64_t channel) {
            return view.quantize(op.getValue().convertToFloat(), channel);
          });
    }
    PaddingValue value;
    value.scalar =
        arith::ConstantOp::create(builder, op.getLoc(), op.getValueAttr());
    return value;
  }
};
} // namespace

void populateDataMovementPatterns(const TypeConverter &converter,
                                  RewritePatternSet &patterns) {
  patterns.add<LowerConcat, LowerPad>(converter, patterns.getContext());
}

} // namespace spiq
