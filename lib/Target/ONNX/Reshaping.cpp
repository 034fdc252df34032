//===- Reshaping.cpp - Import of reshapes and transpositions --------------===//

#include "Reshaping.h"
#include "OpTable.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

using namespace mlir;
using namespace spiq;
using namespace spiq::onnx_import;

//===----------------------------------------------------------------------===//
// Values and their orders
//===----------------------------------------------------------------------===//

namespace {
/// Neighbouring dimensions of the old shape that become neighbouring dimensions
/// of the new one. Dimensions of size one are in no group.
struct ReshapeGroup {
  SmallVector<int64_t, 4> source, target;
};
} // namespace

static SmallVector<int64_t> getLargeDims(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> dims;
  for (auto [dim, size] : llvm::enumerate(shape))
    if (size != 1)
      dims.push_back(dim);
  return dims;
}

/// The smallest groups of dimensions with equal products.
static SmallVector<ReshapeGroup> getReshapeGroups(ArrayRef<int64_t> source,
                                                  ArrayRef<int64_t> target) {
  SmallVector<int64_t> sourceDims = getLargeDims(source);
  SmallVector<int64_t> targetDims = getLargeDims(target);
  SmallVector<ReshapeGroup> groups;
  size_t s = 0, t = 0;
  while (s < sourceDims.size()) {
    ReshapeGroup group;
    int64_t sourceSize = source[sourceDims[s]];
    int64_t targetSize = target[targetDims[t]];
    group.source.push_back(sourceDims[s++]);
    group.target.push_back(targetDims[t++]);
    while (sourceSize != targetSize) {
      if (sourceSize < targetSize) {
        sourceSize *= source[sourceDims[s]];
        group.source.push_back(sourceDims[s++]);
      } else {
        targetSize *= target[targetDims[t]];
        group.target.push_back(targetDims[t++]);
      }
    }
    groups.push_back(group);
  }
  return groups;
}

/// Puts the dimensions of size one of `shape`, which `order` lacks, where a
/// channels-last image would have them if that fits, else in front of the
/// dimension that follows them.
static SmallVector<int64_t> insertUnitDims(ArrayRef<int64_t> order,
                                           ArrayRef<int64_t> shape) {
  int64_t rank = shape.size();
  for (const SmallVector<int64_t> &usual :
       {getChannelsLastOrder(rank), getIdentityOrder(rank)}) {
    SmallVector<int64_t> large;
    for (int64_t dim : usual)
      if (shape[dim] != 1)
        large.push_back(dim);
    if (ArrayRef<int64_t>(large) == order)
      return usual;
  }
  SmallVector<int64_t> result;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (shape[dim] == 1)
      result.push_back(dim);
  llvm::append_range(result, order);
  return result;
}

ImportedValue spiq::onnx_import::reshapeValue(const TensorBuilder &tensors,
                                              const ImportedValue &value,
                                              ArrayRef<int64_t> newShape) {
  ImportedValue result;
  result.type = value.type;
  result.shape = llvm::to_vector(newShape);
  if (value.isConstant()) {
    result.constant = value.constant->reshape(newShape);
    return result;
  }
  if (!value.value) {
    ImportedValue computed = value;
    computed.order = getIdentityOrder(value.getRank());
    computed.value = materialize(tensors, value, computed.order);
    return reshapeValue(tensors, computed, newShape);
  }
  SmallVector<ReshapeGroup> groups = getReshapeGroups(value.shape, newShape);
  SmallVector<int64_t> position = invertOrder(value.order);
  // Groups keep the order in which their first dimensions are held.
  llvm::sort(groups, [&](const ReshapeGroup &a, const ReshapeGroup &b) {
    return position[a.source.front()] < position[b.source.front()];
  });
  SmallVector<int64_t> sourceOrder, targetOrder;
  for (const ReshapeGroup &group : groups) {
    llvm::append_range(sourceOrder, group.source);
    llvm::append_range(targetOrder, group.target);
  }
  sourceOrder = insertUnitDims(sourceOrder, value.shape);
  Value moved =
      tensors.transpose(value.value, applyOrder(position, sourceOrder));
  result.order = insertUnitDims(targetOrder, newShape);
  result.value = tensors.reshape(moved, applyOrder(newShape, result.order));
  return result;
}

