//===- Peak.h - What this machine can multiply ------------------*- C++ -*-===//
//
// Measures the rate of products that profiles are compared with.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_TOOLS_SPIQ_RUN_PEAK_H
#define SPIQ_TOOLS_SPIQ_RUN_PEAK_H

#include "spiq/Runtime/ModelABI.h"

#include <string>

namespace spiq::run {

/// Accumulated products per second, in billions, of all threads together; zero
/// if unknown.
struct Peak {
  /// Bytes, accumulated in i32.
  double integer = 0;
  /// f32; products and sums are separate, as models compute them.
  double real = 0;
};

/// Measures the instructions with which models accumulate products on the
/// instruction set `isa`, named as in `spiq_profile_info`: loops over registers
/// that touch no memory. The machine must have that set. `parallelFor` lends
/// the threads that measure; null for one. Takes a few milliseconds.
Peak measurePeak(const std::string &isa, const spiq_parallel_for *parallelFor);

} // namespace spiq::run

#endif // SPIQ_TOOLS_SPIQ_RUN_PEAK_H
