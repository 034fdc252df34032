//===- ModelVerifier.h - Structural checks of a model -----------*- C++ -*-===//
//
// ONNX's library trusts much of what it reads. These checks come first, so
// that neither the library nor the importer ever sees a graph whose names,
// order, sizes or attribute values make no sense.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_TARGET_ONNX_MODELVERIFIER_H
#define SPIQ_LIB_TARGET_ONNX_MODELVERIFIER_H

#include "ONNXProto.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace spiq::onnx_import {

/// The newest version of the default operator set that can be imported.
constexpr int64_t kNewestOpset = 23;

/// Quotes a name from the file for a message, escaping unprintable characters.
std::string quote(llvm::StringRef name);

/// Says which node is meant: its name and op, or its first output if it has no
/// name.
std::string describeNode(const ::onnx::NodeProto &node);

/// The version of the default operator set that `model` uses.
llvm::Expected<int64_t> getOpset(const ::onnx::ModelProto &model);

/// Checks the graph: names defined once and before their use, nodes in order,
/// attribute values within reason.
llvm::Error verifyStructure(const ::onnx::ModelProto &model);

/// Checks every constant: type, shape, amount of data, no NaN and no infinite
/// weight. External data must have been loaded.
llvm::Error verifyTensors(const ::onnx::ModelProto &model);

} // namespace spiq::onnx_import

#endif // SPIQ_LIB_TARGET_ONNX_MODELVERIFIER_H
