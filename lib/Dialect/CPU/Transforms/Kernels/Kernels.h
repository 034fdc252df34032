//===- Kernels.h - Bodies of kernel functions -------------------*- C++ -*-===//
//
// Declares the functions that emit the bodies of kernels.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_CPU_TRANSFORMS_KERNELS_KERNELS_H
#define SPIQ_LIB_DIALECT_CPU_TRANSFORMS_KERNELS_KERNELS_H

#include "KernelBuilder.h"

namespace spiq::cpu {

/// Element strides of a 4-D buffer.
llvm::SmallVector<int64_t> getImageStrides(mlir::Value image);

/// Emits the work units [`begin`, `end`) of a kernel, tiles of output pixels
/// that may run in parallel. `buffers` are the operands of `op`, in its order.
mlir::LogicalResult emitKernel(Conv2DOp op, KernelBuilder &b,
                               llvm::ArrayRef<FlatBuffer> buffers,
                               mlir::Value begin, mlir::Value end);
mlir::LogicalResult emitKernel(DepthwiseConv2DOp op, KernelBuilder &b,
                               llvm::ArrayRef<FlatBuffer> buffers,
                               mlir::Value begin, mlir::Value end);
mlir::LogicalResult emitKernel(QuantizeOp op, KernelBuilder &b,
                               llvm::ArrayRef<FlatBuffer> buffers,
                               mlir::Value begin, mlir::Value end);

/// Number of work units of a kernel.
int64_t getNumWorkUnits(Conv2DOp op);
int64_t getNumWorkUnits(DepthwiseConv2DOp op);
int64_t getNumWorkUnits(QuantizeOp op);

/// Whether `op` is a kernel of the dialect.
bool isKernel(mlir::Operation *op);

/// `emitKernel` and `getNumWorkUnits` for any kernel.
mlir::LogicalResult emitAnyKernel(mlir::Operation *op, KernelBuilder &b,
                                  llvm::ArrayRef<FlatBuffer> buffers,
                                  mlir::Value begin, mlir::Value end);
int64_t getNumWorkUnitsOfAny(mlir::Operation *op);

} // namespace spiq::cpu

#endif // SPIQ_LIB_DIALECT_CPU_TRANSFORMS_KERNELS_KERNELS_H
