//===- Reductions.h - Reductions of tensors ---------------------*- C++ -*-===//

#ifndef SPIQ_LIB_TARGET_ONNX_REDUCTIONS_H
#define SPIQ_LIB_TARGET_ONNX_REDUCTIONS_H

#include "TensorBuilder.h"

namespace spiq::onnx_import {

enum class ReductionKind { Sum, Max, Min };

/// Reduces the f32 tensor `input` along `dims`, which the result lacks.
Value buildReduction(const TensorBuilder &tensors, ReductionKind kind,
                     Value input, ArrayRef<int64_t> dims);

} // namespace spiq::onnx_import

#endif // SPIQ_LIB_TARGET_ONNX_REDUCTIONS_H
