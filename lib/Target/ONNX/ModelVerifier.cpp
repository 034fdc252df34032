//===- ModelVerifier.cpp - Structural checks of a model -------------------===//

#include "ModelVerifier.h"
#include "ConstantTensor.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace spiq::onnx_import;
using ::onnx::AttributeProto;
using ::onnx::GraphProto;
using ::onnx::ModelProto;
using ::onnx::NodeProto;
using ::onnx::TensorProto;

std::string spiq::onnx_import::quote(llvm::StringRef name) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << '\'';
  llvm::printEscapedString(name.take_front(200), stream);
  stream << (name.size() > 200 ? "...'" : "'");
  return text;
}

std::string spiq::onnx_import::describeNode(const NodeProto &node) {
  std::string op = node.op_type();
  if (!node.domain().empty() && node.domain() != "ai.onnx")
    op = node.domain() + "." + op;
  std::string text = quote(op).substr(1);
  text.pop_back();
  if (!node.name().empty())
    return text + " " + quote(node.name());
  if (node.output_size() > 0)
    return text + " (unnamed, produces " + quote(node.output(0)) + ")";
  return text + " (unnamed)";
}

llvm::Expected<int64_t> spiq::onnx_import::getOpset(const ModelProto &model) {
  std::optional<int64_t> version;
  for (const auto &import : model.opset_import()) {
    if (!import.domain().empty() && import.domain() != "ai.onnx")
      continue;
    if (version && *version != import.version())
      return llvm::createStringError(
          "the model imports two versions of the default operator set: " +
          llvm::Twine(*version) + " and " + llvm::Twine(import.version()));
    version = import.version();
  }
  if (!version)
    return llvm::createStringError(
        "the model does not say which version of the default operator set it "
        "uses (opset_import)");
  if (*version < 1 || *version > kNewestOpset)
    return llvm::createStringError(
        "the model uses version " + llvm::Twine(*version) +
        " of the default operator set, supported are 1 to " +
        llvm::Twine(kNewestOpset) + "; export it with an older opset");
  return *version;
}

//===----------------------------------------------------------------------===//
// Structure
//===----------------------------------------------------------------------===//

/// The range that the integers of a well-known attribute must keep to.
static std::optional<std::pair<int64_t, int64_t>>
getAttributeRange(llvm::StringRef name) {
  using Range = std::optional<std::pair<int64_t, int64_t>>;
  constexpr int64_t kMax = INT32_MAX;
  return llvm::StringSwitch<Range>(name)
      .Cases({"kernel_shape", "strides", "dilations"}, std::pair(1, kMax))
      .Cases({"group", "num_outputs", "blocksize"}, std::pair(1, kMax))
      .Cases({"output_padding", "output_shape", "split"}, std::pair(0, kMax))
      .Cases({"axis", "axes", "perm", "batch_dims"}, std::pair(-64, 64))
      .Case("pads", std::pair(-kMax, kMax))
      .Default(std::nullopt);
}

static llvm::Error verifyAttribute(const NodeProto &node,
                                   const AttributeProto &attribute) {
  auto range = getAttributeRange(attribute.name());
  if (!range)
    return llvm::Error::success();
  auto outside = [&](int64_t value) {
    return value < range->first || value > range->second;
  };
  if (attribute.has_i() && outside(attribute.i()))
    return llvm::createStringError("node " + describeNode(node) +
                                   ": attribute " + quote(attribute.name()) +
                                   " is " + llvm::Twine(attribute.i()) +
                                   ", expected " + llvm::Twine(range->first) +
                                   " to " + llvm::Twine(range->second));
  for (int64_t value : attribute.ints())
    if (outside(value))
      return llvm::createStringError("node " + describeNode(node) +
                                     ": attribute " + quote(attribute.name()) +
                                     " holds " + llvm::Twine(value) +
                                     ", expected " + llvm::Twine(range->first) +
                                     " to " + llvm::Twine(range->second));
  return llvm::Error::success();
}

