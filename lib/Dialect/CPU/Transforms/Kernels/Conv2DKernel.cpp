//===- Conv2DKernel.cpp - Loops of the convolution kernel -----------------===//
//
// A direct convolution: each register tile of pixels and channels runs through
// the kernel window, reading contiguous rows of the padded input.
//
//===----------------------------------------------------------------------===//

#include "Epilogue.h"
#include "Kernels.h"

#include <numeric>

using namespace mlir;

namespace spiq::cpu {

namespace {

/// A run of blocks of a group with the same number of vectors and of stored
/// channels.
struct BlockRun {
  int64_t count;
  int64_t vectors;
  int64_t firstVector;
  int64_t validChannels;
};

/// Weights of at least this size come from the second or third cache for every
/// tile of pixels, and are asked for this far ahead. Measured on ResNet-50:
/// 4 to 16 KiB ahead gain alike, half a KiB nothing.
constexpr int64_t prefetchedWeightBytes = 64 * 1024;
constexpr int64_t prefetchDistance = 8 * 1024;

/// Offsets of one pixel of a tile in the flat buffers.
struct Pixel {
  Value input;
  Value residual;
  Value output;
};

class Conv2DEmitter {
public:
  Conv2DEmitter(Conv2DOp op, KernelBuilder &b, ArrayRef<FlatBuffer> buffers);

  void emit(Value begin, Value end);

private:
  SmallVector<BlockRun> getBlockRuns();
  SmallVector<Pixel> emitPixels(Value tile);
  Pixel emitPixel(Value image, Value row, Value column);
  void emitBlock(const BlockRun &run, Value group, Value blockInRun,
                 Value tile);
  SmallVector<Value> emitWindow(int64_t vectors, Value start,
                                ArrayRef<Pixel> pixels,
                                SmallVector<Value> accumulators);
  SmallVector<Value> emitRow(int64_t vectors, Value weightOffset,
                             ArrayRef<Pixel> pixels, Value inputOffset,
                             ValueRange accumulators);
  SmallVector<Value> emitPairs(Value header, ArrayRef<Pixel> pixels,
                               Value inputOffset, ValueRange accumulators);
  Value loadPairWord(Value index);
  SmallVector<Value> emitStep(int64_t vectors, Value weightOffset,
                              ArrayRef<Pixel> pixels, Value inputOffset,
                              ValueRange accumulators);
  int64_t getWeightBytes();
  SmallVector<Value> loadWeights(int64_t vectors, Value offset);
  SmallVector<Value> unpackWeights(int64_t vectors, Value offset);

