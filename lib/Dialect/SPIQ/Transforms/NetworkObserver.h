//===- NetworkObserver.h - What values a network takes ----------*- C++ -*-===//
//
// Runs a float network on images while it is compiled and describes the values
// of every channel.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_NETWORKOBSERVER_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_NETWORKOBSERVER_H

#include "ChannelObservation.h"

#include "spiq/Dialect/SPIQ/Transforms/ChannelMap.h"
#include "spiq/Dialect/SPIQ/Transforms/FunctionRunner.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

#include <memory>

namespace spiq {

/// Values of one tensor over all calls of a network, one behind the other.
class TensorBatch {
public:
  TensorBatch() = default;
  explicit TensorBatch(size_t bytes) : bytes(bytes), data(new char[bytes]) {}

  char *getData() const { return data.get(); }
  /// The elements of a batch of f32 tensors.
  llvm::MutableArrayRef<float> getFloats() const {
    return {reinterpret_cast<float *>(data.get()), bytes / sizeof(float)};
  }

private:
  size_t bytes = 0;
  std::unique_ptr<char[]> data;
};

/// Runs the operations of a function, some at a time, on many inputs.
class NetworkObserver {
public:
  /// With `standardize`, every result that has statistics from batch-norm
  /// (attribute `stats`) is shifted and scaled so that each channel has that
  /// mean and deviation over all inputs: inputs that are no photographs excite
  /// channels wrongly otherwise, more so with every layer.
  NetworkObserver(mlir::func::FuncOp function, const FunctionRunner &runner,
                  bool standardize)
      : function(function), runner(runner), standardizes(standardize) {}

  /// Runs the function `count` times. `inputs` holds a batch per argument. The
  /// channels of argument `i` lie where `argumentMaps[i]` says, those of other
  /// values along the last dimension, as if the map was null. Fails after a
  /// diagnostic.
  llvm::LogicalResult run(int64_t count, llvm::SmallVector<TensorBatch> inputs,
                          llvm::ArrayRef<const ChannelMap *> argumentMaps);

  /// What was seen of the f32 tensor `value`; null if it was not observed.
  const ChannelObservations *lookup(mlir::Value value) const;

private:
  class Segment;

  llvm::LogicalResult runSegment(Segment &segment);
  void standardize(mlir::Operation *op);
  void observe(mlir::Value value, const ChannelMap *map = nullptr);
  void releaseBefore(mlir::Operation *next);

  mlir::func::FuncOp function;
  const FunctionRunner &runner;
  bool standardizes;
  int64_t count = 0;
  /// Values that are read later.
  llvm::DenseMap<mlir::Value, TensorBatch> batches;
  /// Results of layers in front of residual and clamp.
  llvm::DenseMap<mlir::Operation *, TensorBatch> accumulated;
  llvm::DenseMap<mlir::Value, ChannelObservations> observations;
};

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_NETWORKOBSERVER_H
