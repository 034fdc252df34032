//===- TileVectorizer.cpp - Vectors from a linalg tile ----------*- C++ -*-===//
//
// Parallel loops are unrolled, one of them runs along vectors, reduction loops
// carry accumulators.
//
//===----------------------------------------------------------------------===//

#include "TileVectorizer.h"
#include "LaneValues.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace spiq {

std::optional<int64_t> countVectors(linalg::GenericOp op,
                                    const RegisterFile &registers) {
  std::optional<unsigned> vectorLoop = getVectorLoop(op);
  if (!vectorLoop || !op.hasPureTensorSemantics() || op.getNumResults() != 1)
    return std::nullopt;
  for (Type type : op->getOperandTypes())
    if (auto shaped = dyn_cast<ShapedType>(type);
        shaped && (!shaped.hasStaticShape() ||
                   !shaped.getElementType().isIntOrIndexOrFloat()))
      return std::nullopt;
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (result.getNumResults() != op.getNumParallelLoops())
    return std::nullopt;
  for (Operation &nested : op.getBody()->without_terminator())
    if (!LaneValues::canCompute(nested))
      return std::nullopt;
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  if (llvm::is_contained(ranges, 0))
    return std::nullopt;
  int64_t vectors = llvm::divideCeil(ranges[*vectorLoop], registers.getLanes());
  for (auto [loop, range] : llvm::enumerate(ranges))
    if (loop != *vectorLoop &&
        op.getIteratorTypesArray()[loop] == utils::IteratorType::parallel)
      vectors *= range;
  return vectors;
}

namespace {
/// One vector of the result: its position in the parallel loops, and width.
struct ResultVector {
  /// Iteration of each parallel loop; the first lane's for the vector loop.
  SmallVector<int64_t> position;
  int64_t width;
};

class TileVectorizer {
public:
  TileVectorizer(RewriterBase &rewriter, linalg::GenericOp op,
                 const RegisterFile &registers, VectorForwarding &forwarding)
      : rewriter(rewriter), forwarding(forwarding), loc(op.getLoc()), op(op),
        ranges(op.getStaticLoopRanges()), vectorLoop(*getVectorLoop(op)),
        lanes(registers.getLanes()) {}

  void run() {
    rewriter.setInsertionPoint(op);
    enumerateVectors();
    indices.assign(ranges.size(), rewriter.getIndexAttr(0));
    SmallVector<Value> results = loadInits();
    results = reduce(/*loop=*/0, results);
    rewriter.replaceOp(op, store(results));
  }

private:
  bool isReduction(unsigned loop) {
    return op.getIteratorTypesArray()[loop] == utils::IteratorType::reduction;
  }

  /// Lists the vectors of the result in row-major order.
  void enumerateVectors() {
    SmallVector<SmallVector<int64_t>> positions{
        SmallVector<int64_t>(ranges.size(), 0)};
    for (unsigned loop = 0; loop < ranges.size(); ++loop) {
      if (loop == vectorLoop || isReduction(loop))
        continue;
      SmallVector<SmallVector<int64_t>> extended;
      for (const SmallVector<int64_t> &position : positions)
        for (int64_t i = 0; i < ranges[loop]; ++i) {
          extended.push_back(position);
          extended.back()[loop] = i;
        }
      positions = std::move(extended);
    }
    for (SmallVector<int64_t> &position : positions)
      for (int64_t first = 0; first < ranges[vectorLoop]; first += lanes) {
        position[vectorLoop] = first;
        vectors.push_back(
            {position, std::min(lanes, ranges[vectorLoop] - first)});
      }
  }

  /// Points the parallel loops at the first lane of `vector`.
  void moveTo(const ResultVector &vector) {
    for (unsigned loop = 0; loop < ranges.size(); ++loop)
      if (!isReduction(loop))
        indices[loop] = rewriter.getIndexAttr(vector.position[loop]);
  }

  LaneValues createLanes(const ResultVector &vector) {
    return LaneValues(rewriter, loc, vector.width, indices, vectorLoop,
                      forwarding);
  }

  /// The values of the destination, if the operation reads them.
  SmallVector<Value> loadInits() {
    OpOperand *init = op.getDpsInitOperand(0);
    if (op.getMatchingBlockArgument(init).use_empty())
      return {};
    SmallVector<Value> result;
    for (const ResultVector &vector : vectors) {
      moveTo(vector);
      LaneValues lane = createLanes(vector);
      result.push_back(lane.toVector(
          lane.load(init->get(), op.getMatchingIndexingMap(init))));
    }
    return result;
  }

