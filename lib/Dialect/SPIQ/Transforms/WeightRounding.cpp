//===- WeightRounding.cpp - Rounding with error compensation --------------===//
//
// Rounds the weights of an output channel so that their errors cancel where
// the inputs that they multiply vary together.
//
//===----------------------------------------------------------------------===//

#include "WeightRounding.h"

#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace spiq;

/// Correlation of neighbouring pixels of a feature map.
static constexpr double neighbourCorrelation = 0.6;

SmallVector<double> spiq::getTapCorrelation(int64_t height, int64_t width,
                                            int64_t rowDilation,
                                            int64_t columnDilation) {
  int64_t taps = height * width;
  SmallVector<double> correlation;
  for (int64_t a = 0; a < taps; ++a)
    for (int64_t b = 0; b < taps; ++b) {
      double dy = rowDilation * (a / width - b / width);
      double dx = columnDilation * (a % width - b % width);
      correlation.push_back(std::pow(neighbourCorrelation, std::hypot(dy, dx)));
    }
  return correlation;
}

WeightRounder::WeightRounder(ArrayRef<double> tapCorrelation, int64_t inputs,
                             double inputCorrelation)
    : correlation(tapCorrelation),
      taps(std::llround(std::sqrt(tapCorrelation.size()))), inputs(inputs),
      shared(inputCorrelation) {}

double WeightRounder::getError(ArrayRef<double> exact,
                               ArrayRef<double> deviations,
                               ArrayRef<int8_t> rounded) const {
  SmallVector<double> total(taps, 0.0), errors(taps);
  auto getForm = [&](ArrayRef<double> x) {
    double sum = 0.0;
    for (int64_t a = 0; a < taps; ++a)
      for (int64_t b = 0; b < taps; ++b)
        sum += x[a] * correlation[a * taps + b] * x[b];
    return sum;
  };
  double own = 0.0;
  for (int64_t i = 0; i < inputs; ++i) {
    for (int64_t k = 0; k < taps; ++k) {
      int64_t index = k * inputs + i;
      errors[k] = deviations[i] * (rounded[index] - exact[index]);
      total[k] += errors[k];
    }
    own += getForm(errors);
  }
  return (1.0 - shared) * own + shared * getForm(total);
}

int64_t WeightRounder::round(ArrayRef<double> exact,
                             ArrayRef<double> deviations, int64_t min,
                             int64_t max,
                             MutableArrayRef<int8_t> rounded) const {
  // R e and R z, kept up to date: then a move costs one look to judge and one
  // row of R to make.
  SmallVector<double, 0> own(exact.size(), 0.0);
  SmallVector<double> total(taps, 0.0);
  auto add = [&](int64_t tap, int64_t input, double error) {
    double scaled = deviations[input] * error;
    for (int64_t k = 0; k < taps; ++k) {
      double change = correlation[k * taps + tap] * scaled;
      own[k * inputs + input] += change;
      total[k] += change;
    }
  };
  for (int64_t k = 0; k < taps; ++k)
    for (int64_t i = 0; i < inputs; ++i) {
      int64_t index = k * inputs + i;
      rounded[index] =
          std::clamp<double>(std::nearbyint(exact[index]), min, max);
      add(k, i, rounded[index] - exact[index]);
    }

  // Moves those weights first that lose least by it.
  constexpr double thresholds[] = {0.4, 0.3, 0.2, 0.1, 0.0, 0.0};
  for (double threshold : thresholds)
    for (int64_t k = 0; k < taps; ++k)
      for (int64_t i = 0; i < inputs; ++i) {
        int64_t index = k * inputs + i;
        double error = rounded[index] - exact[index];
        double step = error > 0.0 ? -1.0 : 1.0;
        double moved = rounded[index] + step;
        if (std::abs(error) <= threshold || moved < min || moved > max ||
            std::abs(error + step) >= 1.0)
          continue;
        double s = deviations[i];
        double slope = (1.0 - shared) * own[index] + shared * total[k];
        if (2.0 * s * step * slope + s * s * correlation[k * taps + k] >= 0.0)
          continue;
        rounded[index] = static_cast<int8_t>(moved);
        add(k, i, step);
      }

  int64_t moves = 0;
  for (auto [value, target] : zip(exact, rounded))
    moves += target != std::clamp<double>(std::nearbyint(value), min, max);
  return moves;
}
