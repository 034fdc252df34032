//===- LayerSchedules.h - Schedules of layers -------------------*- C++ -*-===//
//
// Which schedules a layer can have, and what tells one layer from another when
// schedules are recorded.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CONVERSION_SPIQTOCPU_LAYERSCHEDULES_H
#define SPIQ_CONVERSION_SPIQTOCPU_LAYERSCHEDULES_H

#include "spiq/Conversion/SPIQToCPU/MachineModel.h"

#include "mlir/IR/Operation.h"

#include <string>

namespace spiq {

/// The attribute with which a layer carries its schedule, a
/// `#spiq_cpu.conv_schedule` or a `#spiq_cpu.depthwise_schedule`.
inline constexpr llvm::StringLiteral kScheduleAttr = "spiq_cpu.schedule";

/// Whether `op` is a quantized layer whose kernel has a schedule.
bool isScheduledLayer(mlir::Operation *op);

/// All that the time of a scheduled layer depends on, apart from the machine,
/// in one line of text.
std::string getLayerSignature(mlir::Operation *layer);

/// Up to `count` schedules of a scheduled layer, in the order of the cost
/// model's estimates. The first one is what `convert-spiq-to-cpu` chooses; of
/// those that differ in one number only, the worst are left out.
llvm::SmallVector<mlir::Attribute>
getCandidateSchedules(mlir::Operation *layer, const MachineModel &machine,
                      size_t count);

/// Reports why `layer` cannot be computed with `schedule` on `machine`.
mlir::LogicalResult
verifySchedule(mlir::Operation *layer, mlir::Attribute schedule,
               const MachineModel &machine,
               llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

} // namespace spiq

#endif // SPIQ_CONVERSION_SPIQTOCPU_LAYERSCHEDULES_H
