//===- CPUOps.cpp - Operations of the spiq_cpu dialect --------------------===//
//
// Verification of kernels and register operations.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/CPU/IR/CPU.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace spiq::cpu;

//===----------------------------------------------------------------------===//
// Register operations
//===----------------------------------------------------------------------===//

LogicalResult DotOp::verify() {
  int64_t lanes = cast<VectorType>(getAcc().getType()).getDimSize(0);
  int64_t bytes = cast<VectorType>(getLhs().getType()).getDimSize(0);
  if (bytes != 4 * lanes)
    return emitOpError() << "expects four bytes per lane, got " << bytes
                         << " bytes for " << lanes << " lanes";
  return success();
}

LogicalResult DotPairOp::verify() {
  int64_t lanes = cast<VectorType>(getAcc().getType()).getDimSize(0);
  int64_t bytes = cast<VectorType>(getFirstLhs().getType()).getDimSize(0);
  if (bytes != 4 * lanes)
    return emitOpError() << "expects four bytes per lane, got " << bytes
                         << " bytes for " << lanes << " lanes";
  return success();
}

LogicalResult PackOp::verify() {
  int64_t lanes = cast<VectorType>(getA().getType()).getDimSize(0);
  int64_t bytes = cast<VectorType>(getResult().getType()).getDimSize(0);
  if (bytes != 4 * lanes || lanes % 4 != 0)
    return emitOpError() << "expects a multiple of four lanes and four result "
                            "bytes per lane, got "
                         << lanes << " lanes and " << bytes << " bytes";
  if (!getZeroPoints().empty() && getZeroPoints().size() != 2)
    return emitOpError() << "expects two vectors of zero points, got "
                         << getZeroPoints().size();
  for (Value zeroPoints : getZeroPoints())
    if (cast<VectorType>(zeroPoints.getType()).getDimSize(0) != 2 * lanes)
      return emitOpError() << "expects zero points of type vector<" << 2 * lanes
                           << "xi16>, got " << zeroPoints.getType();
  return success();
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// Reports reads of buffer inputs and writes of buffer outputs. Kernels on
/// tensors have no effects.
static void getKernelEffects(
    DestinationStyleOpInterface op,
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    bool isOutput = op.isDpsInit(&operand);
    MemoryEffects::Effect *effect =
        isOutput
            ? static_cast<MemoryEffects::Effect *>(MemoryEffects::Write::get())
            : MemoryEffects::Read::get();
    effects.emplace_back(effect, &operand, SideEffects::DefaultResource::get());
  }
}

void Conv2DOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  getKernelEffects(*this, effects);
}

bool Conv2DOp::hasContiguousRows() {
  return getDilations()[1] == 1 && getGroups() == 1;
}

int64_t Conv2DOp::getNumRows() {
  return hasContiguousRows() ? getKernel()[0] : getKernel()[0] * getKernel()[1];
}

int64_t Conv2DOp::getRowBytes() {
  int64_t channels = getInput().getType().getDimSize(3);
  return hasContiguousRows() ? getKernel()[1] * channels
                             : channels / static_cast<int64_t>(getGroups());
}

/// Checks the window attributes and that the padded input holds every window.
template <typename Kernel>
static LogicalResult verifyWindow(Kernel op) {
  for (auto [name, values] :
       {std::pair<StringRef, ArrayRef<int64_t>>{"kernel", op.getKernel()},
        {"strides", op.getStrides()},
        {"dilations", op.getDilations()}})
    if (values.size() != 2 || values[0] < 1 || values[1] < 1)
      return op.emitOpError()
             << "expects '" << name << "' to have 2 positive values";
  ArrayRef<int64_t> input = op.getInput().getType().getShape();
  ArrayRef<int64_t> output = op.getOutput().getType().getShape();
  if (input[0] != output[0])
    return op.emitOpError() << "expects as many output images as input images ("
                            << input[0] << "), got " << output[0];
  for (int dim = 0; dim < 2; ++dim) {
    int64_t needed = (output[dim + 1] - 1) * op.getStrides()[dim] +
                     (op.getKernel()[dim] - 1) * op.getDilations()[dim] + 1;
    if (input[dim + 1] < needed)
      return op.emitOpError() << "expects a padded input of at least " << needed
                              << " elements along axis " << dim + 1 << ", got "
                              << input[dim + 1];
  }
  return success();
}

