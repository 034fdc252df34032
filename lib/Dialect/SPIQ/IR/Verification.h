//===- Verification.h - Checks shared by SPIQ operations --------*- C++ -*-===//
//
// Constraints that several operations have in common. Each check emits one
// diagnostic that names the operand or attribute and the expected value.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_IR_VERIFICATION_H
#define SPIQ_LIB_DIALECT_SPIQ_IR_VERIFICATION_H

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "llvm/ADT/APFloat.h"

namespace spiq {

/// Largest value accepted for a stride, dilation, padding or kernel size; keeps
/// shape computations far from overflow.
constexpr int64_t maxWindowParameter = 1 << 20;

/// Checks that `values` has `size` entries within [`min`,
/// `maxWindowParameter`]. Emits nothing if `loc` is absent.
mlir::LogicalResult verifyWindowAttr(std::optional<mlir::Location> loc,
                                     llvm::StringRef name,
                                     llvm::ArrayRef<int64_t> values,
                                     size_t size, int64_t min);

/// Checks that the per-axis quantization of `type`, if any, is along
/// `dimension` and has one scale per element of it.
mlir::LogicalResult verifyQuantizedAxis(mlir::Operation *op,
                                        llvm::StringRef name, mlir::Type type,
                                        int64_t dimension);

/// Checks `verifyQuantizedAxis` along the last dimension.
mlir::LogicalResult verifyActivation(mlir::Operation *op, llvm::StringRef name,
                                     mlir::Type type);

/// Checks that all operands that may be quantized, and the results, are
/// activations and are either all f32 or all quantized.
mlir::LogicalResult verifyUniformActivations(mlir::Operation *op,
                                             mlir::ValueRange activations);

/// Checks that bounds are not NaN and that `min` <= `max`.
mlir::LogicalResult verifyClamp(mlir::Operation *op,
                                std::optional<llvm::APFloat> min,
                                std::optional<llvm::APFloat> max);

/// Checks that the vector operand `name` has one value per channel (last
/// dimension) of `activation`.
mlir::LogicalResult verifyChannelVector(mlir::Operation *op,
                                        llvm::StringRef name,
                                        mlir::Value vector,
                                        mlir::Value activation);

/// Checks that statistics, if any, describe each channel of `output`.
mlir::LogicalResult verifyStats(mlir::Operation *op, ChannelStatsAttr stats,
                                mlir::Value output);

/// Size of the result of a sliding window over `size` elements:
/// floor((size + low + high - dilation * (kernel - 1) - 1) / stride) + 1;
/// fails if the window does not fit.
mlir::FailureOr<int64_t> getWindowOutputSize(int64_t size, int64_t kernel,
                                             int64_t stride, int64_t low,
                                             int64_t high, int64_t dilation);

/// Whether two lists of types agree in everything but the element types:
/// quantization of a result is not inferred.
bool haveSameShapes(mlir::TypeRange lhs, mlir::TypeRange rhs);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_IR_VERIFICATION_H
