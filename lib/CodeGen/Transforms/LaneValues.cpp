//===- LaneValues.cpp - Scalar code in vector lanes -------------*- C++ -*-===//
//
// Evaluates the body of a linalg operation for all lanes of one vector.
//
//===----------------------------------------------------------------------===//

#include "LaneValues.h"
#include "TileVectorizer.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace spiq {

using Kind = LaneValue::Kind;

bool LaneValues::canCompute(Operation &op) {
  if (isa<linalg::IndexOp, affine::AffineApplyOp, tensor::ExtractOp>(op))
    return true;
  if (op.getNumRegions() != 0 || op.getNumResults() != 1)
    return false;
  if (op.hasTrait<OpTrait::ConstantLike>())
    return op.getResult(0).getType().isIntOrIndexOrFloat();
  return OpTrait::hasElementwiseMappableTraits(&op);
}

/// How the value of `expr` changes when dimension `dim` grows by one; none if
/// it does not change by a constant.
static std::optional<int64_t> getStride(AffineExpr expr, unsigned dim) {
  if (!expr.isFunctionOfDim(dim))
    return 0;
  if (isa<AffineDimExpr>(expr))
    return 1;
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return std::nullopt;
  std::optional<int64_t> lhs = getStride(binary.getLHS(), dim);
  std::optional<int64_t> rhs = getStride(binary.getRHS(), dim);
  if (!lhs || !rhs)
    return std::nullopt;
  if (binary.getKind() == AffineExprKind::Add)
    return *lhs + *rhs;
  if (binary.getKind() == AffineExprKind::Mul)
    if (auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS()))
      return *lhs * factor.getValue();
  return std::nullopt;
}

SmallVector<Value> LaneValues::evaluate(AffineMap map,
                                        ArrayRef<OpFoldResult> operands) {
  return getValueOrCreateConstantIndexOp(
      rewriter, loc,
      affine::makeComposedFoldedMultiResultAffineApply(rewriter, loc, map,
                                                       operands));
}

LaneValue LaneValues::readConsecutive(Value tensor, ArrayRef<Value> position) {
  SmallVector<int64_t> constants;
  for (Value index : position)
    if (std::optional<int64_t> constant = getConstantIntValue(index))
      constants.push_back(*constant);
  if (constants.size() == position.size())
    if (Value vector = forwarding.lookup(tensor, constants, width))
      return {Kind::Vector, vector};
  Type elementType = cast<ShapedType>(tensor.getType()).getElementType();
  Value padding = arith::ConstantOp::create(rewriter, loc,
                                            rewriter.getZeroAttr(elementType));
  Value vector = vector::TransferReadOp::create(
      rewriter, loc, VectorType::get({width}, elementType), tensor, position,
      padding, ArrayRef<bool>{true});
  return {Kind::Vector, vector};
}

LaneValue LaneValues::gather(Type elementType,
                             function_ref<Value(int64_t lane)> read) {
  SmallVector<Value> elements;
  for (int64_t lane = 0; lane < width; ++lane)
    elements.push_back(read(lane));
  Value vector = vector::FromElementsOp::create(
      rewriter, loc, VectorType::get({width}, elementType), elements);
  return {Kind::Vector, vector};
}

LaneValue LaneValues::load(Value operand, AffineMap map) {
  auto type = dyn_cast<RankedTensorType>(operand.getType());
  if (!type)
    return {Kind::Uniform, operand};
  if (!map.isFunctionOfDim(vectorLoop))
    return {Kind::Uniform, tensor::ExtractOp::create(rewriter, loc, operand,
                                                     evaluate(map, indices))};
  ArrayRef<AffineExpr> exprs = map.getResults();
  bool isConsecutive = getStride(exprs.back(), vectorLoop) == 1 &&
                       llvm::none_of(exprs.drop_back(), [&](AffineExpr expr) {
                         return expr.isFunctionOfDim(vectorLoop);
                       });
  if (isConsecutive)
    return readConsecutive(operand, evaluate(map, indices));
  return gather(type.getElementType(), [&](int64_t lane) -> Value {
    SmallVector<OpFoldResult> position(indices);
    int64_t first = *getConstantIntValue(position[vectorLoop]);
    position[vectorLoop] = rewriter.getIndexAttr(first + lane);
    return tensor::ExtractOp::create(rewriter, loc, operand,
                                     evaluate(map, position));
  });
}

LaneValue LaneValues::lookup(Value value) const {
  auto found = values.find(value);
  return found == values.end() ? LaneValue{Kind::Uniform, value}
                               : found->second;
}

Value LaneValues::toVector(LaneValue value) {
  if (value.kind == Kind::Vector)
    return value.value;
  auto type = VectorType::get({width}, value.value.getType());
  Value broadcast =
      vector::BroadcastOp::create(rewriter, loc, type, value.value);
  if (value.kind == Kind::Uniform)
    return broadcast;
  Value step = vector::StepOp::create(rewriter, loc, type);
  return arith::AddIOp::create(rewriter, loc, broadcast, step);
}

