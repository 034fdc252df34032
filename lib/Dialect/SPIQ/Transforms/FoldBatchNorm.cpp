//===- FoldBatchNorm.cpp - Fold batch-norm into layers --------------------===//
//
// Folds per-channel affine functions into the linear layers that produce their
// input and keeps what batch-norm knew about distributions.
//
//===----------------------------------------------------------------------===//

#include "ConstantUtils.h"
#include "InputEstimate.h"

#include "spiq/Dialect/SPIQ/Transforms/Passes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

using namespace mlir;
using namespace spiq;

namespace spiq {
#define GEN_PASS_DEF_SPIQFOLDBATCHNORM
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"
} // namespace spiq

namespace {

/// `y[..., c] = multiplier[c] * x[..., c] + offset[c]`, and what is known about
/// the distribution of y.
struct ChannelAffine {
  SmallVector<double> multiplier, offset;
  ChannelStatsAttr stats;

  int64_t getNumChannels() const { return multiplier.size(); }
};

/// An operation that computes a per-channel affine function.
struct AffineOp {
  Value input;
  ChannelAffine function;
  FloatAttr clampMin, clampMax;
};

using Floats = std::optional<SmallVector<float, 0>>;

} // namespace

static bool areFinite(ArrayRef<double> values) {
  return llvm::all_of(values, [](double value) {
    return std::isfinite(static_cast<float>(value));
  });
}

/// The statistics of the function's result if its input has `stats`.
static ChannelStatsAttr transformStats(ChannelStatsAttr stats,
                                       const ChannelAffine &function) {
  if (!stats)
    return {};
  SmallVector<double> mean, stddev, min, max;
  for (int64_t c = 0; c < function.getNumChannels(); ++c) {
    double multiplier = function.multiplier[c], offset = function.offset[c];
    mean.push_back(multiplier * stats.getMean()[c] + offset);
    stddev.push_back(std::abs(multiplier) * stats.getStddev()[c]);
  }
  return ChannelStatsAttr::get(stats.getContext(), mean, stddev, min, max);
}

static std::optional<AffineOp> matchBatchNorm(BatchNormOp op) {
  Floats scale = getConstantFloats(op.getScale());
  Floats bias = getConstantFloats(op.getBias());
  Floats mean = getConstantFloats(op.getMean());
  Floats variance = getConstantFloats(op.getVariance());
  if (!scale || !bias || !mean || !variance)
    return std::nullopt;
  AffineOp result = {op.getInput(), {}, {}, {}};
  SmallVector<double> means, deviations;
  double epsilon = op.getEpsilon().convertToFloat();
  for (auto [s, b, m, v] : llvm::zip(*scale, *bias, *mean, *variance)) {
    double multiplier = s / std::sqrt(static_cast<double>(v) + epsilon);
    result.function.multiplier.push_back(multiplier);
    result.function.offset.push_back(b - multiplier * m);
    means.push_back(b);
    deviations.push_back(std::abs(static_cast<double>(s)));
  }
  // A channel without variance in training holds its bias wherever it is used:
  // 0 / sqrt(0 + epsilon) is 0, not 1. Its spread is |scale| times that factor.
  for (auto [deviation, v] : llvm::zip(deviations, *variance))
    deviation *= std::sqrt(v / (static_cast<double>(v) + epsilon));
  if (areFinite(means) && areFinite(deviations))
    result.function.stats =
        ChannelStatsAttr::get(op.getContext(), means, deviations);
  return result;
}

/// Matches a multiplication or addition with a per-channel constant.
template <typename OpTy>
static std::optional<AffineOp> matchConstantOperand(OpTy op) {
  auto type = cast<RankedTensorType>(op.getOutput().getType());
  for (auto [value, other] : {std::pair<Value, Value>{op.getLhs(), op.getRhs()},
                              {op.getRhs(), op.getLhs()}}) {
    if (value.getType() != type)
      continue;
    std::optional<SmallVector<double>> constant =
        getPerChannelConstant(other, type);
    if (!constant)
      continue;
    AffineOp result = {value, {}, op.getClampMinAttr(), op.getClampMaxAttr()};
    result.function.multiplier.assign(constant->size(), 1.0);
    result.function.offset.assign(constant->size(), 0.0);
    (isa<MulOp>(op) ? result.function.multiplier : result.function.offset) =
        *constant;
    return result;
  }
  return std::nullopt;
}

