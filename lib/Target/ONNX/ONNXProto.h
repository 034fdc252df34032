//===- ONNXProto.h - ONNX's protocol buffers --------------------*- C++ -*-===//
//
// The one place that includes the generated messages.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_TARGET_ONNX_ONNXPROTO_H
#define SPIQ_LIB_TARGET_ONNX_ONNXPROTO_H

#include <onnx/onnx_pb.h>

#endif // SPIQ_LIB_TARGET_ONNX_ONNXPROTO_H
