//===- BatchNormMatch.h - Match of values to batch-norm ---------*- C++ -*-===//
//
// Shifts and scales channels to the mean and deviation they had in training.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_BATCHNORMMATCH_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_BATCHNORMMATCH_H

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/Reference/Tensor.h"

namespace spiq {

/// The map `gain x + offset` of each channel of a value, channels last.
struct BatchNormMatch {
  llvm::SmallVector<float, 0> gains, offsets;

  /// What the map adds to `x`, an element of channel `c`.
  float getShift(float x, size_t c) const {
    return x * gains[c] + offsets[c] - x;
  }
};

/// The map that gives `tensors`, the values of one operation on several images,
/// the mean and deviation of `stats`. A deviation is enlarged tenfold at most:
/// what hardly varies on the images at hand should not become noise. None if
/// the deviation of a channel were known from less than 64 values.
std::optional<BatchNormMatch>
matchBatchNorm(ChannelStatsAttr stats,
               llvm::ArrayRef<const reference::Tensor *> tensors);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_BATCHNORMMATCH_H
