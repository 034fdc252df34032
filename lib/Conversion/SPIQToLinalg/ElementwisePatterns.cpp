//===- ElementwisePatterns.cpp - Elementwise operations -------------------===//
//
// Lowers add, mul, clamp, rescale and batch_norm.
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"
#include "Patterns.h"
#include "Tensors.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"

#include <cmath>

using namespace mlir;

namespace spiq {

static bool isQuantized(Value value) {
  return getQuantizedElementType(value.getType()) != nullptr;
}

/// The builder of an operation whose result has the shape of `output`.
static ElementwiseOpBuilder getBuilderFor(Value output,
                                          ConversionPatternRewriter &rewriter) {
  return ElementwiseOpBuilder(rewriter, output.getLoc(), getShape(output),
                              getStoredElementType(output.getType()));
}

/// The scale of `view` for channel `channel` of a result that the tensor may be
/// broadcast to.
static double getBroadcastScale(const QuantizationView &view, int64_t channel) {
  return view.getScale(view.getNumScales() == 1 ? 0 : channel);
}

namespace {
//===----------------------------------------------------------------------===//
// Binary operations
//===----------------------------------------------------------------------===//

/// y = clamp(lhs op rhs) on f32.
template <typename OpT>
struct LowerFloatBinary : OpConversionPattern<OpT> {
  using OpConversionPattern<OpT>::OpConversionPattern;

  LogicalResult
  matchAndRewrite(OpT op, typename OpT::Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (isQuantized(op.getOutput()))
      return failure();
    ElementwiseOpBuilder builder = getBuilderFor(op.getOutput(), rewriter);
    auto lhs = builder.addTensor(adaptor.getLhs());
    auto rhs = builder.addTensor(adaptor.getRhs());
    rewriter.replaceOp(op, builder.build([&](ElementBuilder &body) {
      Value l = lhs.load(body), r = rhs.load(body);
      Value y = std::is_same_v<OpT, AddOp> ? body.add(l, r) : body.mul(l, r);
      return body.clamp(y, toFloat(op.getClampMin()),
                        toFloat(op.getClampMax()));
    }));
    return success();
  }
};

/// y = clamp(roundeven(f32(l - zl) * f32(sl / sy) + f32(r - zr) * f32(sr /
/// sy)))
///     + zy
struct LowerIntegerAdd : OpConversionPattern<AddOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(AddOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!isQuantized(op.getOutput()))
      return failure();
    auto lhsView = QuantizationView::ofTensor(op.getLhs().getType());
    auto rhsView = QuantizationView::ofTensor(op.getRhs().getType());
    auto view = QuantizationView::ofTensor(op.getOutput().getType());
    ElementwiseOpBuilder builder = getBuilderFor(op.getOutput(), rewriter);
    int64_t axis = builder.getLastAxis();
    StoredOperand lhs(builder, adaptor.getLhs(), lhsView, axis);
    StoredOperand rhs(builder, adaptor.getRhs(), rhsView, axis);
    auto addMultiplier = [&](const QuantizationView &operand) {
      return builder.addFloats(axis, [&](int64_t c) {
        return getRequantizationMultiplier(getBroadcastScale(operand, c),
                                           view.getScale(c));
      });
    };
    auto lhsMultiplier = addMultiplier(lhsView);
    auto rhsMultiplier = addMultiplier(rhsView);
    ResultQuantizer result(builder, view, axis, toFloat(op.getClampMin()),
                           toFloat(op.getClampMax()));
    rewriter.replaceOp(op, builder.build([&](ElementBuilder &body) {
      Value l = body.mul(lhs.loadFloat(body), lhsMultiplier.load(body));
      Value r = body.mul(rhs.loadFloat(body), rhsMultiplier.load(body));
      return result.quantize(body, body.add(l, r));
    }));
    return success();
  }
};

