//===- NodeImporter.cpp - Import of one node ------------------------------===//

#include "NodeImporter.h"
#include "ModelVerifier.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace spiq::onnx_import;
using ::onnx::AttributeProto;

LogicalResult NodeImporter::reject(const Twine &reason) {
  if (problem.empty())
    problem = reason.str();
  return failure();
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

bool NodeImporter::hasAttribute(StringRef name) const {
  return llvm::any_of(node.attribute(), [&](const AttributeProto &attribute) {
    return attribute.name() == name;
  });
}

const AttributeProto *NodeImporter::find(StringRef name,
                                         AttributeProto::AttributeType kind) {
  for (const AttributeProto &attribute : node.attribute()) {
    if (attribute.name() != name)
      continue;
    if (attribute.type() == kind)
      return &attribute;
    (void)reject("attribute '" + name + "' has the wrong type");
    return nullptr;
  }
  return nullptr;
}

int64_t NodeImporter::getInt(StringRef name, int64_t defaultValue) {
  const AttributeProto *attribute = find(name, AttributeProto::INT);
  return attribute ? attribute->i() : defaultValue;
}

float NodeImporter::getFloat(StringRef name, float defaultValue) {
  const AttributeProto *attribute = find(name, AttributeProto::FLOAT);
  return attribute ? attribute->f() : defaultValue;
}

StringRef NodeImporter::getString(StringRef name, StringRef defaultValue) {
  const AttributeProto *attribute = find(name, AttributeProto::STRING);
  return attribute ? StringRef(attribute->s()) : defaultValue;
}

SmallVector<int64_t> NodeImporter::getInts(StringRef name,
                                           ArrayRef<int64_t> defaultValue) {
  const AttributeProto *attribute = find(name, AttributeProto::INTS);
  if (!attribute)
    return SmallVector<int64_t>(defaultValue);
  return {attribute->ints().begin(), attribute->ints().end()};
}

SmallVector<float> NodeImporter::getFloats(StringRef name) {
  const AttributeProto *attribute = find(name, AttributeProto::FLOATS);
  if (!attribute)
    return {};
  return {attribute->floats().begin(), attribute->floats().end()};
}

const ::onnx::TensorProto *NodeImporter::getTensor(StringRef name) {
  const AttributeProto *attribute = find(name, AttributeProto::TENSOR);
  return attribute ? &attribute->t() : nullptr;
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

FailureOr<ConstantTensor> NodeImporter::getConstant(size_t index,
                                                    const Twine &what) {
  assert(hasInput(index) && "optional inputs must be asked for first");
  const ImportedValue &input = getInput(index);
  if (!input.isConstant())
    return reject(what + " (input " + Twine(index) +
                  ") is computed at run time; it must be a constant");
  return *input.constant;
}

FailureOr<SmallVector<int64_t>> NodeImporter::getIntsFrom(size_t index,
                                                          StringRef name) {
  if (!hasInput(index))
    return getInts(name);
  FailureOr<ConstantTensor> constant = getConstant(index, name);
  if (failed(constant))
    return failure();
  if (constant->isFloat())
    return reject(name + " (input " + Twine(index) + ") must hold integers");
  return constant->getInts();
}

Value NodeImporter::getInOrder(size_t index, ArrayRef<int64_t> order) {
  return materialize(tensors, getInput(index), order);
}

std::pair<Value, SmallVector<int64_t>> NodeImporter::getAsHeld(size_t index) {
  const ImportedValue &input = getInput(index);
  SmallVector<int64_t> order =
      input.value ? input.order : getIdentityOrder(input.getRank());
  return {materialize(tensors, input, order), order};
}

Value NodeImporter::getForBroadcast(size_t index, ArrayRef<int64_t> order) {
  const ImportedValue &input = getInput(index);
  int64_t added = static_cast<int64_t>(order.size()) - input.getRank();
  SmallVector<int64_t> shape(added, 1), ownOrder;
  llvm::append_range(shape, input.shape);
  for (int64_t dim : order)
    if (dim >= added)
      ownOrder.push_back(dim - added);
  return tensors.reshape(materialize(tensors, input, ownOrder),
                         applyOrder(shape, order));
}

FailureOr<Value> NodeImporter::getImage(size_t index) {
  if (failed(expectFloat(index)))
    return failure();
  int64_t rank = getInput(index).getRank();
  if (rank != 3 && rank != 4)
    return reject(
        "input " + Twine(index) + " has shape " + formatShape(getShape(index)) +
        "; only images (NxCxHxW) and sequences (NxCxL) are supported");
  Value value = getInOrder(index, getChannelsLastOrder(rank));
  if (rank == 4)
    return value;
  ArrayRef<int64_t> shape = getShape(index);
  return tensors.reshape(value, {shape[0], 1, shape[2], shape[1]});
}

void NodeImporter::makeFloat(size_t index) {
  if (!hasInput(index) || !getInput(index).isConstant() ||
      getInput(index).type == ::onnx::TensorProto::FLOAT)
    return;
  ImportedValue value = getInput(index);
  value.type = ::onnx::TensorProto::FLOAT;
  value.constant = ConstantTensor::fromDoubles(value.type, value.shape,
                                               value.constant->getDoubles());
  converted.push_back(std::move(value));
  inputs[index] = &converted.back();
}

LogicalResult NodeImporter::expectFloat(size_t index) {
  if (getInput(index).type != ::onnx::TensorProto::FLOAT)
    return reject("input " + Twine(index) + " holds " +
                  getDataTypeName(getInput(index).type) +
                  " values; only float is supported here");
  return success();
}

FailureOr<int64_t> NodeImporter::normalizeAxis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    return reject("axis " + Twine(axis) + " is outside of the " + Twine(rank) +
                  " dimensions of the tensor");
  return axis < 0 ? axis + rank : axis;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

LogicalResult NodeImporter::setResult(size_t index, ImportedValue value) {
  if (index >= results.size())
    return reject("needs " + Twine(index + 1) + " outputs, has " +
                  Twine(results.size()));
  results[index] = std::move(value);
  return success();
}

LogicalResult NodeImporter::setResult(size_t index, Value value,
                                      ArrayRef<int64_t> order, DataType type) {
  ImportedValue result;
  result.shape = applyOrder(cast<RankedTensorType>(value.getType()).getShape(),
                            invertOrder(order));
  result.type = type;
  result.value = value;
  result.order = llvm::to_vector(order);
  return setResult(index, std::move(result));
}

LogicalResult NodeImporter::setResult(size_t index, ConstantTensor constant) {
  ImportedValue result;
  result.shape = llvm::to_vector(constant.getShape());
  result.type = constant.getType();
  result.constant = std::move(constant);
  return setResult(index, std::move(result));
}

LogicalResult NodeImporter::setImageResult(Value image, int64_t rank) {
  if (rank == 3) {
    ArrayRef<int64_t> shape =
        cast<RankedTensorType>(image.getType()).getShape();
    image = tensors.reshape(image, {shape[0], shape[1] * shape[2], shape[3]});
  }
  return setResult(0, image, getChannelsLastOrder(rank));
}
