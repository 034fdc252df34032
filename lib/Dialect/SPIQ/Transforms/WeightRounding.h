//===- WeightRounding.h - Rounding with error compensation ------*- C++ -*-===//
//
// Rounds the weights of an output channel so that their errors cancel where
// the inputs that they multiply vary together.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_WEIGHTROUNDING_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_WEIGHTROUNDING_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace spiq {

/// The correlations of the taps of a kernel: `0.6^distance` for two pixels of
/// one channel, as in feature maps. `taps x taps`, row by row; taps are
/// numbered row by row too.
llvm::SmallVector<double> getTapCorrelation(int64_t height, int64_t width,
                                            int64_t rowDilation,
                                            int64_t columnDilation);

/// Rounds the weights of one output channel. With e[k][i] the rounding error of
/// tap k of input i, s[i] the deviation of that input, R the correlation of
/// taps and c that of different inputs, the variance that rounding adds to the
/// result is
///
///   J = (1 - c) sum_i s[i]^2 e[.][i]' R e[.][i] + c z' R z,
///   z[k] = sum_i s[i] e[k][i].
///
/// Starting from the nearest integers, single weights move to the integer on
/// their other side while that lowers J, those first that are closest to the
/// middle. With R all ones and c = 0 this brings the sum of the errors of each
/// kernel within half a step, and with c > 0 the sum over all of them too:
/// SQuant (Guo et al., ICLR 2022, arXiv 2202.07471) does both in two passes.
class WeightRounder {
public:
  /// Rounds rows of `taps x inputs` weights, inputs innermost, where `taps` is
  /// the number of rows of `tapCorrelation`.
  WeightRounder(llvm::ArrayRef<double> tapCorrelation, int64_t inputs,
                double inputCorrelation);

  /// Rounds `exact`, in units of the weight's scale, to integers within
  /// [`min`, `max`]. `deviations` has one entry per input. Returns how many are
  /// not the nearest integer.
  int64_t round(llvm::ArrayRef<double> exact, llvm::ArrayRef<double> deviations,
                int64_t min, int64_t max,
                llvm::MutableArrayRef<int8_t> rounded) const;

  /// J of `rounded` in place of `exact`.
  double getError(llvm::ArrayRef<double> exact,
                  llvm::ArrayRef<double> deviations,
                  llvm::ArrayRef<int8_t> rounded) const;

private:
  llvm::SmallVector<double> correlation;
  int64_t taps, inputs;
  double shared;
};

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_WEIGHTROUNDING_H
