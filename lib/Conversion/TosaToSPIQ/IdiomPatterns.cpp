//===- IdiomPatterns.cpp - Layers spelled out in TOSA ---------------------===//
//
// Recognises means over images and activation functions that importers write
// as several operations of TOSA.
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"

#include <cmath>

using namespace mlir;

namespace spiq::tosa_import {

/// Whether `value` is `expected` but for the rounding of importers.
static bool isAbout(std::optional<float> value, double expected) {
  return value && std::abs(*value - expected) <= 1e-5 * std::abs(expected);
}

static Value createActivation(PatternRewriter &rewriter, Operation *op,
                              ActivationKind kind, Value input,
                              float alpha = 0.0f, float beta = 0.0f) {
  return ActivationOp::create(rewriter, op->getLoc(), input.getType(), kind,
                              input, /*slope=*/Value(), APFloat(alpha),
                              APFloat(beta));
}

//===----------------------------------------------------------------------===//
// Means
//===----------------------------------------------------------------------===//

/// The image that two sums over rows and columns reduce; null if `value` is
/// anything else.
static Value matchImageSum(Value value) {
  auto outer = value.getDefiningOp<tosa::ReduceSumOp>();
  auto inner =
      outer ? outer.getInput().getDefiningOp<tosa::ReduceSumOp>() : nullptr;
  if (!inner || !value.hasOneUse() || !inner->hasOneUse())
    return {};
  auto type = dyn_cast<RankedTensorType>(inner.getInput().getType());
  if (!type || type.getRank() != 4 || !isFloatTensor(type))
    return {};
  int64_t low = std::min(inner.getAxis(), outer.getAxis());
  int64_t high = std::max(inner.getAxis(), outer.getAxis());
  return low == 1 && high == 2 ? inner.getInput() : Value();
}

namespace {
/// sum of an image * 1 / size -> global average pooling, also across a reshape
/// of the sum.
struct RecogniseMean : public OpRewritePattern<tosa::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::MulOp op,
                                PatternRewriter &rewriter) const override {
    Value sum = op.getInput1();
    std::optional<float> factor = getSplat(op.getInput2());
    if (!factor) {
      sum = op.getInput2();
      factor = getSplat(op.getInput1());
    }
    auto reshaped = sum.getDefiningOp<tosa::ReshapeOp>();
    if (reshaped && sum.hasOneUse())
      sum = reshaped.getInput1();
    Value image = matchImageSum(sum);
    if (!image ||
        op.getType() != (reshaped ? reshaped.getType() : sum.getType()))
      return failure();
    ArrayRef<int64_t> shape =
        cast<RankedTensorType>(image.getType()).getShape();
    if (!isAbout(factor, 1.0 / (static_cast<double>(shape[1]) * shape[2])))
      return failure();
    Value mean = AvgPool2DOp::create(
        rewriter, op.getLoc(), sum.getType(), image,
        /*kernel=*/shape.slice(1, 2), /*strides=*/ArrayRef<int64_t>{1, 1},
        /*padding=*/ArrayRef<int64_t>{0, 0, 0, 0},
        /*ceil_padding=*/ArrayRef<int64_t>{0, 0},
        /*count_include_pad=*/false);
    if (reshaped)
      mean = reshape(rewriter, op.getLoc(), mean,
                     cast<RankedTensorType>(op.getType()).getShape());
    rewriter.replaceOp(op, mean);
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Activation functions
//===----------------------------------------------------------------------===//

/// x * sigmoid(x) -> silu
struct RecogniseSilu : public OpRewritePattern<tosa::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::MulOp op,
                                PatternRewriter &rewriter) const override {
    for (auto [input, gate] :
         {std::pair<Value, Value>{op.getInput1(), op.getInput2()},
          {op.getInput2(), op.getInput1()}}) {
      auto sigmoid = gate.getDefiningOp<tosa::SigmoidOp>();
      if (!sigmoid || sigmoid.getInput() != input ||
          !isFloatTensor(op.getType()))
        continue;
      rewriter.replaceOp(
          op, createActivation(rewriter, op, ActivationKind::Silu, input));
      return success();
    }
    return failure();
  }
};
} // namespace

/// x of clamp(x + 3, 0, 6); null if `value` is anything else.
static Value matchShiftedRelu6(Value value) {
  auto clamp = value.getDefiningOp<tosa::ClampOp>();
  auto add = clamp ? clamp.getInput().getDefiningOp<tosa::AddOp>() : nullptr;
  if (!add || !isFloatTensor(clamp.getType()))
    return {};
  auto isBound = [](Attribute attr, float bound) {
    auto value = dyn_cast<FloatAttr>(attr);
    return value && value.getValueAsDouble() == bound;
  };
  if (!isBound(clamp.getMinVal(), 0.0f) || !isBound(clamp.getMaxVal(), 6.0f))
    return {};
  Value input;
  if (getSplat(add.getInput2()) == 3.0f)
    input = add.getInput1();
  else if (getSplat(add.getInput1()) == 3.0f)
    input = add.getInput2();
  return input && input.getType() == clamp.getType() ? input : Value();
}