/// Checks that a kernel with an activation reads its parameters.
template <typename Kernel>
static LogicalResult verifyActivation(Kernel op) {
  std::optional<spiq::ActivationAttr> activation = op.getActivation();
  auto check = [&](bool expected, Parameter parameter) -> LogicalResult {
    if (bitEnumContainsAll(op.getParameters(), parameter) == expected)
      return success();
    return op.emitOpError()
           << "expects " << (expected ? "" : "no ") << "parameter '"
           << stringifyParameter(parameter) << "' for its activation";
  };
  if (failed(check(activation.has_value(), Parameter::OutputMultiplier)))
    return failure();
  return check(activation && activation->hasSlope(), Parameter::Slope);
}

LogicalResult Conv2DOp::verify() {
  if (failed(verifyWindow(*this)) || failed(verifyActivation(*this)))
    return failure();
  if (!getInput().getType().getElementType().isInteger(8))
    return emitOpError("expects an input of bytes and an output of bytes or "
                       "f32");
  ArrayRef<int64_t> output = getOutput().getType().getShape();
  int64_t numPixels = output[0] * output[1] * output[2];
  if (getLanes() < 4 || getPixels() < 1 ||
      static_cast<int64_t>(getPixels()) > numPixels)
    return emitOpError() << "expects at least 4 lanes and a tile of 1 to "
                         << numPixels << " pixels";
  int64_t lanes = getLanes(), vectors = 0, groups = getGroups();
  if (groups < 1 || output[3] % groups != 0 ||
      getInput().getType().getDimSize(3) % groups != 0)
    return emitOpError() << "expects groups that divide "
                         << getInput().getType().getDimSize(3) << " input and "
                         << output[3] << " output channels, got " << groups;
  for (int64_t block : getBlocks()) {
    if (block < 1 || block > maxBlockVectors)
      return emitOpError() << "expects blocks of 1 to " << maxBlockVectors
                           << " vectors, got " << block;
    if (block == packedBlockVectors &&
        getOutput().getType().getElementType().isF32())
      return emitOpError() << "expects no block of " << packedBlockVectors
                           << " vectors, which is in packed order, for an f32 "
                              "output";
    vectors += block;
  }
  if (vectors * lanes < output[3] / groups)
    return emitOpError() << "expects blocks for " << output[3] / groups
                         << " channels, got " << vectors << " vectors of "
                         << lanes << " lanes";
  vectors *= groups;
  if (getWeightBits() != 8 && getWeightBits() != 4)
    return emitOpError() << "expects weights of 4 or 8 bits, got "
                         << getWeightBits();
  int64_t weightBytes =
      vectors * getVectorBytes() * getNumRows() * getRowSteps();
  if (getPairs()) {
    if (getWeightBits() != 8 || getSignedStorage())
      return emitOpError("expects weights of 8 bits and unsigned storage for "
                         "pairs");
    int64_t words = pairHeaderWords * vectors * getNumRows();
    if (getPairs().getType().getDimSize(0) < words)
      return emitOpError() << "expects at least " << words
                           << " words of pairs, got "
                           << getPairs().getType().getDimSize(0);
  } else if (getWeights().getType().getDimSize(0) != weightBytes) {
    return emitOpError() << "expects " << weightBytes
                         << " bytes of weights, got "
                         << getWeights().getType().getDimSize(0);
  }
  int64_t values = vectors * getNumParameterRows(getParameters()) * lanes;
  if (getChannelParameters().getType().getDimSize(0) != values)
    return emitOpError() << "expects " << values << " channel parameters, got "
                         << getChannelParameters().getType().getDimSize(0);
  bool readsResidual =
      bitEnumContainsAll(getParameters(), Parameter::ResidualMultiplier);
  if (readsResidual != (getResidual() != nullptr))
    return emitOpError("expects a residual exactly if its multiplier is among "
                       "the parameters");
  if (readsResidual && (getResidual().getType().getShape() != output ||
                        !getResidual().getType().getElementType().isInteger(8)))
    return emitOpError("expects a residual of bytes with the shape of the "
                       "output");
  return success();
}

void DepthwiseConv2DOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  getKernelEffects(*this, effects);
}

DepthwiseTile DepthwiseConv2DOp::getTile() {
  return {getKernel()[0],
          getKernel()[1],
          getStrides()[0],
          getStrides()[1],
          getDilations()[0],
          getDilations()[1],
          static_cast<int64_t>(getRows()),
          static_cast<int64_t>(getColumns())};
}

