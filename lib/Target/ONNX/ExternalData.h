//===- ExternalData.h - Weights stored beside the model ---------*- C++ -*-===//

#ifndef SPIQ_LIB_TARGET_ONNX_EXTERNALDATA_H
#define SPIQ_LIB_TARGET_ONNX_EXTERNALDATA_H

#include "ONNXProto.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace spiq::onnx_import {

/// Reads every tensor of `model` that is stored in an external data file into
/// the model. Locations are relative to `folder` and must stay inside of it.
llvm::Error loadExternalData(::onnx::ModelProto &model, llvm::StringRef folder);

} // namespace spiq::onnx_import

#endif // SPIQ_LIB_TARGET_ONNX_EXTERNALDATA_H