/// y = clamp(roundeven(f32((l - zl) * (r - zr)) * f32(sl * sr / sy))) + zy
struct LowerIntegerMul : OpConversionPattern<MulOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(MulOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!isQuantized(op.getOutput()))
      return failure();
    auto lhsView = QuantizationView::ofTensor(op.getLhs().getType());
    auto rhsView = QuantizationView::ofTensor(op.getRhs().getType());
    auto view = QuantizationView::ofTensor(op.getOutput().getType());
    ElementwiseOpBuilder builder = getBuilderFor(op.getOutput(), rewriter);
    int64_t axis = builder.getLastAxis();
    StoredOperand lhs(builder, adaptor.getLhs(), lhsView, axis);
    StoredOperand rhs(builder, adaptor.getRhs(), rhsView, axis);
    auto multiplier = builder.addFloats(axis, [&](int64_t c) {
      return getRequantizationMultiplier(getBroadcastScale(lhsView, c) *
                                             getBroadcastScale(rhsView, c),
                                         view.getScale(c));
    });
    ResultQuantizer result(builder, view, axis, toFloat(op.getClampMin()),
                           toFloat(op.getClampMax()));
    rewriter.replaceOp(op, builder.build([&](ElementBuilder &body) {
      Value product = body.mul(lhs.loadInteger(body), rhs.loadInteger(body));
      return result.quantize(
          body, body.mul(body.toFloat(product), multiplier.load(body)));
    }));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Clamp
//===----------------------------------------------------------------------===//

/// y = min(max(x, clamp_min), clamp_max) on f32.
struct LowerFloatClamp : OpConversionPattern<ClampOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ClampOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (isQuantized(op.getOutput()))
      return failure();
    ElementwiseOpBuilder builder = getBuilderFor(op.getOutput(), rewriter);
    auto input = builder.addTensor(adaptor.getInput());
    rewriter.replaceOp(op, builder.build([&](ElementBuilder &body) {
      return body.clamp(input.load(body), toFloat(op.getClampMin()),
                        toFloat(op.getClampMax()));
    }));
    return success();
  }
};

/// y = clamp(roundeven(f32(q - zx) * f32(sx / sy))) + zy
struct LowerIntegerClamp : OpConversionPattern<ClampOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ClampOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!isQuantized(op.getOutput()))
      return failure();
    auto inputView = QuantizationView::ofTensor(op.getInput().getType());
    auto view = QuantizationView::ofTensor(op.getOutput().getType());
    ElementwiseOpBuilder builder = getBuilderFor(op.getOutput(), rewriter);
    rewriter.replaceOp(op, buildRequantization(builder, adaptor.getInput(),
                                               inputView, view,
                                               toFloat(op.getClampMin()),
                                               toFloat(op.getClampMax())));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Per-channel affine functions
//===----------------------------------------------------------------------===//

/// y = clamp(multiplier[c] * x + offset[c]) on f32.
struct LowerFloatRescale : OpConversionPattern<RescaleOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(RescaleOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (isQuantized(op.getOutput()))
      return failure();
    ElementwiseOpBuilder builder = getBuilderFor(op.getOutput(), rewriter);
    int64_t axis = builder.getLastAxis();
    auto input = builder.addTensor(adaptor.getInput());
    auto multiplier = builder.addVector(adaptor.getMultiplier(), axis);
    auto offset = builder.addVector(adaptor.getOffset(), axis);
    rewriter.replaceOp(op, builder.build([&](ElementBuilder &body) {
      Value y = body.add(body.mul(input.load(body), multiplier.load(body)),
                         offset.load(body));
      return body.clamp(y, toFloat(op.getClampMin()),
                        toFloat(op.getClampMax()));
    }));
    return success();
  }
};

