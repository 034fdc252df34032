//===- LayerInputs.h - What layers read -------------------------*- C++ -*-===//
//
// Statistics and correlations of the inputs of all layers of a function.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_LAYERINPUTS_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_LAYERINPUTS_H

#include "spiq/Dialect/SPIQ/Transforms/StatisticsAnalysis.h"

#include <Eigen/Core>

#include <memory>

namespace spiq {

/// What is known about the input of a layer.
struct LayerInput {
  ChannelStatistics statistics;
  /// Correlations of its channels; null if not known or not needed.
  std::shared_ptr<const Eigen::MatrixXf> correlation;
};

/// By layer; layers of whose input nothing is known are left out.
using LayerInputs = llvm::DenseMap<mlir::Operation *, LayerInput>;

/// Collects what is known about the inputs of the layers of `function`;
/// correlations only if a layer's weights will have fewer bits than
/// `compensateBelow`.
llvm::FailureOr<LayerInputs>
collectLayerInputs(mlir::func::FuncOp function,
                   const StatisticsOptions &options, unsigned compensateBelow);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_LAYERINPUTS_H
