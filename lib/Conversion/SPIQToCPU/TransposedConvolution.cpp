//===- TransposedConvolution.cpp - Phases of transposed convolutions ------===//
//
// Splits transposed convolutions into convolutions. Output pixels whose rows
// and columns leave the same remainders when divided by the strides, a phase,
// read the same taps: each phase is a convolution of stride one with a part of
// the filter, and nothing multiplies with the zeros between input pixels.
//
//===----------------------------------------------------------------------===//

#include "KernelOperands.h"
#include "Patterns.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;
using namespace spiq;

namespace {
/// One dimension of a phase. Output index `phase + i * stride` reads the inputs
/// `firstInput + i + t * dilation` with the taps
/// `firstTap + (numTaps - 1 - t) * tapStep`.
struct PhaseRange {
  int64_t phase, numOutputs, firstTap, tapStep, numTaps, firstInput, dilation;

  int64_t getNumInputs() const { return numOutputs + (numTaps - 1) * dilation; }
};
} // namespace

/// The phases of dimension `dim`, 0 or 1, of the image.
static SmallVector<PhaseRange> getPhases(TransposedConv2DOp op, int dim) {
  int64_t stride = op.getStrides()[dim], low = op.getPadding()[2 * dim];
  int64_t dilation = op.getDilations()[dim];
  int64_t taps = op.getWeights().getType().getDimSize(dim + 1);
  int64_t outputs = op.getOutput().getType().getDimSize(dim + 1);
  // A tap reads input pixels, and not the zeros between them, if its distance
  // from the phase is a multiple of the stride: every `tapStep`-th tap.
  int64_t common = std::gcd(stride, dilation), tapStep = stride / common;
  SmallVector<PhaseRange> phases;
  for (int64_t phase = 0; phase < std::min(stride, outputs); ++phase) {
    PhaseRange range{
        phase,
        static_cast<int64_t>(llvm::divideCeil(outputs - phase, stride)),
        /*firstTap=*/0,
        tapStep,
        /*numTaps=*/0,
        /*firstInput=*/0,
        dilation / common};
    auto getDistance = [&] { return phase + low - range.firstTap * dilation; };
    while (range.firstTap < tapStep && getDistance() % stride != 0)
      ++range.firstTap;
    if (range.firstTap < std::min(tapStep, taps)) {
      range.numTaps = llvm::divideCeil(taps - range.firstTap, tapStep);
      range.firstInput =
          getDistance() / stride - (range.numTaps - 1) * range.dilation;
    }
    phases.push_back(range);
  }
  return phases;
}

/// The filter and bias of the phase `rows`, `columns`. Taps outside of it
/// multiply zero points, which go into the bias.
static std::pair<SmallVector<int8_t>, SmallVector<int32_t>>
getPhaseParameters(TransposedConv2DOp op, ArrayRef<int8_t> weights,
                   ArrayRef<int32_t> bias, const PhaseRange &rows,
                   const PhaseRange &columns) {
  ArrayRef<int64_t> shape = op.getWeights().getType().getShape();
  auto input = QuantizationView::ofTensor(op.getInput().getType());
  auto layer = cast<LinearOpInterface>(op.getOperation());
  SmallVector<int8_t> phaseWeights;
  SmallVector<int32_t> phaseBias;
  for (int64_t o = 0; o < shape[0]; ++o) {
    auto getWeight = [&](int64_t row, int64_t column, int64_t c) {
      return weights[((o * shape[1] + row) * shape[2] + column) * shape[3] + c];
    };
    int64_t allZeroPoints = 0, ownZeroPoints = 0;
    for (int64_t row = 0; row < shape[1]; ++row)
      for (int64_t column = 0; column < shape[2]; ++column)
        for (int64_t c = 0; c < shape[3]; ++c)
          allZeroPoints += int64_t(getWeight(row, column, c)) *
                           input.getZeroPoint(layer.getInputChannel(o, c));
    for (int64_t y = rows.numTaps - 1; y >= 0; --y)
      for (int64_t x = columns.numTaps - 1; x >= 0; --x)
        for (int64_t c = 0; c < shape[3]; ++c) {
          phaseWeights.push_back(
              getWeight(rows.firstTap + y * rows.tapStep,
                        columns.firstTap + x * columns.tapStep, c));
          ownZeroPoints += int64_t(phaseWeights.back()) *
                           input.getZeroPoint(layer.getInputChannel(o, c));
        }
    phaseBias.push_back(
        static_cast<int32_t>(bias[o] + allZeroPoints - ownZeroPoints));
  }
  return {phaseWeights, phaseBias};
}

