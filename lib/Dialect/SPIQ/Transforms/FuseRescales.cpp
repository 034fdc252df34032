//===- FuseRescales.cpp - Casts around operations to integers -------------===//
//
// Turns dequantize - float operation - quantize into the same operation on
// quantized types.
//
//===----------------------------------------------------------------------===//

#include "ConstantUtils.h"
#include "IntegerLayer.h"
#include "LayerActivation.h"
#include "LayerInputs.h"
#include "OpClass.h"

#include "spiq/Dialect/SPIQ/Transforms/Passes.h"
#include "spiq/Dialect/SPIQ/Transforms/StatisticsAnalysis.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;
using namespace spiq;

namespace spiq {
#define GEN_PASS_DEF_SPIQFUSERESCALES
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"
} // namespace spiq

//===----------------------------------------------------------------------===//
// Helpers
//===----------------------------------------------------------------------===//

/// The quantized value behind `value`; null if it is not dequantized.
static Value getQuantizedSource(Value value) {
  auto cast = value.getDefiningOp<quant::DequantizeCastOp>();
  if (!cast ||
      !isQuantizedByte(getQuantizedElementType(cast.getInput().getType())))
    return {};
  return cast.getInput();
}

/// The type to which all users of `value` quantize it; null if they do not
/// agree, or if one of them reads floats.
static RankedTensorType getQuantizedTarget(Value value) {
  Type target;
  for (Operation *user : value.getUsers()) {
    auto cast = dyn_cast<quant::QuantizeCastOp>(user);
    if (!cast || (target && target != cast.getType()))
      return {};
    target = cast.getType();
  }
  if (!target || !isQuantizedByte(getQuantizedElementType(target)))
    return {};
  return mlir::cast<RankedTensorType>(target);
}

namespace {
/// What an operation computes once it is in integer form.
struct IntegerResult {
  /// The value whose quantizations it replaces.
  Value value;
  /// Their type; null if the result stays f32.
  RankedTensorType type;
  /// The activation between the operation and `value`; may be null.
  ActivationOp activation;
};
} // namespace

/// The result of `op`, behind the activation that it can compute.
static IntegerResult getIntegerResult(Operation *op) {
  if (ActivationOp activation = getMergeableActivation(op))
    if (RankedTensorType type = getQuantizedTarget(activation.getOutput()))
      return {activation.getOutput(), type, activation};
  return {op->getResult(0), getQuantizedTarget(op->getResult(0)), {}};
}

/// Makes the integer form `fused` compute `activation`, if there is one.
static void setActivation(Operation *fused, ActivationOp activation) {
  if (!activation)
    return;
  fused->setAttr("activation", getLayerActivation(activation));
  fused->setLoc(FusedLoc::get(fused->getContext(),
                              {fused->getLoc(), activation.getLoc()}));
}

/// Replaces the quantizations of `value` by `quantized`.
static void replaceQuantizations(PatternRewriter &rewriter, Value value,
                                 Value quantized) {
  for (Operation *user : llvm::make_early_inc_range(value.getUsers()))
    rewriter.replaceOp(user, quantized);
}

