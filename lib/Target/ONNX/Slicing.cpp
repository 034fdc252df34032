//===- Slicing.cpp - Import of concatenation, slices and padding ----------===//

#include "Elementwise.h"
#include "OpTable.h"
#include "Reshaping.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "llvm/Support/MathExtras.h"
#include <utility>

using namespace mlir;
using namespace spiq;
using namespace spiq::onnx_import;

/// Puts `value` into every element of a vector.
static SmallVector<int64_t> fill(size_t size, int64_t value) {
  return SmallVector<int64_t>(size, value);
}

//===----------------------------------------------------------------------===//
// Concat
//===----------------------------------------------------------------------===//

LogicalResult spiq::onnx_import::importConcat(NodeImporter &node) {
  ArrayRef<int64_t> first = node.getShape(0);
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", 0), first.size());
  if (failed(axis))
    return failure();
  SmallVector<int64_t> order = chooseOrder(node, first.size());
  SmallVector<Value> parts;
  int64_t size = 0;
  for (size_t i = 0; i < node.getNumInputs(); ++i) {
    if (!node.hasInput(i))
      return node.reject("input " + Twine(i) + " is missing");
    SmallVector<int64_t> shape(node.getShape(i));
    if (shape.size() != first.size())
      return node.reject("inputs of shape " + formatShape(first) + " and " +
                         formatShape(shape) + " cannot be joined");
    size += shape[*axis];
    shape[*axis] = first[*axis];
    if (ArrayRef<int64_t>(shape) != first)
      return node.reject("inputs of shape " + formatShape(first) + " and " +
                         formatShape(node.getShape(i)) +
                         " cannot be joined along axis " + Twine(*axis));
    if (failed(node.expectFloat(i)))
      return failure();
    parts.push_back(node.getInOrder(i, order));
  }
  SmallVector<int64_t> shape(first);
  shape[*axis] = size;
  int64_t position = invertOrder(order)[*axis];
  Value result = ConcatOp::create(
      node.getBuilder(), node.getLoc(),
      node.tensors.getFloatType(applyOrder(shape, order)), parts, position);
  return node.setResult(0, result, order);
}

//===----------------------------------------------------------------------===//
// Slice and Split
//===----------------------------------------------------------------------===//

/// Elements `start + i * step` of input 0 along each ONNX dimension.
static LogicalResult setSlice(NodeImporter &node, size_t output,
                              ArrayRef<int64_t> starts, ArrayRef<int64_t> sizes,
                              ArrayRef<int64_t> steps) {
  const ImportedValue &input = node.getInput(0);
  if (input.isConstant())
    return node.setResult(output,
                          input.constant->gatherStrided(starts, steps, sizes));
  if (llvm::is_contained(sizes, 0))
    return node.reject("the slice is empty");
  auto [value, order] = node.getAsHeld(0);
  // Upstream slices step forwards only.
  SmallVector<int64_t> offsets(starts), counts(sizes), strides(steps);
  for (auto [dim, step] : llvm::enumerate(steps)) {
    if (step > 0)
      continue;
    SmallVector<int64_t> indices;
    for (int64_t i = 0; i < sizes[dim]; ++i)
      indices.push_back(starts[dim] + i * step);
    value = node.tensors.select(value, invertOrder(order)[dim], indices);
    offsets[dim] = 0;
    strides[dim] = 1;
  }
  value =
      node.tensors.slice(value, applyOrder(offsets, order),
                         applyOrder(counts, order), applyOrder(strides, order));
  return node.setResult(output, value, order, input.type);
}

LogicalResult spiq::onnx_import::importSplit(NodeImporter &node) {
  ArrayRef<int64_t> shape = node.getShape(0);
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", 0), shape.size());
  FailureOr<SmallVector<int64_t>> sizes = node.getIntsFrom(1, "split");
  if (failed(axis) || failed(sizes))
    return failure();
  int64_t total = shape[*axis], outputs = node.getNumOutputs();
  if (sizes->empty()) {
    // Equal parts; the last one may be smaller.
    int64_t part = outputs ? llvm::divideCeil(total, outputs) : 0;
    for (int64_t i = 0; i < outputs; ++i)
      sizes->push_back(std::clamp<int64_t>(total - i * part, 0, part));
  }
  if (static_cast<int64_t>(sizes->size()) != outputs)
    return node.reject("split lists " + Twine(sizes->size()) +
                       " parts, but there are " + Twine(outputs) + " outputs");
  int64_t sum = 0;
  for (int64_t size : *sizes) {
    if (size < 0 || size > total)
      return node.reject("a part of size " + Twine(size) + " is not valid");
    sum += size;
  }
  if (sum != total)
    return node.reject("the parts of the split add up to " + Twine(sum) +
                       ", but dimension " + Twine(*axis) + " has " +
                       Twine(total));
  SmallVector<int64_t> starts = fill(shape.size(), 0), counts(shape);
  for (auto [i, size] : llvm::enumerate(*sizes)) {
    counts[*axis] = size;
    if (failed(setSlice(node, i, starts, counts, fill(shape.size(), 1))))
      return failure();
    starts[*axis] += size;
  }
  return success();
}

