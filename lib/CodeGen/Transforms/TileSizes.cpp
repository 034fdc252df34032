//===- TileSizes.cpp - Register tiles of linalg operations ------*- C++ -*-===//
//
// Chooses the tile of a loop nest from shapes and the register file.
//
//===----------------------------------------------------------------------===//

#include "TileSizes.h"

#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;

namespace spiq {

std::optional<unsigned> getVectorLoop(linalg::GenericOp op) {
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (map.getNumResults() == 0 || !map.isProjectedPermutation())
    return std::nullopt;
  return map.getDimPosition(map.getNumResults() - 1);
}

bool isBroadcastReduction(linalg::GenericOp op) {
  std::optional<unsigned> vectorLoop = getVectorLoop(op);
  if (!vectorLoop || op.getNumReductionLoops() == 0)
    return false;
  bool hasShared = false, hasVector = false;
  for (OpOperand *operand : op.getDpsInputOperands()) {
    bool isVector =
        op.getMatchingIndexingMap(operand).isFunctionOfDim(*vectorLoop);
    hasVector |= isVector;
    hasShared |= !isVector;
  }
  return hasShared && hasVector;
}

/// A size up to `limit` that cuts `size` into few tiles of nearly equal cost.
/// A tile of n rows costs about n, plus 2 for loading the shared vectors.
static int64_t chooseBlock(int64_t size, int64_t limit) {
  if (size <= limit)
    return size;
  int64_t best = 1, bestCost = std::numeric_limits<int64_t>::max();
  for (int64_t block = limit; block > 0; --block) {
    int64_t rest = size % block;
    int64_t cost = size / block * (block + 2) + (rest ? rest + 2 : 0);
    if (cost < bestCost) {
      best = block;
      bestCost = cost;
    }
  }
  return best;
}

/// The loops of `root` that its result is indexed with, outermost first.
static SmallVector<unsigned> getResultLoops(linalg::GenericOp root) {
  AffineMap map = root.getMatchingIndexingMap(root.getDpsInitOperand(0));
  SmallVector<unsigned> loops;
  for (unsigned i = 0, e = map.getNumResults(); i < e; ++i)
    loops.push_back(map.getDimPosition(i));
  return loops;
}

/// The position in the result of the dimension whose neighbours share most
/// operands: one that vector operands of the reduction do not depend on.
static std::optional<unsigned> getRowDim(linalg::GenericOp reduction,
                                         ArrayRef<int64_t> shape) {
  AffineMap result =
      reduction.getMatchingIndexingMap(reduction.getDpsInitOperand(0));
  std::optional<unsigned> vectorLoop = getVectorLoop(reduction);
  for (int dim = static_cast<int>(shape.size()) - 2; dim >= 0; --dim) {
    unsigned loop = result.getDimPosition(dim);
    bool isShared =
        llvm::none_of(reduction.getDpsInputOperands(), [&](OpOperand *operand) {
          AffineMap map = reduction.getMatchingIndexingMap(operand);
          return map.isFunctionOfDim(*vectorLoop) && map.isFunctionOfDim(loop);
        });
    if (shape[dim] > 1 && isShared)
      return dim;
  }
  return std::nullopt;
}

/// The innermost dimension but the last that has more than one element.
static std::optional<unsigned> getInnerDim(ArrayRef<int64_t> shape) {
  for (int dim = static_cast<int>(shape.size()) - 2; dim >= 0; --dim)
    if (shape[dim] > 1)
      return dim;
  return std::nullopt;
}

TileSizes chooseTileSizes(linalg::GenericOp root,
                          ArrayRef<linalg::GenericOp> group,
                          const RegisterFile &registers) {
  int64_t lanes = registers.getLanes();
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(root.getResult(0).getType()).getShape();
  SmallVector<unsigned> loops = getResultLoops(root);

  linalg::GenericOp product;
  bool hasReduction = false;
  for (linalg::GenericOp op : group) {
    hasReduction |= op.getNumReductionLoops() != 0;
    if (isBroadcastReduction(op))
      product = op;
  }

  // Vectors along the channels, and rows of pixels, of one tile.
  int64_t vectors, rows = 1;
  std::optional<unsigned> rowDim;
  if (product) {
    bool isLarge = registers.count >= 32;
    rowDim = getRowDim(product, shape);
    vectors = rowDim ? (isLarge ? 4 : 2) : (isLarge ? 16 : 8);
    if (rowDim)
      rows = chooseBlock(shape[*rowDim], 6);
  } else {
    vectors = hasReduction ? 2 : 4;
    rowDim = getInnerDim(shape);
    int64_t used =
        llvm::divideCeil(std::min(shape.back(), vectors * lanes), lanes);
    if (rowDim)
      rows = chooseBlock(shape[*rowDim], std::max<int64_t>(1, 8 / used));
  }

  TileSizes tile;
  tile.sizes.assign(root.getNumLoops(), 0);
  auto setSize = [&](unsigned dim, int64_t size) {
    if (size < shape[dim])
      tile.sizes[loops[dim]] = size;
  };
  for (unsigned dim = 0; dim + 1 < shape.size(); ++dim)
    setSize(dim, rowDim && dim == *rowDim ? rows : 1);
  setSize(shape.size() - 1, vectors * lanes);

  tile.interchange.resize(root.getNumLoops());
  std::iota(tile.interchange.begin(), tile.interchange.end(), 0);
  if (product) {
    unsigned vectorLoop = loops.back();
    tile.interchange.erase(tile.interchange.begin() + vectorLoop);
    tile.interchange.insert(tile.interchange.begin(), vectorLoop);
  }
  return tile;
}

} // namespace spiq
