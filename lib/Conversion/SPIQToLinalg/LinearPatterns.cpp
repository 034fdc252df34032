//===- LinearPatterns.cpp - Layers with weights ---------------------------===//
//
// Lowers convolutions, transposed convolutions and fully connected layers: the
// input is prepared (padded, zero-stuffed), accumulated, and finished by an
// epilogue.
//
//===----------------------------------------------------------------------===//

#include "Contraction.h"
#include "LinearEpilogue.h"
#include "Patterns.h"
#include "Tensors.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace spiq {

//===----------------------------------------------------------------------===//
// Accumulation
//===----------------------------------------------------------------------===//

/// Creates the value of padded pixels when there are any.
using PaddingGetter = llvm::function_ref<PaddingValue()>;

static Value accumulate(OpBuilder &builder, Conv2DOp op, Value input,
                        Value weights, PaddingGetter getPadding,
                        bool isUnsigned) {
  ConvolutionWindow window;
  window.strides.assign(op.getStrides().begin(), op.getStrides().end());
  window.dilations.assign(op.getDilations().begin(), op.getDilations().end());
  window.groups = op.getGroups();
  if (llvm::any_of(op.getPadding(), [](int64_t size) { return size != 0; }))
    input =
        padImage(builder, op.getLoc(), input, op.getPadding(), getPadding());
  return accumulateConvolution(builder, op.getLoc(), input, weights, window,
                               isUnsigned);
}

static Value accumulate(OpBuilder &builder, FullyConnectedOp op, Value input,
                        Value weights, PaddingGetter, bool isUnsigned) {
  return accumulateProduct(builder, op.getLoc(), input, weights, isUnsigned);
}

/// The image whose convolution with the flipped kernel, at stride one, is the
/// transposed convolution: pixels `stride` apart, padding values in between and
/// around. Padding larger than the kernel crops the image.
static Value stuffImage(OpBuilder &builder, TransposedConv2DOp op, Value input,
                        const PaddingValue &padding) {
  ArrayRef<int64_t> shape = getShape(input);
  ArrayRef<int64_t> filter = getShape(op.getWeights());
  SmallVector<int64_t> stuffed(shape), cropped(shape);
  SmallVector<int64_t> inset(4, 0), crop(4, 0), steps(4, 1), ones(4, 1);
  for (int dim = 0; dim < 2; ++dim) {
    int64_t reach = (filter[dim + 1] - 1) * op.getDilations()[dim];
    int64_t span = (shape[dim + 1] - 1) * op.getStrides()[dim] + 1;
    int64_t low = reach - op.getPadding()[2 * dim];
    cropped[dim + 1] = getShape(op.getOutput())[dim + 1] + reach;
    int64_t high = cropped[dim + 1] - low - span;
    inset[dim + 1] = std::max<int64_t>(low, 0);
    crop[dim + 1] = inset[dim + 1] - low;
    steps[dim + 1] = op.getStrides()[dim];
    stuffed[dim + 1] = inset[dim + 1] + span + std::max<int64_t>(high, 0);
  }
  Location loc = op.getLoc();
  auto toAttributes = [&](ArrayRef<int64_t> values) {
    return getAsIndexOpFoldResult(builder.getContext(), values);
  };
  Value around = createPaddingTensor(builder, loc, stuffed, padding);
  Value image = tensor::InsertSliceOp::create(
      builder, loc, input, around, toAttributes(inset), toAttributes(shape),
      toAttributes(steps));
  if (stuffed == cropped)
    return image;
  return tensor::ExtractSliceOp::create(builder, loc, image, toAttributes(crop),
                                        toAttributes(cropped),
                                        toAttributes(ones));
}