static std::optional<AffineOp> matchRescale(RescaleOp op) {
  Floats multiplier = getConstantFloats(op.getMultiplier());
  Floats offset = getConstantFloats(op.getOffset());
  if (!multiplier || !offset)
    return std::nullopt;
  AffineOp result = {
      op.getInput(), {}, op.getClampMinAttr(), op.getClampMaxAttr()};
  result.function.multiplier.assign(multiplier->begin(), multiplier->end());
  result.function.offset.assign(offset->begin(), offset->end());
  result.function.stats = op.getStatsAttr();
  return result;
}

static bool isFloat(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getElementType().isF32() && type.getRank() > 0;
}

static std::optional<AffineOp> matchAffine(Operation *op) {
  if (!isFloat(op->getResult(0)))
    return std::nullopt;
  if (auto batchNorm = dyn_cast<BatchNormOp>(op))
    return matchBatchNorm(batchNorm);
  if (auto rescale = dyn_cast<RescaleOp>(op))
    return matchRescale(rescale);
  if (auto mul = dyn_cast<MulOp>(op))
    return matchConstantOperand(mul);
  if (auto add = dyn_cast<AddOp>(op))
    return matchConstantOperand(add);
  return std::nullopt;
}

/// Whether a per-channel function behind `op` can be computed by `op` itself.
template <typename OpTy>
static bool canAbsorb(OpTy op) {
  return op->hasOneUse() && isFloat(op.getOutput()) && !op.getClampMin() &&
         !op.getClampMax();
}

static void setClamp(Operation *op, const AffineOp &affine) {
  if (affine.clampMin)
    op->setAttr("clamp_min", affine.clampMin);
  if (affine.clampMax)
    op->setAttr("clamp_max", affine.clampMax);
}

/// Multiplies row `o` of `weights` by `multiplier[o]`.
static SmallVector<double, 0> scaleRows(ArrayRef<float> weights,
                                        ArrayRef<double> multiplier) {
  SmallVector<double, 0> scaled;
  scaled.reserve(weights.size());
  size_t rowSize = weights.size() / multiplier.size();
  for (auto [index, weight] : llvm::enumerate(weights))
    scaled.push_back(weight * multiplier[index / rowSize]);
  return scaled;
}

namespace {

/// linear(x) * m + b  ->  linear'(x) with scaled weights and bias.
struct FoldIntoLinear : public RewritePattern {
  FoldIntoLinear(MLIRContext *context, Pass::Statistic &numFolded)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/2, context),
        numFolded(numFolded) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isa<BatchNormOp, RescaleOp, MulOp, AddOp>(op))
      return failure();
    std::optional<AffineOp> affine = matchAffine(op);
    if (!affine)
      return failure();
    Operation *layer = affine->input.getDefiningOp();
    auto linear = dyn_cast_if_present<LinearOpInterface>(layer);
    if (!linear || !isAbsorbing(layer))
      return failure();
    Floats weights = getConstantFloats(linear.getWeightsOperand().get());
    Floats bias = getConstantFloats(linear.getBiasOperand().get());
    if (!weights || !bias)
      return failure();

    ChannelAffine &function = affine->function;
    SmallVector<double, 0> newWeights =
        scaleRows(*weights, function.multiplier);
    SmallVector<double> newBias;
    for (auto [b, m, o] :
         llvm::zip(*bias, function.multiplier, function.offset))
      newBias.push_back(m * b + o);
    if (!areFinite(newWeights) || !areFinite(newBias))
      return failure();

    ChannelStatsAttr stats = function.stats;
    if (!stats)
      stats = transformStats(layer->getAttrOfType<ChannelStatsAttr>("stats"),
                             function);
    // Behind its input's layer, the new layer stands where the function stood.
    auto weightsType =
        cast<RankedTensorType>(linear.getWeightsOperand().get().getType());
    Location loc = rewriter.getFusedLoc({layer->getLoc(), op->getLoc()});
    Operation *folded = rewriter.clone(*layer);
    folded->setLoc(loc);
    auto foldedLinear = cast<LinearOpInterface>(folded);
    rewriter.setInsertionPoint(folded);
    Value weightsValue = createFloats(rewriter, loc, weightsType.getShape(),
                                      ArrayRef<double>(newWeights));
    Value biasValue =
        createFloats(rewriter, loc, {static_cast<int64_t>(newBias.size())},
                     ArrayRef<double>(newBias));
    rewriter.modifyOpInPlace(folded, [&] {
      foldedLinear.getWeightsOperand().set(weightsValue);
      foldedLinear.getBiasOperand().set(biasValue);
      setClamp(folded, *affine);
      if (stats)
        folded->setAttr("stats", stats);
    });
    rewriter.replaceOp(op, folded);
    ++numFolded;
    return success();
  }

