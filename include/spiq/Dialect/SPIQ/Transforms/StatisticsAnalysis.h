//===- StatisticsAnalysis.h - Statistics of all values ----------*- C++ -*-===//
//
// Propagates distributions of channels from the inputs of a network, and from
// what batch-norm left on its layers, to every value.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_TRANSFORMS_STATISTICSANALYSIS_H
#define SPIQ_DIALECT_SPIQ_TRANSFORMS_STATISTICSANALYSIS_H

#include "spiq/Dialect/SPIQ/Transforms/ChannelMap.h"
#include "spiq/Dialect/SPIQ/Transforms/ChannelStatistics.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace spiq {

/// Assumptions of the analysis.
struct StatisticsOptions {
  /// Distribution of the elements of function arguments that have no
  /// `spiq.stats` attribute.
  double inputMean = 0.0;
  double inputStddev = 1.0;
  /// How many deviations from the mean they reach.
  double inputBound = 4.0;
  /// Correlation coefficient of the two operands of an addition: those of a
  /// residual block derive from the same value.
  double residualCorrelation = 0.2;
  /// Correlation coefficient of neighbouring pixels of one channel, used where
  /// a layer has no batch-norm.
  double pixelCorrelation = 0.5;
};

/// Name of the argument attribute that holds a `#spiq.channel_stats`: of one
/// channel, or of as many as there are along the dimension that becomes the
/// last one.
constexpr llvm::StringLiteral argumentStatsName = "spiq.stats";

/// Name of the unit attribute of arguments that hold scaled bytes: 0 at the
/// lower and 255 at the upper bound of their statistics.
constexpr llvm::StringLiteral argumentBytesName = "spiq.bytes";

/// Whether `value` is an argument that holds scaled bytes.
bool holdsBytes(mlir::Value value);

/// Mean and standard deviation of the bytes of photographs.
constexpr double typicalByteMean = 115.0, typicalByteStddev = 65.0;

/// The dimension of an argument that holds channels: the one that becomes the
/// last if the argument is transposed or reshaped first, as in networks that
/// keep channels first.
int64_t getChannelAxis(mlir::Value argument);

/// Distributions of the values of a function whose body is one block. Values
/// with casts between float and quantized types in between have the same
/// statistics.
class StatisticsAnalysis {
public:
  /// Analyses `function`. Fails, after a diagnostic, if the function has
  /// control flow or an argument attribute does not fit its argument.
  static llvm::FailureOr<StatisticsAnalysis>
  create(mlir::func::FuncOp function, const StatisticsOptions &options);

  /// The statistics of the channels of the last dimension of `value`; null if
  /// nothing is known about `value`, because it results from an operation that
  /// the analysis does not know.
  const ChannelStatistics *lookup(mlir::Value value) const;

  /// Where the channels of the function argument `argument` lie, and their
  /// statistics, indexed by the labels of the map. The argument must be known.
  const ChannelMap &getArgumentMap(mlir::BlockArgument argument) const {
    return values.find(argument)->second.map;
  }
  const ChannelStatistics &
  getArgumentChannels(mlir::BlockArgument argument) const {
    return values.find(argument)->second.channels;
  }

  /// The statistics of the result of the layer `op` in front of its residual
  /// and clamp; null if not known.
  const ChannelStatistics *lookupAccumulated(mlir::Operation *op) const;

private:
  struct ValueStatistics {
    /// Indexed by the labels of `map`.
    ChannelStatistics channels;
    ChannelMap map;
    /// Along the last dimension.
    ChannelStatistics last;
  };

  explicit StatisticsAnalysis(const StatisticsOptions &options)
      : options(options) {}

  /// Casts change no distribution, but may shift stored bytes.
  void visitCast(mlir::Operation *op);
  mlir::LogicalResult visitArgument(mlir::func::FuncOp function,
                                    unsigned index);
  void visit(mlir::Operation *op);
  void visitMovement(mlir::Operation *op, mlir::Value source);
  std::optional<ChannelStatistics> compute(mlir::Operation *op);
  ChannelStatistics getLinear(LinearOpInterface op) const;
  ChannelStatistics getConcat(ConcatOp op) const;
  std::optional<ChannelStatistics> getActivation(ActivationOp op) const;
  void set(mlir::Value value, ChannelStatistics statistics);
  void set(mlir::Value value, ChannelStatistics channels, ChannelMap map);

  StatisticsOptions options;
  llvm::DenseMap<mlir::Value, ValueStatistics> values;
  llvm::DenseMap<mlir::Operation *, ChannelStatistics> accumulated;
};

} // namespace spiq

#endif // SPIQ_DIALECT_SPIQ_TRANSFORMS_STATISTICSANALYSIS_H
