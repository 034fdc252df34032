//===- UnrollTransfers.cpp - spiq-unroll-transfers --------------*- C++ -*-===//
//
// Splits writes of tiles into writes of the vectors that make up the tile, and
// transfers whose elements are not neighbours in memory into single elements.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace spiq {
#define GEN_PASS_DEF_UNROLLTRANSFERS
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;

namespace {
/// A vector that a tile was assembled from, and its position in the tile.
struct Part {
  Value vector;
  SmallVector<int64_t> position;
};
} // namespace

/// Collects the vectors of one dimension that `tile` consists of, last to
/// first. Fails unless they cover the whole tile, once each.
static FailureOr<SmallVector<Part>> getParts(Value tile) {
  auto type = cast<VectorType>(tile.getType());
  SmallVector<Part> parts;
  int64_t covered = 0;
  while (covered < type.getNumElements()) {
    Part part;
    Value next;
    if (auto insert = tile.getDefiningOp<vector::InsertOp>()) {
      part.vector = insert.getValueToStore();
      part.position = llvm::to_vector(insert.getStaticPosition());
      part.position.push_back(0);
      next = insert.getDest();
      if (insert.hasDynamicPosition())
        return failure();
    } else if (auto insert =
                   tile.getDefiningOp<vector::InsertStridedSliceOp>()) {
      part.vector = insert.getValueToStore();
      for (Attribute offset : insert.getOffsets())
        part.position.push_back(cast<IntegerAttr>(offset).getInt());
      next = insert.getDest();
    } else {
      return failure();
    }
    auto partType = dyn_cast<VectorType>(part.vector.getType());
    if (!partType || partType.getRank() != 1 ||
        static_cast<int64_t>(part.position.size()) != type.getRank())
      return failure();
    for (const Part &other : parts)
      if (other.position == part.position)
        return failure();
    covered += partType.getNumElements();
    parts.push_back(part);
    tile = next;
  }
  return parts;
}

/// Takes `tile` apart into its rows, whatever it was assembled from.
static SmallVector<Part> getRows(RewriterBase &rewriter, Location loc,
                                 Value tile) {
  auto type = cast<VectorType>(tile.getType());
  SmallVector<Part> rows;
  ArrayRef<int64_t> outer = type.getShape().drop_back();
  SmallVector<int64_t> position(outer.size(), 0);
  for (int64_t row = 0; row < ShapedType::getNumElements(outer); ++row) {
    int64_t rest = row;
    for (int dim = static_cast<int>(outer.size()) - 1; dim >= 0; --dim) {
      position[dim] = rest % outer[dim];
      rest /= outer[dim];
    }
    Value vector = vector::ExtractOp::create(rewriter, loc, tile, position);
    rows.push_back({vector, position});
    rows.back().position.push_back(0);
  }
  return rows;
}

/// `indices`, each plus an entry of `steps`.
static SmallVector<Value> offsetIndices(RewriterBase &rewriter, Location loc,
                                        ValueRange indices,
                                        ArrayRef<int64_t> steps) {
  AffineExpr offset, base;
  bindSymbols(rewriter.getContext(), base, offset);
  SmallVector<OpFoldResult> position;
  for (auto [index, step] : llvm::zip_equal(indices, steps))
    position.push_back(affine::makeComposedFoldedAffineApply(
        rewriter, loc, base + offset,
        {getAsOpFoldResult(index), rewriter.getIndexAttr(step)}));
  return getValueOrCreateConstantIndexOp(rewriter, loc, position);
}

static void unroll(RewriterBase &rewriter, vector::TransferWriteOp write,
                   ArrayRef<Part> parts) {
  Location loc = write.getLoc();
  rewriter.setInsertionPoint(write);
  for (const Part &part : llvm::reverse(parts))
    vector::TransferWriteOp::create(
        rewriter, loc, part.vector, write.getBase(),
        offsetIndices(rewriter, loc, write.getIndices(), part.position),
        ArrayRef<bool>{true});
  rewriter.eraseOp(write);
}

/// Whether `transfer` moves a vector whose elements are no neighbours in
/// memory: LLVM has no instruction for it.
static bool isStrided(VectorTransferOpInterface transfer) {
  auto type = dyn_cast<MemRefType>(transfer.getShapedType());
  return type && !type.isLastDimUnitStride() &&
         transfer.getVectorType().getRank() == 1 && !transfer.getMask() &&
         !transfer.hasOutOfBoundsDim() &&
         transfer.getPermutationMap().isMinorIdentity();
}

/// Replaces a strided transfer by loads or stores of its elements.
static void unrollStrided(RewriterBase &rewriter,
                          VectorTransferOpInterface transfer) {
  Location loc = transfer.getLoc();
  rewriter.setInsertionPoint(transfer);
  auto write = dyn_cast<vector::TransferWriteOp>(transfer.getOperation());
  SmallVector<Value> elements;
  SmallVector<int64_t> steps(transfer.getIndices().size(), 0);
  for (int64_t i = 0; i < transfer.getVectorType().getNumElements(); ++i) {
    steps.back() = i;
    SmallVector<Value> indices =
        offsetIndices(rewriter, loc, transfer.getIndices(), steps);
    if (write)
      memref::StoreOp::create(
          rewriter, loc,
          vector::ExtractOp::create(rewriter, loc, write.getVector(), i),
          transfer.getBase(), indices);
    else
      elements.push_back(
          memref::LoadOp::create(rewriter, loc, transfer.getBase(), indices));
  }
  if (write)
    return rewriter.eraseOp(write);
  rewriter.replaceOpWithNewOp<vector::FromElementsOp>(
      transfer, transfer.getVectorType(), elements);
}

namespace {
struct UnrollTransfersPass
    : public spiq::impl::UnrollTransfersBase<UnrollTransfersPass> {
  using UnrollTransfersBase::UnrollTransfersBase;

  void runOnOperation() override {
    SmallVector<vector::TransferWriteOp> writes;
    getOperation().walk([&](vector::TransferWriteOp write) {
      if (isa<MemRefType>(write.getBase().getType()) &&
          write.getVectorType().getRank() > 0 && !write.getMask() &&
          write.getPermutationMap().isMinorIdentity() &&
          write.getTransferRank() == write.getShapedType().getRank())
        writes.push_back(write);
    });
    IRRewriter rewriter(&getContext());
    for (vector::TransferWriteOp write : writes) {
      FailureOr<SmallVector<Part>> parts = getParts(write.getVector());
      if (failed(parts)) {
        if (write.getVectorType().getRank() == 1)
          continue;
        rewriter.setInsertionPoint(write);
        parts = getRows(rewriter, write.getLoc(), write.getVector());
      }
      unroll(rewriter, write, *parts);
    }
    SmallVector<VectorTransferOpInterface> strided;
    getOperation().walk([&](VectorTransferOpInterface transfer) {
      if (isStrided(transfer))
        strided.push_back(transfer);
    });
    for (VectorTransferOpInterface transfer : strided)
      unrollStrided(rewriter, transfer);
  }
};
} // namespace
