//===- KernelOperands.h - Operands of kernels -------------------*- C++ -*-===//
//
// Stored bytes, padding and constants: what all conversions to kernels need.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CONVERSION_SPIQTOCPU_KERNELOPERANDS_H
#define SPIQ_LIB_CONVERSION_SPIQTOCPU_KERNELOPERANDS_H

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/PatternMatch.h"

namespace spiq {

/// The stored bytes of a constant quantized tensor; null if it is not constant.
mlir::DenseIntElementsAttr getStoredConstant(mlir::Value value);

/// Whether the stored bytes of the quantized tensor type `type` are unsigned.
bool hasUnsignedStorage(mlir::Type type);

/// `value` as a tensor of stored bytes; f32 tensors are returned as they are.
mlir::Value castToStorage(mlir::ImplicitLocOpBuilder &b, mlir::Value value);

/// Replaces `op` by `value`, a tensor of the stored bytes of its result or, if
/// that is not quantized, of f32.
void replaceWithStored(mlir::PatternRewriter &rewriter, mlir::Operation *op,
                       mlir::Value value);

/// Pads the stored bytes `input` of a value of type `quantizedType` with its
/// zero points. The padded tensor is initialized in front of the operation that
/// produces the bytes, so that bufferization can let it write in place.
mlir::Value padWithZeroPoint(mlir::ImplicitLocOpBuilder &b, mlir::Value input,
                             mlir::Type quantizedType,
                             llvm::ArrayRef<int64_t> low,
                             llvm::ArrayRef<int64_t> high);

/// A constant 1-D tensor.
mlir::Value createConstant(mlir::ImplicitLocOpBuilder &b,
                           llvm::ArrayRef<int8_t> values);
mlir::Value createConstant(mlir::ImplicitLocOpBuilder &b,
                           llvm::ArrayRef<int32_t> values);

} // namespace spiq

#endif // SPIQ_LIB_CONVERSION_SPIQTOCPU_KERNELOPERANDS_H
