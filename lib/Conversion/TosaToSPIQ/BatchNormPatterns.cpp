//===- BatchNormPatterns.cpp - Batch-norm spelled out in TOSA -------------===//
//
// TOSA has no batch-norm. Importers write it as
//
//   (x - mean) * rsqrt(variance + epsilon) * scale + bias
//
// which is recognised here, because what batch-norm says about distributions is
// what quantization without data starts from.
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/Dialect/Tosa/IR/TosaOps.h"

#include <cmath>

using namespace mlir;

namespace spiq::tosa_import {

namespace {
/// The parts of a batch-norm; absent constants are neutral.
struct BatchNormMatch {
  Value input;
  DenseFPElementsAttr mean, variance, bias;
  SmallVector<DenseFPElementsAttr> scales;
  float epsilon = 0.0f;
  /// Whether `variance` holds 1 / sqrt(variance) instead.
  bool isReciprocal = false;
};
} // namespace

/// Splits the operands of a commutative operation into a constant and the rest.
static std::pair<Value, DenseFPElementsAttr> splitConstant(Value lhs,
                                                           Value rhs) {
  if (DenseFPElementsAttr constant = getConstant(rhs))
    return {lhs, constant};
  if (DenseFPElementsAttr constant = getConstant(lhs))
    return {rhs, constant};
  return {Value(), DenseFPElementsAttr()};
}

/// Matches rsqrt(variance + epsilon) and rsqrt(variance).
static bool matchDeviation(Value value, BatchNormMatch &match) {
  auto rsqrt = value.getDefiningOp<tosa::RsqrtOp>();
  if (!rsqrt)
    return false;
  if ((match.variance = getConstant(rsqrt.getInput1())))
    return true;
  auto add = rsqrt.getInput1().getDefiningOp<tosa::AddOp>();
  if (!add)
    return false;
  std::optional<float> epsilon = getSplat(add.getInput2());
  match.variance = getConstant(add.getInput1());
  if (!epsilon) {
    epsilon = getSplat(add.getInput1());
    match.variance = getConstant(add.getInput2());
  }
  match.epsilon = epsilon.value_or(0.0f);
  return epsilon && match.variance;
}

/// Matches the subtraction of a constant mean.
static bool matchMean(Value value, BatchNormMatch &match) {
  auto sub = value.getDefiningOp<tosa::SubOp>();
  if (!sub || !value.hasOneUse())
    return false;
  match.mean = getConstant(sub.getInput2());
  match.input = sub.getInput1();
  return match.mean != nullptr;
}

/// Matches the product of x - mean, 1 / sqrt(variance + epsilon) and constants.
static bool matchNormalization(Value value, BatchNormMatch &match) {
  // The factor nearest to the subtraction divides by the deviation.
  SmallVector<DenseFPElementsAttr> constants;
  bool hasDeviation = false;
  while (auto mul = value.getDefiningOp<tosa::MulOp>()) {
    if (!value.hasOneUse())
      return false;
    if (!hasDeviation && matchDeviation(mul.getInput2(), match)) {
      hasDeviation = true;
      value = mul.getInput1();
      continue;
    }
    if (!hasDeviation && matchDeviation(mul.getInput1(), match)) {
      hasDeviation = true;
      value = mul.getInput2();
      continue;
    }
    auto [rest, constant] = splitConstant(mul.getInput1(), mul.getInput2());
    if (!constant)
      return false;
    constants.push_back(constant);
    value = rest;
  }
  if (!hasDeviation) {
    // A constant folder may have evaluated the square root. With a single
    // factor, nobody can tell the scale from the deviation.
    if (constants.size() != 2)
      return false;
    match.isReciprocal = true;
    match.variance = constants.pop_back_val();
  }
  match.scales = std::move(constants);
  return matchMean(value, match);
}

/// The dimension along which the parameters vary. If none does, the one that is
/// of size one; none if that is not clear.
static std::optional<int64_t> findChannelAxis(const BatchNormMatch &match) {
  auto type = cast<RankedTensorType>(match.input.getType());
  SmallVector<DenseFPElementsAttr> parameters(match.scales);
  parameters.append({match.mean, match.variance, match.bias});
  std::optional<int64_t> axis;
  for (DenseFPElementsAttr parameter : parameters) {
    ArrayRef<int64_t> shape = parameter.getType().getShape();
    if (parameter.getNumElements() == 1)
      continue;
    if (static_cast<int64_t>(shape.size()) != type.getRank())
      return std::nullopt;
    for (auto [dim, size] : llvm::enumerate(shape)) {
      if (size == 1)
        continue;
      if (axis && *axis != static_cast<int64_t>(dim))
        return std::nullopt;
      axis = dim;
    }
  }
  if (axis)
    return axis;
  for (int64_t candidate : {type.getRank() - 1, int64_t(1)})
    if (candidate < type.getRank() && type.getDimSize(candidate) == 1)
      return candidate;
  return std::nullopt;
}

static SmallVector<float> expandToChannels(DenseFPElementsAttr values,
                                           int64_t channels) {
  if (values.isSplat())
    return SmallVector<float>(channels, values.getSplatValue<float>());
  return SmallVector<float>(values.getValues<float>());
}

namespace {
struct RecogniseBatchNorm : public OpRewritePattern<tosa::AddOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tosa::AddOp op,
                                PatternRewriter &rewriter) const override {
    BatchNormMatch match;
    auto [normalized, bias] = splitConstant(op.getInput1(), op.getInput2());
    match.bias = bias;
    if (!normalized || !isFloatTensor(op.getType()) ||
        !matchNormalization(normalized, match) ||
        match.input.getType() != op.getType() || !(match.epsilon >= 0.0f))
      return failure();
    std::optional<int64_t> axis = findChannelAxis(match);
    if (!axis)
      return failure();
    auto type = cast<RankedTensorType>(op.getType());
    int64_t channels = type.getDimSize(*axis);

    SmallVector<float> scale(channels, 1.0f);
    for (DenseFPElementsAttr factor : match.scales)
      for (auto [value, next] :
           llvm::zip(scale, expandToChannels(factor, channels)))
        value *= next;
    SmallVector<float> variance = expandToChannels(match.variance, channels);
    if (match.isReciprocal)
      for (float &value : variance)
        value = static_cast<float>(1.0 / (double(value) * double(value)));
    if (!llvm::all_of(variance, [](float value) {
          return value >= 0.0f && std::isfinite(value);
        }))
      return failure();

    Location loc = op.getLoc();
    SmallVector<int32_t> toLast;
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      if (dim != *axis)
        toLast.push_back(dim);
    toLast.push_back(*axis);
    Value input = transposeTo(rewriter, loc, match.input, toLast);
    Value result = BatchNormOp::create(
        rewriter, loc, input.getType(), input,
        createVector(rewriter, loc, scale),
        createVector(rewriter, loc, expandToChannels(match.bias, channels)),
        createVector(rewriter, loc, expandToChannels(match.mean, channels)),
        createVector(rewriter, loc, variance), APFloat(match.epsilon));
    SmallVector<int32_t> fromLast(toLast.size());
    for (auto [index, dim] : llvm::enumerate(toLast))
      fromLast[dim] = index;
    rewriter.replaceOp(op, transposeTo(rewriter, loc, result, fromLast));
    return success();
  }

private:
  static Value transposeTo(OpBuilder &builder, Location loc, Value value,
                           ArrayRef<int32_t> permutation) {
    auto type = cast<RankedTensorType>(value.getType());
    SmallVector<int64_t> shape;
    for (int32_t dim : permutation)
      shape.push_back(type.getDimSize(dim));
    return tosa::TransposeOp::create(builder, loc, type.clone(shape), value,
                                     permutation);
  }
};
} // namespace

void populateBatchNormPatterns(RewritePatternSet &patterns) {
  patterns.add<RecogniseBatchNorm>(patterns.getContext());
}

} // namespace spiq::tosa_import
