//===- PlanMemory.cpp - spiq-plan-memory ------------------------*- C++ -*-===//
//
// Replaces allocations by views into one workspace that the caller provides.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/MemoryPlan.h"
#include "spiq/CodeGen/Passes.h"
#include "spiq/CodeGen/Signature.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/Support/MathExtras.h"

namespace spiq {
#define GEN_PASS_DEF_PLANMEMORY
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;
using namespace spiq;

/// The size of a statically shaped, dense buffer.
static uint64_t getBytes(MemRefType type) {
  return type.getNumElements() *
         llvm::divideCeil(type.getElementTypeBitWidth(), 8);
}

/// Whether `type` is a dense buffer of known size with byte-sized elements.
static bool isPlannable(MemRefType type) {
  return type.hasStaticShape() && type.getLayout().isIdentity() &&
         type.getElementType().isIntOrFloat();
}

namespace {
/// Computes the lifetimes of the allocations of one function. Time is the
/// position of an operation in the function's body; nested operations happen
/// at the time of the operation that contains them.
class Lifetimes {
public:
  explicit Lifetimes(func::FuncOp function)
      : body(function.getBody().front()), aliases(function) {
    for (auto [index, op] : llvm::enumerate(body))
      times[&op] = index;
  }

  /// Fails with a diagnostic if one place cannot serve `alloc`.
  FailureOr<LiveBuffer> getLifetime(memref::AllocOp alloc) const {
    LiveBuffer buffer;
    buffer.bytes = getBytes(alloc.getType());
    std::optional<uint64_t> first, last;
    for (Value alias : aliases.resolve(alloc)) {
      if (isCarriedByLoopAround(alias, alloc))
        return alloc.emitOpError(
            "cannot be planned: a loop carries the buffer from one iteration "
            "to the next; allocate it outside of the loop");
      for (Operation *user : alias.getUsers()) {
        if (user->getBlock() == &body && user->hasTrait<OpTrait::ReturnLike>())
          return alloc.emitOpError(
              "cannot be planned: the function returns the buffer; turn "
              "results into parameters first");
        if (isa<ViewLikeOpInterface>(user) && isMemoryEffectFree(user))
          continue;
        uint64_t time = getTime(user);
        first = std::min(first.value_or(time), time);
        last = std::max(last.value_or(time), time);
      }
    }
    buffer.first = first.value_or(getTime(alloc));
    buffer.last = last.value_or(getTime(alloc));
    return buffer;
  }

private:
  uint64_t getTime(Operation *op) const {
    return times.lookup(body.findAncestorOpInBlock(*op));
  }

  static bool isCarriedByLoopAround(Value alias, Operation *alloc) {
    auto argument = dyn_cast<BlockArgument>(alias);
    if (!argument)
      return false;
    Operation *parent = argument.getOwner()->getParentOp();
    return isa<LoopLikeOpInterface>(parent) && parent->isProperAncestor(alloc);
  }

  Block &body;
  BufferViewFlowAnalysis aliases;
  DenseMap<Operation *, uint64_t> times;
};

struct PlanMemoryPass : public spiq::impl::PlanMemoryBase<PlanMemoryPass> {
  using PlanMemoryBase::PlanMemoryBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!llvm::isPowerOf2_32(alignment)) {
      function.emitError("spiq-plan-memory: alignment must be a power of two, "
                         "but is ")
          << alignment.getValue();
      return signalPassFailure();
    }
    if (function.isExternal() || function.isPrivate())
      return;
    if (!function.getBody().hasOneBlock()) {
      function.emitOpError("has several blocks; memory is planned for "
                           "structured control flow only");
      return signalPassFailure();
    }
    SmallVector<memref::AllocOp> allocs;
    if (failed(collectAllocs(function, allocs)))
      return signalPassFailure();

    Lifetimes lifetimes(function);
    SmallVector<LiveBuffer> buffers;
    for (memref::AllocOp alloc : allocs) {
      FailureOr<LiveBuffer> buffer = lifetimes.getLifetime(alloc);
      if (failed(buffer))
        return signalPassFailure();
      buffers.push_back(*buffer);
      bufferBytes += buffer->bytes;
    }
    MemoryPlan plan = planMemory(buffers, alignment);
    numBuffers += buffers.size();
    workspaceBytes += plan.totalBytes;
    rewrite(function, allocs, plan);
  }

  /// Finds all allocations and removes deallocations.
  static LogicalResult collectAllocs(func::FuncOp function,
                                     SmallVector<memref::AllocOp> &allocs) {
    SmallVector<Operation *> deallocs;
    WalkResult result = function.walk([&](Operation *op) -> WalkResult {
      if (isa<memref::DeallocOp>(op)) {
        deallocs.push_back(op);
        return WalkResult::advance();
      }
      if (isa<memref::AllocaOp, memref::ReallocOp>(op))
        return op->emitOpError("cannot be planned: only memref.alloc can be");
      auto alloc = dyn_cast<memref::AllocOp>(op);
      if (!alloc)
        return WalkResult::advance();
      if (!isPlannable(alloc.getType()))
        return alloc.emitOpError("cannot be planned: expected a buffer of "
                                 "static shape and dense layout, but got ")
               << alloc.getType();
      allocs.push_back(alloc);
      return WalkResult::advance();
    });
    for (Operation *dealloc : deallocs)
      dealloc->erase();
    return failure(result.wasInterrupted());
  }

  void rewrite(func::FuncOp function, ArrayRef<memref::AllocOp> allocs,
               const MemoryPlan &plan) {
    OpBuilder builder(function.getContext());
    auto type = MemRefType::get({static_cast<int64_t>(plan.totalBytes)},
                                builder.getI8Type());
    unsigned position = function.getNumArguments();
    auto attrs = builder.getDictionaryAttr(
        builder.getNamedAttr(kWorkspaceAttr, builder.getUnitAttr()));
    (void)function.insertArgument(position, type, attrs, function.getLoc());
    function->setAttr(kWorkspaceBytesAttr,
                      builder.getI64IntegerAttr(plan.totalBytes));
    Value workspace = function.getArgument(position);

    for (auto [index, offset] : llvm::enumerate(plan.offsets)) {
      memref::AllocOp alloc = allocs[index];
      builder.setInsertionPoint(alloc);
      Value shift =
          arith::ConstantIndexOp::create(builder, alloc.getLoc(), offset);
      Value view =
          memref::ViewOp::create(builder, alloc.getLoc(), alloc.getType(),
                                 workspace, shift, ValueRange());
      alloc.replaceAllUsesWith(view);
      alloc->erase();
    }
  }
};
} // namespace
