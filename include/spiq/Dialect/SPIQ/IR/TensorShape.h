//===- TensorShape.h - Shapes the dialect computes with ---------*- C++ -*-===//
//
// The limits on tensor shapes.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_IR_TENSORSHAPE_H
#define SPIQ_DIALECT_SPIQ_IR_TENSORSHAPE_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace spiq {

/// Largest number of elements in a tensor: offsets fit 32 bits on every target.
constexpr int64_t maxTensorElements = INT32_MAX;

/// Whether a tensor of this shape is static, has at least one element and at
/// most `maxTensorElements`.
bool isComputableShape(llvm::ArrayRef<int64_t> shape);

} // namespace spiq

#endif // SPIQ_DIALECT_SPIQ_IR_TENSORSHAPE_H
