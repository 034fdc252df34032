//===- PixelsTest.cpp - Bounds that usual preprocessing gives -------------===//
//
// Estimates of inputs and what they say about the preprocessing of pixels.
//
//===----------------------------------------------------------------------===//

#include "PixelConventions.h"

#include <cmath>
#include <cstdio>

using namespace mlir;
using namespace spiq;

static int numFailures = 0;

/// What an estimate with one deviation for all channels says.
static std::optional<PixelBounds> find(MLIRContext &context,
                                       ArrayRef<double> means, double stddev,
                                       bool hasColours = true) {
  SmallVector<double> stddevs(means.size(), stddev);
  return findPixelBounds(ChannelStatsAttr::get(&context, means, stddevs),
                         hasColours);
}

static void expect(const char *what, std::optional<PixelBounds> bounds,
                   double min, double max, bool holdsBytes) {
  if (bounds && std::abs(bounds->min - min) < 1e-3 * (max - min) &&
      std::abs(bounds->max - max) < 1e-3 * (max - min) &&
      bounds->holdsBytes == holdsBytes)
    return;
  std::printf("FAILED: %s: %d, %g to %g\n", what, bounds.has_value(),
              bounds ? bounds->min : 0.0, bounds ? bounds->max : 0.0);
  ++numFailures;
}

static void expectNone(const char *what, std::optional<PixelBounds> bounds) {
  if (!bounds)
    return;
  std::printf("FAILED: %s: %g to %g\n", what, bounds->min, bounds->max);
  ++numFailures;
}

/// Estimates within a fifth of the truth, with the colours in either order.
static void testPhotographs(MLIRContext &context) {
  for (double error : {0.8, 1.0, 1.2}) {
    expect("bytes", find(context, {122, 116, 105}, 65 * error), 0, 255, true);
    expect("unit", find(context, {0.41, 0.45, 0.48}, 0.255 * error), 0, 1,
           true);
    expect("symmetric", find(context, {-0.04, -0.09, -0.19}, 0.51 * error), -1,
           1, true);
    expect("grey", find(context, {-0.1}, 0.51 * error, false), -1, 1, true);
    expect("mean subtracted", find(context, {-10, 2, 9}, 65 * error), -123.68,
           151.061, false);
  }
}

/// What deviates little was not divided by the least divisors, which would
/// have led to the farthest bounds.
static void testNormalized(MLIRContext &context) {
  expect("normalized", find(context, {-0.2, -0.1, 0.1}, 1.1), -2.4291, 2.7537,
         false);
  expect("ImageNet or CIFAR-10", find(context, {0, 0, 0}, 0.85), -2.1179, 2.64,
         false);
  expect("CIFAR-10's mean of deviations", find(context, {0, 0, 0}, 1.7),
         -2.4291, 2.7537, false);
}

static void testOthers(MLIRContext &context) {
  expectNone("dark bytes", find(context, {60, 60, 60}, 65));
  expectNone("one dark colour", find(context, {115, 115, 30}, 65));
  expectNone("hardly varying bytes", find(context, {115, 115, 115}, 30));
  expectNone("small", find(context, {0, 0, 0}, 0.1));
  expectNone("between normalized and bytes", find(context, {0, 0, 0}, 10));
  expectNone("large", find(context, {0, 0, 0}, 200));
  expectNone("normalized, one channel", find(context, {0}, 1.1, false));
  expectNone("mean subtracted, one channel", find(context, {0}, 65, false));
  expectNone("far from the mean", find(context, {1.5, 1.5, 1.5}, 1.1));
}

int main() {
  MLIRContext context;
  context.loadDialect<SPIQDialect>();
  testPhotographs(context);
  testNormalized(context);
  testOthers(context);
  if (numFailures == 0)
    std::printf("all checks passed\n");
  return numFailures != 0;
}