  Conv2DOp op;
  KernelBuilder &b;
  FlatBuffer input, weights, pairs;
  Epilogue epilogue;
  int64_t lanes, numPixels, rowSteps, vectorBytes, groups, outputsPerGroup;
  SmallVector<int64_t> inputStrides, residualStrides, outputStrides;
  ArrayRef<int64_t> outputShape;
};

} // namespace

Conv2DEmitter::Conv2DEmitter(Conv2DOp op, KernelBuilder &b,
                             ArrayRef<FlatBuffer> buffers)
    : op(op), b(b), input(buffers[0]), weights(buffers[1]),
      lanes(op.getLanes()), numPixels(op.getPixels()),
      rowSteps(op.getRowSteps()), vectorBytes(op.getVectorBytes()),
      groups(op.getGroups()),
      outputsPerGroup(op.getOutput().getType().getDimSize(3) / groups),
      inputStrides(getImageStrides(op.getInput())),
      outputStrides(getImageStrides(op.getOutput())),
      outputShape(op.getOutput().getType().getShape()) {
  epilogue.parameters = op.getParameters();
  epilogue.lanes = lanes;
  epilogue.activation = op.getActivationAttr();
  epilogue.isSigned = op.getSignedStorage();
  epilogue.table = buffers[2];
  epilogue.output = buffers.back();
  if (op.getPairs())
    pairs = buffers[3];
  if (op.getResidual()) {
    epilogue.residual = buffers[buffers.size() - 2];
    residualStrides = getImageStrides(op.getResidual());
  }
  auto toFloat = [](std::optional<APFloat> bound) -> std::optional<float> {
    return bound ? std::optional<float>(bound->convertToFloat()) : std::nullopt;
  };
  epilogue.clampMin = toFloat(op.getClampMin());
  epilogue.clampMax = toFloat(op.getClampMax());
}

SmallVector<BlockRun> Conv2DEmitter::getBlockRuns() {
  SmallVector<BlockRun> runs;
  int64_t vector = 0;
  for (int64_t vectors : op.getBlocks()) {
    int64_t valid = std::min(vectors * lanes, outputsPerGroup - vector * lanes);
    if (!runs.empty() && runs.back().vectors == vectors &&
        runs.back().validChannels == valid)
      ++runs.back().count;
    else
      runs.push_back({1, vectors, vector, valid});
    vector += vectors;
  }
  return runs;
}

static Value getOffset(KernelBuilder &b, ArrayRef<int64_t> strides, Value image,
                       Value row, Value column, ArrayRef<int64_t> step) {
  Value offset = b.mul(image, strides[0]);
  offset = b.add(offset, b.mul(row, strides[1] * step[0]));
  return b.add(offset, b.mul(column, strides[2] * step[1]));
}

Pixel Conv2DEmitter::emitPixel(Value image, Value row, Value column) {
  Pixel pixel;
  pixel.input = getOffset(b, inputStrides, image, row, column, op.getStrides());
  pixel.output = getOffset(b, outputStrides, image, row, column, {1, 1});
  if (epilogue.residual)
    pixel.residual = getOffset(b, residualStrides, image, row, column, {1, 1});
  return pixel;
}

/// Whether the distance between neighbouring pixels, in row-major order over
/// all images, is constant.
static bool isLinear(ArrayRef<int64_t> strides, ArrayRef<int64_t> shape,
                     ArrayRef<int64_t> step) {
  int64_t pixel = strides[2] * step[1];
  return (shape[1] == 1 || strides[1] * step[0] == pixel * shape[2]) &&
         (shape[0] == 1 || strides[0] == pixel * shape[2] * shape[1]);
}

SmallVector<Pixel> Conv2DEmitter::emitPixels(Value tile) {
  int64_t total = outputShape[0] * outputShape[1] * outputShape[2];
  // The last tile overlaps its predecessor instead of running over the end.
  Value first = b.min(b.mul(tile, numPixels), total - numPixels);

  bool linear =
      isLinear(inputStrides, outputShape, op.getStrides()) &&
      isLinear(outputStrides, outputShape, {1, 1}) &&
      (!epilogue.residual || isLinear(residualStrides, outputShape, {1, 1}));
  SmallVector<Pixel> pixels;
  if (linear) {
    Value zero = b.index(0);
    for (int64_t index = 0; index < numPixels; ++index)
      pixels.push_back(emitPixel(zero, zero, b.add(first, index)));
    return pixels;
  }

  Value width = b.index(outputShape[2]);
  Value height = b.index(outputShape[1]);
  Value column = arith::RemUIOp::create(b, first, width);
  Value rowOfAll = arith::DivUIOp::create(b, first, width);
  Value row = outputShape[0] == 1
                  ? rowOfAll
                  : arith::RemUIOp::create(b, rowOfAll, height).getResult();
  Value image = outputShape[0] == 1
                    ? b.index(0)
                    : arith::DivUIOp::create(b, rowOfAll, height).getResult();
  // Tiles that never leave their row need no address arithmetic per pixel.
  bool staysInRow = outputShape[2] % numPixels == 0;
  for (int64_t index = 0; index < numPixels; ++index) {
    pixels.push_back(emitPixel(image, row, column));
    column = b.add(column, 1);
    if (staysInRow)
      continue;
    auto select = [&](Value condition, Value yes, Value no) -> Value {
      return arith::SelectOp::create(b, condition, yes, no);
    };
    auto isAtEnd = [&](Value value, Value end) -> Value {
      return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, value, end);
    };
    Value zero = b.index(0);
    Value endOfRow = isAtEnd(column, width);
    column = select(endOfRow, zero, column);
    row = select(endOfRow, b.add(row, 1), row);
    if (outputShape[0] == 1)
      continue;
    Value endOfImage = isAtEnd(row, height);
    row = select(endOfImage, zero, row);
    image = select(endOfImage, b.add(image, 1), image);
  }
  return pixels;
}

