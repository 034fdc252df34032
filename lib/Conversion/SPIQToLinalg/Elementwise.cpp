//===- Elementwise.cpp - Builder of elementwise operations ----------------===//
//
// Implements the builder of elementwise linalg.generic operations and the two
// ends of every integer operation: reading and writing stored values.
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"
#include "Tensors.h"

#include "spiq/Dialect/SPIQ/IR/ActivationFormula.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace spiq {

Type getStoredElementType(Type type) {
  Type element = getElementTypeOrSelf(type);
  if (isa<quant::QuantizedType>(element))
    return IntegerType::get(type.getContext(), 8);
  return element;
}

//===----------------------------------------------------------------------===//
// ElementBuilder
//===----------------------------------------------------------------------===//

Value ElementBuilder::constant(TypedAttr value) {
  return arith::ConstantOp::create(builder, loc, value);
}

Value ElementBuilder::constant(float value) {
  return constant(builder.getF32FloatAttr(value));
}

Value ElementBuilder::constant(int32_t value) {
  return constant(builder.getI32IntegerAttr(value));
}

Value ElementBuilder::add(Value lhs, Value rhs) {
  if (isa<FloatType>(lhs.getType()))
    return arith::AddFOp::create(builder, loc, lhs, rhs);
  return arith::AddIOp::create(builder, loc, lhs, rhs);
}

Value ElementBuilder::sub(Value lhs, Value rhs) {
  if (isa<FloatType>(lhs.getType()))
    return arith::SubFOp::create(builder, loc, lhs, rhs);
  return arith::SubIOp::create(builder, loc, lhs, rhs);
}

Value ElementBuilder::mul(Value lhs, Value rhs) {
  if (isa<FloatType>(lhs.getType()))
    return arith::MulFOp::create(builder, loc, lhs, rhs);
  return arith::MulIOp::create(builder, loc, lhs, rhs);
}

Value ElementBuilder::div(Value lhs, Value rhs) {
  return arith::DivFOp::create(builder, loc, lhs, rhs);
}

// Compare and select, not arith.maximumf: it is one instruction on every
// target, and what happens to NaN is spelled out.
Value ElementBuilder::atLeast(Value value, Value bound) {
  Value greater = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OGT,
                                        value, bound);
  return arith::SelectOp::create(builder, loc, greater, value, bound);
}

Value ElementBuilder::atMost(Value value, Value bound) {
  Value less = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OLT,
                                     value, bound);
  return arith::SelectOp::create(builder, loc, less, value, bound);
}

Value ElementBuilder::clamp(Value value, std::optional<float> min,
                            std::optional<float> max) {
  // With the operands exchanged, NaN compares false and is selected.
  if (min)
    value = atLeast(constant(*min), value);
  if (max)
    value = atMost(constant(*max), value);
  return value;
}

Value ElementBuilder::extend(Value byte, bool isSigned) {
  Type i32 = builder.getI32Type();
  if (isSigned)
    return arith::ExtSIOp::create(builder, loc, i32, byte);
  return arith::ExtUIOp::create(builder, loc, i32, byte);
}

