//===- FuseMovements.cpp - Movements of quantized values --------*- C++ -*-===//
//
// Lets transpositions, slices and their like move bytes instead of floats.
//
//===----------------------------------------------------------------------===//

#include "FuseRescales.h"
#include "OpClass.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/Dialect/SPIQ/Transforms/ChannelMap.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace spiq;

/// The movement `step` with operand `moved`, whose elements are `storage`.
static Value cloneOnStorage(OpBuilder &builder, Operation *step, Value moved,
                            Type storage) {
  auto type = cast<RankedTensorType>(step->getResult(0).getType());
  IRMapping mapping;
  mapping.map(ChannelMap::getMovedOperand(step)->get(), moved);
  if (auto destination = dyn_cast<DestinationStyleOpInterface>(step))
    mapping.map(destination.getDpsInits().front(),
                tensor::EmptyOp::create(builder, step->getLoc(),
                                        type.getShape(), storage));
  // Regions of named operations name element types: build those anew.
  if (auto transpose = dyn_cast<linalg::TransposeOp>(step))
    return linalg::TransposeOp::create(builder, step->getLoc(), moved,
                                       mapping.lookup(transpose.getInit()),
                                       transpose.getPermutation())
        ->getResult(0);
  if (auto broadcast = dyn_cast<linalg::BroadcastOp>(step))
    return linalg::BroadcastOp::create(builder, step->getLoc(), moved,
                                       mapping.lookup(broadcast.getInit()),
                                       broadcast.getDimensions())
        ->getResult(0);
  Operation *clone = builder.clone(*step, mapping);
  clone->getResult(0).setType(type.clone(storage));
  return clone->getResult(0);
}

/// The movement `step` of the quantized value `source` with one scale.
static Value moveQuantized(OpBuilder &builder, Operation *step, Value source) {
  auto type = cast<RankedTensorType>(source.getType());
  auto elements = cast<quant::QuantizedType>(type.getElementType());
  Type storage = elements.getStorageType();
  Value stored = quant::StorageCastOp::create(builder, step->getLoc(),
                                              type.clone(storage), source);
  Value moved = cloneOnStorage(builder, step, stored, storage);
  auto movedType = cast<RankedTensorType>(moved.getType());
  return quant::StorageCastOp::create(builder, step->getLoc(),
                                      movedType.clone(elements), moved);
}

static bool hasOneScale(Type type) {
  return !QuantizationView::ofTensor(type).getAxis();
}

namespace {

/// A chain of movements between dequantization and quantization moves bytes, if
/// each element keeps its scale and zero point.
struct FuseMovement : public RewritePattern {
  FuseMovement(MLIRContext *context, Pass::Statistic &numMovements)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context),
        numMovements(numMovements) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (classifyOp(op) != OpClass::Movement)
      return failure();
    RankedTensorType target = getQuantizedTarget(op->getResult(0));
    if (!target)
      return failure();
    SmallVector<Operation *> chain = {op};
    Value begin = ChannelMap::getMovedOperand(op)->get();
    while (!getQuantizedSource(begin)) {
      Operation *previous = begin.getDefiningOp();
      if (!previous || !begin.hasOneUse() ||
          classifyOp(previous) != OpClass::Movement)
        return failure();
      chain.push_back(previous);
      begin = ChannelMap::getMovedOperand(previous)->get();
    }
    std::reverse(chain.begin(), chain.end());
    Value source = getQuantizedSource(begin);
    if (!keepsQuantization(source, chain, target))
      return failure();

    auto sourceType = cast<RankedTensorType>(source.getType());
    Type storage = cast<quant::QuantizedType>(sourceType.getElementType())
                       .getStorageType();
    Value moved = quant::StorageCastOp::create(
        rewriter, op->getLoc(), sourceType.clone(storage), source);
    for (Operation *step : chain)
      moved = cloneOnStorage(rewriter, step, moved, storage);
    Value result =
        quant::StorageCastOp::create(rewriter, op->getLoc(), target, moved);
    replaceQuantizations(rewriter, op->getResult(0), result);
    for (Operation *step : llvm::reverse(chain))
      if (step->use_empty())
        rewriter.eraseOp(step);
    ++numMovements;
    return success();
  }

