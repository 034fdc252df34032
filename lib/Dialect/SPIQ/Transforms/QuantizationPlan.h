//===- QuantizationPlan.h - What is quantized, and what shares --*- C++ -*-===//
//
// Decides which values of a network are stored in integers and which of them
// share their scales.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_QUANTIZATIONPLAN_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_QUANTIZATIONPLAN_H

#include "BitPlan.h"
#include "OpClass.h"

#include "spiq/Dialect/SPIQ/Transforms/StatisticsAnalysis.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"

namespace spiq {

/// A value that has scales of its own. Its channels are numbered consecutively
/// in the whole function, from `firstChannel` on.
struct QuantizationRoot {
  mlir::Value value;
  int64_t firstChannel = 0;
  /// Statistics of its channels.
  ChannelStatistics channels;
  unsigned bits = 8;
  /// Whether no layer reads it, only the caller of the function.
  bool isResult = false;
  /// Whether it is divided by its largest magnitude, so that its bounds are
  /// its range, whatever the network reads.
  bool isNormalized = false;

  /// Whether all channels have one scale.
  bool hasOneScale() const { return isResult || isNormalized; }
};

/// The integer values of a function.
class QuantizationPlan {
public:
  struct Options {
    /// A concatenation requantizes its inputs to one scale; otherwise its
    /// result keeps theirs.
    bool perTensor = false;
    /// The function's results are stored in integers.
    bool results = false;
  };

  QuantizationPlan(mlir::func::FuncOp function,
                   const StatisticsAnalysis &statistics, const BitPlan &bits,
                   const Options &options);

  llvm::ArrayRef<QuantizationRoot> getRoots() const { return roots; }
  int64_t getNumChannels() const { return numChannels; }
  const QuantizationRoot &getRootOfChannel(int64_t channel) const;

  /// Values to quantize in program order, each with the numbers of its
  /// channels.
  const llvm::MapVector<mlir::Value, ChannelMap> &getValues() const {
    return values;
  }
  /// Channel numbers along the last dimension of a value that a layer reads;
  /// empty if it is not quantized.
  llvm::SmallVector<int64_t> getChannels(mlir::Value value) const;

  /// Layers with a quantized input.
  llvm::ArrayRef<LinearOpInterface> getIntegerLayers() const {
    return integerLayers;
  }
  /// Layers that are not excluded by an override but whose input has no known
  /// range.
  llvm::ArrayRef<LinearOpInterface> getDynamicLayers() const {
    return dynamicLayers;
  }
  /// Bits of the weights of a layer.
  unsigned getWeightBits(mlir::Operation *layer) const {
    return bits.getWeightBits(layer);
  }

private:
  void findWanted(mlir::Block &body);
  void findWantedAsResult(mlir::Block &body);
  bool isWantedBy(mlir::OpOperand &use) const;
  bool isMerged(mlir::Operation *op) const;
  bool isNormalizedForLayer(mlir::Value value) const;
  bool isKnown(mlir::Value value) const;
  void widenResult(QuantizationRoot &root) const;
  void assign(mlir::Value value);
  std::optional<ChannelMap> derive(mlir::Operation *op) const;
  std::optional<ChannelMap> deriveConcat(ConcatOp op) const;
  /// Whether all integer readers of `value` accept channels laid out as in
  /// `map`.
  bool isAcceptable(mlir::Value value, const ChannelMap &map) const;

  const StatisticsAnalysis &statistics;
  const BitPlan &bits;
  Options options;
  int64_t numChannels = 0;
  llvm::SmallVector<QuantizationRoot> roots;
  llvm::MapVector<mlir::Value, ChannelMap> values;
  llvm::DenseSet<mlir::Value> wanted;
  /// The wanted values that no layer reads.
  llvm::DenseSet<mlir::Value> wantedAsResult;
  llvm::SmallVector<LinearOpInterface> integerLayers, dynamicLayers;
};

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_QUANTIZATIONPLAN_H
