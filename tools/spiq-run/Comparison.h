//===- Comparison.h - How far two results are apart -------------*- C++ -*-===//
//
// Error measures of an output against a reference.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_TOOLS_SPIQ_RUN_COMPARISON_H
#define SPIQ_TOOLS_SPIQ_RUN_COMPARISON_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace spiq::run {

/// How far `values` are from a reference.
struct Comparison {
  /// 10 log10(sum ref^2 / sum (ref - value)^2); infinite if all are equal.
  double sqnr = 0;
  /// Largest |ref - value|.
  double maxAbsolute = 0;
  /// Largest |ref - value| divided by the largest |ref|.
  double maxRelative = 0;
  /// Positions (rows, pixels) where the largest channel is the same, of all.
  size_t agreeing = 0, positions = 0;
};

/// Compares real values of `shape`. The channel is dimension 1 of images
/// (N x C x H x W) and the last dimension of anything else.
Comparison compare(const std::vector<double> &values,
                   const std::vector<double> &reference,
                   const std::vector<int64_t> &shape);

} // namespace spiq::run

#endif // SPIQ_TOOLS_SPIQ_RUN_COMPARISON_H
