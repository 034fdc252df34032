//===- IntegerLayer.h - Integer form of a layer -----------------*- C++ -*-===//
//
// Computes the integer weights and biases of a layer.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_INTEGERLAYER_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_INTEGERLAYER_H

#include "WeightQuantization.h"

#include "spiq/Dialect/SPIQ/Transforms/ChannelStatistics.h"

#include <Eigen/Core>

namespace spiq {

/// The constants of a layer in integer form.
struct IntegerLayer {
  mlir::quant::QuantizedType weightType;
  llvm::SmallVector<int8_t, 0> weights;
  llvm::SmallVector<int32_t, 0> bias;
  /// Number of weights that are not rounded to the nearest integer.
  int64_t numMoved = 0;
};

/// How weights are rounded.
struct RoundingOptions {
  /// Compensate rounding errors by each other where weights have fewer bits.
  unsigned compensateBelow = 9;
  /// Subtract the mean of what rounding adds from the bias.
  bool correctBias = true;
};

/// What is known about the input of a layer; both may be null.
struct InputKnowledge {
  const ChannelStatistics *statistics = nullptr;
  /// Correlations of its channels; only with statistics.
  const Eigen::MatrixXf *correlation = nullptr;
};

/// Weights that a layer brings along.
struct LayerWeights {
  /// Real values.
  llvm::SmallVector<float, 0> real;
  /// Stored values and their scales, if the weights are quantized already and
  /// need not be rounded again: one scale per row, not folded.
  llvm::SmallVector<int8_t, 0> stored;
  llvm::SmallVector<double> scales;
  mlir::quant::QuantizedType type;
};

/// Reads the weights of `layer`: an f32 constant, or the dequantization of an
/// integer constant. None if they are something else.
std::optional<LayerWeights> readWeights(LinearOpInterface layer);

/// Computes the integer form of `layer` for an input of type `input`. The bias
/// is `round(b / t) - sum zeroPoint * Wq`. Without statistics of the input
/// biases are not corrected.
///
/// If an accumulator could leave the range of i32, the weights of that output
/// channel get a coarser scale; fails, after a diagnostic, where they must not
/// be changed.
llvm::FailureOr<IntegerLayer> computeIntegerLayer(
    LinearOpInterface layer, const LayerWeights &weights,
    llvm::ArrayRef<float> bias, mlir::quant::QuantizedType input,
    const InputKnowledge &known, const RoundingOptions &options);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_INTEGERLAYER_H