static Value createStorage(OpBuilder &builder, Location loc,
                           RankedTensorType type, ArrayRef<int8_t> stored) {
  auto quantized = cast<quant::QuantizedType>(type.getElementType());
  auto storageType = type.clone(quantized.getStorageType());
  Value constant = arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(cast<ShapedType>(storageType), stored));
  return quant::StorageCastOp::create(builder, loc, type, constant);
}

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

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {

/// A layer with a quantized input.
struct FuseLayer : public OpInterfaceRewritePattern<LinearOpInterface> {
  FuseLayer(MLIRContext *context, const LayerInputs &inputs,
            const RoundingOptions &options, Pass::Statistic &numLayers,
            Pass::Statistic &numMoved, Pass::Statistic &numActivations,
            bool &hasFailed)
      : OpInterfaceRewritePattern(context), inputs(inputs), options(options),
        numLayers(numLayers), numMoved(numMoved),
        numActivations(numActivations), hasFailed(hasFailed) {}

  LogicalResult matchAndRewrite(LinearOpInterface op,
                                PatternRewriter &rewriter) const override {
    Value input = getQuantizedSource(op.getInputOperand().get());
    std::optional<LayerWeights> weights = readWeights(op);
    auto bias = getConstantFloats(op.getBiasOperand().get());
    if (!input || !weights || !bias || hasFailed)
      return failure();
    InputKnowledge known;
    if (auto it = inputs.find(op); it != inputs.end())
      known = {&it->second.statistics, it->second.correlation.get()};
    FailureOr<IntegerLayer> layer = computeIntegerLayer(
        op, *weights, *bias, getQuantizedElementType(input.getType()), known,
        options);
    if (failed(layer)) {
      hasFailed = true;
      return failure();
    }
    if (weights->type && weights->stored.empty())
      emitRemark(op.getLoc())
          << "quantized weights are rounded again: only those with zero points "
             "of 0 and one scale per output channel are kept";

    IntegerResult result = getResult(op);
    Location loc = op.getLoc();
    auto weightsType =
        cast<RankedTensorType>(op.getWeightsOperand().get().getType());
    Value newWeights = createStorage(
        rewriter, loc, weightsType.clone(layer->weightType), layer->weights);
    auto biasType = RankedTensorType::get(
        {static_cast<int64_t>(layer->bias.size())}, rewriter.getI32Type());
    Value newBias = arith::ConstantOp::create(
        rewriter, loc,
        DenseElementsAttr::get(biasType, ArrayRef<int32_t>(layer->bias)));
    auto fused = cast<LinearOpInterface>(rewriter.clone(*op));
    rewriter.modifyOpInPlace(fused, [&] {
      fused->removeAttr(weightTypeName);
      fused.getInputOperand().set(input);
      fused.getWeightsOperand().set(newWeights);
      fused.getBiasOperand().set(newBias);
      if (!result.type)
        return;
      fused->getResult(0).setType(result.type);
      setActivation(fused, result.activation);
      if (auto conv = dyn_cast<Conv2DOp>(fused.getOperation()))
        if (conv.getResidual())
          conv.getResidualMutable()[0].set(
              getQuantizedSource(conv.getResidual()));
    });
    ++numLayers;
    numMoved += layer->numMoved;
    if (!result.type) {
      rewriter.replaceOp(op, fused);
      return success();
    }
    replaceQuantizations(rewriter, result.value, fused->getResult(0));
    if (result.activation) {
      rewriter.eraseOp(result.activation);
      ++numActivations;
    }
    rewriter.eraseOp(op);
    return success();
  }

private:
  static IntegerResult getResult(LinearOpInterface op) {
    auto conv = dyn_cast<Conv2DOp>(op.getOperation());
    if (conv && conv.getResidual() && !getQuantizedSource(conv.getResidual()))
      return {op->getResult(0), {}, {}};
    return getIntegerResult(op);
  }

  const LayerInputs &inputs;
  const RoundingOptions &options;
  Pass::Statistic &numLayers;
  Pass::Statistic &numMoved;
  Pass::Statistic &numActivations;
  bool &hasFailed;
};

/// A layer that quantizes its input at run time.
struct FuseDynamicLayer : public OpInterfaceRewritePattern<LinearOpInterface> {
  FuseDynamicLayer(MLIRContext *context, Pass::Statistic &numDynamic)
      : OpInterfaceRewritePattern(context), numDynamic(numDynamic) {}

  LogicalResult matchAndRewrite(LinearOpInterface op,
                                PatternRewriter &rewriter) const override {
    Value weights = getQuantizedSource(op.getWeightsOperand().get());
    if (!op->hasAttr(dynamicName) || !weights ||
        getQuantizedSource(op.getInputOperand().get()))
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op->removeAttr(dynamicName);
      op.getWeightsOperand().set(weights);
    });
    ++numDynamic;
    return success();
  }

private:
  Pass::Statistic &numDynamic;
};

/// Any other operation of the dialect whose operands are dequantized and whose
/// result is quantized.
struct FuseOperation : public RewritePattern {
  FuseOperation(MLIRContext *context, Pass::Statistic &numOps,
                Pass::Statistic &numActivations)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context),
        numOps(numOps), numActivations(numActivations) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    OpClass kind = classifyOp(op);
    if (kind != OpClass::Requantizing && kind != OpClass::SameType &&
        kind != OpClass::Concat)
      return failure();
    auto [value, target, activation] = getIntegerResult(op);
    if (!target)
      return failure();
    SmallVector<OpOperand *> operands = getActivationOperands(op);
    for (OpOperand *operand : operands)
      if (!getQuantizedSource(operand->get()))
        return failure();

    IRMapping mapping;
    for (OpOperand *operand : operands)
      mapping.map(operand->get(), getQuantizedSource(operand->get()));
    Operation *fused = rewriter.clone(*op, mapping);
    RankedTensorType resultType = target;
    if (kind == OpClass::SameType) {
      Type source = fused->getOperand(0).getType();
      resultType = target.clone(cast<ShapedType>(source).getElementType());
    }
    rewriter.modifyOpInPlace(fused, [&, activation = activation] {
      fused->getResult(0).setType(resultType);
      setActivation(fused, activation);
    });
    Value result = fused->getResult(0);
    if (resultType != target)
      result = ClampOp::create(rewriter, op->getLoc(), target, result,
                               FloatAttr(), FloatAttr());
    replaceQuantizations(rewriter, value, result);
    if (activation) {
      rewriter.eraseOp(activation);
      ++numActivations;
    }
    rewriter.eraseOp(op);
    ++numOps;
    return success();
  }

