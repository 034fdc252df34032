//===- LinearEpilogue.cpp - From accumulators to results ------------------===//
//
// Implements the elementwise tail of linear layers.
//
//===----------------------------------------------------------------------===//

#include "LinearEpilogue.h"
#include "Elementwise.h"
#include "Tensors.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace spiq {

//===----------------------------------------------------------------------===//
// Dynamic quantization
//===----------------------------------------------------------------------===//

/// Scalars min(0, min x) and max(0, max x).
static std::pair<Value, Value> createRange(OpBuilder &builder, Location loc,
                                           Value tensor) {
  int64_t rank = getShape(tensor).size();
  Value init = createZeros(builder, loc, {}, builder.getF32Type());
  AffineMap scalar = AffineMap::get(rank, 0, builder.getContext());
  SmallVector<AffineMap> maps = {builder.getMultiDimIdentityMap(rank), scalar,
                                 scalar};
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::reduction);
  auto op = linalg::GenericOp::create(
      builder, loc, TypeRange{init.getType(), init.getType()}, tensor,
      ValueRange{init, init}, maps, iterators,
      [](OpBuilder &nested, Location nestedLoc, ValueRange arguments) {
        Value low = arith::MinimumFOp::create(nested, nestedLoc, arguments[0],
                                              arguments[1]);
        Value high = arith::MaximumFOp::create(nested, nestedLoc, arguments[0],
                                               arguments[2]);
        linalg::YieldOp::create(nested, nestedLoc, ValueRange{low, high});
      });
  auto extract = [&](Value result) {
    return tensor::ExtractOp::create(builder, loc, result, ValueRange());
  };
  return {extract(op.getResult(0)), extract(op.getResult(1))};
}

/// clamp(value, 0, 255) converted to an integer of type `type`.
static Value toByteRange(ElementBuilder &body, Value value, Type type) {
  value = body.atLeast(value, body.constant(0.0f));
  value = body.atMost(value, body.constant(255.0f));
  return arith::FPToSIOp::create(body.builder, body.loc, type, value);
}

DynamicallyQuantized quantizeDynamically(OpBuilder &builder, Location loc,
                                         Value tensor) {
  auto [low, high] = createRange(builder, loc, tensor);
  ElementBuilder scalars(builder, loc, ValueRange());
  DynamicallyQuantized result;
  Value zero = scalars.constant(0.0f);
  Value scale = scalars.div(scalars.sub(high, low), scalars.constant(255.0f));
  Value isZero = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OEQ,
                                       scale, zero);
  result.scale = arith::SelectOp::create(builder, loc, isZero,
                                         scalars.constant(1.0f), scale);
  Value offset = scalars.div(scalars.sub(zero, low), result.scale);
  offset = math::RoundEvenOp::create(builder, loc, offset);
  result.zeroPoint = toByteRange(scalars, offset, builder.getI32Type());
  Value zeroPoint = scalars.toFloat(result.zeroPoint);

  ElementwiseOpBuilder op(builder, loc, getShape(tensor), builder.getI8Type());
  auto x = op.addTensor(tensor);
  result.stored = op.build([&](ElementBuilder &body) -> Value {
    Value q = math::RoundEvenOp::create(body.builder, loc,
                                        body.div(x.load(body), result.scale));
    q = toByteRange(body, body.add(q, zeroPoint), builder.getI32Type());
    return arith::TruncIOp::create(body.builder, loc, builder.getI8Type(), q);
  });
  return result;
}

//===----------------------------------------------------------------------===//
// Epilogues
//===----------------------------------------------------------------------===//

Value LinearEpilogue::buildFloat(OpBuilder &builder, Location loc) const {
  ElementwiseOpBuilder op(builder, loc, getShape(accumulator),
                          builder.getF32Type());
  auto acc = op.addTensor(accumulator);
  auto offset = op.addVector(bias, op.getLastAxis());
  std::optional<ElementwiseOperand> addend;
  if (residual)
    addend = op.addTensor(residual);
  return op.build([&](ElementBuilder &body) {
    Value y = acc.load(body);
    if (!offset.isConstant(0.0))
      y = body.add(y, offset.load(body));
    if (addend)
      y = body.add(y, addend->load(body));
    return body.clamp(y, clampMin, clampMax);
  });
}

