//===- GraphImporter.cpp - Import of a prepared graph ---------------------===//

#include "GraphImporter.h"
#include "ModelVerifier.h"
#include "NodeImporter.h"
#include "OpTable.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace spiq::onnx_import;
using ::onnx::GraphProto;
using ::onnx::NodeProto;
using ::onnx::TensorProto;

/// Argument and result attributes of the imported function.
static constexpr llvm::StringLiteral kNameAttr = "spiq.name";
static constexpr llvm::StringLiteral kUnsignedAttr = "spiq.unsigned";

std::vector<std::string>
spiq::onnx_import::listUnknownOps(const GraphProto &graph) {
  std::vector<std::string> unknown;
  for (const NodeProto &node : graph.node())
    if (!lookupOp(node.domain(), node.op_type()))
      unknown.push_back(describeNode(node) + ": the operator is not supported");
  return unknown;
}

GraphImporter::GraphImporter(const ::onnx::ModelProto &model, int64_t opset,
                             MLIRContext *context)
    : graph(model.graph()), opset(opset), builder(context) {}

void GraphImporter::importInto(ModuleOp module) {
  builder.setInsertionPointToEnd(module.getBody());
  auto function = func::FuncOp::create(builder, builder.getUnknownLoc(), "main",
                                       builder.getFunctionType({}, {}));
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToEnd(body);

  SmallVector<Attribute> argumentAttrs, resultAttrs;
  SmallVector<Value> results;
  importInitializers();
  importInputs(*body, argumentAttrs);
  for (const NodeProto &node : graph.node())
    importNode(node);
  importOutputs(results, resultAttrs);
  if (!problems.empty())
    return;
  auto exit = func::ReturnOp::create(builder, builder.getUnknownLoc(), results);
  // Recognizing a pattern leaves its first parts behind.
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*body)))
    if (&op != exit && isOpTriviallyDead(&op))
      op.erase();
  function.setFunctionType(builder.getFunctionType(
      body->getArgumentTypes(), ValueRange(results).getTypes()));
  function.setArgAttrsAttr(builder.getArrayAttr(argumentAttrs));
  function.setResAttrsAttr(builder.getArrayAttr(resultAttrs));
}

//===----------------------------------------------------------------------===//
// Inputs and outputs
//===----------------------------------------------------------------------===//

static Attribute makeSignatureAttr(Builder &builder, StringRef name,
                                   DataType type) {
  NamedAttrList attributes;
  attributes.set(kNameAttr, builder.getStringAttr(name));
  if (type == TensorProto::UINT8)
    attributes.set(kUnsignedAttr, builder.getUnitAttr());
  return attributes.getDictionary(builder.getContext());
}

void GraphImporter::importInitializers() {
  for (const TensorProto &proto : graph.initializer()) {
    llvm::Expected<ConstantTensor> tensor = ConstantTensor::fromProto(proto);
    if (!tensor) {
      problems.push_back("initializer " + quote(proto.name()) + ": " +
                         llvm::toString(tensor.takeError()));
      values[proto.name()] = ImportedValue();
      continue;
    }
    ImportedValue value;
    value.shape = llvm::to_vector(tensor->getShape());
    value.type = tensor->getType();
    value.constant = std::move(*tensor);
    values[proto.name()] = std::move(value);
  }
}

void GraphImporter::importInputs(Block &body,
                                 SmallVectorImpl<Attribute> &attributes) {
  for (const auto &input : graph.input()) {
    if (values.count(input.name()))
      continue; // an initializer that old files list here too
    ImportedValue value;
    const auto &type = input.type().tensor_type();
    for (const auto &dim : type.shape().dim())
      value.shape.push_back(dim.dim_value());
    value.order = getIdentityOrder(value.getRank());
    Type elementType;
    if (type.elem_type() == TensorProto::FLOAT)
      elementType = builder.getF32Type();
    else if (type.elem_type() == TensorProto::INT8 ||
             type.elem_type() == TensorProto::UINT8)
      elementType = builder.getI8Type();
    if (!elementType) {
      problems.push_back("graph input " + quote(input.name()) + ": holds " +
                         getDataTypeName(type.elem_type()) +
                         " values; supported are float, int8 and uint8");
      values[input.name()] = ImportedValue();
      continue;
    }
    value.type = static_cast<DataType>(type.elem_type());
    Location loc = NameLoc::get(builder.getStringAttr(input.name()));
    value.value =
        body.addArgument(RankedTensorType::get(value.shape, elementType), loc);
    attributes.push_back(makeSignatureAttr(builder, input.name(), value.type));
    values[input.name()] = std::move(value);
  }
}

