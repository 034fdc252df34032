//===- BatchNormMatch.h - Match of values to batch-norm ---------*- C++ -*-===//
//
// Shifts and scales channels to the mean and deviation they had in training.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_BATCHNORMMATCH_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_BATCHNORMMATCH_H

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

namespace spiq {

/// The map `gain x + offset` of each channel of a value, channels last.
struct BatchNormMatch {
  llvm::SmallVector<float, 0> gains, offsets;

  float apply(float x, size_t channel) const {
    return x * gains[channel] + offsets[channel];
  }
};

/// How many values of a channel tell its deviation well enough.
constexpr size_t minMatchedValues = 64;

/// The map that gives the values of one operation, in parts with channels last,
/// the mean and deviation of `stats`. A deviation is enlarged tenfold at most:
/// what hardly varies on the images at hand should not become noise. None if
/// each channel has fewer than `minValues` values.
std::optional<BatchNormMatch>
matchBatchNorm(ChannelStatsAttr stats,
               llvm::ArrayRef<llvm::ArrayRef<float>> parts, size_t minValues);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_BATCHNORMMATCH_H