SmallVector<DepthwiseBlock> DepthwiseConv2DOp::getChannelBlocks() {
  SmallVector<DepthwiseBlock> blocks;
  for (auto [lanes, pieces] : llvm::zip(getBlocks(), getPieces()))
    blocks.push_back({lanes, pieces});
  return blocks;
}

LogicalResult DepthwiseConv2DOp::verify() {
  if (failed(verifyWindow(*this)) || failed(verifyActivation(*this)))
    return failure();
  if (!getInput().getType().getElementType().isInteger(8) ||
      !getOutput().getType().getElementType().isInteger(8))
    return emitOpError("expects an input and an output of bytes");
  ArrayRef<int64_t> output = getOutput().getType().getShape();
  DepthwiseTile tile = getTile();
  if (tile.rows < 1 || tile.rows > output[1] || tile.columns < 1)
    return emitOpError() << "expects a tile within " << output[1] << " x "
                         << output[2] << " output pixels, got " << tile.rows
                         << " x " << tile.columns;
  int64_t channels = output[3];
  if (getInput().getType().getDimSize(3) != channels)
    return emitOpError() << "expects as many input channels as output channels "
                            "("
                         << channels << "), got "
                         << getInput().getType().getDimSize(3);
  if (getBlocks().size() != getPieces().size())
    return emitOpError() << "expects as many pieces as blocks ("
                         << getBlocks().size() << "), got "
                         << getPieces().size();
  int64_t covered = 0, bytes = 0, lanesOfAll = 0;
  for (const DepthwiseBlock &block : getChannelBlocks()) {
    if (block.lanes < 4 || block.pieces < 1 || block.lanes % block.pieces != 0)
      return emitOpError() << "expects blocks of at least 4 lanes in pieces of "
                              "equal size, got "
                           << block.pieces << " pieces of " << block.lanes
                           << " lanes";
    if (block.getNumChannels() > channels)
      return emitOpError() << "expects blocks of at most " << channels
                           << " channels, got " << block.getNumChannels();
    if (block.pieces * tile.columns > output[2])
      return emitOpError() << "expects a tile within " << output[1] << " x "
                           << output[2] << " output pixels, got " << tile.rows
                           << " x " << block.pieces * tile.columns;
    covered += block.getNumChannels();
    lanesOfAll += block.lanes;
    bytes += tile.getWeightBytes(block.lanes);
  }
  if (covered < channels)
    return emitOpError() << "expects blocks for " << channels
                         << " channels, got " << covered;
  if (getWeights().getType().getDimSize(0) != bytes)
    return emitOpError() << "expects " << bytes << " bytes of weights, got "
                         << getWeights().getType().getDimSize(0);
  int64_t values = lanesOfAll * 4 * getNumParameterRows(getParameters());
  if (getChannelParameters().getType().getDimSize(0) != values)
    return emitOpError() << "expects " << values << " channel parameters, got "
                         << getChannelParameters().getType().getDimSize(0);
  return success();
}

void QuantizeOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  getKernelEffects(*this, effects);
}

LogicalResult QuantizeOp::verify() {
  ArrayRef<int64_t> input = getInput().getType().getShape();
  ArrayRef<int64_t> output = getOutput().getType().getShape();
  if (!getInput().getType().getElementType().isF32() ||
      !getOutput().getType().getElementType().isInteger(8))
    return emitOpError("expects an f32 input and an output of bytes");
  if (output != ArrayRef<int64_t>{input[0], input[2], input[3], input[1]})
    return emitOpError() << "expects an output of shape " << input[0] << "x"
                         << input[2] << "x" << input[3] << "x" << input[1];
  int64_t lanes = getLanes(), channels = input[1];
  if (channels > maxChannels)
    return emitOpError() << "expects at most " << maxChannels
                         << " channels, got " << channels;
  if (lanes < 4 || lanes > input[3])
    return emitOpError() << "expects 4 to " << input[3] << " lanes, got "
                         << lanes;
  for (size_t size : {getScales().size(), getZeroPoints().size(),
                      getMin().size(), getMax().size()})
    if (static_cast<int64_t>(size) != channels)
      return emitOpError() << "expects " << channels
                           << " values for each parameter, got " << size;
  return success();
}

#define GET_OP_CLASSES
#include "spiq/Dialect/CPU/IR/CPUOps.cpp.inc"
