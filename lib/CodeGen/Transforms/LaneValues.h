//===- LaneValues.h - Scalar code in vector lanes ---------------*- C++ -*-===//
//
// Evaluates the body of a linalg operation for all lanes of one vector.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CODEGEN_TRANSFORMS_LANEVALUES_H
#define SPIQ_LIB_CODEGEN_TRANSFORMS_LANEVALUES_H

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/DenseMap.h"

namespace spiq {

class VectorForwarding;

/// A value of the body as the lanes see it.
struct LaneValue {
  enum class Kind {
    /// The same scalar in every lane.
    Uniform,
    /// An index: `value` in the first lane, one more in each further lane.
    Consecutive,
    /// A vector with a value per lane.
    Vector
  };
  Kind kind = Kind::Uniform;
  mlir::Value value;
};

/// Computes the values of one vector.
class LaneValues {
public:
  /// Lanes run along `vectorLoop`; `indices` holds the iteration of each loop
  /// in the first lane and must outlive this object.
  LaneValues(mlir::RewriterBase &rewriter, mlir::Location loc, int64_t width,
             llvm::ArrayRef<mlir::OpFoldResult> indices, unsigned vectorLoop,
             const VectorForwarding &forwarding)
      : rewriter(rewriter), loc(loc), width(width), indices(indices),
        vectorLoop(vectorLoop), forwarding(forwarding) {}

  /// Whether `compute` knows operations like `op`.
  static bool canCompute(mlir::Operation &op);

  /// Loads what `operand`, a tensor indexed with `map` or a scalar, holds.
  LaneValue load(mlir::Value operand, mlir::AffineMap map);

  /// Gives `argument` the value that `make` returns, if it is used.
  void bind(mlir::Value argument, llvm::function_ref<LaneValue()> make) {
    if (!argument.use_empty())
      values[argument] = make();
  }
  /// Gives `argument` one value per lane.
  void bindVector(mlir::Value argument, mlir::Value vector) {
    values[argument] = {LaneValue::Kind::Vector, vector};
  }

  /// Computes the result of `op`, whose operands are known.
  void compute(mlir::Operation &op);
  /// The value of `value`; one from outside of the body is the same in all
  /// lanes.
  LaneValue lookup(mlir::Value value) const;
  /// `value` as a vector.
  mlir::Value toVector(LaneValue value);

private:
  LaneValue computeElementwise(mlir::Operation &op);
  LaneValue computeApply(mlir::Operation &op);
  LaneValue computeExtract(mlir::Operation &op);
  LaneValue readConsecutive(mlir::Value tensor,
                            llvm::ArrayRef<mlir::Value> position);
  LaneValue gather(mlir::Type elementType,
                   llvm::function_ref<mlir::Value(int64_t lane)> read);
  mlir::Value extractLane(LaneValue value, int64_t lane);
  llvm::SmallVector<mlir::Value>
  evaluate(mlir::AffineMap map, llvm::ArrayRef<mlir::OpFoldResult> operands);

  mlir::RewriterBase &rewriter;
  mlir::Location loc;
  int64_t width;
  llvm::ArrayRef<mlir::OpFoldResult> indices;
  unsigned vectorLoop;
  const VectorForwarding &forwarding;
  llvm::DenseMap<mlir::Value, LaneValue> values;
};

} // namespace spiq

#endif // SPIQ_LIB_CODEGEN_TRANSFORMS_LANEVALUES_H
