//===- Tuning.h - Measured schedules of a model -----------------*- C++ -*-===//
//
// What --tune does in front of the compilation for a target.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DRIVER_TUNING_H
#define SPIQ_LIB_DRIVER_TUNING_H

#include "OutputFiles.h"
#include "Progress.h"

#include "spiq/CodeGen/Target.h"
#include "spiq/Conversion/SPIQToCPU/ScheduleFile.h"
#include "spiq/Driver/CompileOptions.h"

#include "mlir/IR/BuiltinOps.h"

#include <memory>

namespace spiq {

/// Measures schedules and adds them to the file that `options` name.
class Tuning {
public:
  /// Checks that there is something to tune and reads the file, if it exists.
  static llvm::Expected<Tuning> open(const CompileOptions &options,
                                     llvm::ArrayRef<Target> targets);

  /// Tunes the quantized network `module` and writes the file.
  mlir::LogicalResult run(mlir::ModuleOp module, Progress &progress);

private:
  Tuning(const CompileOptions &options, const Target &target)
      : options(&options), target(&target),
        files(std::make_unique<OutputFiles>()) {}

  const CompileOptions *options;
  const Target *target;
  std::unique_ptr<OutputFiles> files;
  size_t file = 0;
  ScheduleFile schedules;
};

} // namespace spiq

#endif // SPIQ_LIB_DRIVER_TUNING_H
