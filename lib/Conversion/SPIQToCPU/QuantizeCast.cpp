//===- QuantizeCast.cpp - The kernel of the network's input ---------------===//
//
// Converts the quantization of a transposed f32 image.
//
//===----------------------------------------------------------------------===//

#include "KernelOperands.h"
#include "Patterns.h"
#include "spiq/Dialect/CPU/IR/CPU.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "llvm/ADT/bit.h"

using namespace mlir;
using namespace spiq;

/// The permutation that moves channels last.
static constexpr int64_t channelsLast[] = {0, 2, 3, 1};

/// Creates the kernel that quantizes `input`, channels first, to `quantized`,
/// whose scales vary along `channelAxis` at most. Null if no kernel can.
static Value createQuantize(ImplicitLocOpBuilder &b, Value input,
                            Type quantized, int32_t channelAxis,
                            const MachineModel &machine) {
  auto type = cast<RankedTensorType>(input.getType());
  quant::QuantizedType element = getQuantizedElementType(quantized);
  if (!type.hasStaticShape() || type.getRank() != 4 ||
      !isQuantizedByte(element) || element.isSigned() != machine.signedStorage)
    return {};
  int64_t channels = type.getDimSize(1);
  int64_t width = type.getDimSize(3);
  int64_t lanes = std::min<int64_t>(
      machine.lanes, llvm::bit_floor(static_cast<uint64_t>(width)));
  QuantizationView view(element);
  if (lanes < 4 || channels > cpu::QuantizeOp::maxChannels ||
      view.getAxis().value_or(channelAxis) != channelAxis)
    return {};
  SmallVector<float> scales;
  SmallVector<int32_t> zeroPoints;
  for (int64_t channel = 0; channel < channels; ++channel) {
    scales.push_back(static_cast<float>(view.getScale(channel)));
    zeroPoints.push_back(view.getZeroPoint(channel));
  }
  SmallVector<int32_t> min(channels, view.getStorageMin());
  SmallVector<int32_t> max(channels, view.getStorageMax());
  SmallVector<int64_t> shape =
      applyPermutation(type.getShape(), ArrayRef(channelsLast));
  Value init = tensor::EmptyOp::create(b, shape, b.getI8Type());
  auto kernel = cpu::QuantizeOp::create(b, init.getType(), input, init, lanes,
                                        scales, zeroPoints, min, max);
  return kernel.getResult(0);
}

namespace {

/// qcast(transpose(x)) -> quantize.
struct ConvertQuantizeOfTranspose
    : public OpRewritePattern<quant::QuantizeCastOp> {
  ConvertQuantizeOfTranspose(MLIRContext *context, const MachineModel &machine)
      : OpRewritePattern(context), machine(machine) {}

  LogicalResult matchAndRewrite(quant::QuantizeCastOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = op.getInput().getDefiningOp<linalg::TransposeOp>();
    if (!transpose || transpose.getPermutation() != ArrayRef(channelsLast))
      return rewriter.notifyMatchFailure(op, "input is not channels first");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value bytes = createQuantize(b, transpose.getInput(),
                                 op.getResult().getType(), 3, machine);
    if (!bytes)
      return rewriter.notifyMatchFailure(op, "no kernel for this type");
    replaceWithStored(rewriter, op, bytes);
    return success();
  }

  MachineModel machine;
};

/// transpose(scast(qcast(x))) -> quantize.
struct ConvertTransposeOfQuantize
    : public OpRewritePattern<linalg::TransposeOp> {
  ConvertTransposeOfQuantize(MLIRContext *context, const MachineModel &machine)
      : OpRewritePattern(context), machine(machine) {}

  LogicalResult matchAndRewrite(linalg::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto bytes = op.getInput().getDefiningOp<quant::StorageCastOp>();
    auto quantize =
        bytes ? bytes.getInput().getDefiningOp<quant::QuantizeCastOp>()
              : nullptr;
    if (!quantize || op.getPermutation() != ArrayRef(channelsLast))
      return rewriter.notifyMatchFailure(op, "input is not channels first");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value result = createQuantize(b, quantize.getInput(),
                                  quantize.getResult().getType(), 1, machine);
    if (!result)
      return rewriter.notifyMatchFailure(op, "no kernel for this type");
    rewriter.replaceOp(op, result);
    return success();
  }

  MachineModel machine;
};

} // namespace

void spiq::populateQuantizePatterns(RewritePatternSet &patterns,
                                    const MachineModel &machine) {
  patterns.add<ConvertQuantizeOfTranspose, ConvertTransposeOfQuantize>(
      patterns.getContext(), machine);
}