ImportedValue spiq::onnx_import::transposeValue(const ImportedValue &value,
                                                ArrayRef<int64_t> permutation) {
  ImportedValue result = value;
  result.reordered.clear();
  result.shape = applyOrder(value.shape, permutation);
  if (!value.value) {
    result.constant = value.constant->transpose(permutation);
    if (result.quantization && result.quantization->axis)
      result.quantization->axis =
          invertOrder(permutation)[*result.quantization->axis];
    return result;
  }
  // ONNX's dimension `permutation[i]` is now called `i`.
  result.order = applyOrder(invertOrder(permutation), value.order);
  return result;
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

static LogicalResult setReshaped(NodeImporter &node, ArrayRef<int64_t> shape) {
  if (getNumElements(shape) != getNumElements(node.getShape(0)))
    return node.reject("cannot reshape " + formatShape(node.getShape(0)) +
                       " to " + formatShape(shape));
  return node.setResult(0, reshapeValue(node.tensors, node.getInput(0), shape));
}

LogicalResult spiq::onnx_import::importReshape(NodeImporter &node) {
  FailureOr<SmallVector<int64_t>> target = node.getIntsFrom(1, "shape");
  if (failed(target))
    return failure();
  ArrayRef<int64_t> shape = node.getShape(0);
  bool allowZero = node.getInt("allowzero", 0) != 0;
  int64_t known = 1;
  std::optional<size_t> unknown;
  for (auto [i, dim] : llvm::enumerate(*target)) {
    if (dim == 0 && !allowZero) {
      if (i >= shape.size())
        return node.reject("dimension " + Twine(i) +
                           " is copied from an input that has only " +
                           Twine(shape.size()) + " dimensions");
      dim = shape[i];
    }
    if (dim == -1 && !unknown) {
      unknown = i;
      continue;
    }
    if (dim < 0 || dim > kMaxTensorBytes || known > kMaxTensorBytes)
      return node.reject("the shape " + formatShape(*target) + " is not valid");
    known *= dim;
  }
  int64_t total = *getNumElements(shape);
  if (unknown) {
    if (known == 0 || total % known != 0)
      return node.reject("cannot reshape " + formatShape(shape) + " to " +
                         formatShape(*target));
    (*target)[*unknown] = total / known;
  }
  return setReshaped(node, *target);
}

LogicalResult spiq::onnx_import::importFlatten(NodeImporter &node) {
  ArrayRef<int64_t> shape = node.getShape(0);
  int64_t rank = shape.size();
  int64_t axis = node.getInt("axis", 1);
  if (axis < -rank || axis > rank)
    return node.reject("axis " + Twine(axis) + " is outside of the " +
                       Twine(rank) + " dimensions of the input");
  if (axis < 0)
    axis += rank;
  int64_t outer = 1, inner = 1;
  for (int64_t i = 0; i < rank; ++i)
    (i < axis ? outer : inner) *= shape[i];
  return setReshaped(node, {outer, inner});
}

LogicalResult spiq::onnx_import::importSqueeze(NodeImporter &node) {
  ArrayRef<int64_t> shape = node.getShape(0);
  int64_t rank = shape.size();
  FailureOr<SmallVector<int64_t>> axes = node.getIntsFrom(1, "axes");
  if (failed(axes))
    return failure();
  SmallVector<bool> dropped(rank, false);
  for (int64_t axis : *axes) {
    FailureOr<int64_t> normalized = node.normalizeAxis(axis, rank);
    if (failed(normalized))
      return failure();
    if (shape[*normalized] != 1)
      return node.reject("dimension " + Twine(*normalized) + " of " +
                         formatShape(shape) + " cannot be squeezed");
    dropped[*normalized] = true;
  }
  SmallVector<int64_t> result;
  for (int64_t i = 0; i < rank; ++i)
    if (!dropped[i] && !(axes->empty() && shape[i] == 1))
      result.push_back(shape[i]);
  return setReshaped(node, result);
}

LogicalResult spiq::onnx_import::importUnsqueeze(NodeImporter &node) {
  ArrayRef<int64_t> shape = node.getShape(0);
  FailureOr<SmallVector<int64_t>> axes = node.getIntsFrom(1, "axes");
  if (failed(axes))
    return failure();
  int64_t rank = shape.size() + axes->size();
  SmallVector<bool> added(rank, false);
  for (int64_t axis : *axes) {
    FailureOr<int64_t> normalized = node.normalizeAxis(axis, rank);
    if (failed(normalized))
      return failure();
    if (added[*normalized])
      return node.reject("axis " + Twine(axis) + " is listed twice");
    added[*normalized] = true;
  }
  SmallVector<int64_t> result;
  for (int64_t i = 0; i < rank; ++i) {
    result.push_back(added[i] ? 1 : shape.front());
    if (!added[i])
      shape = shape.drop_front();
  }
  return setReshaped(node, result);
}

LogicalResult spiq::onnx_import::importTranspose(NodeImporter &node) {
  int64_t rank = node.getInput(0).getRank();
  SmallVector<int64_t> reversed = getIdentityOrder(rank);
  std::reverse(reversed.begin(), reversed.end());
  SmallVector<int64_t> permutation = node.getInts("perm", reversed);
  SmallVector<int64_t> sorted = permutation;
  llvm::sort(sorted);
  if (sorted != getIdentityOrder(rank))
    return node.reject("perm is not a permutation of the " + Twine(rank) +
                       " dimensions of the input");
  return node.setResult(0, transposeValue(node.getInput(0), permutation));
}

LogicalResult spiq::onnx_import::importIdentity(NodeImporter &node) {
  return node.setResult(0, node.getInput(0));
}

LogicalResult spiq::onnx_import::importDropout(NodeImporter &node) {
  if (node.hasOutput(1))
    return node.reject("the second output (mask) is not supported");
  if (node.hasInput(2)) {
    FailureOr<ConstantTensor> training = node.getConstant(2, "training_mode");
    if (failed(training))
      return failure();
    if (training->getNumElements() != 1 || training->getInt(0) != 0)
      return node.reject("only the inference form is supported; export the "
                         "network in evaluation mode");
  }
  return node.setResult(0, node.getInput(0));
}

//===----------------------------------------------------------------------===//
// Exchange of pixels and channels
//===----------------------------------------------------------------------===//

/// Reshapes to `split`, transposes and reshapes to `merged`.
static LogicalResult setRearranged(NodeImporter &node, ArrayRef<int64_t> split,
                                   ArrayRef<int64_t> permutation,
                                   ArrayRef<int64_t> merged) {
  ImportedValue value = reshapeValue(node.tensors, node.getInput(0), split);
  value = transposeValue(value, permutation);
  return node.setResult(0, reshapeValue(node.tensors, value, merged));
}

/// The block size, which must divide `divided` as often as asked for.
static FailureOr<int64_t> getBlockSize(NodeImporter &node) {
  int64_t block = node.getInt("blocksize", 0);
  if (block < 1 || block > INT16_MAX)
    return node.reject("blocksize is " + Twine(block) +
                       ", expected 1 to 32767");
  if (node.getInput(0).getRank() != 4)
    return node.reject("the input has shape " + formatShape(node.getShape(0)) +
                       ", expected 4 dimensions");
  return block;
}

LogicalResult spiq::onnx_import::importDepthToSpace(NodeImporter &node) {
  FailureOr<int64_t> block = getBlockSize(node);
  if (failed(block))
    return failure();
  int64_t b = *block;
  ArrayRef<int64_t> s = node.getShape(0);
  if (s[1] % (b * b) != 0)
    return node.reject("blocksize " + Twine(b) + " does not divide the " +
                       Twine(s[1]) + " channels");
  int64_t c = s[1] / (b * b);
  StringRef mode = node.getString("mode", "DCR");
  SmallVector<int64_t> merged{s[0], c, s[2] * b, s[3] * b};
  if (mode == "DCR")
    return setRearranged(node, {s[0], b, b, c, s[2], s[3]}, {0, 3, 4, 1, 5, 2},
                         merged);
  if (mode == "CRD")
    return setRearranged(node, {s[0], c, b, b, s[2], s[3]}, {0, 1, 4, 2, 5, 3},
                         merged);
  return node.reject("mode is '" + mode + "', expected DCR or CRD");
}

LogicalResult spiq::onnx_import::importSpaceToDepth(NodeImporter &node) {
  FailureOr<int64_t> block = getBlockSize(node);
  if (failed(block))
    return failure();
  int64_t b = *block;
  ArrayRef<int64_t> s = node.getShape(0);
  if (s[2] % b != 0 || s[3] % b != 0)
    return node.reject("blocksize " + Twine(b) +
                       " does not divide the image of " + Twine(s[2]) + "x" +
                       Twine(s[3]) + " pixels");
  int64_t h = s[2] / b, w = s[3] / b;
  return setRearranged(node, {s[0], s[1], h, b, w, b}, {0, 3, 5, 1, 2, 4},
                       {s[0], s[1] * b * b, h, w});
}

//===----------------------------------------------------------------------===//
// Expand and Tile
//===----------------------------------------------------------------------===//

LogicalResult spiq::onnx_import::importExpand(NodeImporter &node) {
  FailureOr<SmallVector<int64_t>> target = node.getIntsFrom(1, "shape");
  if (failed(target))
    return failure();
  SmallVector<int64_t> shape(node.getShape(0));
  if (!getNumElements(*target))
    return node.reject("the shape " + formatShape(*target) +
                       " is not valid or too large");
  size_t rank = std::max(shape.size(), target->size());
  shape.insert(shape.begin(), rank - shape.size(), 1);
  target->insert(target->begin(), rank - target->size(), 1);
  SmallVector<int64_t> result;
  for (auto [own, wanted] : llvm::zip_equal(shape, *target)) {
    if (own != wanted && own != 1 && wanted != 1)
      return node.reject("cannot expand " + formatShape(node.getShape(0)) +
                         " to " + formatShape(*target));
    result.push_back(own == 1 ? wanted : own);
  }
  if (!getNumElements(result))
    return node.reject("the result of shape " + formatShape(result) +
                       " is too large");
  ImportedValue value = reshapeValue(node.tensors, node.getInput(0), shape);
  if (value.isConstant())
    return node.setResult(0, value.constant->broadcast(result));
  return node.setResult(
      0, node.tensors.broadcast(value.value, applyOrder(result, value.order)),
      value.order, value.type);
}

LogicalResult spiq::onnx_import::importTile(NodeImporter &node) {
  FailureOr<SmallVector<int64_t>> repeats = node.getIntsFrom(1, "repeats");
  if (failed(repeats))
    return failure();
  ArrayRef<int64_t> shape = node.getShape(0);
  if (repeats->size() != shape.size())
    return node.reject("there are " + Twine(repeats->size()) +
                       " repeats, expected " + Twine(shape.size()));
  SmallVector<int64_t> result;
  for (auto [size, count] : llvm::zip_equal(shape, *repeats)) {
    if (count < 1 || count > kMaxTensorBytes)
      return node.reject("a dimension is repeated " + Twine(count) +
                         " times, expected 1 or more");
    result.push_back(size * count);
    if (!getNumElements(result))
      return node.reject("the result is too large");
  }
  auto [value, order] = node.getAsHeld(0);
  bool isFloat = node.getInput(0).type == ::onnx::TensorProto::FLOAT;
  SmallVector<int64_t> position = invertOrder(order);
  for (auto [dim, size] : llvm::enumerate(shape)) {
    if (size == 1 || result[dim] == size)
      continue;
    int64_t count = (*repeats)[dim];
    // A few copies are joined, which integers can do as well.
    constexpr int64_t kMostParts = 64;
    if (isFloat && count <= kMostParts) {
      auto type = cast<RankedTensorType>(value.getType());
      SmallVector<int64_t> joined(type.getShape());
      joined[position[dim]] = result[dim];
      value =
          ConcatOp::create(node.getBuilder(), node.getLoc(), type.clone(joined),
                           SmallVector<Value>(count, value), position[dim]);
      continue;
    }
    SmallVector<int64_t> indices;
    for (int64_t i = 0; i < result[dim]; ++i)
      indices.push_back(i % size);
    value = node.tensors.select(value, position[dim], indices);
  }
  value = node.tensors.broadcast(value, applyOrder(result, order));
  return node.setResult(0, value, order, node.getInput(0).type);
}
