//===- WeightQuantization.h - Integer weights and biases --------*- C++ -*-===//
//
// Folds input scales into weights and rounds weights and biases.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_WEIGHTQUANTIZATION_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_WEIGHTQUANTIZATION_H

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

namespace spiq {

/// Attribute of a layer between scale derivation and fusion: the type of its
/// folded weights.
constexpr llvm::StringLiteral weightTypeName = "spiq.weight_type";

/// Attribute of a layer that quantizes its input at run time, between the same
/// passes; its weights are surrounded by casts.
constexpr llvm::StringLiteral dynamicName = "spiq.dynamic";

/// Multiplies each weight by the scale of the input channel that it reads.
/// `inputScales` has one entry per input channel, or one in all.
void foldInputScales(LinearOpInterface layer,
                     llvm::ArrayRef<double> inputScales,
                     llvm::MutableArrayRef<float> weights);

/// The scale of each of the `outputs` rows of `weights`: the largest magnitude
/// becomes the largest stored value. Rows whose bias would not fit 30 bits, or
/// 26 where weights have at most 4, get a larger scale, rows without weights
/// one that represents the bias well.
llvm::SmallVector<double> getWeightScales(llvm::ArrayRef<float> weights,
                                          llvm::ArrayRef<float> bias,
                                          int64_t outputs, unsigned bits);

/// The type of weights: symmetric, signed, one scale for each output channel.
mlir::quant::UniformQuantizedPerAxisType
getWeightType(mlir::MLIRContext *context, unsigned bits,
              llvm::ArrayRef<double> scales);

/// Whether symmetric weights up to `maxStored` have fewer than `bits` bits.
inline bool isCompensated(int64_t maxStored, unsigned bits) {
  return 2 * (maxStored + 1) < int64_t(1) << bits;
}

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_WEIGHTQUANTIZATION_H
