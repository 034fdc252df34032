//===- ConstantUtils.h - Constant tensors -----------------------*- C++ -*-===//
//
// Reading and creating the constant tensors of layers.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_CONSTANTUTILS_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_CONSTANTUTILS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace spiq {

/// The elements of the constant f32 tensor `value` in row-major order; none if
/// `value` is not a constant f32 tensor.
std::optional<llvm::SmallVector<float, 0>> getConstantFloats(mlir::Value value);

/// The elements of the constant i8 tensor `value`, looking through a storage
/// cast to a quantized type; none if it is not such a constant.
std::optional<llvm::SmallVector<int8_t, 0>>
getConstantStorage(mlir::Value value);

/// A constant f32 tensor of the given shape.
mlir::Value createFloats(mlir::OpBuilder &builder, mlir::Location loc,
                         llvm::ArrayRef<int64_t> shape,
                         llvm::ArrayRef<float> values);

/// A constant f32 tensor; each value is rounded once.
mlir::Value createFloats(mlir::OpBuilder &builder, mlir::Location loc,
                         llvm::ArrayRef<int64_t> shape,
                         llvm::ArrayRef<double> values);

/// The values of a constant that is broadcast to `type` and varies along the
/// last dimension at most, one per channel of `type`; none if `value` is
/// anything else.
std::optional<llvm::SmallVector<double>>
getPerChannelConstant(mlir::Value value, mlir::RankedTensorType type);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_CONSTANTUTILS_H
