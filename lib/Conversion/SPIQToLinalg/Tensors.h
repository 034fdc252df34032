//===- Tensors.h - Reshaping, padding and weight layouts --------*- C++ -*-===//
//
// Helpers that rearrange tensors around the operations of the lowering.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CONVERSION_SPIQTOLINALG_TENSORS_H
#define SPIQ_LIB_CONVERSION_SPIQTOLINALG_TENSORS_H

#include "spiq/Dialect/SPIQ/IR/QuantizedTypes.h"

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace spiq {

/// Shape of a ranked tensor.
llvm::ArrayRef<int64_t> getShape(mlir::Value tensor);
/// Element type of a ranked tensor.
mlir::Type getElementType(mlir::Value tensor);

/// Reshapes by one tensor.collapse_shape or tensor.expand_shape, or both
/// through a vector if neither alone will do.
mlir::Value reshape(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value tensor, llvm::ArrayRef<int64_t> shape);

/// A tensor filled with `scalar`.
mlir::Value createFilled(mlir::OpBuilder &builder, mlir::Location loc,
                         llvm::ArrayRef<int64_t> shape, mlir::Value scalar);
/// A tensor of zeros.
mlir::Value createZeros(mlir::OpBuilder &builder, mlir::Location loc,
                        llvm::ArrayRef<int64_t> shape, mlir::Type elementType);

/// What the new elements of a padded tensor hold: a scalar, or one value per
/// index of the last dimension.
struct PaddingValue {
  mlir::Value scalar;
  mlir::Value perChannel;

  /// Zero for an f32 tensor.
  static PaddingValue zero(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::Type elementType);
  /// The stored value of each channel that `get` computes.
  static PaddingValue stored(mlir::OpBuilder &builder, mlir::Location loc,
                             int64_t numChannels,
                             llvm::function_ref<int64_t(int64_t channel)> get);
  /// The zero point of each channel of a quantized type.
  static PaddingValue zeroPoint(mlir::OpBuilder &builder, mlir::Location loc,
                                int64_t numChannels,
                                const QuantizationView &view);
};

/// A tensor of `shape` that holds the padding value everywhere.
mlir::Value createPaddingTensor(mlir::OpBuilder &builder, mlir::Location loc,
                                llvm::ArrayRef<int64_t> shape,
                                const PaddingValue &value);

/// Pads each dimension; returns `tensor` itself if no dimension is padded.
mlir::Value pad(mlir::OpBuilder &builder, mlir::Location loc,
                mlir::Value tensor, llvm::ArrayRef<int64_t> low,
                llvm::ArrayRef<int64_t> high, const PaddingValue &value);

/// Pads the two spatial dimensions of an image by
/// [top, bottom, left, right].
mlir::Value padImage(mlir::OpBuilder &builder, mlir::Location loc,
                     mlir::Value image, llvm::ArrayRef<int64_t> padding,
                     const PaddingValue &value);

/// Rearranges `tensor` into `shape`: `map` gives the position that each result
/// element is read from, linear in each result dimension. Done at compile time
/// for constants.
mlir::Value rearrange(mlir::OpBuilder &builder, mlir::Location loc,
                      mlir::Value tensor, llvm::ArrayRef<int64_t> shape,
                      mlir::AffineMap map);

} // namespace spiq

#endif // SPIQ_LIB_CONVERSION_SPIQTOLINALG_TENSORS_H