/// Collects the factors of a product of which nothing else reads the parts.
static void collectFactors(Value value, bool isRoot,
                           SmallVectorImpl<Value> &factors) {
  auto mul = value.getDefiningOp<tosa::MulOp>();
  if (!mul || (!isRoot && !value.hasOneUse())) {
    factors.push_back(value);
    return;
  }
  collectFactors(mul.getInput1(), /*isRoot=*/false, factors);
  collectFactors(mul.getInput2(), /*isRoot=*/false, factors);
}

namespace {
/// x * clamp(x + 3, 0, 6) / 6 -> hard_swish, in any order of the factors, and
/// clamp(x + 3, 0, 6) / 6 -> hard_sigmoid.
struct RecogniseHardSwish : public OpRewritePattern<tosa::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::MulOp op,
                                PatternRewriter &rewriter) const override {
    if (!isFloatTensor(op.getType()))
      return failure();
    // The whole product, not a part of it.
    if (op->hasOneUse() && isa<tosa::MulOp>(*op->user_begin()))
      return failure();
    SmallVector<Value> factors;
    collectFactors(op.getOutput(), /*isRoot=*/true, factors);
    Value input;
    bool hasSixth = false;
    SmallVector<Value> others;
    for (Value factor : factors) {
      if (Value match = matchShiftedRelu6(factor); match && !input)
        input = match;
      else if (isAbout(getSplat(factor), 1.0 / 6.0) && !hasSixth)
        hasSixth = true;
      else
        others.push_back(factor);
    }
    if (!input || !hasSixth || input.getType() != op.getType())
      return failure();
    if (others.empty())
      rewriter.replaceOp(op, createActivation(rewriter, op,
                                              ActivationKind::HardSigmoid,
                                              input, 1.0f / 6.0f, 0.5f));
    else if (others.size() == 1 && others.front() == input)
      rewriter.replaceOp(
          op, createActivation(rewriter, op, ActivationKind::HardSwish, input));
    else
      return failure();
    return success();
  }
};
} // namespace

/// The slope a of a * x; none if `value` is anything else.
static std::optional<float> matchSlope(Value value, Value input) {
  auto mul = value.getDefiningOp<tosa::MulOp>();
  if (!mul)
    return std::nullopt;
  if (mul.getInput1() == input)
    return getSplat(mul.getInput2());
  if (mul.getInput2() == input)
    return getSplat(mul.getInput1());
  return std::nullopt;
}

namespace {
/// max(x, a * x) -> leaky_relu for a in [0, 1].
struct RecogniseMaximum : public OpRewritePattern<tosa::MaximumOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::MaximumOp op,
                                PatternRewriter &rewriter) const override {
    Value input = op.getInput1();
    std::optional<float> slope = matchSlope(op.getInput2(), input);
    if (!slope) {
      input = op.getInput2();
      slope = matchSlope(op.getInput1(), input);
    }
    if (!slope || *slope < 0.0f || *slope > 1.0f ||
        input.getType() != op.getType() || !isFloatTensor(op.getType()))
      return failure();
    rewriter.replaceOp(op,
                       createActivation(rewriter, op, ActivationKind::LeakyRelu,
                                        input, *slope));
    return success();
  }
};

/// select(x >= 0, x, a * x) -> leaky_relu
struct RecogniseSelect : public OpRewritePattern<tosa::SelectOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::SelectOp op,
                                PatternRewriter &rewriter) const override {
    Operation *compare = op.getInput1().getDefiningOp();
    Value input = op.getInput2();
    if (!isa_and_present<tosa::GreaterOp, tosa::GreaterEqualOp>(compare) ||
        compare->getOperand(0) != input ||
        getSplat(compare->getOperand(1)) != 0.0f)
      return failure();
    std::optional<float> slope = matchSlope(op.getInput3(), input);
    if (!slope || !std::isfinite(*slope) || input.getType() != op.getType() ||
        !isFloatTensor(op.getType()))
      return failure();
    rewriter.replaceOp(op,
                       createActivation(rewriter, op, ActivationKind::LeakyRelu,
                                        input, *slope));
    return success();
  }
};
} // namespace

void populateIdiomPatterns(RewritePatternSet &patterns) {
  patterns.add<RecogniseMean, RecogniseSilu, RecogniseHardSwish,
               RecogniseMaximum, RecogniseSelect>(patterns.getContext());
}

} // namespace spiq::tosa_import
