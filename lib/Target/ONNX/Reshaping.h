//===- Reshaping.h - Reshapes and transpositions of values ------*- C++ -*-===//

#ifndef SPIQ_LIB_TARGET_ONNX_RESHAPING_H
#define SPIQ_LIB_TARGET_ONNX_RESHAPING_H

#include "NodeImporter.h"

namespace spiq::onnx_import {

/// `value` with another shape of equal size (in ONNX's order). Keeps the order
/// in which the value is held as far as possible: dimensions are only moved if
/// the new shape merges dimensions that are not neighbours.
ImportedValue reshapeValue(const TensorBuilder &tensors,
                           const ImportedValue &value,
                           ArrayRef<int64_t> newShape);

/// `value` with ONNX's dimension `i` taken from `permutation[i]`. Moves
/// nothing.
ImportedValue transposeValue(const ImportedValue &value,
                             ArrayRef<int64_t> permutation);

} // namespace spiq::onnx_import

#endif // SPIQ_LIB_TARGET_ONNX_RESHAPING_H
