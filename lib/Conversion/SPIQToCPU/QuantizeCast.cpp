//===- QuantizeCast.cpp - The kernel of the network's input ---------------===//
//
// Converts the quantization of a transposed f32 image.
//
//===----------------------------------------------------------------------===//

#include "KernelOperands.h"
#include "Patterns.h"
#include "spiq/Dialect/CPU/IR/CPU.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace spiq;

namespace {
/// qcast(transpose(x)) with channels first -> quantize.
struct ConvertQuantizeCast : public OpRewritePattern<quant::QuantizeCastOp> {
  ConvertQuantizeCast(MLIRContext *context, const MachineModel &machine)
      : OpRewritePattern(context), machine(machine) {}

  LogicalResult matchAndRewrite(quant::QuantizeCastOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = op.getInput().getDefiningOp<linalg::TransposeOp>();
    if (!transpose ||
        transpose.getPermutation() != ArrayRef<int64_t>{0, 2, 3, 1})
      return rewriter.notifyMatchFailure(op, "input is not channels first");
    auto type = cast<RankedTensorType>(op.getResult().getType());
    quant::QuantizedType element = getQuantizedElementType(type);
    int64_t channels = type.getDimSize(3), width = type.getDimSize(2);
    int64_t lanes = std::min<int64_t>(
        machine.lanes, llvm::bit_floor(static_cast<uint64_t>(width)));
    if (!type.hasStaticShape() || !isQuantizedByte(element) ||
        !hasUnsignedStorage(type) || lanes < 4 ||
        channels > cpu::QuantizeOp::maxChannels)
      return rewriter.notifyMatchFailure(op, "no kernel for this type");
    QuantizationView view(element);
    if (view.getAxis() && *view.getAxis() != 3)
      return rewriter.notifyMatchFailure(op, "not quantized per channel");

    SmallVector<float> scales;
    SmallVector<int32_t> zeroPoints;
    for (int64_t channel = 0; channel < channels; ++channel) {
      scales.push_back(static_cast<float>(view.getScale(channel)));
      zeroPoints.push_back(view.getZeroPoint(channel));
    }
    SmallVector<int32_t> min(channels, view.getStorageMin());
    SmallVector<int32_t> max(channels, view.getStorageMax());
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value init = tensor::EmptyOp::create(b, type.getShape(), b.getI8Type());
    auto kernel =
        cpu::QuantizeOp::create(b, init.getType(), transpose.getInput(), init,
                                lanes, scales, zeroPoints, min, max);
    replaceWithStored(rewriter, op, kernel.getResult(0));
    return success();
  }

  MachineModel machine;
};
} // namespace

void spiq::populateQuantizePatterns(RewritePatternSet &patterns,
                                    const MachineModel &machine) {
  patterns.add<ConvertQuantizeCast>(patterns.getContext(), machine);
}