private:
  static bool isAbsorbing(Operation *layer) {
    if (auto conv = dyn_cast<Conv2DOp>(layer))
      return !conv.getResidual() && canAbsorb(conv);
    if (auto conv = dyn_cast<TransposedConv2DOp>(layer))
      return canAbsorb(conv);
    if (auto layerOp = dyn_cast<FullyConnectedOp>(layer))
      return canAbsorb(layerOp);
    return false;
  }

  Pass::Statistic &numFolded;
};

/// rescale(x) * m + b  ->  rescale'(x).
struct FoldIntoRescale : public RewritePattern {
  FoldIntoRescale(MLIRContext *context, Pass::Statistic &numFolded)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/2, context),
        numFolded(numFolded) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isa<BatchNormOp, RescaleOp, MulOp, AddOp>(op))
      return failure();
    std::optional<AffineOp> outer = matchAffine(op);
    if (!outer)
      return failure();
    auto rescale = outer->input.getDefiningOp<RescaleOp>();
    if (!rescale || !canAbsorb(rescale))
      return failure();
    std::optional<AffineOp> inner = matchRescale(rescale);
    if (!inner)
      return failure();
    ChannelAffine &function = outer->function;
    if (!function.stats)
      function.stats = transformStats(inner->function.stats, function);
    for (int64_t c = 0; c < function.getNumChannels(); ++c) {
      function.offset[c] += function.multiplier[c] * inner->function.offset[c];
      function.multiplier[c] *= inner->function.multiplier[c];
    }
    if (!areFinite(function.multiplier) || !areFinite(function.offset))
      return failure();
    int64_t channels = function.getNumChannels();
    Location loc = op->getLoc();
    rewriter.replaceOpWithNewOp<RescaleOp>(
        op, op->getResult(0).getType(), inner->input,
        createFloats(rewriter, loc, {channels},
                     ArrayRef<double>(function.multiplier)),
        createFloats(rewriter, loc, {channels},
                     ArrayRef<double>(function.offset)),
        outer->clampMin, outer->clampMax, ActivationAttr(), function.stats);
    ++numFolded;
    return success();
  }

private:
  Pass::Statistic &numFolded;
};

/// Any per-channel function that no layer absorbs -> spiq.rescale.
struct ConvertToRescale : public RewritePattern {
  ConvertToRescale(MLIRContext *context, Pass::Statistic &numRescales)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context),
        numRescales(numRescales) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isa<BatchNormOp, MulOp, AddOp>(op))
      return failure();
    std::optional<AffineOp> affine = matchAffine(op);
    if (!affine || !areFinite(affine->function.multiplier) ||
        !areFinite(affine->function.offset))
      return failure();
    int64_t channels = affine->function.getNumChannels();
    Location loc = op->getLoc();
    rewriter.replaceOpWithNewOp<RescaleOp>(
        op, op->getResult(0).getType(), affine->input,
        createFloats(rewriter, loc, {channels},
                     ArrayRef<double>(affine->function.multiplier)),
        createFloats(rewriter, loc, {channels},
                     ArrayRef<double>(affine->function.offset)),
        affine->clampMin, affine->clampMax, ActivationAttr(),
        affine->function.stats);
    ++numRescales;
    return success();
  }

