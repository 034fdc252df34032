//===- MachineModel.h - What schedules know of a processor ------*- C++ -*-===//
//
// The numbers behind the cost model of kernels.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CONVERSION_SPIQTOCPU_MACHINEMODEL_H
#define SPIQ_CONVERSION_SPIQTOCPU_MACHINEMODEL_H

#include "spiq/Dialect/CPU/IR/InstructionSet.h"

#include "mlir/IR/Diagnostics.h"

namespace spiq {

/// What the cost model knows of the processor.
struct MachineModel : public cpu::InstructionSetInfo {
  explicit MachineModel(const cpu::InstructionSetInfo &isa)
      : InstructionSetInfo(isa) {}

  /// The model that passes name by their options; reports unknown instruction
  /// sets and caches of less than 1 KiB.
  static mlir::FailureOr<MachineModel>
  get(llvm::StringRef isa, int64_t l1Bytes,
      llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

  /// Vector loads that start in a cycle.
  double loadsPerCycle = 2.0;
  /// Vector instructions of any other kind that start in a cycle.
  double vectorOpsPerCycle = 3.0;
  /// Cycles until an accumulator can be used again.
  double dotLatency = 5.0;
  /// Bytes that the second-level cache delivers in a cycle.
  double l2BytesPerCycle = 24.0;
  /// Bytes of the first-level data cache.
  int64_t l1Bytes = 32 * 1024;
};

} // namespace spiq

#endif // SPIQ_CONVERSION_SPIQTOCPU_MACHINEMODEL_H
