//===- SyntheticImages.h - Images made without data -------------*- C++ -*-===//
//
// Generates images with the edges, flat regions and spectra of photographs.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SYNTHETICIMAGES_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SYNTHETICIMAGES_H

#include "spiq/Dialect/SPIQ/Transforms/ChannelMap.h"
#include "spiq/Dialect/SPIQ/Transforms/ChannelStatistics.h"

#include <cstdint>
#include <vector>

namespace spiq {

/// Height, width and colours of an image.
struct ImageShape {
  int64_t height = 0;
  int64_t width = 0;
  int64_t colours = 0;
};

/// Makes image `index`, `height x width x colours` values between 0 and 1. Of
/// five images in a row three are dead leaves (opaque discs whose radii follow
/// a power law; Lee, Mumford and Huang, "Occlusion Models for Natural Images",
/// IJCV 2001), one is noise with a spectrum of 1/f and one shows coloured
/// rectangles. The same index gives the same image on every machine.
std::vector<float> createSyntheticImage(ImageShape shape, uint64_t index);

/// Fills `values`, an input of a network whose channels lie where `map` says,
/// with images from `index` on, scaled to the means and deviations of
/// `channels`, which the labels of the map number. What is no image becomes one
/// that is a pixel high. With `areBytes` all values are among 256 between the
/// bounds of their channel. Returns the index behind the last image.
uint64_t fillWithImages(llvm::MutableArrayRef<float> values,
                        const ChannelMap &map,
                        const ChannelStatistics &channels, uint64_t index,
                        bool areBytes = false);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SYNTHETICIMAGES_H