/// y = clamp(roundeven(f32(q - zx) * f32(m * sx / sy) + f32(b / sy))) + zy, or
/// clamp(roundeven(f(f32(q - zx) * f32(m * sx) + b) * f32(1 / sy))) + zy with
/// an activation.
struct LowerIntegerRescale : OpConversionPattern<RescaleOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(RescaleOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    DenseElementsAttr m, b;
    if (!isQuantized(op.getOutput()) ||
        !matchPattern(adaptor.getMultiplier(), m_Constant(&m)) ||
        !matchPattern(adaptor.getOffset(), m_Constant(&b)))
      return failure();
    auto inputView = QuantizationView::ofTensor(op.getInput().getType());
    auto view = QuantizationView::ofTensor(op.getOutput().getType());
    ElementwiseOpBuilder builder = getBuilderFor(op.getOutput(), rewriter);
    int64_t axis = builder.getLastAxis();
    StoredOperand input(builder, adaptor.getInput(), inputView, axis);
    auto ms = m.getValues<float>(), bs = b.getValues<float>();
    FusedActivation function(builder, op.getActivationAttr(), view, axis);
    auto multiplier = builder.addFloats(axis, [&](int64_t c) {
      return getRequantizationMultiplier(ms[c] * inputView.getScale(c),
                                         function.getScale(c));
    });
    auto offset = builder.addFloats(axis, [&](int64_t c) {
      return getRequantizationMultiplier(bs[c], function.getScale(c));
    });
    ResultQuantizer result(builder, view, axis, toFloat(op.getClampMin()),
                           toFloat(op.getClampMax()));
    rewriter.replaceOp(op, builder.build([&](ElementBuilder &body) {
      Value y = body.mul(input.loadFloat(body), multiplier.load(body));
      y = body.add(y, offset.load(body));
      return result.quantize(body, function.apply(body, y));
    }));
    return success();
  }
};

/// y = (x - mean) * (scale / sqrt(variance + epsilon)) + bias; the factor is
/// computed once if it is constant.
struct LowerBatchNorm : OpConversionPattern<BatchNormOp> {
  using OpConversionPattern::OpConversionPattern;

  static ElementwiseOperand addConstantFactor(ElementwiseOpBuilder &builder,
                                              DenseElementsAttr scale,
                                              DenseElementsAttr variance,
                                              double epsilon) {
    auto scales = scale.getValues<float>();
    auto variances = variance.getValues<float>();
    return builder.addFloats(builder.getLastAxis(), [&](int64_t c) {
      return static_cast<float>(scales[c] / std::sqrt(variances[c] + epsilon));
    });
  }

  LogicalResult
  matchAndRewrite(BatchNormOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ElementwiseOpBuilder builder = getBuilderFor(op.getOutput(), rewriter);
    int64_t axis = builder.getLastAxis();
    auto input = builder.addTensor(adaptor.getInput());
    auto mean = builder.addVector(adaptor.getMean(), axis);
    auto bias = builder.addVector(adaptor.getBias(), axis);
    float epsilon = op.getEpsilon().convertToFloat();
    DenseElementsAttr constantScale, constantVariance;
    bool isConstant =
        matchPattern(adaptor.getScale(), m_Constant(&constantScale)) &&
        matchPattern(adaptor.getVariance(), m_Constant(&constantVariance));
    ElementwiseOperand scale, variance;
    if (isConstant) {
      scale =
          addConstantFactor(builder, constantScale, constantVariance, epsilon);
    } else {
      scale = builder.addVector(adaptor.getScale(), axis);
      variance = builder.addVector(adaptor.getVariance(), axis);
    }
    rewriter.replaceOp(op, builder.build([&](ElementBuilder &body) {
      Value factor = scale.load(body);
      if (!isConstant) {
        Value sum = body.add(variance.load(body), body.constant(epsilon));
        factor =
            body.div(factor, math::SqrtOp::create(body.builder, body.loc, sum));
      }
      Value centered = body.sub(input.load(body), mean.load(body));
      return body.add(body.mul(centered, factor), bias.load(body));
    }));
    return success();
  }
};
} // namespace

void populateElementwisePatterns(const TypeConverter &converter,
                                 RewritePatternSet &patterns) {
  patterns
      .add<LowerFloatBinary<AddOp>, LowerFloatBinary<MulOp>, LowerIntegerAdd,
           LowerIntegerMul, LowerFloatClamp, LowerIntegerClamp,
           LowerFloatRescale, LowerIntegerRescale, LowerBatchNorm>(
          converter, patterns.getContext());
}

} // namespace spiq
