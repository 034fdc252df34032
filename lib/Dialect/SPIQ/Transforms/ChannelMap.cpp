//===- ChannelMap.cpp - Which channel an element belongs to ---------------===//
//
// Follows channels through operations that only move data.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/Transforms/ChannelMap.h"

#include "TensorValue.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace spiq;

ChannelMap::ChannelMap(ArrayRef<int64_t> shape, int64_t axis,
                       ArrayRef<int64_t> labels)
    : shape(shape), extents(shape.size(), 1),
      labels(labels.begin(), labels.end()) {
  extents[axis] = shape[axis];
  simplify();
}

ChannelMap ChannelMap::getIdentity(ArrayRef<int64_t> shape) {
  auto labels = llvm::to_vector(llvm::seq<int64_t>(0, shape.back()));
  return ChannelMap(shape, shape.size() - 1, labels);
}

static bool isStatic(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape();
}

OpOperand *ChannelMap::getMovedOperand(Operation *op) {
  if (op->getNumResults() != 1 || !isStatic(op->getResult(0)))
    return nullptr;
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
    bool isConstant = !ShapedType::isDynamicShape(slice.getStaticOffsets()) &&
                      !ShapedType::isDynamicShape(slice.getStaticSizes()) &&
                      !ShapedType::isDynamicShape(slice.getStaticStrides());
    if (!isConstant)
      return nullptr;
  }
  if (isa<tensor::ExtractSliceOp, tensor::CollapseShapeOp,
          tensor::ExpandShapeOp, linalg::TransposeOp, linalg::BroadcastOp>(op))
    return isStatic(op->getOperand(0)) ? &op->getOpOperand(0) : nullptr;
  return nullptr;
}

Value ChannelMap::getMovedSource(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    OpOperand *moved = getMovedOperand(op);
    if (!moved)
      break;
    value = moved->get();
  }
  return value;
}

int64_t ChannelMap::getLabel(ArrayRef<int64_t> index) const {
  int64_t position = 0;
  for (auto [i, extent] : llvm::zip(index, extents))
    position = position * extent + (extent == 1 ? 0 : i);
  return labels[position];
}

/// Advances `index` in row-major order within `extents`; false at the end.
static bool advance(MutableArrayRef<int64_t> index, ArrayRef<int64_t> extents) {
  for (int64_t dim = index.size() - 1; dim >= 0; --dim) {
    if (++index[dim] < extents[dim])
      return true;
    index[dim] = 0;
  }
  return false;
}

void ChannelMap::simplify() {
  for (size_t dim = 0; dim < extents.size(); ++dim) {
    if (extents[dim] == 1)
      continue;
    int64_t inner = 1;
    for (size_t next = dim + 1; next < extents.size(); ++next)
      inner *= extents[next];
    int64_t block = inner * extents[dim];
    bool varies = false;
    for (int64_t i = 0, e = labels.size(); i < e && !varies; ++i)
      varies = labels[i] != labels[i / block * block + i % inner];
    if (varies)
      continue;
    SmallVector<int64_t, 0> kept;
    for (int64_t i = 0, e = labels.size(); i < e; ++i)
      if (i % block < inner)
        kept.push_back(labels[i]);
    labels = std::move(kept);
    extents[dim] = 1;
  }
}

ChannelMap ChannelMap::remap(
    ArrayRef<int64_t> newShape, ArrayRef<bool> varies,
    function_ref<void(ArrayRef<int64_t>, MutableArrayRef<int64_t>)> getSource)
    const {
  ChannelMap result;
  result.shape.assign(newShape.begin(), newShape.end());
  for (auto [size, isVarying] : llvm::zip(newShape, varies))
    result.extents.push_back(isVarying ? size : 1);
  SmallVector<int64_t> index(newShape.size(), 0), source(shape.size(), 0);
  do {
    getSource(index, source);
    result.labels.push_back(getLabel(source));
  } while (advance(index, result.extents));
  result.simplify();
  return result;
}

/// Marks the dimensions along which the map of a reshaped tensor varies:
/// `groups` pairs dimensions of the lower rank with those of the higher.
static SmallVector<bool> spreadVariation(ArrayRef<int64_t> extents,
                                         ArrayRef<ReassociationIndices> groups,
                                         bool isCollapse, int64_t rank) {
  SmallVector<bool> varies(rank, false);
  for (auto [low, group] : llvm::enumerate(groups))
    for (int64_t high : group) {
      if (isCollapse)
        varies[low] = varies[low] || extents[high] != 1;
      else
        varies[high] = extents[low] != 1;
    }
  return varies;
}