private:
  Pass::Statistic &numOps;
  Pass::Statistic &numActivations;
};

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

/// qcast(constant) -> scast(integer constant).
struct QuantizeConstant : public OpRewritePattern<quant::QuantizeCastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(quant::QuantizeCastOp op,
                                PatternRewriter &rewriter) const override {
    auto type = dyn_cast<RankedTensorType>(op.getType());
    if (!type || !isQuantizedByte(type.getElementType()))
      return failure();
    auto values = getConstantFloats(op.getInput());
    if (!values)
      return failure();
    auto view = QuantizationView::ofTensor(type);
    int64_t axis = view.getAxis().value_or(0), inner = 1;
    for (int64_t size : type.getShape().drop_front(axis + 1))
      inner *= size;
    int64_t channels = view.getAxis() ? type.getDimSize(axis) : 1;
    SmallVector<int8_t, 0> stored;
    for (auto [index, value] : llvm::enumerate(*values)) {
      int64_t channel = static_cast<int64_t>(index) / inner % channels;
      stored.push_back(view.quantize(value, channel));
    }
    rewriter.replaceOp(op, createStorage(rewriter, op.getLoc(), type, stored));
    return success();
  }
};

/// qcast(dcast(x)) -> x, or a requantization of x.
struct FuseRequantization : public OpRewritePattern<quant::QuantizeCastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(quant::QuantizeCastOp op,
                                PatternRewriter &rewriter) const override {
    Value source = getQuantizedSource(op.getInput());
    if (!source || !isQuantizedByte(getQuantizedElementType(op.getType())))
      return failure();
    if (source.getType() == op.getType()) {
      rewriter.replaceOp(op, source);
      return success();
    }
    auto hasLastAxis = [](Type type) {
      std::optional<int32_t> axis = QuantizationView::ofTensor(type).getAxis();
      return !axis || *axis == cast<ShapedType>(type).getRank() - 1;
    };
    if (!hasLastAxis(source.getType()) || !hasLastAxis(op.getType()))
      return failure();
    rewriter.replaceOpWithNewOp<ClampOp>(op, op.getType(), source, FloatAttr(),
                                         FloatAttr());
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

struct FuseRescalesPass
    : public spiq::impl::SPIQFuseRescalesBase<FuseRescalesPass> {
  using SPIQFuseRescalesBase::SPIQFuseRescalesBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    // Read before the rewrite changes the inputs.
    StatisticsOptions options;
    options.inputMean = inputMean;
    options.inputStddev = inputStddev;
    FailureOr<LayerInputs> inputs =
        collectLayerInputs(function, options, compensateBelow);
    if (failed(inputs))
      return signalPassFailure();
    RoundingOptions rounding = {compensateBelow, biasCorrection};
    bool hasFailed = false;
    RewritePatternSet patterns(&getContext());
    patterns.add<FuseLayer>(&getContext(), *inputs, rounding, numLayers,
                            numMoved, numActivations, hasFailed);
    patterns.add<FuseDynamicLayer>(&getContext(), numDynamic);
    patterns.add<FuseOperation>(&getContext(), numOps, numActivations);
    patterns.add<FuseMovement, SinkDequantization, HoistQuantization>(
        &getContext(), numMovements);
    patterns.add<QuantizeConstant, FuseRequantization>(&getContext());
    // Folding would drop a quantization followed by a dequantization.
    GreedyRewriteConfig config;
    config.enableFolding(false);
    if (failed(applyPatternsGreedily(function, std::move(patterns), config)) ||
        hasFailed)
      return signalPassFailure();
    report(function);
  }

private:
  /// Says which operations still compute in f32.
  void report(func::FuncOp function) {
    function.walk([&](Operation *op) {
      bool isCompute = isa_and_nonnull<SPIQDialect, linalg::LinalgDialect>(
                           op->getDialect()) &&
                       op->getNumResults() == 1;
      if (!isCompute)
        return;
      auto isFloat = [](Value value) {
        auto type = dyn_cast<RankedTensorType>(value.getType());
        return type && type.getElementType().isF32();
      };
      if (!isFloat(op->getResult(0)) || !isFloat(op->getOperand(0)))
        return;
      if (auto layer = dyn_cast<LinearOpInterface>(op))
        if (getQuantizedElementType(layer.getWeightsOperand().get().getType()))
          return; // dynamic
      ++numFloat;
      if (remarks)
        emitRemark(op->getLoc()) << "'" << op->getName() << "' stays in f32";
    });
  }
};

} // namespace
