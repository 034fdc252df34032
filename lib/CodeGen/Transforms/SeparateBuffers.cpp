//===- SeparateBuffers.cpp - spiq-separate-buffers --------------*- C++ -*-===//
//
// Undoes the merging of empty tensors. What is computed in a slice of one and
// inserted into it stays together.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/LoopLikeInterface.h"

namespace spiq {
#define GEN_PASS_DEF_SEPARATEBUFFERS
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;

/// The operand, a slice of `tensor`, whose place `value` is computed in; null
/// if there is none.
static OpOperand *findDestinationSlice(Value value, Value tensor) {
  OpOperand *destination = nullptr;
  while (auto result = dyn_cast<OpResult>(value)) {
    Operation *op = result.getOwner();
    if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op))
      return slice.getSource() == tensor ? destination : nullptr;
    if (auto style = dyn_cast<DestinationStyleOpInterface>(op))
      destination = style.getTiedOpOperand(result);
    else if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
      destination = &insert.getDestMutable();
    else if (auto loop = dyn_cast<LoopLikeOpInterface>(op))
      destination = loop.getTiedLoopInit(result);
    else
      return nullptr;
    if (!destination)
      return nullptr;
    value = destination->get();
  }
  return nullptr;
}

/// Makes what `insert` inserts into `tensor`, if it is computed in a slice of
/// it, be computed in the same slice of `replacement`.
static void moveDestination(tensor::InsertSliceOp insert, Value tensor,
                            Value replacement) {
  OpOperand *use = findDestinationSlice(insert.getSource(), tensor);
  if (!use)
    return;
  OpBuilder builder(use->get().getDefiningOp());
  IRMapping mapping;
  mapping.map(tensor, replacement);
  use->set(builder.clone(*use->get().getDefiningOp(), mapping)->getResult(0));
}

namespace {
struct SeparateBuffersPass
    : public spiq::impl::SeparateBuffersBase<SeparateBuffersPass> {
  using SeparateBuffersBase::SeparateBuffersBase;

  void runOnOperation() override {
    SmallVector<tensor::EmptyOp> empties;
    getOperation().walk([&](tensor::EmptyOp op) { empties.push_back(op); });
    for (tensor::EmptyOp op : empties) {
      if (op->use_empty())
        continue;
      OpBuilder builder(op);
      SmallVector<OpOperand *> uses;
      for (OpOperand &use : op->getUses())
        if (!isa<tensor::ExtractSliceOp>(use.getOwner()))
          uses.push_back(&use);
      for (OpOperand *use : uses) {
        Value own = builder.clone(*op)->getResult(0);
        if (auto insert = dyn_cast<tensor::InsertSliceOp>(use->getOwner()))
          moveDestination(insert, op.getResult(), own);
        use->set(own);
      }
      for (Operation *user : llvm::make_early_inc_range(op->getUsers()))
        if (user->use_empty())
          user->erase();
      if (op->use_empty())
        op->erase();
    }
  }
};
} // namespace
