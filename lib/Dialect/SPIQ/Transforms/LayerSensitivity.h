//===- LayerSensitivity.h - Noise of single layers --------------*- C++ -*-===//
//
// What rounding the weights of one layer does to the outputs of a network.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_LAYERSENSITIVITY_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_LAYERSENSITIVITY_H

#include "NoisePower.h"
#include "RoundedLayer.h"

#include "spiq/Dialect/SPIQ/Transforms/StatisticsAnalysis.h"

namespace spiq {

/// Follows generated images through a float network and then, for one layer at
/// a time, the error that its rounded weights make through what lies behind it.
/// The function is one that `NoiseSimulation` takes, and batch-norm is matched
/// as there; casts do not round, so that nothing but the weights of that layer
/// is inexact.
///
/// All float values of the images are kept: about eight bytes for each element
/// of each result.
class LayerSensitivity {
public:
  struct Options {
    /// How many images are generated. The work for each layer is divided by
    /// images among threads.
    int64_t numImages = 4;
    RoundingOptions rounding;
  };

  /// Runs the float network.
  LayerSensitivity(mlir::func::FuncOp function,
                   const StatisticsAnalysis &statistics,
                   const LayerInputs &inputs, const Options &options);

  /// Whether at least one result of the function could be computed.
  bool hasOutputs() const { return !outputs.empty(); }

  /// The ratio of noise to signal at the outputs, the mean over all results of
  /// the function that are known, if only the weights of `layer` are rounded,
  /// to the type that its attribute `spiq.weight_type` says. Of a softmax, its
  /// input counts. Zero for a layer behind something that cannot be evaluated.
  /// Fails after a diagnostic.
  llvm::FailureOr<double> measure(LinearOpInterface layer) const;

private:
  using TensorPtr = std::shared_ptr<const reference::Tensor>;
  /// The values of one image; of constants those that were needed.
  using Values = llvm::DenseMap<mlir::Value, TensorPtr>;
  /// What is measured of a result of the function.
  struct Output {
    mlir::Value value;
    /// The axis of the classes of a softmax that reads the value.
    std::optional<int64_t> classAxis;
  };

  void setArgument(mlir::BlockArgument argument);
  /// Computes `op` for all images, as far as it can be evaluated.
  void visit(mlir::Operation *op);
  void visitLayer(LinearOpInterface layer);
  void findOutputs();
  bool computeConstant(mlir::Value value);
  /// The result of an operation other than a layer; null if it is not known.
  TensorPtr compute(mlir::Operation *op,
                    llvm::function_ref<TensorPtr(mlir::Value)> lookup) const;
  /// Adds the residual to `accumulated` and clamps.
  TensorPtr
  finishLayer(LinearOpInterface layer, reference::Tensor accumulated,
              llvm::function_ref<TensorPtr(mlir::Value)> lookup) const;
  /// The outputs of image `image` with `result` in place of that of `layer`.
  llvm::SmallVector<NoisePower>
  propagate(LinearOpInterface layer, TensorPtr result, int64_t image) const;

  mlir::func::FuncOp function;
  const StatisticsAnalysis &statistics;
  const LayerInputs &inputs;
  Options options;
  /// By image.
  llvm::SmallVector<Values> values;
  /// Results of layers in front of their residual and clamp, by image.
  llvm::SmallVector<llvm::DenseMap<mlir::Operation *, TensorPtr>> accumulated;
  llvm::SmallVector<Output> outputs;
  /// The last operation that reads a value; none for what is measured.
  llvm::DenseMap<mlir::Value, mlir::Operation *> lastReaders;
};

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_LAYERSENSITIVITY_H
