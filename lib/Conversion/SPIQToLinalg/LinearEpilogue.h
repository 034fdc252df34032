//===- LinearEpilogue.h - From accumulators to results ----------*- C++ -*-===//
//
// Builds the elementwise operation that turns the accumulators of a linear
// layer into its result, and the run-time quantization of the dynamic form.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CONVERSION_SPIQTOLINALG_LINEAREPILOGUE_H
#define SPIQ_LIB_CONVERSION_SPIQTOLINALG_LINEAREPILOGUE_H

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

#include <optional>

namespace spiq {

/// An f32 tensor quantized to unsigned bytes at run time.
struct DynamicallyQuantized {
  mlir::Value stored;    ///< i8 tensor that holds values from 0 to 255
  mlir::Value scale;     ///< f32
  mlir::Value zeroPoint; ///< i32
};

/// Quantizes `tensor` as the dynamic form of the linear operations prescribes.
DynamicallyQuantized quantizeDynamically(mlir::OpBuilder &builder,
                                         mlir::Location loc,
                                         mlir::Value tensor);

/// What follows the accumulation. Types are those of the SPIQ operation, values
/// are lowered; `accumulator` and `residual` have the same shape.
struct LinearEpilogue {
  mlir::Value accumulator;
  mlir::Value bias;
  mlir::Value residual;
  mlir::Type residualType;
  ActivationAttr activation;
  std::optional<float> clampMin, clampMax;

  /// y = clamp(acc + bias [+ residual])
  mlir::Value buildFloat(mlir::OpBuilder &builder, mlir::Location loc) const;
  /// y = clamp(roundeven(f32(acc + bias) * M [+ f32(r - zr) * R])) + zeroPoint,
  /// or clamp(roundeven(f(f32(acc + bias) * f32(t)) * f32(1 / s))) + zeroPoint
  /// with an activation, or clamp(f32(acc + bias) * f32(t) [+ residual]) for an
  /// f32 `resultType`.
  mlir::Value buildInteger(mlir::OpBuilder &builder, mlir::Location loc,
                           const QuantizationView &weights,
                           mlir::Type resultType) const;
  /// y = clamp(f32(acc - z * weightSums) * (s * f32(t)) + bias [+ residual])
  mlir::Value buildDynamic(mlir::OpBuilder &builder, mlir::Location loc,
                           const QuantizationView &weights,
                           llvm::ArrayRef<int32_t> weightSums,
                           const DynamicallyQuantized &input) const;
};

} // namespace spiq

#endif // SPIQ_LIB_CONVERSION_SPIQTOLINALG_LINEAREPILOGUE_H
