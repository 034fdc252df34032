//===- Utils.cpp - Helpers of the conversion from TOSA --------------------===//
//
// Access to constants and reshapes.
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"

#include "spiq/Dialect/SPIQ/IR/TensorShape.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace spiq::tosa_import {

bool isFloatTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getElementType().isF32() &&
         isComputableShape(tensor.getShape());
}

bool areFloatTensors(TypeRange types) {
  return llvm::all_of(types, isFloatTensor);
}

DenseFPElementsAttr getConstant(Value value) {
  DenseFPElementsAttr constant;
  if (matchPattern(value, m_Constant(&constant)) &&
      isFloatTensor(constant.getType()))
    return constant;
  return {};
}

std::optional<float> getSplat(Value value) {
  DenseFPElementsAttr constant = getConstant(value);
  if (!constant || !constant.isSplat())
    return std::nullopt;
  return constant.getSplatValue<float>();
}

DenseElementsAttr transpose(DenseFPElementsAttr value,
                            ArrayRef<int64_t> permutation) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> shape =
      applyPermutation(type.getShape(), ArrayRef<int64_t>(permutation));
  RankedTensorType resultType = type.clone(shape);
  if (value.isSplat())
    return value.resizeSplat(resultType);
  SmallVector<int64_t> strides = applyPermutation(
      computeStrides(type.getShape()), ArrayRef<int64_t>(permutation));
  SmallVector<int64_t> resultStrides = computeStrides(shape);
  SmallVector<float, 0> input(value.getValues<float>());
  SmallVector<float, 0> result;
  result.reserve(input.size());
  for (int64_t index = 0, end = input.size(); index < end; ++index)
    result.push_back(
        input[linearize(delinearize(index, resultStrides), strides)]);
  return DenseElementsAttr::get(resultType, ArrayRef(result));
}

Value createConstant(OpBuilder &builder, Location loc,
                     DenseElementsAttr value) {
  return arith::ConstantOp::create(builder, loc, value);
}

Value createVector(OpBuilder &builder, Location loc, ArrayRef<float> values) {
  auto type = RankedTensorType::get(static_cast<int64_t>(values.size()),
                                    builder.getF32Type());
  return createConstant(builder, loc, DenseElementsAttr::get(type, values));
}

Value reshape(OpBuilder &builder, Location loc, Value value,
              ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getShape() == shape)
    return value;
  RankedTensorType resultType = type.clone(shape);
  if (DenseFPElementsAttr constant = getConstant(value))
    return createConstant(builder, loc, constant.reshape(resultType));
  bool expands = type.getRank() < resultType.getRank();
  std::optional<SmallVector<ReassociationIndices>> groups =
      expands ? getReassociationIndicesForReshape(type, resultType)
              : getReassociationIndicesForReshape(resultType, type);
  if (!groups) {
    // By way of a vector.
    Value vector = reshape(builder, loc, value, {type.getNumElements()});
    return reshape(builder, loc, vector, shape);
  }
  if (expands)
    return tensor::ExpandShapeOp::create(builder, loc, resultType, value,
                                         *groups);
  return tensor::CollapseShapeOp::create(builder, loc, resultType, value,
                                         *groups);
}

} // namespace spiq::tosa_import
