//===- ShareConcatenations.cpp - spiq-share-concatenations ----------------===//
//
// Makes a concatenation the beginning of a longer one of the same tensors.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

namespace spiq {
#define GEN_PASS_DEF_SHARECONCATENATIONS
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;

namespace {
/// Tensors that are inserted one after the other into an empty one.
struct Concatenation {
  tensor::EmptyOp empty;
  SmallVector<tensor::InsertSliceOp> parts;

  RankedTensorType getType() { return empty.getType(); }

  /// Whether `other` begins with the parts of this one, at the same places.
  bool isPrefixOf(Concatenation &other);
};
} // namespace

/// Whether `op` inserts a tensor of the same rank at a place that is known.
static bool isPart(tensor::InsertSliceOp op) {
  return op.getSourceType().getRank() == op.getType().getRank() &&
         op.getOffsets().empty() && op.getSizes().empty() &&
         op.getStrides().empty();
}

bool Concatenation::isPrefixOf(Concatenation &other) {
  if (parts.empty() || parts.size() >= other.parts.size() ||
      getType().getElementType() != other.getType().getElementType() ||
      getType().getRank() != other.getType().getRank() ||
      empty->getBlock() != other.empty->getBlock())
    return false;
  for (auto [size, otherSize] :
       llvm::zip(getType().getShape(), other.getType().getShape()))
    if (size > otherSize)
      return false;
  for (auto [part, otherPart] : llvm::zip_first(parts, other.parts))
    if (part.getSource() != otherPart.getSource() ||
        part.getStaticOffsets() != otherPart.getStaticOffsets() ||
        part.getStaticStrides() != otherPart.getStaticStrides())
      return false;
  return true;
}

/// All concatenations of at least two tensors in `function`.
static SmallVector<Concatenation> findConcatenations(func::FuncOp function) {
  SmallVector<Concatenation> found;
  function.walk([&](tensor::InsertSliceOp first) {
    auto empty = first.getDest().getDefiningOp<tensor::EmptyOp>();
    if (!empty || !isPart(first))
      return;
    Concatenation concatenation = {empty, {first}};
    for (tensor::InsertSliceOp last = first; last->hasOneUse();) {
      auto next = dyn_cast<tensor::InsertSliceOp>(*last->user_begin());
      if (!next || next.getDest() != last.getResult() || !isPart(next) ||
          next->getBlock() != first->getBlock())
        break;
      concatenation.parts.push_back(next);
      last = next;
    }
    if (concatenation.parts.size() > 1)
      found.push_back(std::move(concatenation));
  });
  return found;
}

/// Gives `concatenation` a destination in front of whatever computes its parts,
/// which can then be computed in place.
static void hoistDestination(Concatenation &concatenation) {
  tensor::EmptyOp &empty = concatenation.empty;
  OpBuilder b(&empty->getBlock()->front());
  empty = cast<tensor::EmptyOp>(b.clone(*empty));
  concatenation.parts.front().getDestMutable().assign(empty);
}

/// Computes `prefix` as the beginning of `whole`.
static void share(Concatenation &prefix, Concatenation &whole) {
  for (auto [part, wholePart] : llvm::zip_first(prefix.parts, whole.parts))
    if (part->isBeforeInBlock(wholePart))
      wholePart->moveBefore(part);
  tensor::InsertSliceOp last = whole.parts[prefix.parts.size() - 1];
  OpBuilder b(last);
  b.setInsertionPointAfter(last);
  int64_t rank = prefix.getType().getRank();
  auto toAttributes = [&](ArrayRef<int64_t> values) {
    return getAsIndexOpFoldResult(b.getContext(), values);
  };
  Value slice = tensor::ExtractSliceOp::create(
      b, prefix.parts.back().getLoc(), prefix.getType(), last.getResult(),
      toAttributes(SmallVector<int64_t>(rank, 0)),
      toAttributes(prefix.getType().getShape()),
      toAttributes(SmallVector<int64_t>(rank, 1)));
  prefix.parts.back().getResult().replaceAllUsesWith(slice);
  for (tensor::InsertSliceOp part : llvm::reverse(prefix.parts))
    part->erase();
}

namespace {
struct ShareConcatenationsPass
    : public spiq::impl::ShareConcatenationsBase<ShareConcatenationsPass> {
  void runOnOperation() override {
    SmallVector<Concatenation> all = findConcatenations(getOperation());
    for (Concatenation &prefix : all) {
      // The longest one is no prefix itself.
      Concatenation *whole = nullptr;
      for (Concatenation &candidate : all)
        if (prefix.isPrefixOf(candidate) &&
            (!whole || candidate.parts.size() > whole->parts.size()))
          whole = &candidate;
      if (!whole)
        continue;
      hoistDestination(*whole);
      share(prefix, *whole);
      prefix.parts.clear();
      ++numShared;
    }
  }
};
} // namespace
