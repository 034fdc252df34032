//===- ScheduleLayers.cpp - Recorded schedules for layers -----------------===//
//
// Attaches recorded schedules to quantized layers.
//
//===----------------------------------------------------------------------===//

#include "spiq/Conversion/SPIQToCPU/LayerSchedules.h"
#include "spiq/Conversion/SPIQToCPU/SPIQToCPU.h"
#include "spiq/Conversion/SPIQToCPU/ScheduleFile.h"
#include "spiq/Dialect/CPU/IR/CPU.h"

#include "mlir/AsmParser/AsmParser.h"

namespace spiq {
#define GEN_PASS_DEF_SPIQSCHEDULELAYERS
#include "spiq/Conversion/Passes.h.inc"
} // namespace spiq

using namespace mlir;
using namespace spiq;

namespace {
class ScheduleLayers
    : public spiq::impl::SPIQScheduleLayersBase<ScheduleLayers> {
public:
  using SPIQScheduleLayersBase::SPIQScheduleLayersBase;

  void runOnOperation() override;

private:
  /// Attaches what is recorded for `layer`; fails if it does not fit.
  LogicalResult attach(Operation *layer, const RecordedSchedule &recorded,
                       const MachineModel &machine);
};
} // namespace

LogicalResult ScheduleLayers::attach(Operation *layer,
                                     const RecordedSchedule &recorded,
                                     const MachineModel &machine) {
  std::string reason;
  Attribute schedule;
  {
    ScopedDiagnosticHandler handler(&getContext(), [&](Diagnostic &diagnostic) {
      reason = diagnostic.str();
      return success();
    });
    schedule = parseAttribute(recorded.schedule, &getContext());
    if (schedule && succeeded(verifySchedule(layer, schedule, machine, [&] {
          return mlir::emitError(layer->getLoc());
        }))) {
      layer->setAttr(kScheduleAttr, schedule);
      return success();
    }
  }
  return layer->emitError()
         << "the schedule '" << recorded.schedule << "' that '" << file
         << "' records for '" << recorded.layer << "' does not fit: " << reason
         << "; tune again";
}

void ScheduleLayers::runOnOperation() {
  FailureOr<MachineModel> machine = MachineModel::get(
      isa, l1Bytes, [&] { return getOperation()->emitError(); });
  if (failed(machine))
    return signalPassFailure();
  llvm::Expected<ScheduleFile> schedules = ScheduleFile::read(file);
  if (!schedules) {
    getOperation()->emitError() << llvm::toString(schedules.takeError());
    return signalPassFailure();
  }
  int64_t numLayers = 0, numMissing = 0;
  WalkResult result = getOperation()->walk([&](Operation *op) {
    if (!isScheduledLayer(op))
      return WalkResult::advance();
    ++numLayers;
    const RecordedSchedule *recorded =
        schedules->find(cpu, isa, getLayerSignature(op));
    if (!recorded) {
      ++numMissing;
      return WalkResult::advance();
    }
    ++numScheduled;
    return WalkResult(attach(op, *recorded, *machine));
  });
  if (result.wasInterrupted())
    return signalPassFailure();
  if (numMissing != 0)
    getOperation()->emitRemark()
        << "'" << file << "' records no schedule for " << numMissing << " of "
        << numLayers << " layers on '" << cpu << "' with '" << isa
        << "'; the cost model chooses theirs";
}
