//===- ScheduleTuner.h - Measured schedules ---------------------*- C++ -*-===//
//
// Finds the fastest of several schedules of every layer by running the network.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_EXECUTION_SCHEDULETUNER_H
#define SPIQ_EXECUTION_SCHEDULETUNER_H

#include "spiq/CodeGen/Target.h"
#include "spiq/Conversion/SPIQToCPU/ScheduleFile.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace spiq {

/// How schedules are measured.
struct TuningOptions {
  /// Schedules of each layer that are tried, the cost model's choice included.
  unsigned candidates = 8;
  /// Seconds of all runs together.
  double seconds = 4.0;
  /// A candidate takes the place of the cost model's choice if it takes less
  /// than this part of its time; smaller differences may be noise.
  double threshold = 0.98;
};

/// What tuning found.
struct TuningResult {
  /// Layers with different signatures, and how many of them are faster with
  /// another schedule than the cost model's.
  size_t numLayers = 0, numChanged = 0;
  /// Microseconds of all layers of a run, with the schedules of the cost model
  /// and with the fastest ones.
  double modelMicroseconds = 0, microseconds = 0;
};

/// Measures the candidate schedules of all layers of the quantized network
/// `module` for `target`, which must be a processor that this process runs on,
/// and records the fastest of each in `schedules`. `module` stays as it is.
///
/// The network is compiled once for each candidate: the i-th network has the
/// i-th schedule of every layer. They run in turn on one thread, and record the
/// times of their steps; what counts is the sum of the least times of the steps
/// of all layers with the same signature. So layers are measured where they
/// run, with their operands in the caches in which their neighbours leave them.
/// `report` is told what happens.
mlir::FailureOr<TuningResult>
tuneSchedules(mlir::ModuleOp module, const Target &target,
              const TuningOptions &options, ScheduleFile &schedules,
              llvm::function_ref<void(const llvm::Twine &)> report);

} // namespace spiq

#endif // SPIQ_EXECUTION_SCHEDULETUNER_H
