//===- NodeImporter.h - Import of one node ----------------------*- C++ -*-===//
//
// What the import function of an operator sees: attributes, inputs, a builder
// and a place for results and complaints.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_TARGET_ONNX_NODEIMPORTER_H
#define SPIQ_LIB_TARGET_ONNX_NODEIMPORTER_H

#include "ImportedValue.h"
#include "TensorBuilder.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include <deque>

namespace spiq::onnx_import {

/// The import of one node. Every accessor that fails has recorded the reason.
class NodeImporter {
public:
  /// `inputs` has an entry per input of the node, null where it is omitted.
  NodeImporter(const ::onnx::NodeProto &node, int64_t opset,
               ArrayRef<const ImportedValue *> inputs, OpBuilder &builder,
               Location loc)
      : tensors(builder, loc), node(node), opset(opset),
        inputs(inputs.begin(), inputs.end()), results(node.output_size()) {}

  StringRef getOpType() const { return node.op_type(); }
  /// The version of the default operator set that the node is written for.
  int64_t getOpset() const { return opset; }

  /// Records why the node cannot be imported.
  LogicalResult reject(const Twine &reason);
  /// The recorded reason; empty if the node is fine.
  StringRef getProblem() const { return problem; }

  //===--------------------------------------------------------------------===//
  // Attributes. An attribute of the wrong kind is recorded as a problem.
  //===--------------------------------------------------------------------===//

  bool hasAttribute(StringRef name) const;
  int64_t getInt(StringRef name, int64_t defaultValue);
  float getFloat(StringRef name, float defaultValue);
  StringRef getString(StringRef name, StringRef defaultValue);
  SmallVector<int64_t> getInts(StringRef name,
                               ArrayRef<int64_t> defaultValue = {});
  SmallVector<float> getFloats(StringRef name);
  const ::onnx::TensorProto *getTensor(StringRef name);

  //===--------------------------------------------------------------------===//
  // Inputs
  //===--------------------------------------------------------------------===//

  size_t getNumInputs() const { return inputs.size(); }
  bool hasInput(size_t index) const {
    return index < inputs.size() && inputs[index];
  }
  const ImportedValue &getInput(size_t index) const { return *inputs[index]; }
  ArrayRef<int64_t> getShape(size_t index) const {
    return inputs[index]->shape;
  }

  /// Input `index`, which must be known at import.
  FailureOr<ConstantTensor> getConstant(size_t index, const Twine &what);
  /// The integers of input `index`, or those of attribute `name`, where older
  /// operator sets have them; empty if neither is there.
  FailureOr<SmallVector<int64_t>> getIntsFrom(size_t index, StringRef name);

  /// Input `index` as a tensor whose dimension `i` is ONNX's `order[i]`.
  Value getInOrder(size_t index, ArrayRef<int64_t> order);
  /// Input `index` as it is held (constants in ONNX's order), with that order.
  std::pair<Value, SmallVector<int64_t>> getAsHeld(size_t index);
  /// The f32 input `index`, broadcast-ready: of the rank of `order`, leading
  /// dimensions of size one added, in `order`.
  Value getForBroadcast(size_t index, ArrayRef<int64_t> order);
  /// The f32 input `index` of rank 3 or 4 as N x H x W x C image.
  FailureOr<Value> getImage(size_t index);

  /// Converts input `index` to float if it is a constant of another type.
  void makeFloat(size_t index);
  /// Fails unless input `index` holds f32 values.
  LogicalResult expectFloat(size_t index);
  /// Turns a possibly negative axis into one of `rank` dimensions.
  FailureOr<int64_t> normalizeAxis(int64_t axis, int64_t rank);

  //===--------------------------------------------------------------------===//
  // Results
  //===--------------------------------------------------------------------===//

  size_t getNumOutputs() const { return node.output_size(); }
  /// Whether output `index` is named, that is, asked for.
  bool hasOutput(size_t index) const {
    return index < getNumOutputs() && !node.output(index).empty();
  }
  /// Sets a result held in `order`; its shape in ONNX follows.
  LogicalResult setResult(size_t index, Value value, ArrayRef<int64_t> order,
                          DataType type = ::onnx::TensorProto::FLOAT);
  LogicalResult setResult(size_t index, ConstantTensor constant);
  LogicalResult setResult(size_t index, ImportedValue value);
  /// Sets a result of `rank` dimensions that is held as image.
  LogicalResult setImageResult(Value image, int64_t rank);
  MutableArrayRef<ImportedValue> getResults() { return results; }

  /// Where to build operations.
  TensorBuilder tensors;
  OpBuilder &getBuilder() const { return tensors.getBuilder(); }
  Location getLoc() const { return tensors.getLoc(); }

private:
  /// The attribute `name` if it is there and of `kind`.
  const ::onnx::AttributeProto *
  find(StringRef name, ::onnx::AttributeProto::AttributeType kind);

  const ::onnx::NodeProto &node;
  int64_t opset;
  SmallVector<const ImportedValue *> inputs;
  std::vector<ImportedValue> results;
  /// Inputs that `makeFloat` replaced.
  std::deque<ImportedValue> converted;
  std::string problem;
};

} // namespace spiq::onnx_import

#endif // SPIQ_LIB_TARGET_ONNX_NODEIMPORTER_H
