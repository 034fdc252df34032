//===- Convolution.cpp - Kernels for convolutions -------------------------===//
//
// Converts quantized convolutions and fully connected layers.
//
//===----------------------------------------------------------------------===//

#include "KernelOperands.h"
#include "LayerGeometry.h"
#include "LinearLayer.h"
#include "PairPacking.h"
#include "Patterns.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace spiq;

/// Creates the kernel of `layer`, which is `op` of shape `shape`, on a 4-D
/// `input` of stored bytes, already padded; returns the 4-D output.
static Value
createKernel(ImplicitLocOpBuilder &b, Operation *op, const LinearLayer &layer,
             ConvolutionShape shape, Value input, Value residual,
             ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations,
             ArrayRef<int64_t> outputShape, const MachineModel &machine) {
  bool isFloatOutput = layer.isFloatOutput();
  std::optional<EpilogueParameters> nibbleParameters =
      layer.getNibbleParameters(machine);
  shape.weightBits = nibbleParameters ? 4 : 8;
  ConvolutionSchedule schedule = chooseSchedule(op, shape, machine);
  int64_t groups = shape.groups, merged = schedule.mergedGroups;
  int64_t kernelGroups = groups / merged, lanes = machine.lanes;
  int64_t outputsPerGroup = layer.outputChannels / kernelGroups;
  SmallVector<int8_t> flat(layer.weights.getValues<int8_t>());
  if (merged != 1)
    flat = mergeGroups(flat, groups, layer.outputChannels,
                       shape.kernelRows * shape.kernelColumns, merged);
  SmallVector<int8_t> packed =
      packWeights(flat, outputsPerGroup, kernelGroups, shape.getRows(merged),
                  shape.getRowBytes(merged), schedule.blocks, lanes);
  Value pairs;
  if (shape.usesPairs(machine)) {
    std::optional<PairedWeights> paired = packPairs(
        packed, kernelGroups, shape.getRows(merged), shape.getRowBytes(merged),
        schedule.blocks, lanes, maxPairedSteps);
    if (!paired) {
      shape.allowsPairs = false;
      return createKernel(b, op, layer, shape, input, residual, strides,
                          dilations, outputShape, machine);
    }
    packed = std::move(paired->weights);
    pairs = createConstant(b, paired->pairs);
  }
  if (nibbleParameters)
    packed = packNibbles(packed, kernelGroups, schedule.blocks, lanes);
  SmallVector<ChannelBlock> blocks;
  for (int64_t group = 0; group < kernelGroups; ++group)
    for (int64_t vectors : schedule.blocks)
      blocks.push_back({vectors, lanes});
  const EpilogueParameters &parameters =
      nibbleParameters ? *nibbleParameters : layer.parameters;
  SmallVector<int32_t> table =
      parameters.pack(blocks, getChannelOrder(schedule.blocks, lanes,
                                              outputsPerGroup, kernelGroups));
  Type elementType = isFloatOutput ? Type(b.getF32Type()) : b.getI8Type();
  Value init = tensor::EmptyOp::create(b, outputShape, elementType);
  auto bound = [&](std::optional<float> value) -> FloatAttr {
    return isFloatOutput && value ? b.getF32FloatAttr(*value) : FloatAttr();
  };
  auto kernel = cpu::Conv2DOp::create(
      b, init.getType(), input, createConstant(b, packed),
      createConstant(b, table), pairs, residual, init,
      b.getDenseI64ArrayAttr({shape.kernelRows, shape.kernelColumns}),
      b.getDenseI64ArrayAttr(strides), b.getDenseI64ArrayAttr(dilations),
      b.getI64IntegerAttr(kernelGroups),
      b.getI64IntegerAttr(nibbleParameters ? 4 : 8), b.getI64IntegerAttr(lanes),
      b.getI64IntegerAttr(schedule.pixels),
      b.getDenseI64ArrayAttr(schedule.blocks),
      cpu::ParameterAttr::get(b.getContext(), parameters.getSet()),
      layer.getKernelActivation(),
      layer.isSigned ? b.getUnitAttr() : UnitAttr(),
      schedule.pixelsOutermost ? b.getUnitAttr() : UnitAttr(),
      bound(layer.clampMin), bound(layer.clampMax));
  return kernel.getResult(0);
}

