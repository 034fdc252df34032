//===- DepthwiseConv2DKernel.cpp - Loops of the depthwise kernel ----------===//
//
// Interleaves the bytes of four neighbouring columns, so that one dot product
// adds four taps of every channel, and uses each interleaved row for all output
// rows and columns of the tile.
//
//===----------------------------------------------------------------------===//

#include "Epilogue.h"
#include "Kernels.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace spiq::cpu {

/// Registers for vectors of 512 bits, and how many of them weights and
/// accumulators can take without spills of inputs or of the epilogue.
static constexpr int64_t numRegisters = 32;
static constexpr int64_t maxLoopRegisters = 20;

namespace {

/// A run of equal blocks and where the data of the first one begin.
struct BlockRun {
  DepthwiseBlock block;
  int64_t count, firstChannel, weightOffset, tableOffset;
};

/// A block of channels and where its data begin.
struct BlockData {
  DepthwiseBlock block;
  Value firstChannel, weightOffset, tableOffset;
};

class DepthwiseEmitter {
public:
  DepthwiseEmitter(DepthwiseConv2DOp op, KernelBuilder &b,
                   ArrayRef<FlatBuffer> buffers);

  void emit(Value begin, Value end);

private:
  /// Interleaved bytes of the columns of one input row, made on demand.
  struct InputRow {
    Value offset;
    llvm::DenseMap<int64_t, Value> columns;
    /// Low and high halves of the interleaved bytes of two columns.
    llvm::DenseMap<int64_t, std::pair<Value, Value>> pairs;
  };

