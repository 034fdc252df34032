//===- LayerGeometry.cpp - Shapes and schedules of layers -----------------===//
//
// Derives from a layer what its kernel and its schedule depend on.
//
//===----------------------------------------------------------------------===//

#include "LayerGeometry.h"

#include "spiq/Conversion/SPIQToCPU/LayerSchedules.h"
#include "spiq/Dialect/CPU/IR/CPU.h"
#include "spiq/Dialect/SPIQ/IR/QuantizedTypes.h"

using namespace mlir;

namespace spiq {

/// Bits in which weights of type `type` are stored if their values allow.
static int64_t getWeightBits(Type type) {
  quant::QuantizedType weights = getQuantizedElementType(type);
  return weights && weights.getStorageTypeMin() >= -8 &&
                 weights.getStorageTypeMax() <= 7
             ? 4
             : 8;
}

ConvolutionShape getConvolutionShape(Conv2DOp op) {
  ArrayRef<int64_t> input = op.getInput().getType().getShape();
  ArrayRef<int64_t> output = op.getOutput().getType().getShape();
  ArrayRef<int64_t> filter = op.getWeights().getType().getShape();
  bool isLinear = filter[1] * filter[2] == 1 &&
                  op.getStrides() == ArrayRef<int64_t>{1, 1} &&
                  op.getPadding() == ArrayRef<int64_t>{0, 0, 0, 0};
  return {output[0] * output[1] * output[2],
          output[2],
          isLinear,
          input[3],
          output[3],
          static_cast<int64_t>(op.getGroups()),
          filter[1],
          filter[2],
          op.getDilations()[1],
          !getQuantizedElementType(op.getOutput().getType()),
          getWeightBits(op.getWeights().getType())};
}

ConvolutionShape getConvolutionShape(FullyConnectedOp op) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  auto output = cast<RankedTensorType>(op.getOutput().getType());
  return {output.getDimSize(0),
          /*width=*/1,
          /*isLinear=*/true,
          input.getDimSize(1),
          output.getDimSize(1),
          /*groups=*/1,
          /*kernelRows=*/1,
          /*kernelColumns=*/1,
          /*dilationColumns=*/1,
          !getQuantizedElementType(output),
          getWeightBits(op.getWeights().getType())};
}

std::optional<cpu::DepthwiseTile> getDepthwiseWindow(Conv2DOp op) {
  ArrayRef<int64_t> output = op.getOutput().getType().getShape();
  if (!op.isDepthwise() || op.getInput().getType().getDimSize(3) != output[3] ||
      op.getResidual() || !getQuantizedElementType(op.getOutput().getType()) ||
      output[3] < minDepthwiseChannels)
    return std::nullopt;
  ArrayRef<int64_t> filter = op.getWeights().getType().getShape();
  return cpu::DepthwiseTile{filter[1],
                            filter[2],
                            op.getStrides()[0],
                            op.getStrides()[1],
                            op.getDilations()[0],
                            op.getDilations()[1],
                            /*rows=*/1,
                            /*columns=*/1};
}

ConvolutionSchedule chooseSchedule(Operation *layer,
                                   const ConvolutionShape &shape,
                                   const MachineModel &machine) {
  if (auto schedule =
          layer->getAttrOfType<cpu::ConvScheduleAttr>(kScheduleAttr))
    return {schedule.getMergedGroups(), schedule.getPixels(),
            SmallVector<int64_t>(schedule.getBlocks().asArrayRef()),
            schedule.getOutermost() == cpu::Loop::Pixels, /*cycles=*/0.0};
  return rankSchedules(shape, machine).front();
}

std::optional<DepthwiseSchedule>
chooseDepthwiseSchedule(Conv2DOp layer, const cpu::DepthwiseTile &window,
                        const MachineModel &machine) {
  auto recorded =
      layer->getAttrOfType<cpu::DepthwiseScheduleAttr>(kScheduleAttr);
  if (!recorded) {
    auto ranked =
        rankDepthwiseSchedules(window, layer.getOutput().getType().getShape(),
                               layer.getActivationAttr(), machine);
    return ranked.empty() ? std::nullopt : std::optional(ranked.front());
  }
  DepthwiseSchedule schedule{window, {}, /*cycles=*/0.0};
  schedule.tile.rows = recorded.getRows();
  schedule.tile.columns = recorded.getColumns();
  for (auto [lanes, pieces] : llvm::zip_equal(
           recorded.getLanes().asArrayRef(), recorded.getPieces().asArrayRef()))
    schedule.blocks.push_back({lanes, pieces});
  return schedule;
}

} // namespace spiq
