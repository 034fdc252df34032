//===- PixelConventions.h - How pixels become inputs ------------*- C++ -*-===//
//
// The usual ways to turn the bytes of photographs into inputs of networks.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_PIXELCONVENTIONS_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_PIXELCONVENTIONS_H

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

namespace spiq {

/// What all pixels of all channels of an input lie between.
struct PixelBounds {
  double min, max;
  /// Whether the 256 bytes lie evenly from `min` to `max`.
  bool holdsBytes;
};

/// The bounds of photographs that went through one of the usual kinds of
/// preprocessing, if `stats`, an estimate for all channels of an input, tells
/// of that; nothing otherwise. Kinds that treat colours differently are taken
/// into account if `hasColours`: the input has three channels.
///
/// A kind is `(p - mean) / stddev` of bytes `p`. It fits if mean and deviation
/// of all channels, taken back to bytes, are those of photographs: the mean
/// lies from 0.3 to 0.6 of their range, the deviation from 0.18 to 0.36 of it.
/// Where several fit, the bounds hold for all of them, and as the order of the
/// colours is not known either, all channels have the same.
std::optional<PixelBounds> findPixelBounds(ChannelStatsAttr stats,
                                           bool hasColours);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_PIXELCONVENTIONS_H