  /// Builds the reduction loops from `loop` on; returns the final values.
  SmallVector<Value> reduce(unsigned loop, ValueRange accumulators) {
    while (loop < ranges.size() && (!isReduction(loop) || ranges[loop] == 1))
      ++loop;
    if (loop == ranges.size())
      return compute(accumulators);
    Value zero = arith::ConstantIndexOp::create(rewriter, loc, 0);
    Value one = arith::ConstantIndexOp::create(rewriter, loc, 1);
    Value size = arith::ConstantIndexOp::create(rewriter, loc, ranges[loop]);
    auto nest = scf::ForOp::create(
        rewriter, loc, zero, size, one, accumulators,
        [&](OpBuilder &, Location, Value iv, ValueRange carried) {
          indices[loop] = iv;
          SmallVector<Value> next = reduce(loop + 1, carried);
          scf::YieldOp::create(rewriter, loc, next);
        });
    indices[loop] = rewriter.getIndexAttr(0);
    return SmallVector<Value>(nest.getResults());
  }

  /// Evaluates the body once for each vector of the result.
  SmallVector<Value> compute(ValueRange accumulators) {
    SmallVector<Value> results;
    for (auto [index, vector] : llvm::enumerate(vectors)) {
      moveTo(vector);
      LaneValues lane = createLanes(vector);
      for (OpOperand *operand : op.getDpsInputOperands())
        lane.bind(op.getMatchingBlockArgument(operand), [&] {
          return lane.load(operand->get(), op.getMatchingIndexingMap(operand));
        });
      if (!accumulators.empty())
        lane.bindVector(op.getMatchingBlockArgument(op.getDpsInitOperand(0)),
                        accumulators[index]);
      for (Operation &nested : op.getBody()->without_terminator())
        lane.compute(nested);
      auto yield = cast<linalg::YieldOp>(op.getBody()->getTerminator());
      results.push_back(lane.toVector(lane.lookup(yield.getOperand(0))));
    }
    return results;
  }

  /// Writes the vectors into the destination. One write of the whole tile keeps
  /// the analysis of bufferization short.
  Value store(ValueRange values) {
    OpOperand *init = op.getDpsInitOperand(0);
    AffineMap map = op.getMatchingIndexingMap(init);
    auto type = cast<RankedTensorType>(init->get().getType());
    auto tileType = VectorType::get(type.getShape(), type.getElementType());
    Value tile = arith::ConstantOp::create(rewriter, loc,
                                           rewriter.getZeroAttr(tileType));
    SmallVector<SmallVector<int64_t>> positions;
    for (auto [vector, value] : llvm::zip_equal(vectors, values)) {
      SmallVector<int64_t> position = map.compose(vector.position);
      tile = insert(tile, value, position);
      positions.push_back(position);
    }
    SmallVector<Value> origin(type.getRank(),
                              arith::ConstantIndexOp::create(rewriter, loc, 0));
    SmallVector<bool> inBounds(type.getRank(), true);
    Value result = vector::TransferWriteOp::create(
                       rewriter, loc, tile, init->get(), origin, inBounds)
                       .getResult();
    for (auto [position, value] : llvm::zip_equal(positions, values))
      forwarding.record(result, position, value);
    return result;
  }

  /// Puts `vector` into `tile`, along the last dimension.
  Value insert(Value tile, Value vector, ArrayRef<int64_t> position) {
    auto type = cast<VectorType>(tile.getType());
    if (type.getDimSize(type.getRank() - 1) ==
        cast<VectorType>(vector.getType()).getDimSize(0)) {
      if (type.getRank() == 1)
        return vector;
      return vector::InsertOp::create(rewriter, loc, vector, tile,
                                      position.drop_back());
    }
    return vector::InsertStridedSliceOp::create(rewriter, loc, vector, tile,
                                                position, ArrayRef<int64_t>{1});
  }

  RewriterBase &rewriter;
  VectorForwarding &forwarding;
  Location loc;
  linalg::GenericOp op;
  SmallVector<int64_t> ranges;
  unsigned vectorLoop;
  int64_t lanes;
  SmallVector<ResultVector> vectors;
  /// Where each loop is: a constant, or the variable of a reduction loop.
  SmallVector<OpFoldResult> indices;
};
} // namespace

void VectorForwarding::record(Value tensor, ArrayRef<int64_t> position,
                              Value vector) {
  entries[tensor].push_back({SmallVector<int64_t>(position), vector});
}

Value VectorForwarding::lookup(Value tensor, ArrayRef<int64_t> position,
                               int64_t width) const {
  auto found = entries.find(tensor);
  if (found == entries.end())
    return nullptr;
  for (const Entry &entry : found->second)
    if (ArrayRef(entry.position) == position &&
        cast<VectorType>(entry.vector.getType()).getDimSize(0) == width)
      return entry.vector;
  return nullptr;
}

void vectorizeTile(RewriterBase &rewriter, linalg::GenericOp op,
                   const RegisterFile &registers,
                   VectorForwarding &forwarding) {
  TileVectorizer(rewriter, op, registers, forwarding).run();
}

} // namespace spiq
