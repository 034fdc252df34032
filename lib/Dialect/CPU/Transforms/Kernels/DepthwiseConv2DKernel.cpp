//===- DepthwiseConv2DKernel.cpp - Loops of the depthwise kernel ----------===//
//
// Interleaves the bytes of four neighbouring columns, so that one dot product
// adds four taps of every channel, and uses each interleaved row for all output
// rows and columns of the tile.
//
//===----------------------------------------------------------------------===//

#include "Epilogue.h"
#include "Kernels.h"

using namespace mlir;

namespace spiq::cpu {

namespace {

/// Work on one block of channels.
class DepthwiseEmitter {
public:
  DepthwiseEmitter(DepthwiseConv2DOp op, KernelBuilder &b,
                   ArrayRef<FlatBuffer> buffers);

  void emit(Value begin, Value end);

private:
  /// A block of `lanes` lanes and where its data begin.
  struct Block {
    int64_t lanes, firstChannel, weightOffset, tableOffset;
  };

  void emitTile(const Block &block, Value image, Value row, Value column);
  SmallVector<Value> emitQuads(const Block &block, Value rowOffset);

  DepthwiseConv2DOp op;
  KernelBuilder &b;
  DepthwiseTile tile;
  FlatBuffer input, weights;
  Epilogue epilogue;
  SmallVector<int64_t> inputStrides, outputStrides;
  ArrayRef<int64_t> outputShape;
};

} // namespace

DepthwiseEmitter::DepthwiseEmitter(DepthwiseConv2DOp op, KernelBuilder &b,
                                   ArrayRef<FlatBuffer> buffers)
    : op(op), b(b), tile(op.getTile()), input(buffers[0]), weights(buffers[1]),
      inputStrides(getImageStrides(op.getInput())),
      outputStrides(getImageStrides(op.getOutput())),
      outputShape(op.getOutput().getType().getShape()) {
  epilogue.parameters = op.getParameters();
  epilogue.isSigned = op.getSignedStorage();
  epilogue.table = buffers[2];
  epilogue.output = buffers[3];
}

/// Interleaves elements of `elementBytes` bytes of the low or high halves of
/// the 128-bit lanes of `lhs` and `rhs`.
static Value emitUnpack(KernelBuilder &b, Value lhs, Value rhs,
                        int64_t elementBytes, bool high) {
  int64_t size = cast<VectorType>(lhs.getType()).getDimSize(0);
  SmallVector<int64_t> mask;
  for (int64_t lane = 0; lane < size; lane += 16)
    for (int64_t element = 0; element < 8; element += elementBytes)
      for (int64_t side : {int64_t(0), size})
        for (int64_t byte = 0; byte < elementBytes; ++byte)
          mask.push_back(side + lane + (high ? 8 : 0) + element + byte);
  return vector::ShuffleOp::create(b, lhs, rhs, mask);
}

/// Loads the tile's columns of one input row and interleaves each four of them;
/// returns four vectors for each quad, in packed channel order.
SmallVector<Value> DepthwiseEmitter::emitQuads(const Block &block,
                                               Value rowOffset) {
  int64_t bytes = 4 * block.lanes;
  Value zero = arith::ConstantOp::create(
      b,
      DenseElementsAttr::get(VectorType::get(bytes, b.getI8Type()), int8_t{0}));
  SmallVector<Value> columns, quads;
  for (int64_t column = 0; column < 4 * tile.quads; ++column)
    columns.push_back(
        tile.isRead(column)
            ? b.load(input, b.add(rowOffset, column * inputStrides[2]), bytes)
            : zero);
  for (int64_t quad = 0; quad < tile.quads; ++quad) {
    ArrayRef<Value> four = ArrayRef(columns).slice(4 * quad, 4);
    for (bool highBytes : {false, true}) {
      Value first = emitUnpack(b, four[0], four[1], 1, highBytes);
      Value second = emitUnpack(b, four[2], four[3], 1, highBytes);
      for (bool highWords : {false, true})
        quads.push_back(emitUnpack(b, first, second, 2, highWords));
    }
  }
  return quads;
}

void DepthwiseEmitter::emitTile(const Block &block, Value image, Value row,
                                Value column) {
  int64_t columns = tile.getNumColumns();
  int64_t vectorBytes = 4 * block.lanes;
  Value tableOffset = b.index(block.tableOffset);
  SmallVector<Value> accumulators;
  for (int64_t pixel = 0; pixel < tile.rows * columns; ++pixel)
    for (int64_t vector = 0; vector < packedBlockVectors; ++vector)
      accumulators.push_back(
          pixel == 0 ? epilogue.loadRow(b, Parameter::Bias, tableOffset, vector)
                     : accumulators[vector]);

  Value inputOffset =
      b.add(b.mul(image, inputStrides[0]),
            b.add(b.mul(row, tile.strideRows * inputStrides[1]),
                  b.mul(column, tile.strideColumns * inputStrides[2])));
  inputOffset = b.add(inputOffset, block.firstChannel);
  int64_t lastRow = (tile.rows - 1) * tile.strideRows +
                    (tile.kernelRows - 1) * tile.dilationRows;
  for (int64_t inputRow = 0; inputRow <= lastRow; ++inputRow) {
    SmallVector<Value> quads;
    for (int64_t outputRow = 0; outputRow < tile.rows; ++outputRow) {
      int64_t distance = inputRow - outputRow * tile.strideRows;
      int64_t kernelRow = distance / tile.dilationRows;
      if (distance < 0 || distance % tile.dilationRows != 0 ||
          kernelRow >= tile.kernelRows)
        continue;
      if (quads.empty())
        quads =
            emitQuads(block, b.add(inputOffset, inputRow * inputStrides[1]));
      int64_t weightOffset =
          block.weightOffset + kernelRow * tile.getNumPairs() * 4 * vectorBytes;
      for (int64_t output = 0; output < columns; ++output)
        for (int64_t quad = 0; quad < tile.quads; ++quad) {
          if (!tile.contributes(output, quad))
            continue;
          for (int64_t vector = 0; vector < packedBlockVectors; ++vector) {
            Value &accumulator = accumulators[(outputRow * columns + output) *
                                                  packedBlockVectors +
                                              vector];
            Value filter = b.load(weights, b.index(weightOffset), vectorBytes);
            accumulator = DotOp::create(
                b, accumulator, quads[quad * packedBlockVectors + vector],
                filter, op.getSignedStorage());
            weightOffset += vectorBytes;
          }
        }
    }
  }

  Value outputOffset = b.add(
      b.mul(image, outputStrides[0]),
      b.add(b.mul(row, outputStrides[1]), b.mul(column, outputStrides[2])));
  outputOffset = b.add(outputOffset, block.firstChannel);
  for (int64_t outputRow = 0; outputRow < tile.rows; ++outputRow)
    for (int64_t output = 0; output < columns; ++output)
      epilogue.emit(
          b,
          ValueRange(accumulators)
              .slice((outputRow * columns + output) * packedBlockVectors,
                     packedBlockVectors),
          tableOffset, Value(),
          b.add(outputOffset,
                outputRow * outputStrides[1] + output * outputStrides[2]),
          vectorBytes);
}

void DepthwiseEmitter::emit(Value begin, Value end) {
  int64_t columns = tile.getNumColumns();
  int64_t rowTiles = (outputShape[1] + tile.rows - 1) / tile.rows;
  int64_t rows = getNumParameterRows(op.getParameters());
  auto nothing = SmallVector<Value>();
  b.loop(begin, end, 1, {}, [&](Value unit, ValueRange) {
    Value image = b.index(0), rowTile = unit;
    if (outputShape[0] != 1) {
      Value count = b.index(rowTiles);
      image = arith::DivUIOp::create(b, unit, count);
      rowTile = arith::RemUIOp::create(b, unit, count);
    }
    Value row = b.min(b.mul(rowTile, tile.rows), outputShape[1] - tile.rows);
    Block block = {};
    int64_t covered = 0;
    for (int64_t lanes : op.getBlocks()) {
      block.lanes = epilogue.lanes = lanes;
      block.firstChannel =
          DepthwiseTile::getBlockStart(covered, lanes, outputShape[3]);
      // The last tile overlaps its predecessor.
      b.loop(b.index(0), b.index(outputShape[2]), columns, {},
             [&](Value column, ValueRange) {
               emitTile(block, image, row,
                        b.min(column, outputShape[2] - columns));
               return nothing;
             });
      covered += 4 * lanes;
      block.weightOffset += tile.getWeightBytes(lanes);
      block.tableOffset += packedBlockVectors * rows * lanes;
    }
    return nothing;
  });
}

int64_t getNumWorkUnits(DepthwiseConv2DOp op) {
  ArrayRef<int64_t> shape = op.getOutput().getType().getShape();
  int64_t rows = op.getRows();
  return shape[0] * ((shape[1] + rows - 1) / rows);
}

LogicalResult emitKernel(DepthwiseConv2DOp op, KernelBuilder &b,
                         ArrayRef<FlatBuffer> buffers, Value begin, Value end) {
  DepthwiseEmitter(op, b, buffers).emit(begin, end);
  return success();
}

} // namespace spiq::cpu