static Value accumulate(OpBuilder &builder, TransposedConv2DOp op, Value input,
                        Value weights, PaddingGetter getPadding,
                        bool isUnsigned) {
  ConvolutionWindow window;
  window.dilations.assign(op.getDilations().begin(), op.getDilations().end());
  window.groups = op.getGroups();
  window.isFlipped = true;
  Value image = stuffImage(builder, op, input, getPadding());
  return accumulateConvolution(builder, op.getLoc(), image, weights, window,
                               isUnsigned);
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

static Value getResidual(Conv2DOp op) { return op.getResidual(); }
static Value getResidual(Operation *) { return {}; }

static ActivationAttr getActivation(TransposedConv2DOp) { return {}; }
template <typename OpT>
static ActivationAttr getActivation(OpT op) {
  return op.getActivationAttr();
}

/// Sum of the weights of each output channel, the first dimension.
static SmallVector<int32_t> sumWeights(DenseElementsAttr weights) {
  auto type = cast<RankedTensorType>(weights.getType());
  int64_t perChannel = type.getNumElements() / type.getDimSize(0);
  SmallVector<int32_t> sums(type.getDimSize(0), 0);
  for (auto [index, value] : llvm::enumerate(weights.getValues<int8_t>()))
    sums[index / perChannel] += value;
  return sums;
}

namespace {
template <typename OpT>
struct LowerLinear : OpConversionPattern<OpT> {
  using OpConversionPattern<OpT>::OpConversionPattern;
  using Adaptor = typename OpT::Adaptor;

  LogicalResult
  matchAndRewrite(OpT op, Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    FailureOr<Value> result;
    if (getQuantizedElementType(op.getInput().getType()))
      result = lowerInteger(op, adaptor, rewriter);
    else if (getQuantizedElementType(op.getWeights().getType()))
      result = lowerDynamic(op, adaptor, rewriter);
    else
      result = lowerFloat(op, adaptor, rewriter);
    if (failed(result))
      return failure();
    rewriter.replaceOp(
        op, reshape(rewriter, op.getLoc(), *result, getShape(op.getOutput())));
    return success();
  }

private:
  LinearEpilogue createEpilogue(OpT op, Adaptor adaptor, Value accumulator,
                                ConversionPatternRewriter &rewriter) const {
    LinearEpilogue epilogue;
    epilogue.accumulator = accumulator;
    epilogue.bias = adaptor.getBias();
    epilogue.activation = getActivation(op);
    epilogue.clampMin = toFloat(op.getClampMin());
    epilogue.clampMax = toFloat(op.getClampMax());
    if (Value residual = getResidual(op)) {
      epilogue.residualType = residual.getType();
      epilogue.residual =
          reshape(rewriter, op.getLoc(), rewriter.getRemappedValue(residual),
                  getShape(accumulator));
    }
    return epilogue;
  }

  FailureOr<Value> lowerFloat(OpT op, Adaptor adaptor,
                              ConversionPatternRewriter &rewriter) const {
    auto getPadding = [&] {
      return PaddingValue::zero(rewriter, op.getLoc(), rewriter.getF32Type());
    };
    Value accumulator =
        accumulate(rewriter, op, adaptor.getInput(), adaptor.getWeights(),
                   getPadding, /*isUnsigned=*/false);
    return createEpilogue(op, adaptor, accumulator, rewriter)
        .buildFloat(rewriter, op.getLoc());
  }

  FailureOr<Value> lowerInteger(OpT op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const {
    auto input = QuantizationView::ofTensor(op.getInput().getType());
    auto getPadding = [&] {
      return PaddingValue::zeroPoint(rewriter, op.getLoc(),
                                     getShape(op.getInput()).back(), input);
    };
    Value accumulator =
        accumulate(rewriter, op, adaptor.getInput(), adaptor.getWeights(),
                   getPadding, !input.isSigned());
    return createEpilogue(op, adaptor, accumulator, rewriter)
        .buildInteger(rewriter, op.getLoc(),
                      QuantizationView::ofTensor(op.getWeights().getType()),
                      op.getOutput().getType());
  }

  FailureOr<Value> lowerDynamic(OpT op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const {
    DenseElementsAttr weights;
    if (!matchPattern(adaptor.getWeights(), m_Constant(&weights)))
      return failure();
    auto input = quantizeDynamically(rewriter, op.getLoc(), adaptor.getInput());
    auto getPadding = [&] {
      PaddingValue padding;
      padding.scalar = arith::TruncIOp::create(
          rewriter, op.getLoc(), rewriter.getI8Type(), input.zeroPoint);
      return padding;
    };
    Value accumulator =
        accumulate(rewriter, op, input.stored, adaptor.getWeights(), getPadding,
                   /*isUnsigned=*/true);
    return createEpilogue(op, adaptor, accumulator, rewriter)
        .buildDynamic(rewriter, op.getLoc(),
                      QuantizationView::ofTensor(op.getWeights().getType()),
                      sumWeights(weights), input);
  }
};
} // namespace

void populateLinearPatterns(const TypeConverter &converter,
                            RewritePatternSet &patterns) {
  patterns.add<LowerLinear<Conv2DOp>, LowerLinear<TransposedConv2DOp>,
               LowerLinear<FullyConnectedOp>>(converter, patterns.getContext());
}

} // namespace spiq