  SmallVector<BlockRun> getBlockRuns();
  void emitBlock(const BlockData &data, Value image, Value row);
  void emitTile(const BlockData &data, Value image, Value row, Value column);
  void emitInputRow(const BlockData &data, int64_t inputRow, Value rowOffset,
                    MutableArrayRef<Value> accumulators);
  Value emitColumn(const DepthwiseBlock &block, InputRow &row, int64_t column);
  std::pair<Value, Value> emitPair(const DepthwiseBlock &block, InputRow &row,
                                   int64_t column);
  SmallVector<Value> emitQuad(const DepthwiseBlock &block, InputRow &row,
                              int64_t quad);
  void emitStore(const DepthwiseBlock &block, Value bytes, Value offset);
  /// Vectors of weights of a block.
  int64_t getNumWeights(const DepthwiseBlock &block) const {
    return tile.getWeightBytes(block.lanes) / (4 * block.lanes);
  }
  /// Whether every tile should load weights and parameters again.
  bool reloadsWeights(const DepthwiseBlock &block) const;
  /// Whether every input row of a tile should load its weights again.
  bool reloadsWeightsForRows(const DepthwiseBlock &block) const;

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
  epilogue.activation = op.getActivationAttr();
  epilogue.isSigned = op.getSignedStorage();
  epilogue.table = buffers[2];
  epilogue.output = buffers[3];
}

/// `offset`, in a form that no optimization sees through: loads that depend on
/// it stay in the loop that this is emitted in.
static Value hide(KernelBuilder &b, Value offset) {
  Value integer = arith::IndexCastOp::create(b, b.getI64Type(), offset);
  // An empty instruction with the operand as its result. Without side effects
  // it would itself be moved out of loops.
  Value hidden =
      LLVM::InlineAsmOp::create(
          b, b.getI64Type(), integer, b.getStringAttr(""),
          b.getStringAttr("=r,0"), /*has_side_effects=*/b.getUnitAttr(),
          /*is_align_stack=*/UnitAttr(),
          LLVM::TailCallKindAttr::get(b.getContext(),
                                      LLVM::tailcallkind::TailCallKind::None),
          LLVM::AsmDialectAttr(), ArrayAttr())
          .getResult(0);
  return arith::IndexCastOp::create(b, b.getIndexType(), hidden);
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

/// Loads one input column of all pieces of a block; zero if no output reads it.
Value DepthwiseEmitter::emitColumn(const DepthwiseBlock &block, InputRow &row,
                                   int64_t column) {
  Value &result = row.columns[column];
  if (result)
    return result;
  int64_t size = block.getNumChannels();
  auto zeros = [&](int64_t count) -> Value {
    auto type = VectorType::get(count, b.getI8Type());
    return arith::ConstantOp::create(b,
                                     DenseElementsAttr::get(type, int8_t{0}));
  };
  if (!tile.isRead(column))
    return result = zeros(size * block.pieces);
  auto load = [&](int64_t piece) {
    int64_t inputColumn = column + piece * tile.columns * tile.strideColumns;
    return b.load(input, b.add(row.offset, inputColumn * inputStrides[2]),
                  size);
  };
  if (block.pieces == 1)
    return result = load(0);
  result = zeros(size * block.pieces);
  for (int64_t piece = 0; piece < block.pieces; ++piece)
    result = vector::InsertStridedSliceOp::create(
        b, load(piece), result, ArrayRef<int64_t>{piece * size},
        ArrayRef<int64_t>{1});
  return result;
}

/// Interleaves the bytes of the columns `column` and the one after it.
std::pair<Value, Value> DepthwiseEmitter::emitPair(const DepthwiseBlock &block,
                                                   InputRow &row,
                                                   int64_t column) {
  std::pair<Value, Value> &result = row.pairs[column];
  if (result.first)
    return result;
  Value first = emitColumn(block, row, column);
  Value second = emitColumn(block, row, column + tile.dilationColumns);
  for (bool high : {false, true})
    (high ? result.second : result.first) =
        emitUnpack(b, first, second, 1, high);
  return result;
}

/// Interleaves the bytes of four columns: four vectors in packed order.
SmallVector<Value> DepthwiseEmitter::emitQuad(const DepthwiseBlock &block,
                                              InputRow &row, int64_t quad) {
  auto [low, high] = emitPair(block, row, quad);
  auto [otherLow, otherHigh] =
      emitPair(block, row, quad + 2 * tile.dilationColumns);
  SmallVector<Value> vectors;
  for (auto [first, second] :
       {std::pair(low, otherLow), std::pair(high, otherHigh)})
    for (bool highWords : {false, true})
      vectors.push_back(emitUnpack(b, first, second, 2, highWords));
  return vectors;
}

/// Adds what one input row of the tile contributes to its outputs.
void DepthwiseEmitter::emitInputRow(const BlockData &data, int64_t inputRow,
                                    Value rowOffset,
                                    MutableArrayRef<Value> accumulators) {
  InputRow row;
  row.offset = rowOffset;
  int64_t vectorBytes = 4 * data.block.lanes;
  int64_t kernelRowBytes =
      tile.getWeightBytes(data.block.lanes) / tile.kernelRows;
  int64_t weightOffset = 0;
  for (int64_t quad : tile.getQuads()) {
    SmallVector<Value> vectors = emitQuad(data.block, row, quad);
    for (int64_t output : tile.getOutputs(quad)) {
      for (int64_t outputRow = 0; outputRow < tile.rows; ++outputRow) {
        std::optional<int64_t> kernelRow =
            tile.getKernelRow(outputRow, inputRow);
        if (!kernelRow)
          continue;
        MutableArrayRef<Value> sums = accumulators.slice(
            (outputRow * tile.columns + output) * packedBlockVectors,
            packedBlockVectors);
        for (auto [vector, sum] : llvm::enumerate(sums)) {
          int64_t offset = *kernelRow * kernelRowBytes + weightOffset +
                           static_cast<int64_t>(vector) * vectorBytes;
          Value filter =
              b.load(weights, b.add(data.weightOffset, offset), vectorBytes);
          sum = DotOp::create(b, sum, vectors[vector], filter,
                              op.getSignedStorage());
        }
      }
      weightOffset += packedBlockVectors * vectorBytes;
    }
  }
}

void DepthwiseEmitter::emitStore(const DepthwiseBlock &block, Value bytes,
                                 Value offset) {
  int64_t size = block.getNumChannels();
  for (int64_t piece = 0; piece < block.pieces; ++piece) {
    Value part = bytes;
    if (block.pieces > 1)
      part = vector::ExtractStridedSliceOp::create(
          b, bytes, ArrayRef<int64_t>{piece * size}, ArrayRef<int64_t>{size},
          ArrayRef<int64_t>{1});
    b.store(part, epilogue.output,
            b.add(offset, piece * tile.columns * outputStrides[2]));
  }
}

void DepthwiseEmitter::emitTile(const BlockData &data, Value image, Value row,
                                Value column) {
  SmallVector<Value> accumulators;
  for (int64_t pixel = 0; pixel < tile.rows * tile.columns; ++pixel)
    for (int64_t vector = 0; vector < packedBlockVectors; ++vector)
      accumulators.push_back(
          pixel == 0
              ? epilogue.loadRow(b, Parameter::Bias, data.tableOffset, vector)
              : accumulators[vector]);

  Value inputOffset =
      b.add(b.mul(image, inputStrides[0]),
            b.add(b.mul(row, tile.strideRows * inputStrides[1]),
                  b.mul(column, tile.strideColumns * inputStrides[2])));
  inputOffset = b.add(inputOffset, data.firstChannel);
  for (int64_t inputRow = 0; inputRow < tile.getNumInputRows(); ++inputRow) {
    if (!tile.isRowRead(inputRow))
      continue;
    BlockData rowData = data;
    if (reloadsWeightsForRows(data.block))
      rowData.weightOffset = hide(b, data.weightOffset);
    emitInputRow(rowData, inputRow,
                 b.add(inputOffset, inputRow * inputStrides[1]), accumulators);
  }

  Value outputOffset = b.add(
      b.mul(image, outputStrides[0]),
      b.add(b.mul(row, outputStrides[1]), b.mul(column, outputStrides[2])));
  outputOffset = b.add(outputOffset, data.firstChannel);
  SmallVector<Value> bytes =
      epilogue.emitBytes(b, accumulators, data.tableOffset);
  for (auto [pixel, value] : llvm::enumerate(bytes)) {
    int64_t outputRow = static_cast<int64_t>(pixel) / tile.columns;
    int64_t output = static_cast<int64_t>(pixel) % tile.columns;
    emitStore(data.block, value,
              b.add(outputOffset,
                    outputRow * outputStrides[1] + output * outputStrides[2]));
  }
}

SmallVector<BlockRun> DepthwiseEmitter::getBlockRuns() {
  SmallVector<BlockRun> runs;
  int64_t covered = 0, weightOffset = 0, tableOffset = 0;
  int64_t rows = getNumParameterRows(op.getParameters());
  for (const DepthwiseBlock &block : op.getChannelBlocks()) {
    int64_t start = block.getStart(covered, outputShape[3]);
    bool continues = !runs.empty() && start == covered &&
                     runs.back().block.lanes == block.lanes &&
                     runs.back().block.pieces == block.pieces;
    if (continues)
      ++runs.back().count;
    else
      runs.push_back({block, 1, start, weightOffset, tableOffset});
    covered += block.getNumChannels();
    weightOffset += tile.getWeightBytes(block.lanes);
    tableOffset += packedBlockVectors * rows * block.lanes;
  }
  return runs;
}

bool DepthwiseEmitter::reloadsWeights(const DepthwiseBlock &block) const {
  // LLVM loads weights once for a row of tiles and spills those that do not fit
  // the registers. Where vectors have 256 bits, that is no loss: weights are
  // widened first, and the spilled ones keep the result.
  int64_t accumulators = packedBlockVectors * tile.rows * tile.columns;
  return block.lanes == 16 &&
         getNumWeights(block) + accumulators > maxLoopRegisters;
}

bool DepthwiseEmitter::reloadsWeightsForRows(
    const DepthwiseBlock &block) const {
  // Where not even the weights alone fit the registers, LLVM would keep each of
  // them for all rows of a tile, compute one vector of the block after the
  // other and spill the inputs. Loaded for every row, weights are operands of
  // the dot products.
  return block.lanes == 16 && tile.rows > 1 &&
         getNumWeights(block) > numRegisters;
}

void DepthwiseEmitter::emitBlock(const BlockData &data, Value image,
                                 Value row) {
  epilogue.lanes = data.block.lanes;
  int64_t columns = data.block.pieces * tile.columns;
  b.loop(b.index(0), b.index(outputShape[2]), columns, {},
         [&](Value column, ValueRange) {
           BlockData tileData = data;
           if (reloadsWeights(data.block)) {
             tileData.weightOffset = hide(b, data.weightOffset);
             tileData.tableOffset = hide(b, data.tableOffset);
           }
           // The last tile overlaps its predecessor.
           emitTile(tileData, image, row,
                    b.min(column, outputShape[2] - columns));
           return SmallVector<Value>();
         });
}

void DepthwiseEmitter::emit(Value begin, Value end) {
  int64_t rowTiles = llvm::divideCeil(outputShape[1], tile.rows);
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
    for (const BlockRun &run : getBlockRuns())
      b.loop(b.index(0), b.index(run.count), 1, {},
             [&](Value index, ValueRange) {
               auto offset = [&](int64_t first, int64_t perBlock) {
                 return b.add(b.mul(index, perBlock), first);
               };
               int64_t lanes = run.block.lanes;
               emitBlock(
                   {run.block,
                    offset(run.firstChannel, run.block.getNumChannels()),
                    offset(run.weightOffset, tile.getWeightBytes(lanes)),
                    offset(run.tableOffset, packedBlockVectors * rows * lanes)},
                   image, row);
               return nothing;
             });
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
