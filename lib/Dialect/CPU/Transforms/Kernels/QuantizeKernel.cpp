//===- QuantizeKernel.cpp - Loops of the quantize kernel ------------------===//
//
// Quantizes a vector of pixels of each channel, then interleaves the channels.
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace spiq::cpu {

/// Quantizes `lanes` pixels of channel `channel` to bytes.
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
  return arith::TruncIOp::create(b, VectorType::get(lanes, b.getI8Type()),
                                 stored);
}

/// Interleaves the bytes of the vectors of all channels.
static Value emitInterleave(KernelBuilder &b, ArrayRef<Value> channels) {
  Value result = channels.front();
  int64_t lanes = cast<VectorType>(result.getType()).getDimSize(0);
  for (int64_t count = 1; count < static_cast<int64_t>(channels.size());
       ++count) {
    SmallVector<int64_t> mask;
    for (int64_t lane = 0; lane < lanes; ++lane) {
      for (int64_t channel = 0; channel < count; ++channel)
        mask.push_back(lane * count + channel);
      mask.push_back(lanes * count + lane);
    }
    result = vector::ShuffleOp::create(b, result, channels[count], mask);
  }
  return result;
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