int64_t Conv2DEmitter::getWeightBytes() {
  int64_t vectors = groups * llvm::sum_of(op.getBlocks());
  return op.getNumRows() * rowSteps * vectorBytes * vectors;
}

/// Loads the weights of one step.
SmallVector<Value> Conv2DEmitter::loadWeights(int64_t vectors, Value offset) {
  if (getWeightBytes() >= prefetchedWeightBytes)
    b.prefetch(weights, b.add(offset, prefetchDistance), vectors * vectorBytes);
  if (op.getWeightBits() == 4)
    return unpackWeights(vectors, offset);
  SmallVector<Value> filter;
  for (int64_t vector = 0; vector < vectors; ++vector)
    filter.push_back(
        b.load(weights, b.add(offset, vector * vectorBytes), vectorBytes));
  return filter;
}

/// The same for nibbles, of two vectors at a time.
SmallVector<Value> Conv2DEmitter::unpackWeights(int64_t vectors, Value offset) {
  SmallVector<Value> filter;
  for (int64_t vector = 0; vector < vectors; vector += 2) {
    bool isLast = vector + 1 == vectors;
    Value packed = b.load(weights, b.add(offset, vector * vectorBytes),
                          isLast ? vectorBytes : 2 * vectorBytes);
    auto unpacked = UnpackOp::create(b, packed);
    if (isLast)
      filter.push_back(vector::ShuffleOp::create(
          b, unpacked.getLow(), unpacked.getHigh(),
          llvm::to_vector(llvm::seq<int64_t>(2 * vectorBytes))));
    else
      filter.append({unpacked.getLow(), unpacked.getHigh()});
  }
  return filter;
}

SmallVector<Value> Conv2DEmitter::emitStep(int64_t vectors, Value weightOffset,
                                           ArrayRef<Pixel> pixels,
                                           Value inputOffset,
                                           ValueRange accumulators) {
  SmallVector<Value> filter = loadWeights(vectors, weightOffset), results;
  for (auto [index, pixel] : llvm::enumerate(pixels)) {
    Value bytes =
        b.broadcastDword(input, b.add(pixel.input, inputOffset), lanes);
    for (int64_t vector = 0; vector < vectors; ++vector)
      results.push_back(DotOp::create(b, accumulators[index * vectors + vector],
                                      bytes, filter[vector],
                                      op.getSignedStorage()));
  }
  return results;
}

Value Conv2DEmitter::loadPairWord(Value index) {
  Value word =
      vector::ExtractOp::create(b, b.load(pairs, index, 1), int64_t(0));
  return arith::IndexCastOp::create(b, b.getIndexType(), word);
}