private:
  /// Whether the type of each element is the same before and behind the chain.
  static bool keepsQuantization(Value source, ArrayRef<Operation *> chain,
                                RankedTensorType target) {
    auto sourceType = cast<RankedTensorType>(source.getType());
    auto from = QuantizationView::ofTensor(sourceType);
    auto to = QuantizationView::ofTensor(target);
    if (from.isSigned() != to.isSigned() ||
        from.getStorageMin() != to.getStorageMin() ||
        from.getStorageMax() != to.getStorageMax())
      return false;
    if (!from.getAxis() && !to.getAxis())
      return from[0] == to[0];
    int64_t axis = from.getAxis().value_or(sourceType.getRank() - 1);
    auto labels =
        llvm::to_vector(llvm::seq<int64_t>(0, sourceType.getDimSize(axis)));
    ChannelMap map(sourceType.getShape(), axis, labels);
    for (Operation *step : chain)
      map = map.getResultOf(step);
    int64_t targetAxis = to.getAxis().value_or(target.getRank() - 1);
    std::optional<SmallVector<int64_t>> moved = map.getLabels(targetAxis);
    if (!moved)
      return false;
    for (auto [index, label] : llvm::enumerate(*moved))
      if (!(from[label] == to[index]))
        return false;
    return true;
  }

  Pass::Statistic &numMovements;
};

/// op(dcast(x)) -> dcast(op(x)) where something reads the result as f32.
struct SinkDequantization : public RewritePattern {
  SinkDequantization(MLIRContext *context, Pass::Statistic &numMovements)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context),
        numMovements(numMovements) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!selectsElements(op) || getQuantizedTarget(op->getResult(0)))
      return failure();
    Value operand = getActivationOperands(op).front()->get();
    Value source = getQuantizedSource(operand);
    if (!source || !hasOneScale(source.getType()))
      return failure();
    auto resultType = cast<RankedTensorType>(op->getResult(0).getType());
    Value selected;
    if (classifyOp(op) == OpClass::Movement) {
      selected = moveQuantized(rewriter, op, source);
    } else {
      IRMapping mapping;
      mapping.map(operand, source);
      Operation *clone = rewriter.clone(*op, mapping);
      rewriter.modifyOpInPlace(clone, [&] {
        clone->getResult(0).setType(
            resultType.clone(getElementTypeOrSelf(source.getType())));
      });
      selected = clone->getResult(0);
    }
    rewriter.replaceOpWithNewOp<quant::DequantizeCastOp>(op, resultType,
                                                         selected);
    ++numMovements;
    return success();
  }

private:
  Pass::Statistic &numMovements;
};

/// qcast(op(x)) -> op(qcast(x)) where `op` moves what nothing else reads.
struct HoistQuantization : public RewritePattern {
  HoistQuantization(MLIRContext *context, Pass::Statistic &numMovements)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context),
        numMovements(numMovements) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (classifyOp(op) != OpClass::Movement)
      return failure();
    RankedTensorType target = getQuantizedTarget(op->getResult(0));
    Value operand = ChannelMap::getMovedOperand(op)->get();
    if (!target || !hasOneScale(target) || !operand.hasOneUse() ||
        isQuantizedBefore(operand))
      return failure();
    auto operandType = cast<RankedTensorType>(operand.getType());
    Value quantized = quant::QuantizeCastOp::create(
        rewriter, op->getLoc(), operandType.clone(target.getElementType()),
        operand);
    replaceQuantizations(rewriter, op->getResult(0),
                         moveQuantized(rewriter, op, quantized));
    rewriter.eraseOp(op);
    ++numMovements;
    return success();
  }

private:
  Pass::Statistic &numMovements;
};

} // namespace

void spiq::populateFuseMovementPatterns(RewritePatternSet &patterns,
                                        Pass::Statistic &numMovements) {
  patterns.add<FuseMovement, SinkDequantization, HoistQuantization>(
      patterns.getContext(), numMovements);
}
