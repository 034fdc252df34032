//===- ChannelMap.h - Which channel an element belongs to -------*- C++ -*-===//
//
// Follows channels through operations that only move data: reshapes,
// transpositions, slices, broadcasts.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_TRANSFORMS_CHANNELMAP_H
#define SPIQ_DIALECT_SPIQ_TRANSFORMS_CHANNELMAP_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace spiq {

/// Labels each element of a tensor with a channel. Labels are stored for those
/// dimensions only along which they vary.
class ChannelMap {
public:
  ChannelMap() = default;
  /// Element `i` along dimension `axis` has the label `labels[i]`.
  ChannelMap(llvm::ArrayRef<int64_t> shape, int64_t axis,
             llvm::ArrayRef<int64_t> labels);
  /// Channel `i` is element `i` of the last dimension. The shape must have one.
  static ChannelMap getIdentity(llvm::ArrayRef<int64_t> shape);

  /// The operand whose elements `op` moves, null if `op` is not a movement
  /// that this class follows.
  static mlir::OpOperand *getMovedOperand(mlir::Operation *op);

  /// The value whose elements `value` holds, behind all such movements.
  static mlir::Value getMovedSource(mlir::Value value);

  /// The labels of the result of the movement `op`, whose moved operand this
  /// map describes.
  ChannelMap getResultOf(mlir::Operation *op) const;

  /// The dimension along which labels vary; the last dimension if there is
  /// none, nothing if there are several.
  std::optional<int64_t> getAxis() const;

  /// The labels along `axis`, if they vary along no other dimension.
  std::optional<llvm::SmallVector<int64_t>> getLabels(int64_t axis) const;

  /// Calls `visit(i, label)` for every label of elements at index `i` of the
  /// last dimension; labels may repeat.
  void forEachInLast(
      llvm::function_ref<void(int64_t index, int64_t label)> visit) const;

  /// The same map with `offset` added to every label.
  ChannelMap offsetLabels(int64_t offset) const;

  llvm::ArrayRef<int64_t> getShape() const { return shape; }
  /// All labels that occur, with repetitions.
  llvm::ArrayRef<int64_t> getAllLabels() const { return labels; }

private:
  /// The label of the element at `index`.
  int64_t getLabel(llvm::ArrayRef<int64_t> index) const;
  /// Creates the map of a tensor of shape `shape` that varies along the
  /// dimensions marked in `varies`; `getSource` maps its indices to indices of
  /// this map's tensor.
  ChannelMap remap(llvm::ArrayRef<int64_t> newShape,
                   llvm::ArrayRef<bool> varies,
                   llvm::function_ref<void(llvm::ArrayRef<int64_t>,
                                           llvm::MutableArrayRef<int64_t>)>
                       getSource) const;
  /// Drops dimensions along which labels turn out not to vary.
  void simplify();

  llvm::SmallVector<int64_t> shape;
  /// Per dimension: its size if labels vary along it, else 1.
  llvm::SmallVector<int64_t> extents;
  /// Row-major over `extents`.
  llvm::SmallVector<int64_t, 0> labels;
};

} // namespace spiq

#endif // SPIQ_DIALECT_SPIQ_TRANSFORMS_CHANNELMAP_H
