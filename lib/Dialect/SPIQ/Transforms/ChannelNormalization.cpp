//===- ChannelNormalization.cpp - Values divided by their largest ---------===//
//
// Implements the search for divisions by the largest magnitude.
//
//===----------------------------------------------------------------------===//

#include "ChannelNormalization.h"

#include "ConstantUtils.h"
#include "TensorValue.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/Dialect/SPIQ/Transforms/ChannelMap.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace spiq;

bool spiq::isMagnitude(linalg::ReduceOp op) {
  if (op.getInputs().size() != 1 || !isFloatTensor(op.getInputs().front()) ||
      !op.getInputs().front().getDefiningOp<math::AbsFOp>())
    return false;
  int64_t last = getShapeOf(op.getInputs().front()).size() - 1;
  std::optional<SmallVector<float, 0>> least =
      getConstantFloats(op.getInits().front());
  Block &combiner = op.getCombiner().front();
  auto maximum = dyn_cast<arith::MaximumFOp>(combiner.front());
  return maximum && maximum->getNextNode() == combiner.getTerminator() &&
         std::is_permutation(maximum->operand_begin(), maximum->operand_end(),
                             combiner.args_begin(), combiner.args_end()) &&
         llvm::is_contained(op.getDimensions(), last) && least &&
         llvm::all_of(*least, [](float x) { return x > 0.0f; });
}

std::optional<ChannelNormalization>
spiq::matchChannelNormalization(Value value) {
  auto division = value.getDefiningOp<arith::DivFOp>();
  if (!division)
    return std::nullopt;
  auto broadcast = division.getRhs().getDefiningOp<linalg::BroadcastOp>();
  auto magnitude = broadcast
                       ? broadcast.getInput().getDefiningOp<linalg::ReduceOp>()
                       : linalg::ReduceOp();
  if (!magnitude || !isMagnitude(magnitude) ||
      magnitude.getDimensions() != broadcast.getDimensions())
    return std::nullopt;
  auto absolute = magnitude.getInputs().front().getDefiningOp<math::AbsFOp>();
  if (absolute.getOperand() != division.getLhs())
    return std::nullopt;
  return ChannelNormalization{division.getLhs(), magnitude};
}

/// Whether `value` is a magnitude, moved perhaps.
static bool holdsMagnitude(Value value) {
  auto reduce =
      ChannelMap::getMovedSource(value).getDefiningOp<linalg::ReduceOp>();
  return reduce && isMagnitude(reduce);
}

bool spiq::servesNormalization(Operation *op) {
  if (llvm::any_of(op->getResults(), holdsMagnitude))
    return true;
  if (isa<RescaleOp>(op))
    return llvm::any_of(op->getUsers(), [](Operation *user) {
      return user->getNumResults() == 1 &&
             matchChannelNormalization(user->getResult(0));
    });
  if (auto mul = dyn_cast<MulOp>(op))
    return holdsMagnitude(mul.getLhs()) || holdsMagnitude(mul.getRhs());
  auto add = dyn_cast<AddOp>(op);
  auto product = add ? add.getLhs().getDefiningOp<MulOp>() : MulOp();
  return product && servesNormalization(product);
}
