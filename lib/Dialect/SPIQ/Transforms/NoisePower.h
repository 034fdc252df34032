//===- NoisePower.h - Signal and noise of a value ---------------*- C++ -*-===//
//
// Compares the values of a float network with those of a rounded one.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_NOISEPOWER_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_NOISEPOWER_H

#include "spiq/Reference/Tensor.h"

namespace spiq {

/// Squares of a value and of its error, summed over elements.
struct NoisePower {
  double signal = 0.0;
  double noise = 0.0;

  NoisePower &operator+=(const NoisePower &other) {
    signal += other.signal;
    noise += other.noise;
    return *this;
  }
  /// Noise by signal; zero without noise, even where there is no signal.
  double getRatio() const { return noise == 0.0 ? 0.0 : noise / signal; }
  /// 10 log10(signal / noise); infinite without noise.
  double getDecibels() const;
};

/// The power of the float tensor `rounded` in place of `exact`.
NoisePower measureNoise(const reference::Tensor &exact,
                        const reference::Tensor &rounded);

/// The same of logits whose classes lie along `axis`: what a softmax reads,
/// where the mean over the classes does not count.
NoisePower measureLogitNoise(const reference::Tensor &exact,
                             const reference::Tensor &rounded, int64_t axis);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_NOISEPOWER_H
