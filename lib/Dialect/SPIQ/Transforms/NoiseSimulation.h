//===- NoiseSimulation.h - Noise of quantization, simulated -----*- C++ -*-===//
//
// Evaluates a network with and without its quantization on generated images.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_NOISESIMULATION_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_NOISESIMULATION_H

#include "IntegerLayer.h"
#include "LayerInputs.h"
#include "NoisePower.h"

#include "spiq/Dialect/SPIQ/Transforms/StatisticsAnalysis.h"
#include "spiq/Reference/Tensor.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace spiq {

/// How many images to generate for the inputs of `function`: as many as have
/// 2^18 elements in each of its arguments, between 4 and 32. A small network
/// has few outputs, of which as many are needed to know a mean square.
int64_t getNumGeneratedImages(mlir::func::FuncOp function);

/// Follows the values of a network and their rounding errors from operation to
/// operation. The function holds casts between float and quantized types
/// around float operations, as `spiq-derive-scales` leaves it. Casts round the
/// values of the quantized network and leave those of the float one; weights
/// of layers behind casts are rounded as `spiq-fuse-rescales` will round them.
///
/// The network sees generated images. What batch-norm produces is shifted and
/// scaled, per channel, to the mean and deviation that it had in training. The
/// errors of its inputs have arrived there through the weights, which pass them
/// on whatever the values are: they are not scaled.
class NoiseSimulation {
public:
  struct Options {
    /// How many images are generated.
    int64_t numImages = 4;
    RoundingOptions rounding;
  };

  NoiseSimulation(mlir::func::FuncOp function,
                  const StatisticsAnalysis &statistics,
                  const LayerInputs &inputs, const Options &options);

  /// Runs the simulation. Fails after a diagnostic.
  llvm::LogicalResult run();

  /// What was found of `value`; none if it depends on an operation that cannot
  /// be evaluated at compile time, or on an argument without statistics. Of a
  /// softmax it is the power of its input, whose mean over the classes does
  /// not count.
  std::optional<NoisePower> lookup(mlir::Value value) const;

  /// The same of result `index` of the function, behind movements of data.
  std::optional<NoisePower> lookupResult(unsigned index) const;

private:
  /// Values of one tensor in the float and in the quantized network, by image.
  struct Twin {
    llvm::SmallVector<reference::Tensor> exact, rounded;
  };

  void setArgument(mlir::BlockArgument argument);
  llvm::LogicalResult visit(mlir::Operation *op);
  llvm::LogicalResult computeLayer(LinearOpInterface op, Twin &result);
  void computeQuantization(mlir::quant::QuantizeCastOp op, const Twin &input,
                           Twin &result) const;
  bool computeOther(mlir::Operation *op, Twin &result);
  void standardize(ChannelStatsAttr stats, Twin &result) const;
  /// Rounds as a layer does that finds the range of its input at run time.
  static reference::Tensor roundDynamically(reference::Tensor tensor);
  void measure(mlir::Value value, const Twin &twin);
  void measureLogits(mlir::linalg::SoftmaxOp op);
  const Twin *getOperand(mlir::Value value);
  void release(mlir::Operation *op);
  /// Calls `compute(image, isRounded)` for all tensors, in parallel.
  void forEachTensor(llvm::function_ref<void(int64_t, bool)> compute) const;

  mlir::MLIRContext *context;
  mlir::func::FuncOp function;
  const StatisticsAnalysis &statistics;
  const LayerInputs &inputs;
  Options options;
  llvm::DenseMap<mlir::Value, Twin> values;
  llvm::DenseMap<mlir::Value, NoisePower> powers;
};

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_NOISESIMULATION_H