ChannelMap ChannelMap::getResultOf(Operation *op) const {
  ArrayRef<int64_t> newShape = getShapeOf(op->getResult(0));
  int64_t rank = newShape.size();
  if (auto transpose = dyn_cast<linalg::TransposeOp>(op)) {
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    SmallVector<bool> varies;
    for (int64_t dim : permutation)
      varies.push_back(extents[dim] != 1);
    return remap(newShape, varies, [&](auto index, auto source) {
      for (auto [i, dim] : llvm::enumerate(permutation))
        source[dim] = index[i];
    });
  }
  if (auto broadcast = dyn_cast<linalg::BroadcastOp>(op)) {
    SmallVector<int64_t> kept;
    for (int64_t dim = 0; dim < rank; ++dim)
      if (!llvm::is_contained(broadcast.getDimensions(), dim))
        kept.push_back(dim);
    SmallVector<bool> varies(rank, false);
    for (auto [dim, extent] : llvm::zip(kept, extents))
      varies[dim] = extent != 1;
    return remap(newShape, varies, [&](auto index, auto source) {
      for (auto [i, dim] : llvm::enumerate(kept))
        source[i] = index[dim];
    });
  }
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
    llvm::SmallBitVector dropped = slice.getDroppedDims();
    SmallVector<bool> varies;
    for (size_t dim = 0; dim < shape.size(); ++dim)
      if (!dropped.test(dim))
        varies.push_back(extents[dim] != 1);
    return remap(newShape, varies, [&](auto index, auto source) {
      int64_t next = 0;
      for (size_t dim = 0; dim < shape.size(); ++dim) {
        int64_t i = dropped.test(dim) ? 0 : index[next++];
        source[dim] =
            slice.getStaticOffsets()[dim] + i * slice.getStaticStrides()[dim];
      }
    });
  }
  bool isCollapse = isa<tensor::CollapseShapeOp>(op);
  SmallVector<ReassociationIndices> groups =
      isCollapse ? cast<tensor::CollapseShapeOp>(op).getReassociationIndices()
                 : cast<tensor::ExpandShapeOp>(op).getReassociationIndices();
  SmallVector<bool> varies = spreadVariation(extents, groups, isCollapse, rank);
  return remap(newShape, varies, [&](auto index, auto source) {
    for (auto [low, group] : llvm::enumerate(groups)) {
      if (isCollapse) {
        int64_t rest = index[low];
        for (int64_t dim : llvm::reverse(group)) {
          source[dim] = rest % shape[dim];
          rest /= shape[dim];
        }
        continue;
      }
      source[low] = 0;
      for (int64_t dim : group)
        source[low] = source[low] * newShape[dim] + index[dim];
    }
  });
}

std::optional<int64_t> ChannelMap::getAxis() const {
  int64_t axis = shape.size() - 1, varying = 0;
  for (auto [dim, extent] : llvm::enumerate(extents))
    if (extent != 1) {
      axis = dim;
      ++varying;
    }
  if (varying > 1 || shape.empty())
    return std::nullopt;
  return axis;
}

std::optional<SmallVector<int64_t>> ChannelMap::getLabels(int64_t axis) const {
  for (auto [dim, extent] : llvm::enumerate(extents))
    if (extent != 1 && static_cast<int64_t>(dim) != axis)
      return std::nullopt;
  if (extents[axis] == 1)
    return SmallVector<int64_t>(shape[axis], labels.front());
  return SmallVector<int64_t>(labels.begin(), labels.end());
}

void ChannelMap::forEachInLast(
    function_ref<void(int64_t, int64_t)> visit) const {
  if (extents.back() == 1) {
    for (int64_t index = 0; index < shape.back(); ++index)
      for (int64_t label : labels)
        visit(index, label);
    return;
  }
  for (auto [position, label] : llvm::enumerate(labels))
    visit(position % extents.back(), label);
}

ChannelMap ChannelMap::offsetLabels(int64_t offset) const {
  ChannelMap result = *this;
  for (int64_t &label : result.labels)
    label += offset;
  return result;
}