namespace {
struct SliceRange {
  int64_t start, step, size;
};
} // namespace

/// ONNX's and numpy's rules for `start:end:step` of a dimension.
static SliceRange getSliceRange(int64_t start, int64_t end, int64_t step,
                                int64_t dim) {
  auto wrap = [&](int64_t index) { return index < 0 ? index + dim : index; };
  if (step > 0) {
    start = std::clamp<int64_t>(wrap(start), 0, dim);
    end = std::clamp<int64_t>(wrap(end), 0, dim);
    step = std::min(step, std::max<int64_t>(dim, 1));
    return {start, step, end > start ? (end - start + step - 1) / step : 0};
  }
  start = std::clamp<int64_t>(wrap(start), -1, dim - 1);
  end = std::clamp<int64_t>(wrap(end), -1, dim - 1);
  step = std::max(step, -std::max<int64_t>(dim, 1));
  return {std::max<int64_t>(start, 0), step,
          start > end ? (start - end - step - 1) / -step : 0};
}

LogicalResult spiq::onnx_import::importSlice(NodeImporter &node) {
  ArrayRef<int64_t> shape = node.getShape(0);
  FailureOr<SmallVector<int64_t>> starts = node.getIntsFrom(1, "starts");
  FailureOr<SmallVector<int64_t>> ends = node.getIntsFrom(2, "ends");
  FailureOr<SmallVector<int64_t>> axes = node.getIntsFrom(3, "axes");
  FailureOr<SmallVector<int64_t>> steps = node.getIntsFrom(4, "steps");
  if (failed(starts) || failed(ends) || failed(axes) || failed(steps))
    return failure();
  if (axes->empty())
    *axes = getIdentityOrder(starts->size());
  if (steps->empty())
    *steps = fill(starts->size(), 1);
  if (ends->size() != starts->size() || axes->size() != starts->size() ||
      steps->size() != starts->size())
    return node.reject("starts, ends, axes and steps differ in length");
  SmallVector<int64_t> first = fill(shape.size(), 0), sizes(shape),
                       stride = fill(shape.size(), 1);
  SmallVector<bool> seen(shape.size(), false);
  for (size_t i = 0; i < starts->size(); ++i) {
    FailureOr<int64_t> axis = node.normalizeAxis((*axes)[i], shape.size());
    if (failed(axis))
      return failure();
    if (std::exchange(seen[*axis], true))
      return node.reject("axis " + Twine(*axis) + " is listed twice");
    if ((*steps)[i] == 0)
      return node.reject("a step is zero");
    SliceRange range =
        getSliceRange((*starts)[i], (*ends)[i], (*steps)[i], shape[*axis]);
    first[*axis] = range.start;
    sizes[*axis] = range.size;
    stride[*axis] = range.step;
  }
  return setSlice(node, 0, first, sizes, stride);
}

//===----------------------------------------------------------------------===//
// Gather with constant indices
//===----------------------------------------------------------------------===//

LogicalResult spiq::onnx_import::importGather(NodeImporter &node) {
  ArrayRef<int64_t> shape = node.getShape(0);
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", 0), shape.size());
  FailureOr<ConstantTensor> indices = node.getConstant(1, "indices");
  if (failed(axis) || failed(indices))
    return failure();
  if (indices->isFloat())
    return node.reject("indices must be integers");
  int64_t dim = shape[*axis];
  SmallVector<int64_t> picked = indices->getInts();
  for (int64_t &index : picked) {
    if (index < -dim || index >= dim)
      return node.reject("index " + Twine(index) + " is outside of dimension " +
                         Twine(*axis) + " of size " + Twine(dim));
    index = index < 0 ? index + dim : index;
  }
  if (picked.empty())
    return node.reject("there are no indices");
  auto [value, order] = node.getAsHeld(0);
  ImportedValue selected;
  selected.type = node.getInput(0).type;
  selected.shape = llvm::to_vector(shape);
  selected.shape[*axis] = picked.size();
  if (!getNumElements(selected.shape))
    return node.reject("the result is too large");
  selected.value =
      node.tensors.select(value, invertOrder(order)[*axis], picked);
  selected.order = order;
  // The indexed dimension becomes the dimensions of the indices.
  SmallVector<int64_t> result(shape.take_front(*axis));
  llvm::append_range(result, indices->getShape());
  llvm::append_range(result, shape.drop_front(*axis + 1));
  return node.setResult(0, reshapeValue(node.tensors, selected, result));
}

//===----------------------------------------------------------------------===//
// Pad
//===----------------------------------------------------------------------===//

