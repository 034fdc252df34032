//===- PoolingPatterns.cpp - Pooling --------------------------------------===//
//
// Lowers max_pool_2d and avg_pool_2d.
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"
#include "Patterns.h"
#include "Tensors.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <limits>

using namespace mlir;

namespace spiq {

//===----------------------------------------------------------------------===//
// Max pooling
//===----------------------------------------------------------------------===//

/// The value that no element falls below.
static TypedAttr getLowestValue(OpBuilder &builder, Type type) {
  auto view = getQuantizedElementType(type);
  if (!view)
    return builder.getF32FloatAttr(-std::numeric_limits<float>::infinity());
  return builder.getI8IntegerAttr(view.isSigned() ? -128 : 0);
}

namespace {
struct LowerMaxPool : OpConversionPattern<MaxPool2DOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(MaxPool2DOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Type type = op.getInput().getType();
    PaddingValue lowest;
    lowest.scalar = arith::ConstantOp::create(rewriter, loc,
                                              getLowestValue(rewriter, type));
    Value image =
        padImage(rewriter, loc, adaptor.getInput(), op.getPadding(), lowest);
    Value init =
        createFilled(rewriter, loc, getShape(op.getOutput()), lowest.scalar);
    Value window = tensor::EmptyOp::create(rewriter, loc, op.getKernel(),
                                           getElementType(image));
    auto quantized = getQuantizedElementType(type);
    if (quantized && !quantized.isSigned())
      replace<linalg::PoolingNhwcMaxUnsignedOp>(op, image, window, init,
                                                rewriter);
    else
      replace<linalg::PoolingNhwcMaxOp>(op, image, window, init, rewriter);
    return success();
  }

private:
  template <typename PoolingOp>
  void replace(MaxPool2DOp op, Value image, Value window, Value init,
               ConversionPatternRewriter &rewriter) const {
    rewriter.replaceOpWithNewOp<PoolingOp>(
        op, init.getType(), ValueRange{image, window}, init,
        rewriter.getI64TensorAttr(op.getStrides()),
        rewriter.getI64TensorAttr(op.getDilations()));
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Average pooling
//===----------------------------------------------------------------------===//

/// The number of positions in [`low`, `high`) among `kernel` positions from
/// `start`.
static int64_t countWithin(int64_t start, int64_t kernel, int64_t low,
                           int64_t high) {
  return std::max<int64_t>(0, std::min(start + kernel, high) -
                                  std::max(start, low));
}

/// The divisor of each window along dimension `dim`: input pixels, and
/// `padding` where it counts; never `ceil_padding`.
static SmallVector<int64_t> getDivisors(AvgPool2DOp op, int dim) {
  int64_t size = getShape(op.getInput())[dim + 1];
  int64_t low = 0, high = size;
  if (op.getCountIncludePad()) {
    low = -op.getPadding()[2 * dim];
    high = size + op.getPadding()[2 * dim + 1];
  }
  SmallVector<int64_t> divisors;
  for (int64_t out = 0; out < getShape(op.getOutput())[dim + 1]; ++out)
    divisors.push_back(
        countWithin(out * op.getStrides()[dim] - op.getPadding()[2 * dim],
                    op.getKernel()[dim], low, high));
  return divisors;
}

/// A sum over windows: f32 or i32. `isGlobal` sums have one window per image
/// and are N x C, others N x H x W x C.
static Value createWindowSum(OpBuilder &builder, AvgPool2DOp op, Value image,
                             bool isSigned) {
  Location loc = op.getLoc();
  MLIRContext *context = builder.getContext();
  bool isFloat = isa<FloatType>(getElementType(image));
  Type type = isFloat ? Type(builder.getF32Type()) : builder.getI32Type();
  ArrayRef<int64_t> shape = getShape(op.getOutput());
  AffineExpr n, y, x, c, kh, kw;
  SmallVector<SmallVector<AffineExpr, 4>> exprs;
  SmallVector<Value> inputs = {image};
  Value init;
  if (op.isGlobal()) {
    bindDims(context, n, c, kh, kw);
    exprs = {{n, kh, kw, c}, {n, c}};
    init = createZeros(builder, loc, {shape[0], shape[3]}, type);
  } else {
    bindDims(context, n, y, x, c, kh, kw);
    exprs = {{n, y * op.getStrides()[0] + kh, x * op.getStrides()[1] + kw, c},
             {kh, kw},
             {n, y, x, c}};
    // The shape of this operand tells linalg the size of the window.
    inputs.push_back(tensor::EmptyOp::create(builder, loc, op.getKernel(),
                                             getElementType(image)));
    init = createZeros(builder, loc, shape, type);
  }
  SmallVector<utils::IteratorType> iterators(op.isGlobal() ? 2 : 4,
                                             utils::IteratorType::parallel);
  iterators.append(2, utils::IteratorType::reduction);
  auto sum = linalg::GenericOp::create(
      builder, loc, init.getType(), inputs, init,
      AffineMap::inferFromExprList(exprs, context), iterators,
      [&](OpBuilder &nested, Location nestedLoc, ValueRange arguments) {
        ElementBuilder body(nested, nestedLoc, arguments);
        Value value = arguments.front();
        if (!isFloat)
          value = body.extend(value, isSigned);
        linalg::YieldOp::create(nested, nestedLoc,
                                body.add(arguments.back(), value));
      });
  return sum.getResult(0);
}

/// Pads by `padding` and `ceil_padding`.
static Value padForAverage(OpBuilder &builder, AvgPool2DOp op, Value image,
                           llvm::function_ref<PaddingValue()> getValue) {
  SmallVector<int64_t> padding(op.getPadding());
  padding[1] += op.getCeilPadding()[0];
  padding[3] += op.getCeilPadding()[1];
  if (llvm::all_of(padding, [](int64_t size) { return size == 0; }))
    return image;
  return padImage(builder, op.getLoc(), image, padding, getValue());
}

namespace {
/// Factors of an average: one per output position, per channel, or both.
class AverageFactors {
public:
  explicit AverageFactors(AvgPool2DOp op)
      : rows(getDivisors(op, 0)), columns(getDivisors(op, 1)) {}

  /// Adds `get(divisor, channel)` as an operand of `op`, whose result is
  /// N x H x W x C, or N x C if all divisors are equal.
  ElementwiseOperand
  add(ElementwiseOpBuilder &op, OpBuilder &builder, Location loc,
      llvm::function_ref<float(int64_t, int64_t)> get) const {
    int64_t axis = op.getLastAxis();
    if (llvm::all_equal(rows) && llvm::all_equal(columns)) {
      int64_t divisor = rows[0] * columns[0];
      return op.addFloats(axis, [&](int64_t c) { return get(divisor, c); });
    }
    int64_t numChannels = op.getShape()[axis];
    SmallVector<int64_t> shape = {int64_t(rows.size()),
                                  int64_t(columns.size())};
    SmallVector<int64_t> dims = {1, 2};
    if (!isUniform(numChannels, get)) {
      shape.push_back(numChannels);
      dims.push_back(3);
    }
    std::vector<float> values;
    for (int64_t row : rows)
      for (int64_t column : columns)
        for (int64_t c = 0; c < (dims.size() == 3 ? numChannels : 1); ++c)
          values.push_back(get(row * column, c));
    auto type = RankedTensorType::get(shape, builder.getF32Type());
    Value tensor = arith::ConstantOp::create(
        builder, loc, DenseElementsAttr::get(type, ArrayRef(values)));
    SmallVector<AffineExpr> exprs;
    for (int64_t dim : dims)
      exprs.push_back(builder.getAffineDimExpr(dim));
    return op.addTensor(tensor,
                        AffineMap::get(4, 0, exprs, builder.getContext()));
  }

private:
  /// Whether channels do not matter, for any divisor that occurs.
  bool isUniform(int64_t numChannels,
                 llvm::function_ref<float(int64_t, int64_t)> get) const {
    for (int64_t row : rows)
      for (int64_t column : columns)
        for (int64_t c = 1; c < numChannels; ++c)
          if (get(row * column, c) != get(row * column, 0))
            return false;
    return true;
  }

  SmallVector<int64_t> rows, columns;
};

/// y = sum / n on f32.
struct LowerFloatAvgPool : OpConversionPattern<AvgPool2DOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(AvgPool2DOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (getQuantizedElementType(op.getInput().getType()))
      return failure();
    Location loc = op.getLoc();
    Value image = padForAverage(rewriter, op, adaptor.getInput(), [&] {
      return PaddingValue::zero(rewriter, loc, rewriter.getF32Type());
    });
    Value sum = createWindowSum(rewriter, op, image, /*isSigned=*/true);
    ElementwiseOpBuilder builder(rewriter, loc, getShape(sum),
                                 rewriter.getF32Type());
    auto total = builder.addTensor(sum);
    auto divisor = AverageFactors(op).add(
        builder, rewriter, loc, [](int64_t n, int64_t) -> float { return n; });
    Value result = builder.build([&](ElementBuilder &body) {
      return body.div(total.load(body), divisor.load(body));
    });
    rewriter.replaceOp(
        op, reshape(rewriter, loc, result, getShape(op.getOutput())));
    return success();
  }
};

/// y = clamp(roundeven(f32(sum (q - zx)) * f32(sx / (sy * n)))) + zy, or
/// y = f32(sum (q - zx)) * f32(sx / n) in f32. Padding holds the zero point, so
/// each window sums the zero point of its channel as often as the kernel has
/// pixels.
struct LowerIntegerAvgPool : OpConversionPattern<AvgPool2DOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(AvgPool2DOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!getQuantizedElementType(op.getInput().getType()))
      return failure();
    Location loc = op.getLoc();
    auto inputView = QuantizationView::ofTensor(op.getInput().getType());
    Type resultType = op.getOutput().getType();
    std::optional<QuantizationView> view;
    if (getQuantizedElementType(resultType))
      view = QuantizationView::ofTensor(resultType);
    Value image = padForAverage(rewriter, op, adaptor.getInput(), [&] {
      return PaddingValue::zeroPoint(rewriter, loc,
                                     getShape(op.getInput()).back(), inputView);
    });
    Value sum = createWindowSum(rewriter, op, image, inputView.isSigned());
    ElementwiseOpBuilder builder(rewriter, loc, getShape(sum),
                                 getStoredElementType(resultType));
    int64_t axis = builder.getLastAxis();
    auto total = builder.addTensor(sum);
    int64_t kernelSize = op.getKernel()[0] * op.getKernel()[1];
    auto zeroPoints = builder.addIntegers(axis, [&](int64_t c) {
      return kernelSize * inputView.getZeroPoint(c);
    });
    auto multiplier = AverageFactors(op).add(
        builder, rewriter, loc, [&](int64_t n, int64_t c) {
          return getRequantizationMultiplier(inputView.getScale(c),
                                             view ? view->getScale(c) * n : n);
        });
    std::optional<ResultQuantizer> quantizer;
    if (view)
      quantizer.emplace(builder, *view, axis);
    Value result = builder.build([&](ElementBuilder &body) {
      Value acc = total.load(body);
      if (!zeroPoints.isConstant(0))
        acc = body.sub(acc, zeroPoints.load(body));
      Value average = body.mul(body.toFloat(acc), multiplier.load(body));
      return quantizer ? quantizer->quantize(body, average) : average;
    });
    rewriter.replaceOp(
        op, reshape(rewriter, loc, result, getShape(op.getOutput())));
    return success();
  }
};
} // namespace

void populatePoolingPatterns(const TypeConverter &converter,
                             RewritePatternSet &patterns) {
  patterns.add<LowerMaxPool, LowerFloatAvgPool, LowerIntegerAvgPool>(
      converter, patterns.getContext());
}

} // namespace spiq