static llvm::Error verifyNode(const NodeProto &node, llvm::StringSet<> &known) {
  if (node.op_type().empty())
    return llvm::createStringError("node " + quote(node.name()) +
                                   " has no operator type");
  for (const std::string &input : node.input())
    if (!input.empty() && !known.contains(input))
      return llvm::createStringError(
          "node " + describeNode(node) + " uses " + quote(input) +
          ", which no graph input, initializer or earlier node defines; nodes "
          "must be in topological order");
  llvm::StringSet<> attributes;
  for (const AttributeProto &attribute : node.attribute()) {
    if (!attributes.insert(attribute.name()).second)
      return llvm::createStringError("node " + describeNode(node) +
                                     " has attribute " +
                                     quote(attribute.name()) + " twice");
    if (llvm::Error error = verifyAttribute(node, attribute))
      return error;
  }
  for (const std::string &output : node.output())
    if (!output.empty() && !known.insert(output).second)
      return llvm::createStringError("node " + describeNode(node) +
                                     " defines " + quote(output) +
                                     ", which is already defined");
  return llvm::Error::success();
}

llvm::Error spiq::onnx_import::verifyStructure(const ModelProto &model) {
  if (!model.has_graph())
    return llvm::createStringError("the model has no graph");
  const GraphProto &graph = model.graph();
  llvm::StringSet<> initializers, known;
  for (const TensorProto &tensor : graph.initializer()) {
    if (tensor.name().empty())
      return llvm::createStringError("an initializer has no name");
    if (!initializers.insert(tensor.name()).second)
      return llvm::createStringError("initializer " + quote(tensor.name()) +
                                     " is defined twice");
    known.insert(tensor.name());
  }
  if (graph.sparse_initializer_size() > 0)
    return llvm::createStringError("sparse initializers are not supported");
  llvm::StringSet<> inputs;
  for (const auto &input : graph.input()) {
    if (input.name().empty())
      return llvm::createStringError("a graph input has no name");
    if (!inputs.insert(input.name()).second)
      return llvm::createStringError("graph input " + quote(input.name()) +
                                     " is defined twice");
    known.insert(input.name());
  }
  for (const NodeProto &node : graph.node())
    if (llvm::Error error = verifyNode(node, known))
      return error;
  if (graph.output_size() == 0)
    return llvm::createStringError("the graph has no outputs");
  llvm::StringSet<> outputs;
  for (const auto &output : graph.output()) {
    if (!known.contains(output.name()))
      return llvm::createStringError("nothing defines graph output " +
                                     quote(output.name()));
    if (!outputs.insert(output.name()).second)
      return llvm::createStringError("graph output " + quote(output.name()) +
                                     " is listed twice");
  }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

/// Refuses NaN anywhere, and infinity in tensors that hold more than one
/// number: a single one may be the open end of a range.
static llvm::Error verifyFinite(const ConstantTensor &tensor) {
  if (!tensor.isFloat())
    return llvm::Error::success();
  int64_t count = tensor.getNumElements();
  for (int64_t i = 0; i < count; ++i) {
    double value = tensor.getDouble(i);
    if (std::isnan(value) || (count > 1 && std::isinf(value)))
      return llvm::createStringError("element " + llvm::Twine(i) + " is " +
                                     (std::isnan(value) ? "NaN" : "infinite") +
                                     "; weights must be finite");
  }
  return llvm::Error::success();
}

static llvm::Error verifyTensor(const llvm::Twine &what,
                                const TensorProto &proto) {
  auto wrap = [&](llvm::Error error) {
    return llvm::createStringError(what + ": " +
                                   llvm::toString(std::move(error)));
  };
  if (proto.has_segment())
    return wrap(llvm::createStringError("segmented tensors are not supported"));
  llvm::Expected<ConstantTensor> tensor = ConstantTensor::fromProto(proto);
  if (!tensor)
    return wrap(tensor.takeError());
  if (llvm::Error error = verifyFinite(*tensor))
    return wrap(std::move(error));
  return llvm::Error::success();
}

llvm::Error spiq::onnx_import::verifyTensors(const ModelProto &model) {
  for (const TensorProto &tensor : model.graph().initializer())
    if (llvm::Error error =
            verifyTensor("initializer " + quote(tensor.name()), tensor))
      return error;
  for (const NodeProto &node : model.graph().node())
    for (const AttributeProto &attribute : node.attribute())
      if (attribute.has_t())
        if (llvm::Error error =
                verifyTensor("node " + describeNode(node) + ": attribute " +
                                 quote(attribute.name()),
                             attribute.t()))
          return error;
  return llvm::Error::success();
}
