//===- GraphImporter.h - Import of a prepared graph -------------*- C++ -*-===//

#ifndef SPIQ_LIB_TARGET_ONNX_GRAPHIMPORTER_H
#define SPIQ_LIB_TARGET_ONNX_GRAPHIMPORTER_H

#include "ImportedValue.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"
#include <string>
#include <vector>

namespace spiq::onnx_import {

/// Lists the nodes of `graph` whose operator cannot be imported.
std::vector<std::string> listUnknownOps(const ::onnx::GraphProto &graph);

/// Imports the graph of a model whose input shapes are static. Collects what
/// cannot be imported instead of stopping at the first such node.
class GraphImporter {
public:
  GraphImporter(const ::onnx::ModelProto &model, int64_t opset,
                MLIRContext *context);

  /// Builds the function in `module`. The result is only valid if
  /// `getProblems` is empty afterwards.
  void importInto(ModuleOp module);

  /// Compares the shapes of all imported values with those that `inferred`, the
  /// same graph, states; differences become problems.
  void compareShapes(const ::onnx::GraphProto &inferred);

  /// What could not be imported, one line each.
  ArrayRef<std::string> getProblems() const { return problems; }

private:
  void importInitializers();
  void importInputs(Block &body, SmallVectorImpl<Attribute> &names);
  void importNode(const ::onnx::NodeProto &node);
  void importOutputs(SmallVectorImpl<Value> &results,
                     SmallVectorImpl<Attribute> &attributes);
  void compareShape(const ::onnx::ValueInfoProto &info);

  const ::onnx::GraphProto &graph;
  int64_t opset;
  OpBuilder builder;
  llvm::StringMap<ImportedValue> values;
  std::vector<std::string> problems;
};

} // namespace spiq::onnx_import

#endif // SPIQ_LIB_TARGET_ONNX_GRAPHIMPORTER_H
