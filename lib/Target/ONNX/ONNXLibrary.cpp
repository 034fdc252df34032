//===- ONNXLibrary.cpp - The border to ONNX's C++ library -----------------===//
//
// The only file compiled with exceptions. Nothing may leave it by throwing;
// what the libraries throw are standard exceptions.
//
//===----------------------------------------------------------------------===//

#include "ONNXLibrary.h"
#include "llvm/ADT/StringExtras.h"
#include <exception>
#include <google/protobuf/stubs/logging.h>
#include <onnx/checker.h>
#include <onnx/shape_inference/implementation.h>
#include <onnx/version_converter/convert.h>
#include <string>

using namespace spiq;

/// The library's messages span several lines with empty lines between; ours
/// are one line.
static std::string toOneLine(llvm::StringRef text) {
  std::string line;
  for (llvm::StringRef part : llvm::split(text, '\n')) {
    part = part.trim();
    if (part.empty())
      continue;
    if (!line.empty())
      line += ' ';
    line += part;
  }
  return line;
}

/// Runs `body`, turning what it throws into an error that begins with `what`.
template <typename Body>
static llvm::Error guarded(llvm::StringRef what, Body body) {
  // Protocol buffers report on stderr as well; the error is enough.
  google::protobuf::LogSilencer silencer;
  try {
    return body();
  } catch (const std::exception &exception) {
    return llvm::createStringError(what + ": " + toOneLine(exception.what()));
  }
}

llvm::Error onnx_import::parseModel(llvm::StringRef bytes,
                                    ::onnx::ModelProto &model) {
  return guarded("cannot parse the file", [&]() -> llvm::Error {
    if (bytes.empty())
      return llvm::createStringError("the file is empty");
    if (bytes.size() > static_cast<size_t>(INT_MAX))
      return llvm::createStringError(
          "the file is larger than the 2 GiB that protocol buffers allow; "
          "store the weights in an external data file");
    if (!model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
      return llvm::createStringError(
          "the file is not an ONNX model, or it is truncated");
    return llvm::Error::success();
  });
}

llvm::Error onnx_import::checkModel(const ::onnx::ModelProto &model) {
  return guarded("ONNX's checker refuses the model", [&] {
    ::onnx::checker::check_model(model);
    return llvm::Error::success();
  });
}

llvm::Error onnx_import::convertModel(::onnx::ModelProto &model,
                                      int64_t opset) {
  return guarded("ONNX's version converter failed", [&] {
    model = ::onnx::version_conversion::ConvertVersion(model,
                                                       static_cast<int>(opset));
    // The shapes that it states for nodes it added are those before them.
    model.mutable_graph()->clear_value_info();
    return llvm::Error::success();
  });
}

llvm::Error onnx_import::inferShapes(::onnx::ModelProto &model) {
  return guarded("ONNX's shape inference refuses the model", [&] {
    ::onnx::ShapeInferenceOptions options(/*check_type_val=*/true,
                                          /*strict_mode_val=*/1,
                                          /*data_prop_val=*/true);
    ::onnx::shape_inference::InferShapes(
        model, ::onnx::OpSchemaRegistry::Instance(), options);
    return llvm::Error::success();
  });
}