/// Adds the pairs of one kernel row, whose description begins at `header`, to
/// one vector of each pixel.
SmallVector<Value> Conv2DEmitter::emitPairs(Value header,
                                            ArrayRef<Pixel> pixels,
                                            Value inputOffset,
                                            ValueRange accumulators) {
  Value weightOffset = loadPairWord(header);
  Value first = loadPairWord(b.add(header, 1));
  Value count = loadPairWord(b.add(header, 2));
  return b.loop(
      b.index(0), count, 1, accumulators, [&](Value pair, ValueRange pairAcc) {
        Value word = b.add(first, b.mul(pair, 2));
        Value weight = b.add(weightOffset, b.mul(pair, 2 * vectorBytes));
        SmallVector<Value> offsets, filter, results;
        for (int64_t step : {0, 1}) {
          offsets.push_back(
              b.add(inputOffset, loadPairWord(b.add(word, step))));
          filter.push_back(
              b.load(weights, b.add(weight, step * vectorBytes), vectorBytes));
        }
        auto load = [&](const Pixel &pixel, int64_t step) {
          return b.broadcastDword(input, b.add(pixel.input, offsets[step]),
                                  lanes);
        };
        for (auto [pixel, acc] : llvm::zip_equal(pixels, pairAcc))
          results.push_back(DotPairOp::create(b, acc, load(pixel, 0), filter[0],
                                              load(pixel, 1), filter[1]));
        return results;
      });
}

/// `start` is where the weights of the block begin or, with pairs, where the
/// description of the first row of a vector does.
SmallVector<Value> Conv2DEmitter::emitWindow(int64_t vectors, Value start,
                                             ArrayRef<Pixel> pixels,
                                             SmallVector<Value> accumulators) {
  int64_t rowSize =
      pairs ? Conv2DOp::pairHeaderWords : rowSteps * vectors * vectorBytes;
  int64_t columns = op.hasContiguousRows() ? 1 : op.getKernel()[1];
  Value zero = b.index(0);
  return b.loop(
      zero, b.index(op.getKernel()[0]), 1, accumulators,
      [&](Value row, ValueRange rowAcc) {
        return b.loop(
            zero, b.index(columns), 1, rowAcc,
            [&](Value column, ValueRange columnAcc) {
              Value inputOffset =
                  b.add(b.mul(row, op.getDilations()[0] * inputStrides[1]),
                        b.mul(column, op.getDilations()[1] * inputStrides[2]));
              Value rowNumber = b.add(b.mul(row, columns), column);
              Value rowStart = b.add(start, b.mul(rowNumber, rowSize));
              return pairs ? emitPairs(rowStart, pixels, inputOffset, columnAcc)
                           : emitRow(vectors, rowStart, pixels, inputOffset,
                                     columnAcc);
            });
      });
}

SmallVector<Value> Conv2DEmitter::emitRow(int64_t vectors, Value weightOffset,
                                          ArrayRef<Pixel> pixels,
                                          Value inputOffset,
                                          ValueRange accumulators) {
  int64_t stepBytes = vectors * vectorBytes;
  // The last group of four bytes ends with the row, so that nothing behind the
  // input is read.
  int64_t rowBytes = op.getRowBytes();
  bool hasTail = rowBytes > 4 && rowBytes % 4 != 0;
  int64_t wholeSteps = hasTail ? rowSteps - 1 : rowSteps;
  SmallVector<Value> results = b.loop(
      b.index(0), b.index(wholeSteps), 1, accumulators,
      [&](Value step, ValueRange stepAcc) {
        return emitStep(vectors, b.add(weightOffset, b.mul(step, stepBytes)),
                        pixels, b.add(inputOffset, b.mul(step, 4)), stepAcc);
      });
  if (!hasTail)
    return results;
  return emitStep(vectors, b.add(weightOffset, wholeSteps * stepBytes), pixels,
                  b.add(inputOffset, rowBytes - 4), results);
}

