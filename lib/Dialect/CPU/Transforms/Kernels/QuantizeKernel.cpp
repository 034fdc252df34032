//===- QuantizeKernel.cpp - Loops of the quantize kernel ------------------===//
//
// Quantizes a vector of pixels of each channel, then interleaves the channels.
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace spiq::cpu {

/// Quantizes `lanes` pixels of channel `channel` to the low bytes of i32.
static Value emitChannel(QuantizeOp op, KernelBuilder &b, Value pixels,
                         int64_t channel) {
  int64_t lanes = op.getLanes();
  int32_t zeroPoint = op.getZeroPoints()[channel];
  auto bound = [&](int32_t value) {
    return b.splat(lanes, static_cast<float>(value - zeroPoint));
  };
  Value scale = b.splat(lanes, op.getScales()[channel]);
  Value real = arith::DivFOp::create(b, pixels, scale);
  // The bounds are integers, so clamping first changes no result; it keeps the
  // conversion in range and takes NaN to the lower bound.
  real = arith::MaxNumFOp::create(b, real, bound(op.getMin()[channel]));
  real = arith::MinNumFOp::create(b, real, bound(op.getMax()[channel]));
  Value stored =
      LLVM::LrintOp::create(b, VectorType::get(lanes, b.getI32Type()), real);
  if (zeroPoint != 0)
    stored = arith::AddIOp::create(b, stored, b.splat(lanes, zeroPoint));
  return stored;
}

/// Moves the bytes of all channels of a pixel next to each other, in one lane
/// of 32 bits for each pixel, then closes the gaps between pixels.
static Value emitInterleave(KernelBuilder &b, ArrayRef<Value> channels) {
  int64_t count = channels.size();
  int64_t lanes = cast<VectorType>(channels.front().getType()).getDimSize(0);
  Value pixels;
  for (auto [index, channel] : llvm::enumerate(channels)) {
    Value byte = arith::AndIOp::create(b, channel, b.splat(lanes, 255));
    byte = arith::ShLIOp::create(
        b, byte, b.splat(lanes, static_cast<int32_t>(8 * index)));
    pixels = pixels ? arith::OrIOp::create(b, pixels, byte).getResult() : byte;
  }
  if (count < 3)
    return b.bitcast(
        arith::TruncIOp::create(
            b, VectorType::get(lanes, b.getIntegerType(8 * count)), pixels),
        b.getI8Type());
  Value bytes = b.bitcast(pixels, b.getI8Type());
  if (count == 4)
    return bytes;
  // Within 128 bits to 12 bytes, which then move up as words of 32 bits.
  SmallVector<int64_t> byteMask, dwordMask;
  for (int64_t group = 0; group < lanes / 4; ++group) {
    for (int64_t byte = 0; byte < 16; ++byte)
      byteMask.push_back(byte < 12 ? 16 * group + byte / 3 * 4 + byte % 3
                                   : vector::ShuffleOp::kPoisonIndex);
    for (int64_t dword = 0; dword < 3; ++dword)
      dwordMask.push_back(4 * group + dword);
  }
  Value dwords = b.bitcast(vector::ShuffleOp::create(b, bytes, bytes, byteMask),
                           b.getI32Type());
  return b.bitcast(vector::ShuffleOp::create(b, dwords, dwords, dwordMask),
                   b.getI8Type());
}

int64_t getNumWorkUnits(QuantizeOp op) {
  ArrayRef<int64_t> shape = op.getOutput().getType().getShape();
  return shape[0] * shape[1];
}

LogicalResult emitKernel(QuantizeOp op, KernelBuilder &b,
                         ArrayRef<FlatBuffer> buffers, Value begin, Value end) {
  SmallVector<int64_t> in = getImageStrides(op.getInput());
  SmallVector<int64_t> out = getImageStrides(op.getOutput());
  ArrayRef<int64_t> shape = op.getOutput().getType().getShape();
  int64_t lanes = op.getLanes(), width = shape[2], channels = shape[3];
  if (in[3] != 1 || out[3] != 1 || out[2] != channels)
    return op.emitOpError("expects contiguous rows of input and output");
  SmallVector<Value> none;
  b.loop(begin, end, 1, {}, [&](Value unit, ValueRange) {
    Value image = b.index(0), row = unit;
    if (shape[0] != 1) {
      Value height = b.index(shape[1]);
      image = arith::DivUIOp::create(b, unit, height);
      row = arith::RemUIOp::create(b, unit, height);
    }
    Value inRow = b.add(b.mul(image, in[0]), b.mul(row, in[2]));
    Value outRow = b.add(b.mul(image, out[0]), b.mul(row, out[1]));
    b.loop(b.index(0), b.index(width), lanes, {}, [&](Value start, ValueRange) {
      // The last vector overlaps its predecessor.
      Value column = b.min(start, width - lanes);
      SmallVector<Value> bytes;
      for (int64_t channel = 0; channel < channels; ++channel) {
        Value offset = b.add(b.add(inRow, column), channel * in[1]);
        bytes.push_back(
            emitChannel(op, b, b.load(buffers[0], offset, lanes), channel));
      }
      b.store(emitInterleave(b, bytes), buffers[1],
              b.add(outRow, b.mul(column, channels)));
      return none;
    });
    return none;
  });
  return success();
}

} // namespace spiq::cpu
