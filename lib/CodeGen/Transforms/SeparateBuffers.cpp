//===- SeparateBuffers.cpp - spiq-separate-buffers --------------*- C++ -*-===//
//
// Undoes the merging of empty tensors.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace spiq {
#define GEN_PASS_DEF_SEPARATEBUFFERS
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;

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
      for (OpOperand &use :
           llvm::make_early_inc_range(llvm::drop_begin(op->getUses())))
        use.set(builder.clone(*op)->getResult(0));
    }
  }
};
} // namespace
