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

#include <Eigen/Core>

#include <cstdint>

namespace spiq {

/// The correlations of the taps of a kernel: `neighbour^distance` for two
/// pixels of one channel. `taps x taps`; taps are numbered row by row.
Eigen::MatrixXf getTapCorrelation(int64_t height, int64_t width,
                                  int64_t rowDilation, int64_t columnDilation,
                                  double neighbour);

/// Correlation of neighbouring pixels of a feature map.
constexpr double neighbourCorrelation = 0.6;

/// Rounds the weights of output channels. With e[k][i] the rounding error of
/// tap k of input i, s[i] the deviation of that input, R the correlations of
/// taps and C those of inputs, the variance that rounding adds to the result is
///
///   J = sum e[k][i] s[i] R[k][l] C[i][j] s[j] e[l][j].
///
/// Weights are rounded one after the other, those of the inputs that vary most
/// first. Each is rounded from where J would be least, given the errors made so
/// far, if the weights that remain were not rounded: GPTQ (Frantar et al., ICLR
/// 2023, arXiv 2210.17323), whose Hessian is R times C here and needs no data.
/// In the end single weights move by one while that lowers J: with R all ones
/// these are the flips of SQuant (Guo et al., ICLR 2022, arXiv 2202.07471).
///
/// A weight becomes one of the two integers around it: where C is wrong about
/// an input, that bounds what its weights can do to the result.
class WeightRounder {
public:
  /// Rounds rows of `taps x inputs` weights, inputs innermost.
  WeightRounder(const Eigen::MatrixXf &tapCorrelation,
                const Eigen::MatrixXf &inputCorrelation,
                llvm::ArrayRef<double> deviations);

  /// Rounds rows that lie one behind the other, in units of their scales, to
  /// integers within [`min`, `max`]. Each row is rounded by itself, but many at
  /// once are faster.
  void round(llvm::ArrayRef<double> exact, int64_t min, int64_t max,
             llvm::MutableArrayRef<int8_t> rounded) const;

  /// J of one row `rounded` in place of `exact`.
  double getError(llvm::ArrayRef<double> exact,
                  llvm::ArrayRef<int8_t> rounded) const;

private:
  /// Errors times deviations: inputs in the order of rounding by the taps of
  /// one row after the other. What happens at one input lies side by side.
  using Errors =
      Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  /// Returns the errors made.
  Errors roundInTurn(llvm::ArrayRef<double> exact, int64_t min, int64_t max,
                     llvm::MutableArrayRef<int8_t> rounded) const;
  /// Moves weights of one row. `slope` is half the derivative of J.
  void moveSingly(Eigen::Ref<Eigen::MatrixXf> slope,
                  llvm::ArrayRef<double> exact, int64_t min, int64_t max,
                  llvm::MutableArrayRef<int8_t> rounded) const;

  /// Position `p` in all members below is input `order[p]`; the last one is
  /// rounded first.
  llvm::SmallVector<int64_t, 0> order;
  Eigen::VectorXf deviations;
  Eigen::MatrixXf taps, inputs;
  /// Lower triangular L with L L' the matrix above.
  Eigen::MatrixXf tapFactor, inputFactor;
};

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_WEIGHTROUNDING_H
