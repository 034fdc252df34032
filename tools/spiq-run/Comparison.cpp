//===- Comparison.cpp - How far two results are apart -----------*- C++ -*-===//
//
// Error measures of an output against a reference.
//
//===----------------------------------------------------------------------===//

#include "Comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spiq::run {

/// Index of the largest of `count` values, `stride` apart.
static size_t argmax(const double *values, size_t count, size_t stride) {
  size_t best = 0;
  for (size_t i = 1; i < count; ++i)
    if (values[i * stride] > values[best * stride])
      best = i;
  return best;
}

static void compareArgmax(const std::vector<double> &values,
                          const std::vector<double> &reference,
                          const std::vector<int64_t> &shape,
                          Comparison &result) {
  if (shape.empty() || values.empty())
    return;
  size_t axis = shape.size() == 4 ? 1 : shape.size() - 1;
  size_t channels = shape[axis], stride = 1;
  for (size_t dim = axis + 1; dim < shape.size(); ++dim)
    stride *= shape[dim];
  size_t outer = values.size() / (channels * stride);
  for (size_t o = 0; o < outer; ++o)
    for (size_t i = 0; i < stride; ++i) {
      size_t begin = o * channels * stride + i;
      ++result.positions;
      result.agreeing += argmax(&values[begin], channels, stride) ==
                         argmax(&reference[begin], channels, stride);
    }
}

Comparison compare(const std::vector<double> &values,
                   const std::vector<double> &reference,
                   const std::vector<int64_t> &shape) {
  Comparison result;
  double signal = 0, noise = 0, largest = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    double error = values[i] - reference[i];
    // Equal infinities have no difference.
    if (values[i] == reference[i])
      error = 0;
    signal += reference[i] * reference[i];
    noise += error * error;
    largest = std::max(largest, std::fabs(reference[i]));
    if (!(std::fabs(error) <= result.maxAbsolute))
      result.maxAbsolute = std::fabs(error);
  }
  result.sqnr = noise == 0 ? std::numeric_limits<double>::infinity()
                           : 10 * std::log10(signal / noise);
  result.maxRelative =
      result.maxAbsolute == 0 ? 0 : result.maxAbsolute / largest;
  compareArgmax(values, reference, shape, result);
  return result;
}

} // namespace spiq::run
