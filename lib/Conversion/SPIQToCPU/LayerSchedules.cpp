//===- LayerSchedules.cpp - Schedules of layers ---------------------------===//
//
// Names layers, lists their schedules and checks those that come from outside.
//
//===----------------------------------------------------------------------===//

#include "spiq/Conversion/SPIQToCPU/LayerSchedules.h"

#include "LayerGeometry.h"
#include "spiq/Dialect/CPU/IR/CPU.h"
#include "spiq/Dialect/SPIQ/IR/QuantizedTypes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <map>
#include <numeric>

using namespace mlir;

namespace spiq {

/// How many tiles with the same blocks are candidates.
static constexpr int maxTilesPerBlocks = 2;

FailureOr<MachineModel>
MachineModel::get(StringRef isa, int64_t l1Bytes,
                  function_ref<InFlightDiagnostic()> emitError) {
  const cpu::InstructionSetInfo *info = cpu::findInstructionSet(isa);
  if (!info)
    return emitError() << "unknown instruction set '" << isa << "'; expected "
                       << cpu::getInstructionSetNames();
  if (l1Bytes < 1024)
    return emitError() << "expects 'l1-bytes' of at least 1024, got "
                       << l1Bytes;
  MachineModel machine(*info);
  machine.l1Bytes = l1Bytes;
  return machine;
}

bool isScheduledLayer(Operation *op) {
  return isa<Conv2DOp, FullyConnectedOp>(op) &&
         getQuantizedElementType(op->getOperand(0).getType());
}

static ConvolutionShape getShape(Operation *layer) {
  if (auto conv = dyn_cast<Conv2DOp>(layer))
    return getConvolutionShape(conv);
  return getConvolutionShape(cast<FullyConnectedOp>(layer));
}

static std::string getShapeText(ArrayRef<int64_t> shape) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleave(shape, os, "x");
  return text;
}

std::string getLayerSignature(Operation *layer) {
  auto getText = [](Value value) {
    return getShapeText(cast<ShapedType>(value.getType()).getShape());
  };
  std::string text;
  llvm::raw_string_ostream os(text);
  os << layer->getName().stripDialect() << " " << getText(layer->getOperand(0))
     << " to " << getText(layer->getResult(0));
  if (auto conv = dyn_cast<Conv2DOp>(layer)) {
    os << ", window "
       << getShapeText(conv.getWeights().getType().getShape().slice(1, 2))
       << ", strides " << getShapeText(conv.getStrides()) << ", dilations "
       << getShapeText(conv.getDilations()) << ", groups " << conv.getGroups();
    if (conv.getResidual())
      os << ", residual";
  }
  if (auto activation = layer->getAttrOfType<ActivationAttr>("activation"))
    os << ", " << stringifyActivationKind(activation.getKind());
  if (!getQuantizedElementType(layer->getResult(0).getType()))
    os << ", f32";
  if (getShape(layer).weightBits == 4)
    os << ", 4-bit weights";
  return text;
}

static Attribute toAttribute(MLIRContext *context,
                             const ConvolutionSchedule &schedule) {
  return cpu::ConvScheduleAttr::get(
      context, schedule.pixels,
      DenseI64ArrayAttr::get(context, schedule.blocks),
      schedule.pixelsOutermost ? cpu::Loop::Pixels : cpu::Loop::Channels,
      schedule.mergedGroups);
}

static Attribute toAttribute(MLIRContext *context,
                             const DepthwiseSchedule &schedule) {
  SmallVector<int64_t> lanes, pieces;
  for (const cpu::DepthwiseBlock &block : schedule.blocks) {
    lanes.push_back(block.lanes);
    pieces.push_back(block.pieces);
  }
  return cpu::DepthwiseScheduleAttr::get(
      context, schedule.tile.rows, schedule.tile.columns,
      DenseI64ArrayAttr::get(context, lanes),
      DenseI64ArrayAttr::get(context, pieces));
}

/// Candidates for a layer of shape `shape` that is not depthwise.
static SmallVector<Attribute> getConvCandidates(MLIRContext *context,
                                                const ConvolutionShape &shape,
                                                const MachineModel &machine) {
  SmallVector<Attribute> candidates;
  std::map<std::pair<int64_t, std::vector<int64_t>>, int> numTiles;
  for (ConvolutionSchedule &schedule : rankSchedules(shape, machine)) {
    int &tiles = numTiles[{schedule.mergedGroups,
                           {schedule.blocks.begin(), schedule.blocks.end()}}];
    if (++tiles > maxTilesPerBlocks)
      continue;
    candidates.push_back(toAttribute(context, schedule));
    if (schedule.blocks.size() == 1)
      continue;
    schedule.pixelsOutermost = !schedule.pixelsOutermost;
    candidates.push_back(toAttribute(context, schedule));
  }
  return candidates;
}

