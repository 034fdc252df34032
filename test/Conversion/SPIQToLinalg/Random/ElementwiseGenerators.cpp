//===- ElementwiseGenerators.cpp - Random elementwise operations ----------===//
//
// Random additions, products, clamps, rescales, activations and casts.
//
//===----------------------------------------------------------------------===//

#include "Generators.h"

#include "mlir/Dialect/Quant/IR/Quant.h"

using namespace mlir;

namespace spiq::test {

static SmallVector<int64_t> chooseShape(Random &random) {
  SmallVector<int64_t> shape;
  for (int64_t dim = 0, rank = random.integer(1, 4); dim < rank; ++dim)
    shape.push_back(random.integer(1, 6));
  return shape;
}

/// Replaces some dimensions by one.
static SmallVector<int64_t> chooseBroadcast(Random &random,
                                            ArrayRef<int64_t> shape) {
  SmallVector<int64_t> result(shape);
  if (random.oneIn(2))
    for (int64_t &size : result)
      if (random.oneIn(2))
        size = 1;
  return result;
}

template <typename OpT>
static void generateBinary(CaseBuilder &builder, Form form,
                           double resultScale) {
  Random &random = builder.random;
  bool isQuantized = form == Form::Integer;
  auto shape = chooseShape(random);
  auto other = chooseBroadcast(random, shape);
  bool isSwapped = random.oneIn(2);
  Value lhs = builder.argument(
      random.activation(isQuantized, isSwapped ? other : shape));
  Value rhs = builder.argument(
      random.activation(isQuantized, isSwapped ? shape : other));
  auto [min, max] = random.clamp();
  builder.finish(OpT::create(builder.builder, builder.loc,
                             random.activation(isQuantized, shape, resultScale),
                             lhs, rhs, min, max));
}

void generateAdd(CaseBuilder &builder, Form form) {
  generateBinary<AddOp>(builder, form, 0.1);
}

void generateMul(CaseBuilder &builder, Form form) {
  generateBinary<MulOp>(builder, form, 0.3);
}

void generateClamp(CaseBuilder &builder, Form form) {
  Random &random = builder.random;
  auto shape = chooseShape(random);
  auto type = random.activation(form == Form::Integer, shape);
  Value input = builder.argument(type);
  auto [min, max] = random.clamp();
  if (!random.oneIn(3))
    type = random.activation(form == Form::Integer, shape);
  builder.finish(
      ClampOp::create(builder.builder, builder.loc, type, input, min, max));
}

void generateRescale(CaseBuilder &builder, Form form) {
  Random &random = builder.random;
  auto shape = chooseShape(random);
  Value input =
      builder.argument(random.activation(form == Form::Integer, shape));
  Value multiplier = builder.randomVector(shape.back(), -2.0, 2.0);
  Value offset = builder.randomVector(shape.back(), -1.0, 1.0);
  auto [min, max] = random.clamp();
  ActivationAttr activation;
  if (form == Form::Integer)
    activation = random.function(shape.back());
  builder.finish(RescaleOp::create(
      builder.builder, builder.loc,
      random.activation(form == Form::Integer, shape), input, multiplier,
      offset, min, max, activation, ChannelStatsAttr()));
}

void generateActivation(CaseBuilder &builder, Form form) {
  Random &random = builder.random;
  auto shape = chooseShape(random);
  auto kind = static_cast<ActivationKind>(
      random.integer(0, getMaxEnumValForActivationKind()));
  Value input =
      builder.argument(random.activation(form == Form::Integer, shape));
  Value slope;
  if (kind == ActivationKind::PRelu)
    slope = builder.randomVector(shape.back(), -0.5, 0.5);
  llvm::APFloat alpha(float(random.real(0.1, 0.9)));
  llvm::APFloat beta(float(random.real(0.1, 0.9)));
  builder.finish(ActivationOp::create(
      builder.builder, builder.loc,
      random.activation(form == Form::Integer, shape, 0.02), kind, input, slope,
      alpha, beta));
}

void generateBatchNorm(CaseBuilder &builder, Form) {
  Random &random = builder.random;
  auto shape = chooseShape(random);
  int64_t channels = shape.back();
  auto type = random.activation(false, shape);
  Value input = builder.argument(type);
  bool isConstant = random.oneIn(2);
  auto getVector = [&](double low, double high) {
    if (isConstant)
      return builder.randomVector(channels, low, high);
    Value vector = builder.argument(
        RankedTensorType::get(channels, builder.builder.getF32Type()));
    for (float &value : builder.arguments.back().floats)
      value = random.real(low, high);
    return vector;
  };
  Value scale = getVector(-2.0, 2.0), bias = getVector(-1.0, 1.0),
        mean = getVector(-1.0, 1.0), variance = getVector(0.01, 2.0);
  builder.finish(BatchNormOp::create(builder.builder, builder.loc, type, input,
                                     scale, bias, mean, variance,
                                     builder.builder.getF32FloatAttr(1e-3f)));
}

/// f32 -> quantized along any axis -> f32, or quantized -> f32 -> quantized.
void generateCasts(CaseBuilder &builder, Form form) {
  Random &random = builder.random;
  auto shape = chooseShape(random);
  int64_t axis = random.integer(0, shape.size() - 1);
  auto quantized =
      RankedTensorType::get(shape, random.quantized(shape[axis], axis, 0.03));
  auto real = random.activation(false, shape);
  if (form == Form::Dequantized) {
    Value input = builder.argument(quantized);
    builder.finish(quant::DequantizeCastOp::create(builder.builder, builder.loc,
                                                   real, input));
    return;
  }
  Value input = builder.argument(real);
  // Values that no integer holds must saturate.
  if (random.oneIn(2)) {
    auto &values = builder.arguments.back().floats;
    for (float &value : values)
      value *= std::pow(10.0f, float(random.integer(0, 38)));
    values.front() = random.oneIn(2) ? std::numeric_limits<float>::quiet_NaN()
                                     : std::numeric_limits<float>::infinity();
  }
  builder.finish(quant::QuantizeCastOp::create(builder.builder, builder.loc,
                                               quantized, input));
}

} // namespace spiq::test
