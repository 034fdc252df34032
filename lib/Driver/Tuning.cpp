//===- Tuning.cpp - Measured schedules of a model ---------------*- C++ -*-===//
//
// Runs the tuner and keeps what it finds in a file.
//
//===----------------------------------------------------------------------===//

#include "Tuning.h"

#include "spiq/Execution/ScheduleTuner.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/WithColor.h"

using namespace mlir;

namespace spiq {

/// Why `options` leave nothing to tune; empty if they do not.
static std::string getContradiction(const CompileOptions &options,
                                    llvm::ArrayRef<Target> targets) {
  if (options.schedules.empty())
    return "expects the name of the file that records schedules";
  if (options.tuningCandidates == 0)
    return "measures nothing with --tune-candidates=0";
  if (options.isFloat)
    return "contradicts --float: only quantized layers have schedules";
  if (!options.native)
    return "contradicts --native=false: only native kernels have schedules";
  if (options.stage < Stage::Kernels)
    return ("contradicts --emit=" + getStageName(options.stage) +
            ": schedules matter behind it")
        .str();
  if (targets.size() > 1)
    return "measures one target, but --target lists several; tune for each of "
           "them alone, with the same file";
  const Target &target = targets.front();
  if (!target.isHost())
    return "needs a target that this machine can run, not " +
           target.getDescription();
  llvm::SmallVector<llvm::StringRef> missing = target.getMissingFeatures();
  if (!missing.empty())
    return "needs a target that this machine can run, not " +
           target.getDescription() + ": it lacks " + llvm::join(missing, ", ");
  if (target.getKernelISA() == cpu::InstructionSet::Generic)
    return "needs a target with native kernels, not " + target.getDescription();
  return "";
}

llvm::Expected<Tuning> Tuning::open(const CompileOptions &options,
                                    llvm::ArrayRef<Target> targets) {
  std::string contradiction = getContradiction(options, targets);
  if (!contradiction.empty())
    return llvm::createStringError("--tune " + contradiction);
  Tuning tuning(options, targets.front());
  if (llvm::sys::fs::exists(options.schedules)) {
    llvm::Expected<ScheduleFile> known = ScheduleFile::read(options.schedules);
    if (!known)
      return known.takeError();
    tuning.schedules = std::move(*known);
  }
  llvm::Expected<size_t> file = tuning.files->open(options.schedules);
  if (!file)
    return file.takeError();
  tuning.file = *file;
  return tuning;
}

LogicalResult Tuning::run(ModuleOp module, Progress &progress) {
  TuningOptions tuningOptions;
  tuningOptions.candidates = options->tuningCandidates;
  tuningOptions.seconds = options->tuningSeconds;
  FailureOr<TuningResult> result = tuneSchedules(
      module, *target, tuningOptions, schedules, [&](const llvm::Twine &text) {
        progress.start("tuning: " + text.str());
      });
  progress.finish();
  if (failed(result))
    return failure();
  llvm::Error error = files->write(file, schedules.toJSON());
  if (!error)
    error = files->commit();
  if (error) {
    llvm::WithColor::error(llvm::errs(), "spiq-compile")
        << llvm::toString(std::move(error)) << "\n";
    return failure();
  }
  llvm::WithColor::note(llvm::errs(), "spiq-compile")
      << result->numChanged << " of " << result->numLayers
      << " different layers are faster with another schedule: "
      << llvm::format("%.1f us in all, %.1f us before", result->microseconds,
                      result->modelMicroseconds)
      << "\n";
  return success();
}

} // namespace spiq