private:
  Pass::Statistic &numRescales;
};

/// f(collapse(x)) -> collapse(f(x)) for functions of single channels, if the
/// channels stay as they are. Layers on sequences are images of height one
/// whose results are collapsed.
struct MoveBeforeCollapse : public RewritePattern {
  MoveBeforeCollapse(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/2, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isa<BatchNormOp, RescaleOp, ClampOp, ActivationOp>(op))
      return failure();
    auto collapse = op->getOperand(0).getDefiningOp<tensor::CollapseShapeOp>();
    if (!collapse || !collapse->hasOneUse() ||
        collapse.getReassociationIndices().empty() ||
        collapse.getReassociationIndices().back().size() != 1 ||
        getElementTypeOrSelf(op->getResult(0)) !=
            collapse.getResultType().getElementType())
      return failure();
    // One parameter for each channel, whatever the other dimensions are.
    for (Value parameter : llvm::drop_begin(op->getOperands()))
      if (cast<ShapedType>(parameter.getType()).getRank() > 1)
        return failure();
    IRMapping mapping;
    mapping.map(collapse.getResult(), collapse.getSrc());
    Operation *moved = rewriter.clone(*op, mapping);
    rewriter.modifyOpInPlace(
        moved, [&] { moved->getResult(0).setType(collapse.getSrcType()); });
    rewriter.replaceOpWithNewOp<tensor::CollapseShapeOp>(
        op, collapse.getResultType(), moved->getResult(0),
        collapse.getReassociationIndices());
    return success();
  }
};

struct FoldBatchNormPass
    : public spiq::impl::SPIQFoldBatchNormBase<FoldBatchNormPass> {
  using SPIQFoldBatchNormBase::SPIQFoldBatchNormBase;

  void runOnOperation() override {
    if (failed(checkParameters()))
      return signalPassFailure();
    if (inputStatistics)
      getOperation()->walk([&](func::FuncOp function) {
        numInputs += estimateInputStatistics(function, detectBytes);
      });
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldIntoLinear, FoldIntoRescale>(&getContext(), numFolded);
    patterns.add<ConvertToRescale>(&getContext(), numRescales);
    patterns.add<MoveBeforeCollapse>(&getContext());
    // Folding would drop a quantization followed by a dequantization.
    GreedyRewriteConfig config;
    config.enableFolding(false);
    if (failed(
            applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      return signalPassFailure();
    WalkResult remaining = getOperation()->walk([](BatchNormOp op) {
      op.emitOpError("cannot be folded: the folded weights, bias or multiplier "
                     "of a channel are not finite in f32");
      return WalkResult::interrupt();
    });
    if (remaining.wasInterrupted())
      signalPassFailure();
  }

private:
  /// Checks that every parameter of a batch-norm is a constant that is finite.
  LogicalResult checkParameters() {
    WalkResult result = getOperation()->walk([](BatchNormOp op) {
      for (auto [name, value] :
           {std::pair<StringRef, Value>{"scale", op.getScale()},
            {"bias", op.getBias()},
            {"mean", op.getMean()},
            {"variance", op.getVariance()}}) {
        Floats values = getConstantFloats(value);
        if (!values) {
          op.emitOpError() << "expects '" << name
                           << "' to be a constant; batch-norm with computed "
                              "parameters cannot be folded";
          return WalkResult::interrupt();
        }
        for (auto [channel, element] : llvm::enumerate(*values))
          if (!std::isfinite(element)) {
            op.emitOpError()
                << "expects '" << name << "' to hold finite values, got "
                << element << " for channel " << channel;
            return WalkResult::interrupt();
          }
      }
      return WalkResult::advance();
    });
    return failure(result.wasInterrupted());
  }
};

} // namespace