Value LaneValues::extractLane(LaneValue value, int64_t lane) {
  switch (value.kind) {
  case Kind::Uniform:
    return value.value;
  case Kind::Consecutive:
    return arith::AddIOp::create(
        rewriter, loc, value.value,
        arith::ConstantIndexOp::create(rewriter, loc, lane));
  case Kind::Vector:
    return vector::ExtractOp::create(rewriter, loc, value.value, lane);
  }
  llvm_unreachable("unknown kind of lane value");
}

void LaneValues::compute(Operation &op) {
  LaneValue result;
  if (auto index = dyn_cast<linalg::IndexOp>(op)) {
    Value first =
        getValueOrCreateConstantIndexOp(rewriter, loc, indices[index.getDim()]);
    result = {index.getDim() == vectorLoop ? Kind::Consecutive : Kind::Uniform,
              first};
  } else if (isa<affine::AffineApplyOp>(op)) {
    result = computeApply(op);
  } else if (isa<tensor::ExtractOp>(op)) {
    result = computeExtract(op);
  } else {
    result = computeElementwise(op);
  }
  values[op.getResult(0)] = result;
}

LaneValue LaneValues::computeApply(Operation &op) {
  auto apply = cast<affine::AffineApplyOp>(op);
  SmallVector<LaneValue> operands = llvm::map_to_vector(
      apply.getMapOperands(), [&](Value v) { return lookup(v); });
  auto applyTo = [&](function_ref<Value(LaneValue)> get) -> Value {
    SmallVector<OpFoldResult> scalars;
    for (LaneValue operand : operands)
      scalars.push_back(getAsOpFoldResult(get(operand)));
    return evaluate(apply.getAffineMap(), scalars).front();
  };
  // Dimensions and symbols alike: each operand changes the result by a stride.
  AffineExpr expr = apply.getAffineMap().getResult(0);
  unsigned numDims = apply.getAffineMap().getNumDims();
  std::optional<int64_t> stride = 0;
  for (auto [index, operand] : llvm::enumerate(operands)) {
    if (operand.kind == Kind::Uniform)
      continue;
    std::optional<int64_t> step;
    if (index < numDims && operand.kind == Kind::Consecutive)
      step = getStride(expr, index);
    stride = step && stride ? std::optional(*step + *stride) : std::nullopt;
  }
  if (stride == 0 || stride == 1)
    return {stride == 0 ? Kind::Uniform : Kind::Consecutive,
            applyTo([](LaneValue operand) { return operand.value; })};
  return gather(rewriter.getIndexType(), [&](int64_t lane) {
    return applyTo(
        [&](LaneValue operand) { return extractLane(operand, lane); });
  });
}

LaneValue LaneValues::computeExtract(Operation &op) {
  auto extract = cast<tensor::ExtractOp>(op);
  SmallVector<LaneValue> position = llvm::map_to_vector(
      extract.getIndices(), [&](Value v) { return lookup(v); });
  SmallVector<Value> first =
      llvm::map_to_vector(position, [](LaneValue v) { return v.value; });
  auto isUniform = [](LaneValue v) { return v.kind == Kind::Uniform; };
  if (llvm::all_of(position, isUniform))
    return {Kind::Uniform, tensor::ExtractOp::create(
                               rewriter, loc, extract.getTensor(), first)};
  if (position.back().kind == Kind::Consecutive &&
      llvm::all_of(ArrayRef(position).drop_back(), isUniform))
    return readConsecutive(extract.getTensor(), first);
  return gather(extract.getType(), [&](int64_t lane) -> Value {
    SmallVector<Value> indices = llvm::map_to_vector(
        position, [&](LaneValue v) { return extractLane(v, lane); });
    return tensor::ExtractOp::create(rewriter, loc, extract.getTensor(),
                                     indices);
  });
}

LaneValue LaneValues::computeElementwise(Operation &op) {
  SmallVector<LaneValue> operands =
      llvm::map_to_vector(op.getOperands(), [&](Value v) { return lookup(v); });
  bool isUniform = llvm::all_of(
      operands, [](LaneValue v) { return v.kind == Kind::Uniform; });
  // One index plus a shared one keeps lanes consecutive.
  if (isa<arith::AddIOp>(op) && op.getResult(0).getType().isIndex()) {
    Kind lhs = operands[0].kind, rhs = operands[1].kind;
    if ((lhs == Kind::Consecutive && rhs == Kind::Uniform) ||
        (lhs == Kind::Uniform && rhs == Kind::Consecutive))
      return {Kind::Consecutive,
              arith::AddIOp::create(rewriter, loc, operands[0].value,
                                    operands[1].value)};
  }
  OperationState state(loc, op.getName());
  state.attributes = op.getDiscardableAttrDictionary().getValue();
  state.propertiesAttr = op.getPropertiesAsAttribute();
  Type type = op.getResult(0).getType();
  state.types.push_back(isUniform ? type : VectorType::get({width}, type));
  for (LaneValue operand : operands)
    state.operands.push_back(isUniform ? operand.value : toVector(operand));
  Value result = rewriter.create(state)->getResult(0);
  return {isUniform ? Kind::Uniform : Kind::Vector, result};
}

} // namespace spiq
