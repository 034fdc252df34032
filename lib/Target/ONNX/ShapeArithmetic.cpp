//===- ShapeArithmetic.cpp - Constants, shapes and casts ------------------===//

#include "OpTable.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace spiq::onnx_import;
using ::onnx::TensorProto;

static LogicalResult setInts(NodeImporter &node, ArrayRef<int64_t> shape,
                             ArrayRef<int64_t> values) {
  return node.setResult(
      0, ConstantTensor::fromInts(TensorProto::INT64, shape, values));
}

LogicalResult spiq::onnx_import::importConstant(NodeImporter &node) {
  if (const TensorProto *proto = node.getTensor("value")) {
    llvm::Expected<ConstantTensor> tensor = ConstantTensor::fromProto(*proto);
    if (!tensor)
      return node.reject(llvm::toString(tensor.takeError()));
    return node.setResult(0, std::move(*tensor));
  }
  if (node.hasAttribute("value_float"))
    return node.setResult(0, ConstantTensor::fromFloats(
                                 {}, {node.getFloat("value_float", 0.0f)}));
  if (node.hasAttribute("value_floats")) {
    SmallVector<float> values = node.getFloats("value_floats");
    return node.setResult(
        0, ConstantTensor::fromFloats({static_cast<int64_t>(values.size())},
                                      values));
  }
  if (node.hasAttribute("value_int"))
    return setInts(node, {}, {node.getInt("value_int", 0)});
  if (node.hasAttribute("value_ints")) {
    SmallVector<int64_t> values = node.getInts("value_ints");
    return setInts(node, {static_cast<int64_t>(values.size())}, values);
  }
  return node.reject("only tensors and numbers are supported as values");
}

LogicalResult spiq::onnx_import::importShape(NodeImporter &node) {
  ArrayRef<int64_t> shape = node.getShape(0);
  int64_t rank = shape.size();
  auto clampAxis = [&](int64_t axis) {
    return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  int64_t start = clampAxis(node.getInt("start", 0));
  int64_t end = clampAxis(node.getInt("end", rank));
  shape = shape.slice(start, std::max<int64_t>(end - start, 0));
  return setInts(node, {static_cast<int64_t>(shape.size())}, shape);
}

LogicalResult spiq::onnx_import::importSize(NodeImporter &node) {
  return setInts(node, {}, {*getNumElements(node.getShape(0))});
}

LogicalResult spiq::onnx_import::importCast(NodeImporter &node) {
  int64_t target = node.getInt("to", 0);
  if (target != node.getInput(0).type)
    return node.reject("casts from " + getDataTypeName(node.getInput(0).type) +
                       " to " + getDataTypeName(static_cast<int>(target)) +
                       " are not supported at run time");
  return node.setResult(0, node.getInput(0));
}

//===----------------------------------------------------------------------===//
// Generated constants
//===----------------------------------------------------------------------===//

LogicalResult spiq::onnx_import::foldConstantOfShape(NodeImporter &node) {
  const ConstantTensor &shapeTensor = *node.getInput(0).constant;
  if (shapeTensor.isFloat() || shapeTensor.getRank() > 1)
    return node.reject("the shape must be a vector of integers");
  SmallVector<int64_t> shape = shapeTensor.getInts();
  if (!getNumElements(shape))
    return node.reject("the shape " + formatShape(shape) +
                       " is not valid or too large");
  ConstantTensor value = ConstantTensor::fromFloats({1}, {0.0f});
  if (const TensorProto *proto = node.getTensor("value")) {
    llvm::Expected<ConstantTensor> tensor = ConstantTensor::fromProto(*proto);
    if (!tensor)
      return node.reject(llvm::toString(tensor.takeError()));
    if (tensor->getNumElements() != 1)
      return node.reject("the value must be one number");
    value = std::move(*tensor);
  }
  return node.setResult(
      0, value.reshape(SmallVector<int64_t>(shape.size(), 1)).broadcast(shape));
}

LogicalResult spiq::onnx_import::foldRange(NodeImporter &node) {
  SmallVector<double> bounds;
  for (size_t i = 0; i < 3; ++i) {
    const ConstantTensor &bound = *node.getInput(i).constant;
    if (bound.getNumElements() != 1)
      return node.reject("start, limit and delta must be scalars");
    bounds.push_back(bound.getDouble(0));
  }
  double count = (bounds[1] - bounds[0]) / bounds[2];
  if (!(count < 1e6))
    return node.reject("the range is too long");
  std::vector<double> values;
  for (int64_t i = 0; static_cast<double>(i) < count; ++i)
    values.push_back(bounds[0] + static_cast<double>(i) * bounds[2]);
  return node.setResult(0, ConstantTensor::fromDoubles(
                               node.getInput(0).type,
                               {static_cast<int64_t>(values.size())}, values));
}
