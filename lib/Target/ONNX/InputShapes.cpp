//===- InputShapes.cpp - Static shapes for graph inputs -------------------===//

#include "InputShapes.h"
#include "ConstantTensor.h"
#include "ModelVerifier.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace spiq;
using namespace spiq::onnx_import;

llvm::Expected<ONNXInputShape> spiq::parseONNXInputShape(llvm::StringRef text) {
  auto [name, dims] = text.rsplit(':');
  ONNXInputShape result{name.str(), {}};
  bool valid = !name.empty() && !dims.empty();
  for (llvm::StringRef part : llvm::split(dims, 'x')) {
    int64_t dim = 0;
    if (part.getAsInteger(10, dim) || dim < 1)
      valid = false;
    result.shape.push_back(dim);
  }
  if (!valid)
    return llvm::createStringError("'" + text +
                                   "' is not an input shape; write it as "
                                   "name:1x3x224x224 with positive dimensions");
  if (!getNumElements(result.shape))
    return llvm::createStringError("input shape '" + text + "' is too large");
  return result;
}

/// The dimensions stated in the file, -1 where unknown.
static SmallVector<int64_t> getStatedShape(const ::onnx::TypeProto &type) {
  SmallVector<int64_t> shape;
  for (const auto &dim : type.tensor_type().shape().dim())
    shape.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
  return shape;
}

static llvm::Expected<SmallVector<int64_t>>
chooseShape(const ::onnx::ValueInfoProto &input,
            const ONNXImportOptions &options) {
  std::string what = "graph input " + quote(input.name());
  if (!input.type().has_tensor_type())
    return llvm::createStringError(what + " is not a tensor");
  bool hasShape = input.type().tensor_type().has_shape();
  SmallVector<int64_t> stated = getStatedShape(input.type());

  for (const ONNXInputShape &choice : options.inputShapes) {
    if (choice.name != input.name())
      continue;
    if (hasShape && stated.size() != choice.shape.size())
      return llvm::createStringError(
          what + " has " + llvm::Twine(stated.size()) +
          " dimensions in the file (" + formatShape(stated) +
          "), but the input shape given for it has " +
          llvm::Twine(choice.shape.size()) + " (" + formatShape(choice.shape) +
          ")");
    return choice.shape;
  }

  if (!hasShape)
    return llvm::createStringError(
        what + " has no shape; give one with --input-shape=" + input.name() +
        ":<dims>");
  if (!stated.empty() && stated.front() == -1)
    stated.front() = options.batchSize;
  for (auto [axis, dim] : llvm::enumerate(stated)) {
    if (dim == -1)
      return llvm::createStringError(
          what + " has an unknown dimension " + llvm::Twine(axis) + " (" +
          formatShape(getStatedShape(input.type())) +
          "); give its shape with --input-shape=" + input.name() + ":<dims>");
    if (dim < 1)
      return llvm::createStringError(
          what + " has dimension " + llvm::Twine(axis) + " of size " +
          llvm::Twine(dim) + ", expected a positive size");
  }
  if (!getNumElements(stated))
    return llvm::createStringError(what + " of shape " + formatShape(stated) +
                                   " is too large");
  return stated;
}

llvm::Error
spiq::onnx_import::setInputShapes(::onnx::ModelProto &model,
                                  const ONNXImportOptions &options) {
  if (options.batchSize < 1)
    return llvm::createStringError("the batch size is " +
                                   llvm::Twine(options.batchSize) +
                                   ", expected a positive number");
  ::onnx::GraphProto &graph = *model.mutable_graph();
  llvm::StringSet<> initializers;
  for (const auto &tensor : graph.initializer())
    initializers.insert(tensor.name());

  SmallVector<StringRef> names;
  bool reshaped = false;
  for (auto &input : *graph.mutable_input()) {
    if (initializers.contains(input.name()))
      continue;
    names.push_back(input.name());
    auto shape = chooseShape(input, options);
    if (!shape)
      return shape.takeError();
    SmallVector<int64_t> stated = getStatedShape(input.type());
    for (size_t i = 0; i < shape->size(); ++i)
      reshaped |=
          i < stated.size() && stated[i] >= 0 && stated[i] != (*shape)[i];
    auto *dims = input.mutable_type()->mutable_tensor_type()->mutable_shape();
    dims->clear_dim();
    for (int64_t dim : *shape)
      dims->add_dim()->set_dim_value(dim);
  }
  for (const ONNXInputShape &choice : options.inputShapes)
    if (!llvm::is_contained(names, choice.name))
      return llvm::createStringError(
          "--input-shape names " + quote(choice.name) +
          ", which is not a graph input; inputs are " +
          llvm::join(llvm::map_range(names, quote), ", "));

  graph.clear_value_info();
  for (auto &output : *graph.mutable_output()) {
    auto *type = output.mutable_type();
    if (!type->has_tensor_type())
      continue;
    if (reshaped)
      type->mutable_tensor_type()->clear_shape();
    else if (type->tensor_type().has_shape())
      for (auto &dim :
           *type->mutable_tensor_type()->mutable_shape()->mutable_dim())
        if (dim.has_dim_param())
          dim.clear_value();
  }
  return llvm::Error::success();
}