/// f32(acc + bias)
static Value loadSum(ElementBuilder &body, const ElementwiseOperand &acc,
                     const ElementwiseOperand &bias) {
  Value sum = acc.load(body);
  if (!bias.isConstant(0.0))
    sum = body.add(sum, bias.load(body));
  return body.toFloat(sum);
}

static Value buildDequantized(const LinearEpilogue &epilogue,
                              OpBuilder &builder, Location loc,
                              const QuantizationView &weights) {
  ElementwiseOpBuilder op(builder, loc, getShape(epilogue.accumulator),
                          builder.getF32Type());
  auto acc = op.addTensor(epilogue.accumulator);
  auto bias = op.addVector(epilogue.bias, op.getLastAxis());
  auto scale = op.addFloats(op.getLastAxis(),
                            [&](int64_t o) { return weights.getScale(o); });
  std::optional<ElementwiseOperand> residual;
  if (epilogue.residual)
    residual = op.addTensor(epilogue.residual);
  return op.build([&](ElementBuilder &body) {
    Value y = body.mul(loadSum(body, acc, bias), scale.load(body));
    if (residual)
      y = body.add(y, residual->load(body));
    return body.clamp(y, epilogue.clampMin, epilogue.clampMax);
  });
}

Value LinearEpilogue::buildInteger(OpBuilder &builder, Location loc,
                                   const QuantizationView &weights,
                                   Type resultType) const {
  if (!getQuantizedElementType(resultType))
    return buildDequantized(*this, builder, loc, weights);
  auto view = QuantizationView::ofTensor(resultType);
  ElementwiseOpBuilder op(builder, loc, getShape(accumulator),
                          builder.getI8Type());
  int64_t axis = op.getLastAxis();
  auto acc = op.addTensor(accumulator);
  auto offset = op.addVector(bias, axis);
  FusedActivation function(op, activation, view, axis);
  auto multiplier = op.addFloats(axis, [&](int64_t o) {
    return getRequantizationMultiplier(weights.getScale(o),
                                       function.getScale(o));
  });
  std::optional<StoredOperand> addend;
  ElementwiseOperand addendMultiplier;
  if (residual) {
    auto addendView = QuantizationView::ofTensor(residualType);
    addend.emplace(op, residual, addendView, axis);
    addendMultiplier = op.addFloats(axis, [&](int64_t o) {
      return getRequantizationMultiplier(addendView.getScale(o),
                                         view.getScale(o));
    });
  }
  ResultQuantizer result(op, view, axis, clampMin, clampMax);
  return op.build([&](ElementBuilder &body) {
    Value y = body.mul(loadSum(body, acc, offset), multiplier.load(body));
    if (addend)
      y = body.add(
          y, body.mul(addend->loadFloat(body), addendMultiplier.load(body)));
    return result.quantize(body, function.apply(body, y));
  });
}

Value LinearEpilogue::buildDynamic(OpBuilder &builder, Location loc,
                                   const QuantizationView &weights,
                                   ArrayRef<int32_t> weightSums,
                                   const DynamicallyQuantized &input) const {
  ElementwiseOpBuilder op(builder, loc, getShape(accumulator),
                          builder.getF32Type());
  int64_t axis = op.getLastAxis();
  auto acc = op.addTensor(accumulator);
  auto offset = op.addVector(bias, axis);
  auto sums = op.addIntegers(axis, [&](int64_t o) { return weightSums[o]; });
  auto weightScale =
      op.addFloats(axis, [&](int64_t o) { return weights.getScale(o); });
  auto scale = op.addScalar(input.scale);
  auto zeroPoint = op.addScalar(input.zeroPoint);
  std::optional<ElementwiseOperand> addend;
  if (residual)
    addend = op.addTensor(residual);
  return op.build([&](ElementBuilder &body) {
    Value correction = body.mul(zeroPoint.load(body), sums.load(body));
    Value sum = body.toFloat(body.sub(acc.load(body), correction));
    Value multiplier = body.mul(scale.load(body), weightScale.load(body));
    Value y = body.add(body.mul(sum, multiplier), offset.load(body));
    if (addend)
      y = body.add(y, addend->load(body));
    return body.clamp(y, clampMin, clampMax);
  });
}

} // namespace spiq
