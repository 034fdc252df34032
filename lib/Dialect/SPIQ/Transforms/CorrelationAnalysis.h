//===- CorrelationAnalysis.h - Correlations of channels ---------*- C++ -*-===//
//
// Propagates the correlations of the channels of each value through a network,
// from weights alone.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_CORRELATIONANALYSIS_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_CORRELATIONANALYSIS_H

#include "spiq/Dialect/SPIQ/Transforms/StatisticsAnalysis.h"

#include <Eigen/Core>

#include <memory>

namespace spiq {

/// Correlations of the channels of the values of a function. Means and
/// deviations come from `StatisticsAnalysis`; correlations start at the inputs,
/// whose colours are assumed to vary together, and change as follows.
///
/// - Layers: the covariance of the results is `sum_kl R_kl W_k C W_l'` with the
///   covariance C of the input, the weights W_k of tap k and the correlation
///   R_kl of two pixels.
/// - Functions of one value, among them clamps: with the Hermite coefficients
///   `h_n = E[f(m + s z) He_n(z)]` of each channel, the covariance of f(x) and
///   g(y) is `sum_n h_n(f) h_n(g) r^n / n!` (Mehler's formula).
/// - Additions: covariances add; those between the two operands, which the
///   analysis does not know, are those that `StatisticsAnalysis` assumes.
class CorrelationAnalysis {
public:
  /// Larger matrices are not computed.
  static constexpr int64_t maxChannels = 4096;

  CorrelationAnalysis(mlir::func::FuncOp function,
                      const StatisticsAnalysis &statistics,
                      const StatisticsOptions &options);

  /// Correlations of the channels of the last dimension of `value`, null if
  /// nothing is known.
  std::shared_ptr<const Eigen::MatrixXf> lookup(mlir::Value value) const {
    return values.lookup(value);
  }

private:
  using Matrix = std::shared_ptr<const Eigen::MatrixXf>;

  /// `value` holds nothing but elements of the inputs.
  void setInput(mlir::Value value);
  void visit(mlir::Operation *op);
  Matrix compute(mlir::Operation *op);
  Matrix computeLinear(LinearOpInterface op);
  Matrix computeMovement(mlir::Operation *op, mlir::Value source);
  Matrix computeSum(mlir::Operation *op, mlir::Value lhs, mlir::Value rhs);
  Matrix computeConcat(ConcatOp op);
  /// The clamp or the activation function of `op`, if it has one, applied to a
  /// value with the given mean and covariance.
  Matrix applyFunctionOf(mlir::Operation *op, llvm::ArrayRef<double> means,
                         Eigen::MatrixXf covariance) const;
  /// Covariance of the channels of `value`, given their correlation.
  Eigen::MatrixXf getCovariance(const ChannelStatistics &channels,
                                const Eigen::MatrixXf &correlation) const;

  const StatisticsAnalysis &statistics;
  StatisticsOptions options;
  llvm::DenseMap<mlir::Value, Matrix> values;
  /// Values that hold nothing but elements of the inputs.
  llvm::DenseSet<mlir::Value> inputs;
};

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_CORRELATIONANALYSIS_H