Value ElementBuilder::toFloat(Value integer) {
  return arith::SIToFPOp::create(builder, loc, builder.getF32Type(), integer);
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

Value ElementwiseOperand::load(ElementBuilder &body) const {
  if (argument)
    return body.arguments[*argument];
  return outer ? outer : body.constant(scalar);
}

bool ElementwiseOperand::isConstant(double value) const {
  if (auto integer = dyn_cast_if_present<IntegerAttr>(scalar))
    return integer.getInt() == value;
  if (auto real = dyn_cast_if_present<FloatAttr>(scalar))
    return real.getValueAsDouble() == value;
  return false;
}

ElementwiseOpBuilder::ElementwiseOpBuilder(OpBuilder &builder, Location loc,
                                           ArrayRef<int64_t> shape,
                                           Type elementType)
    : builder(builder), loc(loc), shape(shape), elementType(elementType) {}

ElementwiseOperand ElementwiseOpBuilder::addTensor(Value tensor,
                                                   AffineMap map) {
  ElementwiseOperand operand;
  operand.argument = inputs.size();
  inputs.push_back(tensor);
  maps.push_back(map);
  return operand;
}

ElementwiseOperand ElementwiseOpBuilder::addTensor(Value tensor) {
  // Broadcast dimensions are collapsed: constants in indexing maps would block
  // many transformations of linalg.
  ArrayRef<int64_t> sizes = cast<RankedTensorType>(tensor.getType()).getShape();
  SmallVector<int64_t> kept;
  SmallVector<AffineExpr> exprs;
  for (int64_t dim = 0; dim < getRank(); ++dim)
    if (sizes[dim] == shape[dim]) {
      kept.push_back(sizes[dim]);
      exprs.push_back(builder.getAffineDimExpr(dim));
    }
  tensor = reshape(builder, loc, tensor, kept);
  return addTensor(tensor,
                   AffineMap::get(getRank(), 0, exprs, builder.getContext()));
}

ElementwiseOperand ElementwiseOpBuilder::addConstant(DenseElementsAttr values,
                                                     int64_t axis) {
  if (values.isSplat()) {
    ElementwiseOperand operand;
    operand.scalar = values.getSplatValue<TypedAttr>();
    return operand;
  }
  Value tensor = arith::ConstantOp::create(builder, loc, values);
  return addTensor(tensor,
                   AffineMap::get(getRank(), 0, builder.getAffineDimExpr(axis),
                                  builder.getContext()));
}

ElementwiseOperand ElementwiseOpBuilder::addVector(Value vector, int64_t axis) {
  DenseElementsAttr values;
  if (matchPattern(vector, m_Constant(&values)) && values.isSplat())
    return addConstant(values, axis);
  return addTensor(vector,
                   AffineMap::get(getRank(), 0, builder.getAffineDimExpr(axis),
                                  builder.getContext()));
}

/// Evaluates `get` for each index of dimension `axis` of `shape`, once for a
/// scalar.
template <typename T>
static SmallVector<T> tabulate(ArrayRef<int64_t> shape, int64_t axis,
                               llvm::function_ref<T(int64_t)> get) {
  int64_t size = axis < 0 ? 1 : shape[axis];
  SmallVector<T> values;
  for (int64_t channel = 0; channel < size; ++channel)
    values.push_back(get(channel));
  return values;
}

ElementwiseOperand
ElementwiseOpBuilder::addFloats(int64_t axis,
                                llvm::function_ref<float(int64_t)> get) {
  SmallVector<float> values = tabulate<float>(shape, axis, get);
  auto type = RankedTensorType::get(values.size(), builder.getF32Type());
  return addConstant(DenseElementsAttr::get(type, ArrayRef(values)), axis);
}

ElementwiseOperand
ElementwiseOpBuilder::addIntegers(int64_t axis,
                                  llvm::function_ref<int32_t(int64_t)> get) {
  SmallVector<int32_t> values = tabulate<int32_t>(shape, axis, get);
  auto type = RankedTensorType::get(values.size(), builder.getI32Type());
  return addConstant(DenseElementsAttr::get(type, ArrayRef(values)), axis);
}

ElementwiseOperand
ElementwiseOpBuilder::addBytes(int64_t axis,
                               llvm::function_ref<int64_t(int64_t)> get) {
  SmallVector<int64_t> values = tabulate<int64_t>(shape, axis, get);
  SmallVector<int8_t> bytes(values.begin(), values.end());
  auto type = RankedTensorType::get(bytes.size(), builder.getI8Type());
  return addConstant(DenseElementsAttr::get(type, ArrayRef(bytes)), axis);
}

ElementwiseOperand ElementwiseOpBuilder::addScalar(Value scalar) {
  ElementwiseOperand operand;
  operand.outer = scalar;
  return operand;
}

Value ElementwiseOpBuilder::build(
    llvm::function_ref<Value(ElementBuilder &)> body) {
  Value init = tensor::EmptyOp::create(builder, loc, shape, elementType);
  SmallVector<AffineMap> allMaps(maps);
  allMaps.push_back(builder.getMultiDimIdentityMap(getRank()));
  SmallVector<utils::IteratorType> iterators(getRank(),
                                             utils::IteratorType::parallel);
  auto op = linalg::GenericOp::create(
      builder, loc, init.getType(), inputs, init, allMaps, iterators,
      [&](OpBuilder &nested, Location nestedLoc, ValueRange arguments) {
        ElementBuilder element(nested, nestedLoc, arguments);
        linalg::YieldOp::create(nested, nestedLoc, body(element));
      });
  return op.getResult(0);
}

//===----------------------------------------------------------------------===//
// Stored values
//===----------------------------------------------------------------------===//

/// The channel of a tensor that belongs to channel `channel` of a result that
/// it may be broadcast to.
static int64_t getOwnChannel(const QuantizationView &view, int64_t channel) {
  return view.getNumScales() == 1 ? 0 : channel;
}

StoredOperand::StoredOperand(ElementwiseOpBuilder &op, Value stored,
                             const QuantizationView &view, int64_t axis)
    : tensor(op.addTensor(stored)),
      zeroPoint(op.addIntegers(axis,
                               [&](int64_t channel) {
                                 return view.getZeroPoint(
                                     getOwnChannel(view, channel));
                               })),
      isSigned(view.isSigned()) {}

Value StoredOperand::loadInteger(ElementBuilder &body) const {
  Value stored = body.extend(tensor.load(body), isSigned);
  if (zeroPoint.isConstant(0))
    return stored;
  return body.sub(stored, zeroPoint.load(body));
}

Value StoredOperand::loadFloat(ElementBuilder &body) const {
  return body.toFloat(loadInteger(body));
}

ResultQuantizer::ResultQuantizer(ElementwiseOpBuilder &op,
                                 const QuantizationView &view, int64_t axis,
                                 std::optional<float> clampMin,
                                 std::optional<float> clampMax) {
  auto getRange = [&](int64_t channel) {
    return view.getClampedRange(channel, clampMin, clampMax);
  };
  low = op.addFloats(axis, [&](int64_t channel) {
    return getRange(channel).first - view.getZeroPoint(channel);
  });
  high = op.addFloats(axis, [&](int64_t channel) {
    return getRange(channel).second - view.getZeroPoint(channel);
  });
  zeroPoint = op.addIntegers(
      axis, [&](int64_t channel) { return view.getZeroPoint(channel); });
}

Value ResultQuantizer::quantize(ElementBuilder &body, Value scaled) const {
  OpBuilder &builder = body.builder;
  Value rounded = math::RoundEvenOp::create(builder, body.loc, scaled);
  rounded = body.atLeast(rounded, low.load(body));
  rounded = body.atMost(rounded, high.load(body));
  Value integer =
      arith::FPToSIOp::create(builder, body.loc, builder.getI32Type(), rounded);
  if (!zeroPoint.isConstant(0))
    integer = body.add(integer, zeroPoint.load(body));
  return arith::TruncIOp::create(builder, body.loc, builder.getI8Type(),
                                 integer);
}

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

FusedActivation::FusedActivation(ElementwiseOpBuilder &op,
                                 ActivationAttr activation,
                                 const QuantizationView &view, int64_t axis)
    : activation(activation), view(view) {
  if (!activation)
    return;
  if (activation.hasSlope())
    slope = op.addFloats(
        axis, [&](int64_t channel) { return activation.getSlope(channel); });
  multiplier = op.addFloats(axis, [&](int64_t channel) {
    return getRequantizationMultiplier(1.0, view.getScale(channel));
  });
}

double FusedActivation::getScale(int64_t channel) const {
  return activation ? 1.0 : view.getScale(channel);
}

Value FusedActivation::apply(ElementBuilder &body, Value value) const {
  if (!activation)
    return value;
  Value result =
      createActivation(body.builder, body.loc, activation, value,
                       activation.hasSlope() ? slope.load(body) : Value());
  return body.mul(result, multiplier.load(body));
}

//===----------------------------------------------------------------------===//
// Requantization
//===----------------------------------------------------------------------===//

/// Whether the stored values of both types mean the same in each of
/// `numChannels` channels.
static bool haveSameMeaning(const QuantizationView &a,
                            const QuantizationView &b, int64_t numChannels) {
  if (a.isSigned() != b.isSigned())
    return false;
  for (int64_t channel = 0; channel < numChannels; ++channel)
    if (!(a[channel] == b[channel]))
      return false;
  return true;
}

/// Clamps stored values, which keep their meaning.
static Value buildStoredClamp(ElementwiseOpBuilder &op, Value stored,
                              const QuantizationView &view,
                              std::optional<float> clampMin,
                              std::optional<float> clampMax) {
  auto input = op.addTensor(stored);
  int64_t axis = op.getLastAxis();
  auto low = op.addBytes(axis, [&](int64_t channel) {
    return view.getClampedRange(channel, clampMin, clampMax).first;
  });
  auto high = op.addBytes(axis, [&](int64_t channel) {
    return view.getClampedRange(channel, clampMin, clampMax).second;
  });
  return op.build([&](ElementBuilder &body) -> Value {
    Value q = input.load(body), min = low.load(body), max = high.load(body);
    if (!view.isSigned()) {
      q = arith::MaxUIOp::create(body.builder, body.loc, q, min);
      return arith::MinUIOp::create(body.builder, body.loc, q, max);
    }
    q = arith::MaxSIOp::create(body.builder, body.loc, q, min);
    return arith::MinSIOp::create(body.builder, body.loc, q, max);
  });
}

Value buildRequantization(ElementwiseOpBuilder &op, Value stored,
                          const QuantizationView &from,
                          const QuantizationView &to,
                          std::optional<float> clampMin,
                          std::optional<float> clampMax) {
  int64_t axis = op.getLastAxis();
  int64_t numChannels = axis < 0 ? 1 : op.getShape()[axis];
  if (haveSameMeaning(from, to, numChannels)) {
    bool isSameRange = from.getStorageMin() == to.getStorageMin() &&
                       from.getStorageMax() == to.getStorageMax();
    if (isSameRange && !clampMin && !clampMax)
      return stored;
    return buildStoredClamp(op, stored, to, clampMin, clampMax);
  }
  StoredOperand input(op, stored, from, axis);
  auto multiplier = op.addFloats(axis, [&](int64_t channel) {
    return getRequantizationMultiplier(from.getScale(channel),
                                       to.getScale(channel));
  });
  ResultQuantizer result(op, to, axis, clampMin, clampMax);
  return op.build([&](ElementBuilder &body) {
    return result.quantize(
        body, body.mul(input.loadFloat(body), multiplier.load(body)));
  });
}

} // namespace spiq
