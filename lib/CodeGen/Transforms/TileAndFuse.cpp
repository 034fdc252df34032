//===- TileAndFuse.cpp - spiq-tile-and-fuse ---------------------*- C++ -*-===//
//
// Finds groups of linalg operations that one loop nest computes, and tiles
// them.
//
//===----------------------------------------------------------------------===//

#include "TileSizes.h"

#include "spiq/CodeGen/Parallelism.h"
#include "spiq/CodeGen/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/Dialect/SCF/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/TilingInterface.h"

namespace spiq {
#define GEN_PASS_DEF_TILEANDFUSE
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;
using namespace spiq;

/// Whether the pass can tile `op` at all.
static bool isTileable(linalg::GenericOp op) {
  if (!op.hasPureTensorSemantics() || op.getNumResults() != 1)
    return false;
  // Upstream tiles nothing else.
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!result.isProjectedPermutation())
    return false;
  return llvm::all_of(op->getOperandTypes(), [](Type type) {
    auto shaped = dyn_cast<ShapedType>(type);
    return !shaped || shaped.hasStaticShape();
  });
}

/// Whether `op` costs nothing to compute again: it reads no tensor.
static bool isCheap(linalg::GenericOp op) {
  return op.getNumParallelLoops() == op.getNumLoops() &&
         llvm::none_of(op.getDpsInputs(), [](Value input) {
           return isa<ShapedType>(input.getType());
         });
}

/// Whether `use` reads, in every iteration of its user, exactly the element of
/// the producer at the position of the user's result.
static bool isReadInPlace(OpOperand &use) {
  auto user = dyn_cast<linalg::GenericOp>(use.getOwner());
  if (!user || !isTileable(user))
    return false;
  AffineMap result = user.getMatchingIndexingMap(user.getDpsInitOperand(0));
  AffineMap map = user.getMatchingIndexingMap(&use);
  return map == result;
}

/// Whether every user computes `op` in its own tiles.
static bool isComputedByUsers(linalg::GenericOp op) {
  return isCheap(op) && llvm::all_of(op->getUses(), isReadInPlace);
}

/// The operation into whose tiles `op` is fused; null if it is a root.
static linalg::GenericOp getFusingUser(linalg::GenericOp op) {
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (map.getNumResults() != op.getNumParallelLoops() || !op->hasOneUse())
    return nullptr;
  OpOperand &use = *op->use_begin();
  auto user = dyn_cast<linalg::GenericOp>(use.getOwner());
  if (!user || user->getBlock() != op->getBlock() || !isReadInPlace(use))
    return nullptr;
  // A reduction reads its operands many times, but its destination once.
  if (user.getNumReductionLoops() != 0 && !user.isDpsInit(&use))
    return nullptr;
  return user;
}

/// Adds `op` and everything that is fused into it to `group`.
static void collectGroup(linalg::GenericOp op,
                         SmallVector<linalg::GenericOp> &group) {
  group.push_back(op);
  for (OpOperand &operand : op->getOpOperands()) {
    auto producer = operand.get().getDefiningOp<linalg::GenericOp>();
    if (!producer || !isTileable(producer))
      continue;
    bool isFused = getFusingUser(producer) == op ||
                   (isCheap(producer) && isReadInPlace(operand));
    if (isFused && !llvm::is_contained(group, producer))
      collectGroup(producer, group);
  }
}

/// Makes every iteration of `loops` full, so that tiles have static sizes.
static void peelLoops(RewriterBase &rewriter,
                      ArrayRef<LoopLikeOpInterface> loops) {
  // From the inside, as a copy of an outer loop contains the inner ones.
  for (LoopLikeOpInterface loop : llvm::reverse(loops)) {
    scf::ForOp rest;
    auto forOp = cast<scf::ForOp>(loop.getOperation());
    (void)scf::peelForLoopAndSimplifyBounds(rewriter, forOp, rest);
  }
}

namespace {
struct TileAndFusePass : public spiq::impl::TileAndFuseBase<TileAndFusePass> {
  using TileAndFuseBase::TileAndFuseBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    SmallVector<linalg::GenericOp> roots;
    for (Block &block : function.getBody())
      for (auto op : block.getOps<linalg::GenericOp>())
        if (isTileable(op) && getVectorLoop(op) && !getFusingUser(op) &&
            !isComputedByUsers(op))
          roots.push_back(op);

    IRRewriter rewriter(&getContext());
    for (linalg::GenericOp root : roots)
      tileRoot(rewriter, root);
  }

  void tileRoot(RewriterBase &rewriter, linalg::GenericOp root) {
    SmallVector<linalg::GenericOp> group;
    collectGroup(root, group);
    TileSizes tile =
        chooseTileSizes(root, group, {vectorBits, vectorRegisters});
    if (llvm::all_of(tile.sizes, [](int64_t size) { return size == 0; }))
      return;

    llvm::SmallPtrSet<Operation *, 8> members;
    for (linalg::GenericOp op : group)
      members.insert(op);
    scf::SCFTileAndFuseOptions options;
    options.tilingOptions.setTileSizes(
        getAsIndexOpFoldResult(&getContext(), tile.sizes));
    options.tilingOptions.setInterchange(tile.interchange);
    options.setFusionControlFn(
        [&](tensor::ExtractSliceOp, OpResult producer, bool)
            -> std::optional<scf::SCFTileAndFuseOptions::ControlFnResult> {
          if (!members.contains(producer.getOwner()))
            return std::nullopt;
          return scf::SCFTileAndFuseOptions::ControlFnResult{};
        });
    rewriter.setInsertionPoint(root);
    FailureOr<scf::SCFTileAndFuseResult> result =
        scf::tileConsumerAndFuseProducersUsingSCF(
            rewriter, cast<TilingInterface>(root.getOperation()), options);
    if (failed(result))
      return;
    ++numRoots;
    numFused += group.size() - 1;
    rewriter.replaceOp(root, result->replacements.lookup(root.getResult(0)));
    for (linalg::GenericOp op : ArrayRef(group).drop_front())
      if (op->use_empty())
        rewriter.eraseOp(op);
    // Only dimensions of the result are tiled, and each tile writes its own
    // part of it.
    for (LoopLikeOpInterface loop : result->loops)
      loop->setAttr(kParallelAttr, rewriter.getUnitAttr());
    peelLoops(rewriter, result->loops);
  }
};
} // namespace
