//===- ScheduleFile.h - Recorded schedules ----------------------*- C++ -*-===//
//
// The file in which measured schedules outlive a compilation.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CONVERSION_SPIQTOCPU_SCHEDULEFILE_H
#define SPIQ_CONVERSION_SPIQTOCPU_SCHEDULEFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

#include <optional>
#include <string>
#include <vector>

namespace spiq {

/// The schedule that was fastest for a layer on a machine.
struct RecordedSchedule {
  /// Processor, as LLVM names it, and instruction set of the kernels.
  std::string cpu, isa;
  /// What `getLayerSignature` says.
  std::string layer;
  /// Text of the schedule's attribute.
  std::string schedule;
  /// Time of the layer with this schedule and with that of the cost model.
  double microseconds = 0, modelMicroseconds = 0;
};

/// Recorded schedules of any number of layers, instruction sets and processors,
/// as a JSON file:
///
///     {"version": 1, "schedules": [
///       {"cpu": "znver5", "isa": "avx512-vnni",
///        "layer": "fully_connected 1x1280 to 1x1000",
///        "schedule": "#spiq_cpu.conv_schedule<pixels = 1, ...>",
///        "microseconds": 12.5, "model_microseconds": 14.0}]}
///
/// The times are for people; they need not be there.
class ScheduleFile {
public:
  /// Reads the file `path`. Errors name it and what it should hold.
  static llvm::Expected<ScheduleFile> read(llvm::StringRef path);

  /// The schedule recorded for `layer`; null if there is none.
  const RecordedSchedule *find(llvm::StringRef cpu, llvm::StringRef isa,
                               llvm::StringRef layer) const;

  /// Adds `schedule`, in place of one for the same layer and machine.
  void record(RecordedSchedule schedule);

  /// The contents of the file.
  std::string toJSON() const;

private:
  std::vector<RecordedSchedule> schedules;
};

} // namespace spiq

#endif // SPIQ_CONVERSION_SPIQTOCPU_SCHEDULEFILE_H
