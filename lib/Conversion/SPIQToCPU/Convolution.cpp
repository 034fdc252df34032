//===- Convolution.cpp - Kernels for convolutions -------------------------===//
//
// Converts quantized convolutions without groups and fully connected layers.
//
//===----------------------------------------------------------------------===//

#include "KernelOperands.h"
#include "LinearLayer.h"
#include "Patterns.h"

#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;
using namespace spiq;

/// Creates the kernel of `layer` on a 4-D `input` of stored bytes, already
/// padded. `filter` is `[KH, KW]`; returns the 4-D output.
static FailureOr<Value>
createKernel(ImplicitLocOpBuilder &b, const LinearLayer &layer, Value input,
             Value residual, ArrayRef<int64_t> filter,
             ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations,
             ArrayRef<int64_t> outputShape, const MachineModel &machine) {
  FailureOr<EpilogueParameters> parameters = layer.getParameters();
  if (failed(parameters))
    return failure();
  bool isFloatOutput = layer.isFloatOutput();
  int64_t channels = cast<ShapedType>(input.getType()).getDimSize(3);
  bool fused = dilations[1] == 1;
  int64_t rows = fused ? filter[0] : filter[0] * filter[1];
  int64_t rowBytes = fused ? filter[1] * channels : channels;
  ConvolutionShape shape = {
      outputShape[0] * outputShape[1] * outputShape[2], layer.outputChannels,
      rows * static_cast<int64_t>(llvm::divideCeil(rowBytes, 4)),
      isFloatOutput};
  ConvolutionSchedule schedule = chooseSchedule(shape, machine);

  int64_t lanes = machine.lanes;
  SmallVector<int8_t> flat(layer.weights.getValues<int8_t>());
  SmallVector<int8_t> packed = packWeights(flat, layer.outputChannels, rows,
                                           rowBytes, schedule.blocks, lanes);
  int64_t vectors = std::accumulate(schedule.blocks.begin(),
                                    schedule.blocks.end(), int64_t(0));
  SmallVector<int32_t> table = parameters->pack(
      SmallVector<int64_t>(vectors, lanes),
      getChannelOrder(schedule.blocks, lanes, layer.outputChannels));
  Type elementType = isFloatOutput ? Type(b.getF32Type()) : b.getI8Type();
  Value init = tensor::EmptyOp::create(b, outputShape, elementType);
  auto bound = [&](std::optional<float> value) -> FloatAttr {
    return isFloatOutput && value ? b.getF32FloatAttr(*value) : FloatAttr();
  };
  auto kernel = cpu::Conv2DOp::create(
      b, init.getType(), input, createConstant(b, packed),
      createConstant(b, table), residual, init, b.getDenseI64ArrayAttr(filter),
      b.getDenseI64ArrayAttr(strides), b.getDenseI64ArrayAttr(dilations),
      b.getI64IntegerAttr(lanes), b.getI64IntegerAttr(schedule.pixels),
      b.getDenseI64ArrayAttr(schedule.blocks),
      cpu::ParameterAttr::get(b.getContext(), parameters->getSet()),
      layer.isSigned ? b.getUnitAttr() : UnitAttr(),
      schedule.pixelsOutermost ? b.getUnitAttr() : UnitAttr(),
      bound(layer.clampMin), bound(layer.clampMax));
  return kernel.getResult(0);
}

/// Rows of `imageRowBytes` bytes that an image needs behind its last one: the
/// last group of four bytes of a kernel row of `rowBytes` may reach into them.
static int64_t getSpareRows(int64_t rowBytes, int64_t imageRowBytes) {
  int64_t excess = llvm::alignTo(rowBytes, 4) - rowBytes;
  return llvm::divideCeil(excess, imageRowBytes);
}

namespace {

struct ConvertConv2D : public OpRewritePattern<Conv2DOp> {
  ConvertConv2D(MLIRContext *context, const MachineModel &machine)
      : OpRewritePattern(context), machine(machine) {}

  LogicalResult matchAndRewrite(Conv2DOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getGroups() != 1)
      return rewriter.notifyMatchFailure(op, "grouped");
    FailureOr<LinearLayer> layer = LinearLayer::match(
        cast<LinearOpInterface>(op.getOperation()), op.getClampMin(),
        op.getClampMax(), op.getResidual(), machine, rewriter);
    if (failed(layer))
      return failure();

    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    ArrayRef<int64_t> filter = layer->weights.getType().getShape();
    ArrayRef<int64_t> padding = op.getPadding();
    int64_t rowBytes =
        op.getDilations()[1] == 1 ? filter[2] * filter[3] : filter[3];
    int64_t imageRowBytes =
        (op.getInput().getType().getDimSize(2) + padding[2] + padding[3]) *
        filter[3];
    int64_t spare = getSpareRows(rowBytes, imageRowBytes);
    Value input = padWithZeroPoint(
        b, castToStorage(b, op.getInput()), op.getInput().getType(),
        {0, padding[0], padding[2], 0}, {0, padding[1] + spare, padding[3], 0});
    Value residual =
        layer->residual ? castToStorage(b, layer->residual) : Value();
    FailureOr<Value> result = createKernel(
        b, *layer, input, residual, filter.slice(1, 2), op.getStrides(),
        op.getDilations(), op.getOutput().getType().getShape(), machine);
    if (failed(result))
      return rewriter.notifyMatchFailure(op, "accumulator too large");
    replaceWithStored(rewriter, op, *result);
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
    int64_t spare = getSpareRows(features, features);
    input =
        padWithZeroPoint(b, input, inputType, {0, 0, 0, 0}, {0, spare, 0, 0});
    FailureOr<Value> result =
        createKernel(b, *layer, input, Value(), {1, 1}, {1, 1}, {1, 1},
                     {batch, 1, 1, layer->outputChannels}, machine);
    if (failed(result))
      return rewriter.notifyMatchFailure(op, "accumulator too large");
    replaceWithStored(
        rewriter, op,
        tensor::CollapseShapeOp::create(b, *result, reassociation));
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
