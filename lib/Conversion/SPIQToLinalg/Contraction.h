//===- Contraction.h - Convolutions and products ----------------*- C++ -*-===//
//
// Builds the operation of a linear layer that multiplies and accumulates.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CONVERSION_SPIQTOLINALG_CONTRACTION_H
#define SPIQ_LIB_CONVERSION_SPIQTOLINALG_CONTRACTION_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace spiq {

/// How a convolution moves over an image that is already padded.
struct ConvolutionWindow {
  llvm::SmallVector<int64_t, 2> strides = {1, 1};
  llvm::SmallVector<int64_t, 2> dilations = {1, 1};
  int64_t groups = 1;
  /// Whether the kernel is applied upside down, as in transposed convolutions.
  bool isFlipped = false;
};

/// Accumulates `image` (N x H x W x I) with `weights` (O x KH x KW x I/groups)
/// in f32 for f32 operands, in i32 for bytes. Weights are signed, the image is
/// as `isUnsigned` says. The result is N x OH x OW x O, or the matrix
/// (N * OH * OW) x O where the convolution is a matrix product.
mlir::Value accumulateConvolution(mlir::OpBuilder &builder, mlir::Location loc,
                                  mlir::Value image, mlir::Value weights,
                                  const ConvolutionWindow &window,
                                  bool isUnsigned);

/// Accumulates `input` (N x I) with `weights` (O x I) into N x O.
mlir::Value accumulateProduct(mlir::OpBuilder &builder, mlir::Location loc,
                              mlir::Value input, mlir::Value weights,
                              bool isUnsigned);

} // namespace spiq

#endif // SPIQ_LIB_CONVERSION_SPIQTOLINALG_CONTRACTION_H
