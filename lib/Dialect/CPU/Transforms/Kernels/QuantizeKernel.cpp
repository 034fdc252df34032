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

/// Loads `lanes` pixels of one channel at a distance of `stride` elements.
static Value loadPixels(KernelBuilder &b, const FlatBuffer &buffer,
                        Value offset, int64_t lanes, int64_t stride) {
  if (stride == 1)
    return b.load(buffer, offset, lanes);
  SmallVector<Value> pixels;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value pixel = b.load(buffer, b.add(offset, lane * stride), 1);
    pixels.push_back(vector::ExtractOp::create(b, pixel, int64_t(0)));
  }
  return vector::FromElementsOp::create(
      b, VectorType::get(lanes, b.getF32Type()), pixels);
}

/// Stores interleaved pixels of `channels` bytes at a distance of `stride`.
static void storePixels(KernelBuilder &b, Value pixels,
                        const FlatBuffer &buffer, Value offset,
                        int64_t channels, int64_t stride) {
  if (stride == channels)
    return b.store(pixels, buffer, offset);
  int64_t bytes = cast<VectorType>(pixels.getType()).getDimSize(0);
  for (int64_t pixel = 0; pixel < bytes / channels; ++pixel) {
    Value part = vector::ExtractStridedSliceOp::create(
        b, pixels, ArrayRef<int64_t>{pixel * channels},
        ArrayRef<int64_t>{channels}, ArrayRef<int64_t>{1});
    b.storePrefix(part, buffer, b.add(offset, pixel * stride), channels);
  }
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
  if (out[3] != 1)
    return op.emitOpError("expects contiguous channels of the output, got a "
                          "distance of ")
           << out[3];
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
        Value offset =
            b.add(b.add(inRow, b.mul(column, in[3])), channel * in[1]);
        Value pixels = loadPixels(b, buffers[0], offset, lanes, in[3]);
        bytes.push_back(emitChannel(op, b, pixels, channel));
      }
      storePixels(b, emitInterleave(b, bytes), buffers[1],
                  b.add(outRow, b.mul(column, out[2])), channels, out[2]);
      return none;
    });
    return none;
  });
  return success();
}

} // namespace spiq::cpu