void Conv2DEmitter::emitBlock(const BlockRun &run, Value group,
                              Value blockInRun, Value tile) {
  int64_t vectors = run.vectors;
  int64_t filterBytes = op.getNumRows() * rowSteps * vectorBytes;
  int64_t vectorsPerGroup =
      std::accumulate(op.getBlocks().begin(), op.getBlocks().end(), int64_t(0));
  Value vectorInGroup =
      b.add(b.mul(blockInRun, vectors), b.index(run.firstVector));
  Value firstVector = b.add(b.mul(group, vectorsPerGroup), vectorInGroup);
  Value channelOffset =
      b.add(b.mul(group, outputsPerGroup), b.mul(vectorInGroup, lanes));
  Value tableOffset =
      b.mul(firstVector, getNumParameterRows(op.getParameters()) * lanes);

  SmallVector<Pixel> pixels = emitPixels(tile);
  Value groupOffset =
      b.mul(group, op.getInput().getType().getDimSize(3) / groups);
  for (Pixel &pixel : pixels)
    pixel.input = b.add(pixel.input, groupOffset);
  SmallVector<Value> accumulators;
  for (size_t pixel = 0; pixel < pixels.size(); ++pixel)
    for (int64_t vector = 0; vector < vectors; ++vector)
      accumulators.push_back(
          pixel == 0 ? epilogue.loadRow(b, Parameter::Bias, tableOffset, vector)
                     : accumulators[vector]);
  if (pairs) {
    int64_t headerWords = Conv2DOp::pairHeaderWords * op.getNumRows();
    for (int64_t vector = 0; vector < vectors; ++vector) {
      SmallVector<Value> sums(pixels.size(), accumulators[vector]);
      sums = emitWindow(1, b.mul(b.add(firstVector, vector), headerWords),
                        pixels, sums);
      for (auto [pixel, sum] : llvm::enumerate(sums))
        accumulators[pixel * vectors + vector] = sum;
    }
  } else {
    accumulators = emitWindow(vectors, b.mul(firstVector, filterBytes), pixels,
                              accumulators);
  }
  SmallVector<Epilogue::Pixel> results;
  for (auto [index, pixel] : llvm::enumerate(pixels)) {
    Value residualOffset =
        pixel.residual ? b.add(pixel.residual, channelOffset) : Value();
    results.push_back({ValueRange(accumulators).slice(index * vectors, vectors),
                       residualOffset, b.add(pixel.output, channelOffset)});
  }
  epilogue.emit(b, results, tableOffset, run.validChannels);
}

void Conv2DEmitter::emit(Value begin, Value end) {
  auto forEachTile = [&](llvm::function_ref<void(Value)> body) {
    b.loop(begin, end, 1, {}, [&](Value tile, ValueRange) {
      body(tile);
      return SmallVector<Value>();
    });
  };
  auto forEachBlock =
      [&](llvm::function_ref<void(const BlockRun &, Value, Value)> body) {
        b.loop(b.index(0), b.index(groups), 1, {},
               [&](Value group, ValueRange) {
                 for (const BlockRun &run : getBlockRuns())
                   b.loop(b.index(0), b.index(run.count), 1, {},
                          [&](Value block, ValueRange) {
                            body(run, group, block);
                            return SmallVector<Value>();
                          });
                 return SmallVector<Value>();
               });
      };
  if (op.getPixelsOutermost()) {
    forEachTile([&](Value tile) {
      forEachBlock([&](const BlockRun &run, Value group, Value block) {
        emitBlock(run, group, block, tile);
      });
    });
    return;
  }
  forEachBlock([&](const BlockRun &run, Value group, Value block) {
    forEachTile([&](Value tile) { emitBlock(run, group, block, tile); });
  });
}

int64_t getNumWorkUnits(Conv2DOp op) {
  ArrayRef<int64_t> shape = op.getOutput().getType().getShape();
  int64_t pixels = op.getPixels();
  return (shape[0] * shape[1] * shape[2] + pixels - 1) / pixels;
}

LogicalResult emitKernel(Conv2DOp op, KernelBuilder &b,
                         ArrayRef<FlatBuffer> buffers, Value begin, Value end) {
  SmallVector<int64_t> strides = getImageStrides(op.getInput());
  int64_t channels = op.getInput().getType().getDimSize(3);
  if (op.getKernel()[1] > 1 && op.hasContiguousRows() && strides[2] != channels)
    return op.emitOpError()
           << "expects contiguous rows of input pixels, got "
              "pixels of "
           << channels << " bytes at a distance of " << strides[2];
  Conv2DEmitter(op, b, buffers).emit(begin, end);
  return success();
}

} // namespace spiq::cpu