/// Rows of zero points that a padded image of shape `paddedShape` (`H x W x C`)
/// needs behind its last one: kernel rows of less than four bytes are read with
/// those behind them. `lastTap` is the last row and column that is read.
static int64_t getSpareRows(ArrayRef<int64_t> paddedShape,
                            ArrayRef<int64_t> lastTap, int64_t rowBytes) {
  int64_t bytesPerRow = paddedShape[1] * paddedShape[2];
  int64_t end = lastTap[0] * bytesPerRow + (lastTap[1] + 1) * paddedShape[2] +
                std::max<int64_t>(4 - rowBytes, 0);
  int64_t excess = end - paddedShape[0] * bytesPerRow;
  return excess <= 0 ? 0 : llvm::divideCeil(excess, bytesPerRow);
}

namespace {

struct ConvertConv2D : public OpRewritePattern<Conv2DOp> {
  ConvertConv2D(MLIRContext *context, const MachineModel &machine)
      : OpRewritePattern(context), machine(machine) {}

  LogicalResult matchAndRewrite(Conv2DOp op,
                                PatternRewriter &rewriter) const override {
    FailureOr<LinearLayer> layer = LinearLayer::match(
        cast<LinearOpInterface>(op.getOperation()), op.getClampMin(),
        op.getClampMax(), op.getResidual(), machine, rewriter);
    if (failed(layer))
      return failure();

    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    ArrayRef<int64_t> filter = layer->weights.getType().getShape();
    ArrayRef<int64_t> padding = op.getPadding();
    ArrayRef<int64_t> inputShape = op.getInput().getType().getShape();
    ArrayRef<int64_t> outputShape = op.getOutput().getType().getShape();
    SmallVector<int64_t> lastTap;
    for (int dim : {0, 1})
      lastTap.push_back((outputShape[dim + 1] - 1) * op.getStrides()[dim] +
                        (filter[dim + 1] - 1) * op.getDilations()[dim]);
    bool isContiguous = op.getGroups() == 1 && op.getDilations()[1] == 1;
    int64_t spare =
        getSpareRows({inputShape[1] + padding[0] + padding[1],
                      inputShape[2] + padding[2] + padding[3], inputShape[3]},
                     lastTap, isContiguous ? filter[2] * filter[3] : filter[3]);
    Value input = padWithZeroPoint(
        b, castToStorage(b, op.getInput()), op.getInput().getType(),
        {0, padding[0], padding[2], 0}, {0, padding[1] + spare, padding[3], 0});
    Value residual =
        layer->residual ? castToStorage(b, layer->residual) : Value();
    Value result =
        createKernel(b, op, *layer, getConvolutionShape(op), input, residual,
                     op.getStrides(), op.getDilations(), outputShape, machine);
    replaceWithStored(rewriter, op, result);
    return success();
  }

  MachineModel machine;
};

/// A fully connected layer is a 1x1 convolution of images of one pixel.
struct ConvertFullyConnected : public OpRewritePattern<FullyConnectedOp> {
  ConvertFullyConnected(MLIRContext *context, const MachineModel &machine)
      : OpRewritePattern(context), machine(machine) {}

  LogicalResult matchAndRewrite(FullyConnectedOp op,
                                PatternRewriter &rewriter) const override {
    FailureOr<LinearLayer> layer = LinearLayer::match(
        cast<LinearOpInterface>(op.getOperation()), op.getClampMin(),
        op.getClampMax(), Value(), machine, rewriter);
    if (failed(layer))
      return failure();

    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto inputType = cast<RankedTensorType>(op.getInput().getType());
    int64_t batch = inputType.getDimSize(0), features = inputType.getDimSize(1);
    SmallVector<ReassociationIndices> reassociation = {{0, 1, 2}, {3}};
    Value input = tensor::ExpandShapeOp::create(
        b, RankedTensorType::get({batch, 1, 1, features}, b.getI8Type()),
        castToStorage(b, op.getInput()), reassociation);
    int64_t spare = getSpareRows({1, 1, features}, {0, 0}, features);
    input =
        padWithZeroPoint(b, input, inputType, {0, 0, 0, 0}, {0, spare, 0, 0});
    Value result = createKernel(b, op, *layer, getConvolutionShape(op), input,
                                Value(), {1, 1}, {1, 1},
                                {batch, 1, 1, layer->outputChannels}, machine);
    replaceWithStored(
        rewriter, op,
        tensor::CollapseShapeOp::create(b, result, reassociation));
    return success();
  }

  MachineModel machine;
};

} // namespace

void spiq::populateConvolutionPatterns(RewritePatternSet &patterns,
                                       const MachineModel &machine) {
  patterns.add<ConvertConv2D, ConvertFullyConnected>(patterns.getContext(),
                                                     machine);
}
