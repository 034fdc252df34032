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

/// Reports errors of shape inference in the name of an operation, which need
/// not exist yet. Without a location, nothing is emitted.
class InferenceErrors {
public:
  InferenceErrors(std::optional<mlir::Location> loc, llvm::StringRef operation)
      : loc(loc), operation(operation) {}

  template <typename... Args>
  mlir::LogicalResult emit(Args &&...args) const {
    return mlir::emitOptionalError(loc, "'", operation, "' op ",
                                   std::forward<Args>(args)...);
  }

private:
  std::optional<mlir::Location> loc;
  llvm::StringRef operation;
};

/// Checks that `values` has `size` entries within [`min`,
/// `maxWindowParameter`].
mlir::LogicalResult verifyWindowAttr(const InferenceErrors &errors,
                                     llvm::StringRef name,
                                     llvm::ArrayRef<int64_t> values,
                                     size_t size, int64_t min);

/// Checks that shape inference accepts the operands and attributes of `op` and
/// that it finds the shape of the result. Other checks may rely on attributes
/// of the right length after it.
mlir::LogicalResult verifyInferredShape(mlir::Operation *op);

/// Checks that the zero points of `type`, if it is quantized, are values that
/// can be stored, and that per-axis quantization is along `dimension` with one
/// scale per element of it.
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

/// Checks that an activation, if any, stands between quantized tensors and has
/// a slope for each channel of `output`.
mlir::LogicalResult verifyFusedActivation(mlir::Operation *op,
                                          ActivationAttr activation,
                                          mlir::Value input,
                                          mlir::Value output);

/// Checks that the vector operand `name` has one value per channel (last
/// dimension) of `activation`.
mlir::LogicalResult verifyChannelVector(mlir::Operation *op,
                                        llvm::StringRef name,
                                        mlir::Value vector,
                                        mlir::Value activation);

/// Checks that the vector operand `name`, if it is a constant, holds finite
/// numbers.
mlir::LogicalResult verifyFiniteConstant(mlir::Operation *op,
                                         llvm::StringRef name,
                                         mlir::Value vector);

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
