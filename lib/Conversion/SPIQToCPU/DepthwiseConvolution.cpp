//===- DepthwiseConvolution.cpp - Kernels for depthwise layers ------------===//
//
// Converts quantized depthwise convolutions with one filter per channel.
//
//===----------------------------------------------------------------------===//

#include "KernelOperands.h"
#include "LayerGeometry.h"
#include "LinearLayer.h"
#include "Patterns.h"

using namespace mlir;
using namespace spiq;

namespace {
struct ConvertDepthwiseConv2D : public OpRewritePattern<Conv2DOp> {
  ConvertDepthwiseConv2D(MLIRContext *context, const MachineModel &machine)
      : OpRewritePattern(context, /*benefit=*/2), machine(machine) {}

  LogicalResult matchAndRewrite(Conv2DOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<cpu::DepthwiseTile> window = getDepthwiseWindow(op);
    if (!window)
      return rewriter.notifyMatchFailure(op, "not one filter per channel");
    FailureOr<LinearLayer> layer = LinearLayer::match(
        cast<LinearOpInterface>(op.getOperation()), op.getClampMin(),
        op.getClampMax(), Value(), machine, rewriter);
    if (failed(layer))
      return failure();
    std::optional<DepthwiseSchedule> schedule =
        chooseDepthwiseSchedule(op, *window, machine);
    if (!schedule)
      return rewriter.notifyMatchFailure(op, "no tile fits");

    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    ArrayRef<int64_t> outputShape = op.getOutput().getType().getShape();
    int64_t channels = outputShape[3];
    ArrayRef<int64_t> filter = layer->weights.getType().getShape();
    ArrayRef<int64_t> padding = op.getPadding();
    Value input = padWithZeroPoint(
        b, castToStorage(b, op.getInput()), op.getInput().getType(),
        {0, padding[0], padding[2], 0}, {0, padding[1], padding[3], 0});
    SmallVector<int8_t> weights(layer->weights.getValues<int8_t>());
    SmallVector<ChannelBlock> channelBlocks;
    SmallVector<int64_t> blocks, pieces;
    for (const cpu::DepthwiseBlock &block : schedule->blocks) {
      channelBlocks.push_back({cpu::packedBlockVectors, block.lanes});
      blocks.push_back(block.lanes);
      pieces.push_back(block.pieces);
    }
    Value packed = createConstant(b, packDepthwiseWeights(weights, channels,
                                                          schedule->tile,
                                                          schedule->blocks));
    Value table = createConstant(
        b,
        layer->parameters.pack(channelBlocks, getDepthwiseChannelOrder(
                                                  schedule->blocks, channels)));
    Value init = tensor::EmptyOp::create(b, outputShape, b.getI8Type());
    auto kernel = cpu::DepthwiseConv2DOp::create(
        b, init.getType(), input, packed, table, init,
        b.getDenseI64ArrayAttr(filter.slice(1, 2)), op.getStridesAttr(),
        op.getDilationsAttr(), b.getI64IntegerAttr(schedule->tile.rows),
        b.getI64IntegerAttr(schedule->tile.columns),
        b.getDenseI64ArrayAttr(blocks), b.getDenseI64ArrayAttr(pieces),
        cpu::ParameterAttr::get(b.getContext(), layer->parameters.getSet()),
        layer->getKernelActivation(),
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
