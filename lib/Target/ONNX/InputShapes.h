//===- InputShapes.h - Static shapes for graph inputs -----------*- C++ -*-===//

#ifndef SPIQ_LIB_TARGET_ONNX_INPUTSHAPES_H
#define SPIQ_LIB_TARGET_ONNX_INPUTSHAPES_H

#include "ONNXProto.h"
#include "spiq/Target/ONNX/ONNXImport.h"

namespace spiq::onnx_import {

/// Gives every graph input of `model` a static shape: the file's, with unknown
/// first dimensions replaced by the batch size, or the user's. Shapes that the
/// file states for inner values are dropped, because they may no longer hold.
llvm::Error setInputShapes(::onnx::ModelProto &model,
                           const ONNXImportOptions &options);

} // namespace spiq::onnx_import

#endif // SPIQ_LIB_TARGET_ONNX_INPUTSHAPES_H
