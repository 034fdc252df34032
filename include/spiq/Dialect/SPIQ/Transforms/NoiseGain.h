//===- NoiseGain.h - How much noise reaches the outputs ---------*- C++ -*-===//
//
// Propagates from the outputs backwards how strongly independent noise on a
// channel disturbs the outputs of the network.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_TRANSFORMS_NOISEGAIN_H
#define SPIQ_DIALECT_SPIQ_TRANSFORMS_NOISEGAIN_H

#include "spiq/Dialect/SPIQ/Transforms/StatisticsAnalysis.h"

namespace spiq {

struct ChannelNormalization;

/// The gain of channel `c` of a value: the variance that all outputs together
/// receive per unit of variance of independent noise on each element of the
/// channel. Outputs are weighed by the inverse of their own variance. A layer
/// multiplies by its squared weights, a clamp by the share of values that it
/// passes, an average over n values by 1/n.
class NoiseGainAnalysis {
public:
  /// Gains of white noise, as rounding makes it. With the gains of `white`
  /// noise, those of noise that neighbouring pixels share, as clipping makes
  /// it: what exceeds a range fills areas of an image, and an average is as far
  /// off as what it averages. What a layer reads has the gains of white noise:
  /// weights mix what differs from channel to channel.
  NoiseGainAnalysis(mlir::func::FuncOp function,
                    const StatisticsAnalysis &statistics,
                    const NoiseGainAnalysis *white = nullptr);

  /// Gain of channel `channel` (of the last dimension) of `value`.
  double getGain(mlir::Value value, int64_t channel) const;

  /// Gain of noise on output channel `channel` of the layer `op`, added in
  /// front of its clamp.
  double getAccumulatedGain(mlir::Operation *op, int64_t channel) const;

private:
  using Gains = llvm::SmallVector<double, 0>;

  void visit(mlir::Operation *op);
  void visitLinear(LinearOpInterface op, const Gains &gains);
  void visitBinary(mlir::Operation *op, const Gains &gains);
  void visitNormalization(const ChannelNormalization &normalization,
                          const Gains &gains);
  void visitMovement(mlir::Operation *op, mlir::Value source,
                     const Gains &gains);
  /// Gains behind the clamp of `op`, given those of its result.
  Gains passClamp(mlir::Operation *op, const Gains &gains) const;
  Gains &getGains(mlir::Value value);
  void add(mlir::Value value, llvm::ArrayRef<double> gains);

  const StatisticsAnalysis &statistics;
  const NoiseGainAnalysis *white;
  llvm::DenseMap<mlir::Value, Gains> values;
  llvm::DenseMap<mlir::Operation *, Gains> accumulated;
};

} // namespace spiq

#endif // SPIQ_DIALECT_SPIQ_TRANSFORMS_NOISEGAIN_H
