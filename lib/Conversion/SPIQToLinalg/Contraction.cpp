//===- Contraction.cpp - Convolutions and products ------------------------===//
//
// Chooses the cheapest linalg operation for a linear layer: matmul, a named
// convolution, or a generic where signedness mixes or channels are grouped.
//
//===----------------------------------------------------------------------===//

#include "Contraction.h"
#include "Elementwise.h"
#include "Tensors.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace spiq {

static Type getAccumulatorType(OpBuilder &builder, Value operand) {
  if (isa<FloatType>(getElementType(operand)))
    return builder.getF32Type();
  return builder.getI32Type();
}

/// A generic operation that adds `input * weights` to `init` through `maps`;
/// the last `numReductions` loops are reductions.
static Value createContraction(OpBuilder &builder, Location loc, Value input,
                               Value weights, Value init,
                               ArrayRef<AffineMap> maps, unsigned numReductions,
                               bool isUnsigned) {
  unsigned numLoops = maps.front().getNumDims();
  SmallVector<utils::IteratorType> iterators(numLoops - numReductions,
                                             utils::IteratorType::parallel);
  iterators.append(numReductions, utils::IteratorType::reduction);
  auto op = linalg::GenericOp::create(
      builder, loc, init.getType(), {input, weights}, init, maps, iterators,
      [&](OpBuilder &nested, Location nestedLoc, ValueRange arguments) {
        ElementBuilder body(nested, nestedLoc, arguments);
        Value x = arguments[0], w = arguments[1];
        if (!isa<FloatType>(x.getType())) {
          x = body.extend(x, !isUnsigned);
          w = body.extend(w, /*isSigned=*/true);
        }
        Value sum = body.add(arguments[2], body.mul(x, w));
        linalg::YieldOp::create(nested, nestedLoc, sum);
      });
  return op.getResult(0);
}