namespace {

struct SplitTransposedConv2D : public OpRewritePattern<TransposedConv2DOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TransposedConv2DOp op,
                                PatternRewriter &rewriter) const override {
    DenseIntElementsAttr weights = getStoredConstant(op.getWeights()), bias;
    if (!getQuantizedElementType(op.getInput().getType()) || !weights ||
        !matchPattern(op.getBias(), m_Constant(&bias)))
      return rewriter.notifyMatchFailure(op, "not quantized or not constant");
    SmallVector<PhaseRange> phases[] = {getPhases(op, 0), getPhases(op, 1)};
    for (ArrayRef<PhaseRange> ranges : phases)
      for (const PhaseRange &range : ranges)
        if (range.numTaps == 0)
          return rewriter.notifyMatchFailure(op, "outputs without inputs");

    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    ArrayRef<int64_t> inputShape = op.getInput().getType().getShape();
    SmallVector<int64_t> low(4, 0), high(4, 0);
    for (int dim : {0, 1})
      for (const PhaseRange &range : phases[dim]) {
        int64_t end = range.firstInput + range.getNumInputs();
        low[dim + 1] = std::max(low[dim + 1], -range.firstInput);
        high[dim + 1] = std::max(high[dim + 1], end - inputShape[dim + 1]);
      }
    Value input = padWithZeroPoint(b, castToStorage(b, op.getInput()),
                                   op.getInput().getType(), low, high);
    auto outputType = op.getOutput().getType();
    bool isFloat = !getQuantizedElementType(outputType);
    Value output = tensor::EmptyOp::create(b, outputType.getShape(),
                                           isFloat ? Type(b.getF32Type())
                                                   : Type(b.getI8Type()));
    SmallVector<int8_t> storedWeights(weights.getValues<int8_t>());
    SmallVector<int32_t> storedBias(bias.getValues<int32_t>());
    for (const PhaseRange &rows : phases[0])
      for (const PhaseRange &columns : phases[1]) {
        auto [phaseWeights, phaseBias] =
            getPhaseParameters(op, storedWeights, storedBias, rows, columns);
        Value result =
            createPhase(b, op, getInput(b, op, input, low, rows, columns),
                        phaseWeights, phaseBias, rows, columns);
        output =
            insertPhase(b, op, castToStorage(b, result), output, rows, columns);
      }
    replaceWithStored(rewriter, op, output);
    return success();
  }

private:
  static SmallVector<OpFoldResult> toAttributes(OpBuilder &b,
                                                ArrayRef<int64_t> values) {
    return getAsIndexOpFoldResult(b.getContext(), values);
  }

  /// The part of the padded input that a phase reads.
  static Value getInput(ImplicitLocOpBuilder &b, TransposedConv2DOp op,
                        Value padded, ArrayRef<int64_t> low,
                        const PhaseRange &rows, const PhaseRange &columns) {
    RankedTensorType type = op.getInput().getType();
    SmallVector<int64_t> shape = {type.getDimSize(0), rows.getNumInputs(),
                                  columns.getNumInputs(), type.getDimSize(3)};
    Value slice = tensor::ExtractSliceOp::create(
        b, padded,
        toAttributes(
            b, {0, low[1] + rows.firstInput, low[2] + columns.firstInput, 0}),
        toAttributes(b, shape), toAttributes(b, {1, 1, 1, 1}));
    return quant::StorageCastOp::create(b, type.clone(shape), slice);
  }

  static Value createPhase(ImplicitLocOpBuilder &b, TransposedConv2DOp op,
                           Value input, ArrayRef<int8_t> weights,
                           ArrayRef<int32_t> bias, const PhaseRange &rows,
                           const PhaseRange &columns) {
    RankedTensorType weightType = op.getWeights().getType();
    RankedTensorType outputType = op.getOutput().getType();
    SmallVector<int64_t> filterShape = {weightType.getDimSize(0), rows.numTaps,
                                        columns.numTaps,
                                        weightType.getDimSize(3)};
    Value bytes = arith::ConstantOp::create(
        b, DenseElementsAttr::get(
               RankedTensorType::get(filterShape, b.getI8Type()), weights));
    Value filter =
        quant::StorageCastOp::create(b, weightType.clone(filterShape), bytes);
    SmallVector<int64_t> shape = {outputType.getDimSize(0), rows.numOutputs,
                                  columns.numOutputs, outputType.getDimSize(3)};
    return Conv2DOp::create(
        b, outputType.clone(shape), input, filter, createConstant(b, bias),
        /*residual=*/Value(), ArrayRef<int64_t>{1, 1},
        ArrayRef<int64_t>{0, 0, 0, 0},
        ArrayRef<int64_t>{rows.dilation, columns.dilation}, op.getGroups(),
        op.getClampMinAttr(), op.getClampMaxAttr(), ActivationAttr(),
        ChannelStatsAttr());
  }

  static Value insertPhase(ImplicitLocOpBuilder &b, TransposedConv2DOp op,
                           Value result, Value output, const PhaseRange &rows,
                           const PhaseRange &columns) {
    return tensor::InsertSliceOp::create(
        b, result, output, toAttributes(b, {0, rows.phase, columns.phase, 0}),
        toAttributes(b, cast<ShapedType>(result.getType()).getShape()),
        toAttributes(b, {1, op.getStrides()[0], op.getStrides()[1], 1}));
  }
};

} // namespace

void spiq::populateTransposedConvolutionPatterns(RewritePatternSet &patterns) {
  patterns.add<SplitTransposedConv2D>(patterns.getContext());
}