SmallVector<Attribute> getCandidateSchedules(Operation *layer,
                                             const MachineModel &machine,
                                             size_t count) {
  SmallVector<Attribute> candidates;
  MLIRContext *context = layer->getContext();
  if (auto conv = dyn_cast<Conv2DOp>(layer))
    if (std::optional<cpu::DepthwiseTile> window = getDepthwiseWindow(conv)) {
      ArrayRef<int64_t> output = conv.getOutput().getType().getShape();
      for (const DepthwiseSchedule &schedule : rankDepthwiseSchedules(
               *window, output, conv.getActivationAttr(), machine))
        if (candidates.size() < count)
          candidates.push_back(toAttribute(context, schedule));
      return candidates;
    }
  ConvolutionShape shape = getShape(layer);
  candidates = getConvCandidates(context, shape, machine);
  if (shape.usesPairs(machine)) {
    // Weights that are too large for pairs need other tiles.
    shape.allowsPairs = false;
    SmallVector<Attribute> paired = std::move(candidates);
    SmallVector<Attribute> others = getConvCandidates(context, shape, machine);
    candidates.clear();
    for (size_t index = 0; index < std::max(paired.size(), others.size());
         ++index)
      for (ArrayRef<Attribute> list : {ArrayRef(paired), ArrayRef(others)})
        if (index < list.size() && !llvm::is_contained(candidates, list[index]))
          candidates.push_back(list[index]);
  }
  candidates.truncate(std::min(count, candidates.size()));
  return candidates;
}

/// Whether vectors of `lanes` lanes are registers of `machine`.
static bool isRegisterWidth(int64_t lanes, const MachineModel &machine) {
  return lanes >= 4 && lanes <= machine.lanes && llvm::isPowerOf2_64(lanes);
}

static LogicalResult
verifyConvSchedule(const ConvolutionShape &shape,
                   cpu::ConvScheduleAttr schedule, const MachineModel &machine,
                   function_ref<InFlightDiagnostic()> emitError) {
  int64_t pixels = schedule.getPixels();
  int64_t merged = schedule.getMergedGroups();
  ArrayRef<int64_t> blocks = schedule.getBlocks().asArrayRef();
  if (pixels > shape.pixels)
    return emitError() << "expects a tile of at most " << shape.pixels
                       << " pixels, got " << pixels;
  if (shape.groups % merged != 0)
    return emitError() << "expects merged groups that divide " << shape.groups
                       << ", got " << merged;
  int64_t vectors = llvm::divideCeil(
      shape.outputChannels / shape.groups * merged, machine.lanes);
  int64_t covered = std::accumulate(blocks.begin(), blocks.end(), int64_t(0));
  if (covered != vectors)
    return emitError() << "expects blocks of " << vectors
                       << " vectors together, got " << covered;
  // Steps in pairs take one vector after the other.
  int64_t largest = shape.usesPairs(machine) ? 1 : *llvm::max_element(blocks);
  if (pixels * largest > machine.registers)
    return emitError() << "expects at most " << machine.registers
                       << " accumulators, got " << pixels * largest;
  if (shape.isFloatOutput &&
      llvm::is_contained(blocks, cpu::packedBlockVectors))
    return emitError() << "expects no block of " << cpu::packedBlockVectors
                       << " vectors, which is in packed order, for an f32 "
                          "output";
  return success();
}

static LogicalResult verifyDepthwiseSchedule(
    ArrayRef<int64_t> outputShape, cpu::DepthwiseScheduleAttr schedule,
    const MachineModel &machine, function_ref<InFlightDiagnostic()> emitError) {
  int64_t rows = schedule.getRows(), columns = schedule.getColumns();
  int64_t channels = outputShape[3], covered = 0;
  if (4 * rows * columns > machine.registers && rows * columns > 1)
    return emitError() << "expects at most " << machine.registers
                       << " accumulators, got " << 4 * rows * columns;
  for (auto [lanes, pieces] : llvm::zip(schedule.getLanes().asArrayRef(),
                                        schedule.getPieces().asArrayRef())) {
    cpu::DepthwiseBlock block{lanes, pieces};
    int64_t size = block.getNumChannels();
    if (!isRegisterWidth(lanes, machine) || size < minDepthwiseChannels ||
        size > channels)
      return emitError() << "expects blocks of up to " << machine.lanes
                         << " lanes with " << minDepthwiseChannels << " to "
                         << channels << " channels, got " << lanes
                         << " lanes with " << size << " channels";
    if (rows > outputShape[1] || columns * pieces > outputShape[2])
      return emitError() << "expects a tile within " << outputShape[1] << " x "
                         << outputShape[2] << " output pixels, got " << rows
                         << " x " << columns * pieces;
    if (covered >= channels)
      return emitError() << "expects no block behind the last of " << channels
                         << " channels";
    covered += size;
  }
  if (covered < channels)
    return emitError() << "expects blocks for " << channels << " channels, got "
                       << covered;
  return success();
}

LogicalResult verifySchedule(Operation *layer, Attribute schedule,
                             const MachineModel &machine,
                             function_ref<InFlightDiagnostic()> emitError) {
  auto conv = dyn_cast<Conv2DOp>(layer);
  if (conv && getDepthwiseWindow(conv)) {
    if (auto depthwise = dyn_cast<cpu::DepthwiseScheduleAttr>(schedule))
      return verifyDepthwiseSchedule(conv.getOutput().getType().getShape(),
                                     depthwise, machine, emitError);
    return emitError() << "expects a #spiq_cpu.depthwise_schedule, got "
                       << schedule;
  }
  if (auto attribute = dyn_cast<cpu::ConvScheduleAttr>(schedule))
    return verifyConvSchedule(getShape(layer), attribute, machine, emitError);
  return emitError() << "expects a #spiq_cpu.conv_schedule, got " << schedule;
}

} // namespace spiq
