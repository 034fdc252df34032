//===- NoisePower.cpp - Signal and noise of a value -----------------------===//
//
// Compares the values of a float network with those of a rounded one.
//
//===----------------------------------------------------------------------===//

#include "NoisePower.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <limits>

using namespace spiq;
using reference::Tensor;

double NoisePower::getDecibels() const {
  if (noise == 0.0)
    return std::numeric_limits<double>::infinity();
  return 10.0 * std::log10(signal / noise);
}

NoisePower spiq::measureNoise(const Tensor &exact, const Tensor &rounded) {
  NoisePower power;
  for (auto [x, y] : llvm::zip_equal(exact.floats, rounded.floats)) {
    double error = static_cast<double>(y) - x;
    power.signal += static_cast<double>(x) * x;
    power.noise += error * error;
  }
  return power;
}

NoisePower spiq::measureLogitNoise(const Tensor &exact, const Tensor &rounded,
                                   int64_t axis) {
  int64_t stride = 1, classes = exact.shape[axis];
  for (int64_t size : llvm::ArrayRef(exact.shape).drop_front(axis + 1))
    stride *= size;
  NoisePower power;
  for (int64_t i = 0, e = exact.floats.size(); i < e; ++i) {
    if (i / stride % classes != 0)
      continue;
    double mean = 0.0, meanError = 0.0;
    auto forEachClass = [&](auto visit) {
      for (int64_t c = 0; c < classes; ++c) {
        double x = exact.floats[i + c * stride];
        visit(x, rounded.floats[i + c * stride] - x);
      }
    };
    forEachClass([&](double x, double error) {
      mean += x / classes;
      meanError += error / classes;
    });
    forEachClass([&](double x, double error) {
      power.signal += (x - mean) * (x - mean);
      power.noise += (error - meanError) * (error - meanError);
    });
  }
  return power;
}
