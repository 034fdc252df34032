//===- PixelConventions.cpp - How pixels become inputs --------------------===//
//
// The usual ways to turn the bytes of photographs into inputs of networks.
//
//===----------------------------------------------------------------------===//

#include "PixelConventions.h"

#include <algorithm>
#include <array>
#include <limits>

using namespace mlir;
using namespace spiq;

namespace {

/// Inputs are `(p - mean) / stddev` of bytes `p`; red, green, blue or alike.
struct PixelConvention {
  std::array<double, 3> mean, stddev;

  static constexpr PixelConvention forAll(double mean, double stddev) {
    return {{mean, mean, mean}, {stddev, stddev, stddev}};
  }
  /// As it is mostly published: for pixels from 0 to 1.
  static constexpr PixelConvention ofUnit(std::array<double, 3> mean,
                                          std::array<double, 3> stddev) {
    for (size_t c = 0; c < 3; ++c) {
      mean[c] *= 255.0;
      stddev[c] *= 255.0;
    }
    return {mean, stddev};
  }

  bool isForAll() const {
    return llvm::all_equal(mean) && llvm::all_equal(stddev);
  }
};

} // namespace

static constexpr PixelConvention conventions[] = {
    // Bytes as they are: networks that begin with their own normalization, such
    // as EfficientNet of Keras.
    PixelConvention::forAll(0.0, 1.0),
    // From 0 to 1: `ToTensor` of torchvision, Darknet.
    PixelConvention::forAll(0.0, 255.0),
    // From -1 to 1: `preprocess_input` of Keras, mode "tf". Others divide by
    // 128, which is less than a step beside it.
    PixelConvention::forAll(127.5, 127.5),
    // `preprocess_input` of Keras, mode "caffe": the mean of ImageNet.
    {{123.68, 116.779, 103.939}, {1.0, 1.0, 1.0}},
    // `preprocess_input` of Keras, mode "torch", and the models of torchvision:
    // mean and deviation of ImageNet.
    PixelConvention::ofUnit({0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}),
    // Mean and deviation of CIFAR-10.
    PixelConvention::ofUnit({0.4914, 0.4822, 0.4465}, {0.2470, 0.2435, 0.2616}),
    // The same with the mean of the deviations of its images, as in the
    // collection kuangliu/pytorch-cifar and in what was derived from it.
    PixelConvention::ofUnit({0.4914, 0.4822, 0.4465}, {0.2023, 0.1994, 0.2010}),
};

/// Whether what `stats` tells can be that of photographs behind `convention`.
/// An estimate hardly tells colours apart: their mean has to do.
static bool fits(const PixelConvention &convention, ChannelStatsAttr stats) {
  auto average = [](const std::array<double, 3> &values) {
    return (values[0] + values[1] + values[2]) / 3.0;
  };
  double offset = average(convention.mean), scale = average(convention.stddev);
  auto isTypical = [&](auto pair) {
    auto [mean, stddev] = pair;
    double byteMean = (mean * scale + offset) / 255.0;
    double byteStddev = stddev * scale / 255.0;
    return byteMean >= 0.3 && byteMean <= 0.6 && byteStddev >= 0.18 &&
           byteStddev <= 0.36;
  };
  return llvm::all_of(llvm::zip(stats.getMean(), stats.getStddev()), isTypical);
}

std::optional<PixelBounds> spiq::findPixelBounds(ChannelStatsAttr stats,
                                                 bool hasColours) {
  std::optional<PixelBounds> bounds;
  for (const PixelConvention &convention : conventions) {
    bool isForAll = convention.isForAll();
    if ((!isForAll && !hasColours) || !fits(convention, stats))
      continue;
    // More than one convention is not one grid.
    if (!bounds)
      bounds = {std::numeric_limits<double>::infinity(),
                -std::numeric_limits<double>::infinity(), isForAll};
    else
      bounds->holdsBytes = false;
    for (auto [mean, stddev] : llvm::zip(convention.mean, convention.stddev)) {
      bounds->min = std::min(bounds->min, (0.0 - mean) / stddev);
      bounds->max = std::max(bounds->max, (255.0 - mean) / stddev);
    }
  }
  return bounds;
}
