//===- Quantization.h - Quantized types of the reference --------*- C++ -*-===//
//
// Scales, zero points and rounding as the dialect describes them.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_REFERENCE_QUANTIZATION_H
#define SPIQ_LIB_REFERENCE_QUANTIZATION_H

#include "mlir/IR/Types.h"
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/APFloat.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace spiq::reference {

/// Parameters of a uniform quantized type. A type with one scale for the whole
/// tensor has one entry, which every channel uses.
struct Quantization {
  std::vector<double> scales;
  std::vector<int64_t> zeroPoints;
  int64_t low = 0, high = 0;
  bool isSigned = true;
  int64_t axis = -1;

  double scale(int64_t channel) const {
    return scales[scales.size() == 1 ? 0 : channel];
  }
  int64_t zeroPoint(int64_t channel) const {
    return zeroPoints[zeroPoints.size() == 1 ? 0 : channel];
  }
};

/// The parameters of the element type of `type`; none if it is not quantized.
std::optional<Quantization> getQuantization(mlir::Type type);

/// Bounds of a fused activation, in real units.
struct Bounds {
  std::optional<float> min, max;

  static Bounds of(std::optional<llvm::APFloat> min,
                   std::optional<llvm::APFloat> max);
  /// min(max(x, min), max); NaN stays NaN.
  float apply(float x) const;
};

/// clamp(roundeven(real / scale)) + zeroPoint in double precision: how values
/// known at compile time are quantized.
int64_t quantizeExactly(double real, const Quantization &type, int64_t channel);

/// clamp(roundeven(scaled)) + zeroPoint for a result in units of the scale; the
/// clamp keeps within the storage range and `bounds`.
int32_t quantizeResult(float scaled, const Quantization &type, int64_t channel,
                       const Bounds &bounds = {});

} // namespace spiq::reference

#endif // SPIQ_LIB_REFERENCE_QUANTIZATION_H