/// The pads in front of and behind each dimension of input 0.
static LogicalResult readPads(NodeImporter &node, SmallVector<int64_t> &low,
                              SmallVector<int64_t> &high) {
  int64_t rank = node.getInput(0).getRank();
  FailureOr<SmallVector<int64_t>> pads = node.getIntsFrom(1, "pads");
  FailureOr<SmallVector<int64_t>> axes = node.getIntsFrom(3, "axes");
  if (failed(pads) || failed(axes))
    return failure();
  if (axes->empty())
    *axes = getIdentityOrder(rank);
  if (pads->size() != 2 * axes->size())
    return node.reject("pads has " + Twine(pads->size()) +
                       " entries, expected " + Twine(2 * axes->size()));
  low = fill(rank, 0);
  high = fill(rank, 0);
  SmallVector<bool> seen(rank, false);
  for (size_t i = 0; i < axes->size(); ++i) {
    FailureOr<int64_t> axis = node.normalizeAxis((*axes)[i], rank);
    if (failed(axis))
      return failure();
    if (std::exchange(seen[*axis], true))
      return node.reject("axis " + Twine(*axis) + " is listed twice");
    low[*axis] = (*pads)[i];
    high[*axis] = (*pads)[axes->size() + i];
  }
  SmallVector<int64_t> padded(node.getShape(0));
  for (int64_t dim = 0; dim < rank; ++dim) {
    for (int64_t pad : {low[dim], high[dim]})
      if (pad < -INT32_MAX || pad > INT32_MAX)
        return node.reject("padding by " + Twine(pad) + " is out of range");
    padded[dim] += low[dim] + high[dim];
    if (padded[dim] < 1 || -low[dim] >= node.getShape(0)[dim] ||
        -high[dim] >= node.getShape(0)[dim])
      return node.reject("negative padding leaves nothing of dimension " +
                         Twine(dim));
  }
  if (!getNumElements(padded))
    return node.reject("the result of shape " + formatShape(padded) +
                       " is too large");
  return success();
}

/// The value to pad with.
static FailureOr<float> getPadValue(NodeImporter &node) {
  if (!node.hasInput(2))
    return node.getFloat("value", 0.0f);
  FailureOr<ConstantTensor> value = node.getConstant(2, "constant_value");
  if (failed(value))
    return failure();
  if (value->getNumElements() != 1)
    return node.reject("constant_value must be a scalar");
  return static_cast<float>(value->getDouble(0));
}

/// The element of a dimension of `size` that position `index` outside of it
/// repeats.
static int64_t foldIndex(StringRef mode, int64_t index, int64_t size) {
  if (mode == "edge" || size == 1)
    return std::clamp<int64_t>(index, 0, size - 1);
  if (mode == "wrap")
    return ((index % size) + size) % size;
  int64_t period = 2 * (size - 1); // reflect
  index = ((index % period) + period) % period;
  return index < size ? index : period - index;
}

LogicalResult spiq::onnx_import::importPad(NodeImporter &node) {
  if (failed(node.expectFloat(0)))
    return failure();
  SmallVector<int64_t> low, high;
  if (failed(readPads(node, low, high)))
    return failure();
  StringRef mode = node.getString("mode", "constant");
  SmallVector<int64_t> order = chooseOrder(node, low.size());
  if (low.empty())
    return node.setResult(0, node.getInput(0));
  Value value = node.getInOrder(0, order);
  auto isPadded = [](int64_t pad) { return pad != 0; };
  if (llvm::none_of(low, isPadded) && llvm::none_of(high, isPadded))
    return node.setResult(0, node.getInput(0));

  if (mode == "edge" || mode == "reflect" || mode == "wrap") {
    for (auto [position, dim] : llvm::enumerate(order)) {
      if (low[dim] == 0 && high[dim] == 0)
        continue;
      int64_t size = node.getShape(0)[dim];
      SmallVector<int64_t> indices;
      for (int64_t i = -low[dim]; i < size + high[dim]; ++i)
        indices.push_back(foldIndex(mode, i, size));
      value = node.tensors.select(value, position, indices);
    }
    return node.setResult(0, value, order);
  }
  if (mode != "constant")
    return node.reject("mode '" + mode + "' is not supported");
  FailureOr<float> padValue = getPadValue(node);
  if (failed(padValue))
    return failure();
  // Negative padding crops.
  SmallVector<int64_t> offsets = fill(low.size(), 0);
  SmallVector<int64_t> sizes(node.getShape(0));
  for (size_t dim = 0; dim < low.size(); ++dim) {
    offsets[dim] = std::max<int64_t>(-low[dim], 0);
    sizes[dim] +=
        std::min<int64_t>(low[dim], 0) + std::min<int64_t>(high[dim], 0);
    low[dim] = std::max<int64_t>(low[dim], 0);
    high[dim] = std::max<int64_t>(high[dim], 0);
  }
  value = node.tensors.slice(value, applyOrder(offsets, order),
                             applyOrder(sizes, order), fill(low.size(), 1));
  for (size_t dim = 0; dim < low.size(); ++dim)
    sizes[dim] += low[dim] + high[dim];
  Value result = PadOp::create(
      node.getBuilder(), node.getLoc(),
      node.tensors.getFloatType(applyOrder(sizes, order)), value,
      applyOrder(low, order), applyOrder(high, order), APFloat(*padValue));
  return node.setResult(0, result, order);
}