static SmallVector<AffineMap>
getMaps(ArrayRef<SmallVector<AffineExpr, 4>> exprs, MLIRContext *context) {
  return AffineMap::inferFromExprList(exprs, context);
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// Multiplies `input` (M x K) with `weights` (K x N).
static Value createMatmul(OpBuilder &builder, Location loc, Value input,
                          Value weights, bool isUnsigned) {
  Value init =
      createZeros(builder, loc, {getShape(input)[0], getShape(weights)[1]},
                  getAccumulatorType(builder, input));
  if (!isUnsigned)
    return linalg::MatmulOp::create(builder, loc, init.getType(),
                                    ValueRange{input, weights}, init)
        .getResult(0);
  AffineExpr m, n, k;
  bindDims(builder.getContext(), m, n, k);
  return createContraction(
      builder, loc, input, weights, init,
      getMaps({{m, k}, {k, n}, {m, n}}, builder.getContext()),
      /*numReductions=*/1, isUnsigned);
}

Value accumulateProduct(OpBuilder &builder, Location loc, Value input,
                        Value weights, bool isUnsigned) {
  AffineExpr i, o;
  bindDims(builder.getContext(), i, o);
  AffineMap map = AffineMap::get(2, 0, {o, i}, builder.getContext());
  ArrayRef<int64_t> shape = getShape(weights);
  weights = rearrange(builder, loc, weights, {shape[1], shape[0]}, map);
  return createMatmul(builder, loc, input, weights, isUnsigned);
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

namespace {
/// Builds one convolution. Loops are named after the dimensions of the result
/// (n, y, x, channels) and of the kernel (kh, kw, i).
class ConvolutionBuilder {
public:
  ConvolutionBuilder(OpBuilder &builder, Location loc, Value image,
                     Value weights, const ConvolutionWindow &window,
                     bool isUnsigned)
      : builder(builder), context(builder.getContext()), loc(loc), image(image),
        weights(weights), filter(getShape(weights)), window(window),
        isUnsigned(isUnsigned) {}

  Value build() {
    if (window.groups == 1)
      return isPointwise() ? buildPointwise() : buildDense();
    if (filter[3] == 1 && filter[0] == window.groups)
      return buildDepthwise();
    return buildGrouped();
  }

private:
  bool isPointwise() const {
    return filter[1] == 1 && filter[2] == 1 &&
           llvm::all_of(window.strides, [](int64_t s) { return s == 1; });
  }

  int64_t getOutputSize(int dim) const {
    int64_t span = (filter[dim + 1] - 1) * window.dilations[dim] + 1;
    return (getShape(image)[dim + 1] - span) / window.strides[dim] + 1;
  }

  Value createInit(ArrayRef<int64_t> channels) {
    SmallVector<int64_t> shape = {getShape(image)[0], getOutputSize(0),
                                  getOutputSize(1)};
    llvm::append_range(shape, channels);
    return createZeros(builder, loc, shape, getAccumulatorType(builder, image));
  }

  /// Weights of `shape`; `source` gives the position to read, in terms of the
  /// new dimensions, of which `kh` and `kw` index the kernel.
  Value layoutWeights(ArrayRef<int64_t> shape, AffineExpr o, AffineExpr kh,
                      AffineExpr kw, AffineExpr i) {
    if (window.isFlipped) {
      kh = filter[1] - 1 - kh;
      kw = filter[2] - 1 - kw;
    }
    AffineMap map = AffineMap::get(shape.size(), 0, {o, kh, kw, i}, context);
    return rearrange(builder, loc, weights, shape, map);
  }

  /// The row or column that output position `out` reads with kernel index `k`.
  AffineExpr getTap(int dim, AffineExpr out, AffineExpr k) {
    return out * window.strides[dim] + k * window.dilations[dim];
  }

  Attribute getVector(ArrayRef<int64_t> values) {
    return builder.getI64TensorAttr(values);
  }

  Value buildPointwise() {
    ArrayRef<int64_t> shape = getShape(image);
    Value rows = reshape(builder, loc, image,
                         {shape[0] * shape[1] * shape[2], shape[3]});
    AffineExpr i, o, zero = builder.getAffineConstantExpr(0);
    bindDims(context, i, o);
    AffineMap map = AffineMap::get(2, 0, {o, zero, zero, i}, context);
    Value matrix =
        rearrange(builder, loc, weights, {filter[3], filter[0]}, map);
    return createMatmul(builder, loc, rows, matrix, isUnsigned);
  }

  Value buildDense() {
    AffineExpr kh, kw, i, o;
    bindDims(context, kh, kw, i, o);
    Value kernel = layoutWeights({filter[1], filter[2], filter[3], filter[0]},
                                 o, kh, kw, i);
    Value init = createInit(filter[0]);
    if (!isUnsigned)
      return linalg::Conv2DNhwcHwcfOp::create(
                 builder, loc, init.getType(), ValueRange{image, kernel}, init,
                 getVector(window.strides), getVector(window.dilations))
          .getResult(0);
    AffineExpr n, y, x;
    bindDims(context, n, y, x, o, kh, kw, i);
    return createContraction(
        builder, loc, image, kernel, init,
        getMaps({{n, getTap(0, y, kh), getTap(1, x, kw), i},
                 {kh, kw, i, o},
                 {n, y, x, o}},
                context),
        /*numReductions=*/3, isUnsigned);
  }

  Value buildDepthwise() {
    AffineExpr kh, kw, c;
    bindDims(context, kh, kw, c);
    Value kernel = layoutWeights({filter[1], filter[2], filter[0]}, c, kh, kw,
                                 builder.getAffineConstantExpr(0));
    Value init = createInit(filter[0]);
    if (!isUnsigned)
      return linalg::DepthwiseConv2DNhwcHwcOp::create(
                 builder, loc, init.getType(), ValueRange{image, kernel}, init,
                 getVector(window.strides), getVector(window.dilations))
          .getResult(0);
    AffineExpr n, y, x;
    bindDims(context, n, y, x, c, kh, kw);
    return createContraction(
        builder, loc, image, kernel, init,
        getMaps({{n, getTap(0, y, kh), getTap(1, x, kw), c},
                 {kh, kw, c},
                 {n, y, x, c}},
                context),
        /*numReductions=*/2, isUnsigned);
  }

  Value buildGrouped() {
    int64_t groups = window.groups, outputs = filter[0] / groups;
    AffineExpr kh, kw, g, i, o;
    bindDims(context, kh, kw, g, i, o);
    Value kernel =
        layoutWeights({filter[1], filter[2], groups, filter[3], outputs},
                      g * outputs + o, kh, kw, i);
    ArrayRef<int64_t> shape = getShape(image);
    Value grouped = reshape(builder, loc, image,
                            {shape[0], shape[1], shape[2], groups, filter[3]});
    Value init = createInit({groups, outputs});
    AffineExpr n, y, x;
    bindDims(context, n, y, x, g, o, kh, kw, i);
    Value result = createContraction(
        builder, loc, grouped, kernel, init,
        getMaps({{n, getTap(0, y, kh), getTap(1, x, kw), g, i},
                 {kh, kw, g, i, o},
                 {n, y, x, g, o}},
                context),
        /*numReductions=*/3, isUnsigned);
    return reshape(builder, loc, result,
                   {shape[0], getOutputSize(0), getOutputSize(1), filter[0]});
  }

  OpBuilder &builder;
  MLIRContext *context;
  Location loc;
  Value image, weights;
  ArrayRef<int64_t> filter;
  const ConvolutionWindow &window;
  bool isUnsigned;
};
} // namespace

Value accumulateConvolution(OpBuilder &builder, Location loc, Value image,
                            Value weights, const ConvolutionWindow &window,
                            bool isUnsigned) {
  return ConvolutionBuilder(builder, loc, image, weights, window, isUnsigned)
      .build();
}

} // namespace spiq
