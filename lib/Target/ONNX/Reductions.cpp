//===- Reductions.cpp - Import of reductions ------------------------------===//

#include "Reductions.h"
#include "OpTable.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "llvm/ADT/StringSwitch.h"
#include <limits>

using namespace mlir;
using namespace spiq;
using namespace spiq::onnx_import;

Value spiq::onnx_import::buildReduction(const TensorBuilder &tensors,
                                        ReductionKind kind, Value input,
                                        ArrayRef<int64_t> dims) {
  OpBuilder &builder = tensors.getBuilder();
  Location loc = tensors.getLoc();
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> shape;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    if (!llvm::is_contained(dims, dim))
      shape.push_back(type.getDimSize(dim));
  float infinity = std::numeric_limits<float>::infinity();
  float start = kind == ReductionKind::Sum   ? 0.0f
                : kind == ReductionKind::Max ? -infinity
                                             : infinity;
  SmallVector<int64_t> sorted = llvm::to_vector(dims);
  llvm::sort(sorted);
  return linalg::ReduceOp::create(
             builder, loc, input, tensors.filled(shape, start), sorted,
             [&](OpBuilder &nested, Location nestedLoc, ValueRange values) {
               Value result;
               if (kind == ReductionKind::Sum)
                 result = arith::AddFOp::create(nested, nestedLoc, values[0],
                                                values[1]);
               else if (kind == ReductionKind::Max)
                 result = arith::MaximumFOp::create(nested, nestedLoc,
                                                    values[0], values[1]);
               else
                 result = arith::MinimumFOp::create(nested, nestedLoc,
                                                    values[0], values[1]);
               linalg::YieldOp::create(nested, nestedLoc, result);
             })
      ->getResult(0);
}

/// The sorted, distinct axes to reduce; none means that nothing is reduced.
static FailureOr<SmallVector<int64_t>> getAxes(NodeImporter &node) {
  int64_t rank = node.getInput(0).getRank();
  FailureOr<SmallVector<int64_t>> stated = node.getIntsFrom(1, "axes");
  if (failed(stated))
    return failure();
  if (stated->empty() && node.getInt("noop_with_empty_axes", 0) != 0)
    return stated;
  if (stated->empty())
    return getIdentityOrder(rank);
  SmallVector<int64_t> axes;
  for (int64_t axis : *stated) {
    FailureOr<int64_t> normalized = node.normalizeAxis(axis, rank);
    if (failed(normalized))
      return failure();
    if (llvm::is_contained(axes, *normalized))
      return node.reject("axis " + Twine(axis) + " is listed twice");
    axes.push_back(*normalized);
  }
  llvm::sort(axes);
  return axes;
}

/// Reductions over exactly the pixels of an image are global pools.
static Value buildGlobalPool(NodeImporter &node, Value image) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(image.getType()).getShape();
  auto type = node.tensors.getFloatType({shape[0], 1, 1, shape[3]});
  if (node.getOpType() == "ReduceMean")
    return AvgPool2DOp::create(node.getBuilder(), node.getLoc(), type, image,
                               {shape[1], shape[2]});
  return MaxPool2DOp::create(node.getBuilder(), node.getLoc(), type, image,
                             {shape[1], shape[2]});
}

LogicalResult spiq::onnx_import::importReduce(NodeImporter &node) {
  if (failed(node.expectFloat(0)))
    return failure();
  FailureOr<SmallVector<int64_t>> axes = getAxes(node);
  if (failed(axes))
    return failure();
  if (axes->empty())
    return node.setResult(0, node.getInput(0));

  StringRef op = node.getOpType();
  ArrayRef<int64_t> shape = node.getShape(0);
  bool isPool = shape.size() == 4 &&
                ArrayRef<int64_t>(*axes) == ArrayRef<int64_t>({2, 3}) &&
                (op == "ReduceMean" || op == "ReduceMax");
  bool keepDims = node.getInt("keepdims", 1) != 0;

  Value value;
  SmallVector<int64_t> order;
  if (isPool) {
    order = getChannelsLastOrder(4);
    value = buildGlobalPool(node, node.getInOrder(0, order));
  } else {
    std::tie(value, order) = node.getAsHeld(0);
    SmallVector<int64_t> position = invertOrder(order);
    auto kind = llvm::StringSwitch<ReductionKind>(op)
                    .Case("ReduceMax", ReductionKind::Max)
                    .Case("ReduceMin", ReductionKind::Min)
                    .Default(ReductionKind::Sum);
    value =
        buildReduction(node.tensors, kind, value, applyOrder(position, *axes));
    if (op == "ReduceMean") {
      int64_t count = 1;
      for (int64_t axis : *axes)
        count *= shape[axis];
      auto type = cast<RankedTensorType>(value.getType());
      value = arith::DivFOp::create(
          node.getBuilder(), node.getLoc(), value,
          node.tensors.filled(type.getShape(), static_cast<float>(count)));
    }
  }

  // The result with every reduced dimension of size one, then without.
  SmallVector<int64_t> reduced(shape), keptShape, keptOrder;
  for (int64_t axis : *axes)
    reduced[axis] = 1;
  if (keepDims)
    return node.setResult(
        0, node.tensors.reshape(value, applyOrder(reduced, order)), order);
  for (int64_t dim : order) {
    if (llvm::is_contained(*axes, dim))
      continue;
    int64_t dropped = llvm::count_if(*axes, [&](int64_t a) { return a < dim; });
    keptOrder.push_back(dim - dropped);
    keptShape.push_back(shape[dim]);
  }
  return node.setResult(0, node.tensors.reshape(value, keptShape), keptOrder);
}
