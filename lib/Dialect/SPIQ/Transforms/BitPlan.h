//===- BitPlan.h - How many bits each value gets ----------------*- C++ -*-===//
//
// Bits of the weights of each layer and of the values that operations read.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_BITPLAN_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_BITPLAN_H

#include "LayerOverrides.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseSet.h"

namespace spiq {

/// Number of bits of a network, from options.
struct BitWidths {
  /// Values that layers read.
  unsigned activations = 8;
  unsigned weights = 8;
  /// Least bits of weights of the first, the last and the small layers, and of
  /// the values that first and last layers read.
  unsigned firstLast = 8;
  /// Least bits of the values that operations without weights read: additions,
  /// products, averages; and of those that reach an addition through a
  /// projection.
  unsigned elementwise = 8;
  /// The share of all weights that small layers hold at most, together.
  double smallLayers = 0.05;
};

/// The bits of the weights and values of a function.
class BitPlan {
public:
  /// A layer of `function` is a first one if no layer lies between it and the
  /// inputs, and a last one if none lies between it and the outputs. Of the
  /// others those with the fewest weights are small ones.
  BitPlan(mlir::func::FuncOp function, const BitWidths &bits,
          const LayerOverrides &overrides);

  /// Gives layers that want fewer bits than other readers of a value a copy of
  /// it, an identity clamp that gets scales of its own.
  void separateReaders(mlir::func::FuncOp function) const;

  /// Bits of the weights of a layer.
  unsigned getWeightBits(mlir::Operation *layer) const;

  /// Bits of `value`: the most that an operation that reads it, perhaps through
  /// operations that do not change its scales, asks for.
  unsigned getActivationBits(mlir::Value value) const;

  /// Bits of the function's results, where they are stored in integers.
  unsigned getResultBits() const {
    return std::max(bits.activations, bits.firstLast);
  }

  const LayerOverrides &getOverrides() const { return overrides; }

private:
  void findSmallLayers(mlir::func::FuncOp function);
  /// What the reader asks for; zero if it takes any number of bits.
  unsigned getReaderBits(mlir::OpOperand &use) const;

  BitWidths bits;
  const LayerOverrides &overrides;
  llvm::DenseSet<mlir::Operation *> firstOrLast, small;
  /// Layers on the way of a residual that changes its shape.
  llvm::DenseSet<mlir::Operation *> projections;
};

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_BITPLAN_H