void GraphImporter::importOutputs(SmallVectorImpl<Value> &results,
                                  SmallVectorImpl<Attribute> &attributes) {
  for (const auto &output : graph.output()) {
    const ImportedValue &value = values[output.name()];
    if (value.isPoisoned())
      continue;
    bool isByte =
        value.type == TensorProto::INT8 || value.type == TensorProto::UINT8;
    bool isShape =
        value.type == TensorProto::INT32 || value.type == TensorProto::INT64;
    if (value.type != TensorProto::FLOAT && !isByte &&
        !(isShape && value.isConstant())) {
      problems.push_back("graph output " + quote(output.name()) + ": holds " +
                         getDataTypeName(value.type) +
                         " values; supported are float, int8 and uint8");
      continue;
    }
    if (llvm::is_contained(value.shape, 0)) {
      problems.push_back("graph output " + quote(output.name()) +
                         ": is empty, its shape is " +
                         formatShape(value.shape));
      continue;
    }
    TensorBuilder tensors(builder,
                          NameLoc::get(builder.getStringAttr(output.name())));
    ImportedValue stored = value;
    if (value.value)
      stored.value = tensors.getStorage(value.value);
    Value result =
        materialize(tensors, stored, getIdentityOrder(value.getRank()));
    results.push_back(result);
    attributes.push_back(makeSignatureAttr(builder, output.name(), value.type));
  }
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

/// Why a result cannot be: too large, or empty at run time. Empty if it can.
static std::string getSizeProblem(StringRef name, const ImportedValue &value) {
  std::string what =
      "its result " + quote(name) + " of shape " + formatShape(value.shape);
  if (!getNumElements(value.shape))
    return what + " is too large";
  if (!value.isConstant() && llvm::is_contained(value.shape, 0))
    return what + " is empty";
  return "";
}

void GraphImporter::compareShape(const ::onnx::ValueInfoProto &info) {
  auto entry = values.find(info.name());
  if (entry == values.end() || entry->second.isPoisoned() ||
      !info.type().has_tensor_type() || !info.type().tensor_type().has_shape())
    return;
  ArrayRef<int64_t> shape = entry->second.shape;
  SmallVector<int64_t> expected;
  for (const auto &dim : info.type().tensor_type().shape().dim())
    expected.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
  bool agrees = expected.size() == shape.size();
  for (size_t i = 0; agrees && i < shape.size(); ++i)
    agrees = expected[i] < 0 || expected[i] == shape[i];
  if (!agrees)
    problems.push_back("value " + quote(info.name()) + ": has shape " +
                       formatShape(shape) +
                       ", but the model or ONNX's shape inference says " +
                       formatShape(expected));
}

void GraphImporter::compareShapes(const GraphProto &inferred) {
  for (const auto &info : inferred.value_info())
    compareShape(info);
  for (const auto &info : inferred.output())
    compareShape(info);
}

/// Imports or folds the node, whose inputs are all there.
static LogicalResult runImport(const OpEntry &entry, NodeImporter &importer) {
  size_t numInputs = importer.getNumInputs();
  bool allConstant = true;
  for (size_t i = 0; i < numInputs; ++i)
    allConstant &= !importer.hasInput(i) || importer.getInput(i).isConstant();
  for (unsigned i = 0; i < entry.minInputs; ++i)
    if (!importer.hasInput(i))
      return importer.reject("needs input " + Twine(i) + ", which is missing");
  if (numInputs > entry.maxInputs)
    return importer.reject("has " + Twine(numInputs) +
                           " inputs, expected at most " +
                           Twine(entry.maxInputs));
  if (entry.fold && allConstant)
    return entry.fold(importer);
  if (!entry.import)
    return importer.reject("only supported where all inputs are constants");
  return entry.import(importer);
}

void GraphImporter::importNode(const NodeProto &node) {
  const OpEntry *entry = lookupOp(node.domain(), node.op_type());
  SmallVector<const ImportedValue *> inputs;
  bool poisoned = !entry; // already listed
  for (const std::string &name : node.input()) {
    inputs.push_back(name.empty() ? nullptr : &values[name]);
    poisoned |= inputs.back() && inputs.back()->isPoisoned();
  }
  std::vector<ImportedValue> results(node.output_size());
  if (!poisoned) {
    StringRef locName = node.name();
    if (locName.empty() && node.output_size() > 0)
      locName = node.output(0);
    Location loc = NameLoc::get(builder.getStringAttr(locName));
    NodeImporter importer(node, opset, inputs, builder, loc);
    LogicalResult imported = runImport(*entry, importer);
    std::string problem = importer.getProblem().str();
    if (failed(imported) && problem.empty())
      problem = "cannot be imported";
    for (size_t i = 0; problem.empty() && i < results.size(); ++i) {
      if (!importer.hasOutput(i))
        continue;
      results[i] = importer.getResults()[i];
      if (results[i].isPoisoned())
        problem = "output " + std::to_string(i) + " is not supported";
      else
        problem = getSizeProblem(node.output(i), results[i]);
    }
    if (!problem.empty()) {
      problems.push_back(describeNode(node) + ": " + problem);
      results.assign(results.size(), ImportedValue());
    }
  }
  for (int i = 0; i < node.output_size(); ++i)
    if (!node.output(i).empty())
      values[node.output(i)] = std::move(results[i]);
}
