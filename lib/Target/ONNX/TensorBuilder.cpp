//===- TensorBuilder.cpp - Movement of tensors at import ------------------===//

#include "TensorBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace spiq::onnx_import;

SmallVector<int64_t> spiq::onnx_import::getIdentityOrder(int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

SmallVector<int64_t> spiq::onnx_import::getChannelsLastOrder(int64_t rank) {
  SmallVector<int64_t> order = getIdentityOrder(rank);
  if (rank > 2)
    std::rotate(order.begin() + 1, order.begin() + 2, order.end());
  return order;
}

SmallVector<int64_t> spiq::onnx_import::applyOrder(ArrayRef<int64_t> values,
                                                   ArrayRef<int64_t> order) {
  return llvm::map_to_vector(order, [&](int64_t i) { return values[i]; });
}

SmallVector<int64_t> spiq::onnx_import::invertOrder(ArrayRef<int64_t> order) {
  SmallVector<int64_t> inverse(order.size());
  for (auto [i, dim] : llvm::enumerate(order))
    inverse[dim] = i;
  return inverse;
}

static RankedTensorType getType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

RankedTensorType TensorBuilder::getFloatType(ArrayRef<int64_t> shape) const {
  return RankedTensorType::get(shape, builder.getF32Type());
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

Value TensorBuilder::constant(DenseElementsAttr value) const {
  return arith::ConstantOp::create(builder, loc, value);
}

Value TensorBuilder::constant(const ConstantTensor &tensor) const {
  return constant(tensor.getAttr(builder.getContext()));
}

Value TensorBuilder::vector(ArrayRef<float> values) const {
  int64_t size = values.size();
  return constant(DenseElementsAttr::get(getFloatType({size}), values));
}

Value TensorBuilder::filled(ArrayRef<int64_t> shape, float value) const {
  return constant(DenseElementsAttr::get(getFloatType(shape), value));
}

Value TensorBuilder::empty(ArrayRef<int64_t> shape, Type elementType) const {
  return tensor::EmptyOp::create(builder, loc, shape, elementType);
}

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

Value TensorBuilder::getStorage(Value value) const {
  RankedTensorType type = getType(value);
  auto quantized = dyn_cast<quant::QuantizedType>(type.getElementType());
  if (!quantized)
    return value;
  return quant::StorageCastOp::create(
      builder, loc, type.clone(quantized.getStorageType()), value);
}

/// Groups of source and target dimensions with equal products, as small as
/// possible. Dimensions of size one join the group in front of them.
static void
getCommonGroups(ArrayRef<int64_t> source, ArrayRef<int64_t> target,
                SmallVectorImpl<ReassociationIndices> &sourceGroups,
                SmallVectorImpl<ReassociationIndices> &targetGroups) {
  size_t s = 0, t = 0;
  while (s < source.size() || t < target.size()) {
    ReassociationIndices sourceGroup, targetGroup;
    int64_t sourceSize = 1, targetSize = 1;
    do {
      if (sourceSize < targetSize || sourceGroup.empty()) {
        sourceSize *= source[s];
        sourceGroup.push_back(s++);
      } else {
        targetSize *= target[t];
        targetGroup.push_back(t++);
      }
    } while (sourceSize != targetSize || sourceGroup.empty() ||
             targetGroup.empty());
    for (; s < source.size() && source[s] == 1 &&
           (t == target.size() || target[t] != 1);
         ++s)
      sourceGroup.push_back(s);
    for (; t < target.size() && target[t] == 1 &&
           (s == source.size() || source[s] != 1);
         ++t)
      targetGroup.push_back(t);
    sourceGroups.push_back(sourceGroup);
    targetGroups.push_back(targetGroup);
  }
}

Value TensorBuilder::reshape(Value value, ArrayRef<int64_t> shape) const {
  if (getType(value).getShape() == shape)
    return value;
  DenseElementsAttr elements;
  if (matchPattern(value, m_Constant(&elements)))
    return constant(elements.reshape(getType(value).clone(shape)));
  Value source = getStorage(value);
  RankedTensorType sourceType = getType(source);
  ArrayRef<int64_t> sourceShape = sourceType.getShape();
  if (sourceShape.empty())
    return tensor::ExpandShapeOp::create(builder, loc, sourceType.clone(shape),
                                         source,
                                         ArrayRef<ReassociationIndices>());
  if (shape.empty())
    return tensor::CollapseShapeOp::create(builder, loc,
                                           sourceType.clone(shape), source,
                                           ArrayRef<ReassociationIndices>());
  SmallVector<ReassociationIndices> sourceGroups, targetGroups;
  getCommonGroups(sourceShape, shape, sourceGroups, targetGroups);
  auto isTrivial = [](ArrayRef<ReassociationIndices> groups) {
    return llvm::all_of(groups, [](const ReassociationIndices &group) {
      return group.size() == 1;
    });
  };
  if (!isTrivial(sourceGroups)) {
    SmallVector<int64_t> merged;
    for (const ReassociationIndices &group : sourceGroups) {
      int64_t size = 1;
      for (int64_t dim : group)
        size *= sourceShape[dim];
      merged.push_back(size);
    }
    source = tensor::CollapseShapeOp::create(
        builder, loc, sourceType.clone(merged), source, sourceGroups);
  }
  if (isTrivial(targetGroups))
    return source;
  return tensor::ExpandShapeOp::create(builder, loc, sourceType.clone(shape),
                                       source, targetGroups);
}

Value TensorBuilder::transpose(Value value,
                               ArrayRef<int64_t> permutation) const {
  if (llvm::equal(permutation, getIdentityOrder(permutation.size())))
    return value;
  SmallVector<int64_t> shape =
      applyOrder(getType(value).getShape(), permutation);
  // Dimensions of size one move for free.
  SmallVector<int64_t> large;
  for (int64_t dim : permutation)
    if (getType(value).getDimSize(dim) != 1)
      large.push_back(dim);
  if (llvm::is_sorted(large))
    return reshape(value, shape);
  Value source = getStorage(value);
  Value init = empty(shape, getType(source).getElementType());
  return linalg::TransposeOp::create(builder, loc, source, init, permutation)
      ->getResult(0);
}

Value TensorBuilder::slice(Value value, ArrayRef<int64_t> offsets,
                           ArrayRef<int64_t> sizes,
                           ArrayRef<int64_t> strides) const {
  if (getType(value).getShape() == sizes &&
      llvm::all_of(strides, [](int64_t stride) { return stride == 1; }))
    return value;
  Value source = getStorage(value);
  return tensor::ExtractSliceOp::create(
      builder, loc, getType(source).clone(sizes), source,
      /*offsets=*/ValueRange(), /*sizes=*/ValueRange(),
      /*strides=*/ValueRange(), builder.getDenseI64ArrayAttr(offsets),
      builder.getDenseI64ArrayAttr(sizes),
      builder.getDenseI64ArrayAttr(strides));
}

/// The common difference of `indices` if it is positive.
static std::optional<int64_t> getForwardStep(ArrayRef<int64_t> indices) {
  if (indices.size() == 1)
    return 1;
  int64_t step = indices[1] - indices[0];
  for (size_t i = 1; i < indices.size(); ++i)
    if (indices[i] - indices[i - 1] != step)
      return std::nullopt;
  return step > 0 ? std::optional(step) : std::nullopt;
}

Value TensorBuilder::select(Value value, int64_t dim,
                            ArrayRef<int64_t> indices) const {
  SmallVector<int64_t> shape(getType(value).getShape());
  int64_t rank = shape.size(), count = indices.size();
  shape[dim] = count;
  if (std::optional<int64_t> step = getForwardStep(indices)) {
    SmallVector<int64_t> offsets(rank, 0), strides(rank, 1);
    offsets[dim] = indices.front();
    strides[dim] = *step;
    return slice(value, offsets, shape, strides);
  }
  Value source = getStorage(value);
  Value table = constant(DenseElementsAttr::get(
      RankedTensorType::get({count}, builder.getI64Type()), indices));
  AffineMap whole = builder.getMultiDimIdentityMap(rank);
  AffineMap along = AffineMap::get(rank, 0, builder.getAffineDimExpr(dim));
  Value init = empty(shape, getType(source).getElementType());
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             builder, loc, init.getType(), table, init, {along, whole}, loops,
             [&](OpBuilder &nested, Location nestedLoc, ValueRange values) {
               SmallVector<Value> position;
               for (int64_t d = 0; d < rank; ++d)
                 position.push_back(
                     linalg::IndexOp::create(nested, nestedLoc, d));
               position[dim] = arith::IndexCastOp::create(
                   nested, nestedLoc, nested.getIndexType(), values[0]);
               Value element = tensor::ExtractOp::create(nested, nestedLoc,
                                                         source, position);
               linalg::YieldOp::create(nested, nestedLoc, element);
             })
      ->getResult(0);
}

Value TensorBuilder::broadcast(Value value, ArrayRef<int64_t> shape) const {
  ArrayRef<int64_t> sourceShape = getType(value).getShape();
  if (sourceShape == shape)
    return value;
  // linalg.broadcast adds dimensions, so those that grow are dropped first.
  SmallVector<int64_t> kept, added;
  for (auto [dim, size] : llvm::enumerate(sourceShape)) {
    if (size == shape[dim])
      kept.push_back(size);
    else
      added.push_back(dim);
  }
  Value source = getStorage(reshape(value, kept));
  Value init = empty(shape, getType(source).getElementType());
  return linalg::BroadcastOp::create(builder, loc, source, init, added)
      ->getResult(0);
}
