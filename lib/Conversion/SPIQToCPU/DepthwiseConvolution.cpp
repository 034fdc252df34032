//===- DepthwiseConvolution.cpp - Kernels for depthwise layers ------------===//
//
// Converts quantized depthwise convolutions with one filter per channel.
//
//===----------------------------------------------------------------------===//

#include "KernelOperands.h"
#include "LinearLayer.h"
#include "Patterns.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;
using namespace spiq;

/// Splits channels into blocks of full vectors; the rest takes the narrowest
/// vectors that cover it. Empty if there are too few channels for any.
static SmallVector<int64_t> chooseBlocks(int64_t channels, int64_t maxLanes) {
  SmallVector<int64_t> blocks;
  int64_t lanes = maxLanes;
  for (int64_t rest = channels; rest > 0; rest -= 4 * lanes) {
    while (lanes > 4 && (4 * (lanes / 2) >= rest || 4 * lanes > channels))
      lanes /= 2;
    if (4 * lanes > channels)
      return {};
    blocks.push_back(lanes);
  }
  return blocks;
}

/// Chooses the tile with the least estimated cycles: three for the unpacks of
/// two vectors, one for two dot products or loads, and the epilogue of each
/// output.
static std::optional<cpu::DepthwiseTile>
chooseTile(cpu::DepthwiseTile tile, ArrayRef<int64_t> outputShape,
           const MachineModel &machine) {
  std::optional<cpu::DepthwiseTile> best;
  double bestCycles = std::numeric_limits<double>::infinity();
  for (tile.quads = 1; tile.quads <= 4; ++tile.quads)
    for (tile.rows = 1; tile.rows <= std::min<int64_t>(6, outputShape[1]);
         ++tile.rows) {
      int64_t columns = tile.getNumColumns();
      int64_t accumulators = 4 * tile.rows * columns;
      // Four interleaved vectors and some temporaries are live next to them.
      if (columns < 1 || columns > outputShape[2] ||
          (accumulators + 8 > machine.registers && accumulators > 4))
        continue;
      int64_t inputRows = 0;
      int64_t lastRow = (tile.rows - 1) * tile.strideRows +
                        (tile.kernelRows - 1) * tile.dilationRows;
      for (int64_t row = 0; row <= lastRow; ++row) {
        bool isRead = false;
        for (int64_t output = 0; output < tile.rows; ++output) {
          int64_t distance = row - output * tile.strideRows;
          isRead |= distance >= 0 && distance % tile.dilationRows == 0 &&
                    distance / tile.dilationRows < tile.kernelRows;
        }
        inputRows += isRead;
      }
      double unpacks = 8.0 * tile.quads * inputRows;
      double dots = 4.0 * tile.rows * tile.kernelRows * tile.getNumPairs();
      double cycles = unpacks / 2 + dots / machine.dotsPerCycle +
                      10.0 * tile.rows * columns;
      double tiles =
          static_cast<double>(llvm::divideCeil(outputShape[1], tile.rows)) *
          llvm::divideCeil(outputShape[2], columns);
      if (cycles * tiles < bestCycles) {
        bestCycles = cycles * tiles;
        best = tile;
      }
    }
  return best;
}

namespace {
struct ConvertDepthwiseConv2D : public OpRewritePattern<Conv2DOp> {
  ConvertDepthwiseConv2D(MLIRContext *context, const MachineModel &machine)
      : OpRewritePattern(context), machine(machine) {}

  LogicalResult matchAndRewrite(Conv2DOp op,
                                PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> outputShape = op.getOutput().getType().getShape();
    int64_t channels = outputShape[3];
    if (!op.isDepthwise() || op.getInput().getType().getDimSize(3) != channels)
      return rewriter.notifyMatchFailure(op, "not one filter per channel");
    if (op.getResidual())
      return rewriter.notifyMatchFailure(op, "has a residual");
    FailureOr<LinearLayer> layer = LinearLayer::match(
        cast<LinearOpInterface>(op.getOperation()), op.getClampMin(),
        op.getClampMax(), Value(), machine, rewriter);
    if (failed(layer))
      return failure();
    if (layer->isFloatOutput())
      return rewriter.notifyMatchFailure(op, "f32 result");
    SmallVector<int64_t> blocks = chooseBlocks(channels, machine.lanes);
    ArrayRef<int64_t> filter = layer->weights.getType().getShape();
    std::optional<cpu::DepthwiseTile> tile = chooseTile(
        {filter[1], filter[2], op.getStrides()[0], op.getStrides()[1],
         op.getDilations()[0], op.getDilations()[1], 1, 1},
        outputShape, machine);
    if (blocks.empty() || !tile)
      return rewriter.notifyMatchFailure(op, "no tile fits");
    FailureOr<EpilogueParameters> parameters = layer->getParameters();
    if (failed(parameters))
      return rewriter.notifyMatchFailure(op, "accumulator too large");

    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    ArrayRef<int64_t> padding = op.getPadding();
    Value input = padWithZeroPoint(
        b, castToStorage(b, op.getInput()), op.getInput().getType(),
        {0, padding[0], padding[2], 0}, {0, padding[1], padding[3], 0});
    SmallVector<int8_t> weights(layer->weights.getValues<int8_t>());
    SmallVector<int64_t> vectors;
    for (int64_t lanes : blocks)
      vectors.append(cpu::packedBlockVectors, lanes);
    Value packed = createConstant(
        b, packDepthwiseWeights(weights, channels, *tile, blocks));
    Value table = createConstant(
        b,
        parameters->pack(vectors, getDepthwiseChannelOrder(blocks, channels)));
    Value init = tensor::EmptyOp::create(b, outputShape, b.getI8Type());
    auto kernel = cpu::DepthwiseConv2DOp::create(
        b, init.getType(), input, packed, table, init,
        b.getDenseI64ArrayAttr(filter.slice(1, 2)), op.getStridesAttr(),
        op.getDilationsAttr(), b.getI64IntegerAttr(tile->rows),
        b.getI64IntegerAttr(tile->quads), b.getDenseI64ArrayAttr(blocks),
        cpu::ParameterAttr::get(b.getContext(), parameters->getSet()),
        layer->isSigned ? b.getUnitAttr() : UnitAttr());
    replaceWithStored(rewriter, op, kernel.getResult(0));
    return success();
  }

  MachineModel machine;
};
} // namespace

void spiq::populateDepthwisePatterns(RewritePatternSet &patterns,
                                     const MachineModel &machine) {
  patterns.add<ConvertDepthwiseConv2D>(patterns.getContext(), machine);
}
