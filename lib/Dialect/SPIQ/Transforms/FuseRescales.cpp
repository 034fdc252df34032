//===- FuseRescales.cpp - Casts around operations to integers -------------===//
//
// Turns dequantize - float operation - quantize into the same operation on
// quantized types.
//
//===----------------------------------------------------------------------===//

#include "FuseRescales.h"

#include "ChannelNormalization.h"
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

Value spiq::getQuantizedSource(Value value) {
  auto cast = value.getDefiningOp<quant::DequantizeCastOp>();
  if (!cast ||
      !isQuantizedByte(getQuantizedElementType(cast.getInput().getType())))
    return {};
  return cast.getInput();
}

RankedTensorType spiq::getQuantizedTarget(Value value) {
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

void spiq::replaceQuantizations(PatternRewriter &rewriter, Value value,
                                Value quantized) {
  for (Operation *user : llvm::make_early_inc_range(value.getUsers()))
    rewriter.replaceOp(user, quantized);
}

/// Whether a quantized tensor has one scale, or one per channel.
static bool hasLastAxis(Type type) {
  std::optional<int32_t> axis = QuantizationView::ofTensor(type).getAxis();
  return !axis || *axis == cast<ShapedType>(type).getRank() - 1;
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

static Value createStorage(OpBuilder &builder, Location loc,
                           RankedTensorType type, ArrayRef<int8_t> stored) {
  auto quantized = cast<quant::QuantizedType>(type.getElementType());
  auto storageType = type.clone(quantized.getStorageType());
  Value constant = arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(cast<ShapedType>(storageType), stored));
  return quant::StorageCastOp::create(builder, loc, type, constant);
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
    if (!hasLastAxis(source.getType()) || !hasLastAxis(op.getType()))
      return failure();
    rewriter.replaceOpWithNewOp<ClampOp>(op, op.getType(), source, FloatAttr(),
                                         FloatAttr());
    return success();
  }
};

/// avg_pool_2d(dcast(x)) -> avg_pool_2d(x) with the same f32 result. Runs last:
/// the result is not quantized by then because nothing needs it to be.
struct FuseFloatAverage : public OpRewritePattern<AvgPool2DOp> {
  FuseFloatAverage(MLIRContext *context, Pass::Statistic &numOps)
      : OpRewritePattern(context), numOps(numOps) {}

  LogicalResult matchAndRewrite(AvgPool2DOp op,
                                PatternRewriter &rewriter) const override {
    Value source = getQuantizedSource(op.getInput());
    if (!source || !hasLastAxis(source.getType()))
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.getInputMutable().assign(source); });
    ++numOps;
    return success();
  }

private:
  Pass::Statistic &numOps;
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
    populateFuseMovementPatterns(patterns, numMovements);
    patterns.add<QuantizeConstant, FuseRequantization>(&getContext());
    // Folding would drop a quantization followed by a dequantization.
    GreedyRewriteConfig config;
    config.enableFolding(false);
    RewritePatternSet averages(&getContext());
    averages.add<FuseFloatAverage>(&getContext(), numOps);
    if (failed(applyPatternsGreedily(function, std::move(patterns), config)) ||
        hasFailed ||
        failed(applyPatternsGreedily(function, std::move(averages), config)))
      return signalPassFailure();
    function.walk([](quant::DequantizeCastOp op) {
      if (op->removeAttr(statedName))
        keepCasts(op);
    });
    report(function);
  }

private:
  /// Says which operations still compute in f32.
  void report(func::FuncOp function) {
    function.walk([&](Operation *op) {
      bool isCompute = isa_and_nonnull<SPIQDialect, linalg::LinalgDialect>(
                           op->getDialect()) &&
                       op->getNumResults() == 1 && !servesNormalization(op);
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
