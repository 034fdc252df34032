//===- FoldObjective.h - How much of a scale to fold ------------*- C++ -*-===//
//
// The predicted error of a choice of scales, and the choice that minimizes it.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_FOLDOBJECTIVE_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_FOLDOBJECTIVE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace spiq {

/// A channel whose scale is to be chosen.
struct FoldChannel {
  /// The scale that the channel would have alone.
  double ownScale = 1.0;
  /// Gains of rounding and of clipping errors on the channel.
  double roundingGain = 1.0, clippingGain = 1.0;
  /// Share of values that rounding changes: not those at a bound.
  double roundedShare = 1.0;
  double variance = 0.0;
  /// Expected squared error from clipping at the given scale.
  std::function<double(double scale)> clippingError;
};

/// The weights of one output channel of a layer that read one channel.
struct FoldWeights {
  uint32_t channel;
  float maxAbs;
  float count;
};

/// A layer that reads the channels: output channel `o` has the entries
/// `[rowBegin[o], rowBegin[o + 1])` of `entries`.
struct FoldLayer {
  /// Largest stored magnitude of a weight: 2^(bits-1) - 1.
  double maxWeight = 127.0;
  llvm::SmallVector<double, 0> outputGains;
  llvm::SmallVector<uint32_t, 0> rowBegin;
  llvm::SmallVector<FoldWeights, 0> entries;
};

/// Predicted squared error at the outputs of the network:
///
///   J = sum_c gain_c (share_c s_c^2 / 12 + clipping_c(s_c))
///     + sum_layers sum_o gain_o t_o^2 / 12 sum_c count_oc variance_c / s_c^2
///
/// where t_o = max_c |W_oc| s_c / maxWeight is the scale that all folded
/// weights of output channel o share. A finer channel (small s_c) has less
/// rounding error itself, but its weights are rounded more coarsely relative to
/// their size. The mean of a channel does not matter: bias correction removes
/// its error.
class FoldObjective {
public:
  FoldObjective(llvm::SmallVector<FoldChannel, 0> channels,
                llvm::SmallVector<FoldLayer, 0> layers)
      : channels(std::move(channels)), layers(std::move(layers)) {}

  /// J for one scale per channel.
  double evaluate(llvm::ArrayRef<double> scales) const;

  /// The scales `2^shift * own_c^exponent * max(own)^(1 - exponent)`: with
  /// exponent 1 each channel has its own scale, with 0 all have the widest.
  llvm::SmallVector<double, 0> getScales(double exponent, double shift) const;

  /// The exponent in [0, 1] and shift that minimize J.
  struct Choice {
    double exponent = 0.0;
    double shift = 0.0;
    double error = 0.0;
  };
  /// `fixedExponent` leaves only the shift to choose.
  Choice minimize(std::optional<double> fixedExponent) const;

  /// Lowers J by moving the scale of one channel at a time, and returns it. Of
  /// use where rounded weights make most of J: a channel whose weights are
  /// small in all rows may be coarser without any weight being so.
  double refine(llvm::MutableArrayRef<double> scales) const;

private:
  class Refinement;

  llvm::SmallVector<FoldChannel, 0> channels;
  llvm::SmallVector<FoldLayer, 0> layers;
};

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_FOLDOBJECTIVE_H
