//===- ONNXLibrary.h - The border to ONNX's C++ library ---------*- C++ -*-===//
//
// ONNX's library throws. Its functions are called in ONNXLibrary.cpp alone,
// which is compiled with exceptions and turns them into `llvm::Error`.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_TARGET_ONNX_ONNXLIBRARY_H
#define SPIQ_LIB_TARGET_ONNX_ONNXLIBRARY_H

#include "ONNXProto.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace spiq::onnx_import {

/// The newest operator set that the library's checker and shape inference know.
constexpr int64_t kLibraryOpset = 17;

/// Parses a serialized model.
llvm::Error parseModel(llvm::StringRef bytes, ::onnx::ModelProto &model);

/// Checks `model` against the operator schemas.
llvm::Error checkModel(const ::onnx::ModelProto &model);

/// Converts `model` to a newer version of the default operator set.
llvm::Error convertModel(::onnx::ModelProto &model, int64_t opset);

/// Infers the shape of every value, known shape arithmetic included, and
/// writes them into `model`.
llvm::Error inferShapes(::onnx::ModelProto &model);

} // namespace spiq::onnx_import

#endif // SPIQ_LIB_TARGET_ONNX_ONNXLIBRARY_H
