//===- ScheduleTuner.cpp - Measured schedules -----------------------------===//
//
// Compiles a network with several schedules, runs all versions in turn and
// compares the times of their layers.
//
//===----------------------------------------------------------------------===//

#include "spiq/Execution/ScheduleTuner.h"

#include "CompiledModel.h"
#include "spiq/Conversion/SPIQToCPU/LayerSchedules.h"
#include "spiq/Dialect/CPU/IR/CPU.h"
#include "spiq/Pipelines/Pipelines.h"

#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FormatVariadic.h"

#include <chrono>
#include <limits>
#include <random>

using namespace mlir;
using namespace spiq;

namespace {

/// Name of the compiled networks in C.
constexpr llvm::StringLiteral modelName = "spiq_tuning";
/// Runs of a network in a row: the first one fills the caches.
constexpr int runsPerTurn = 3;

/// The layers with one signature.
struct LayerClass {
  int64_t numLayers = 0;
  SmallVector<Attribute> candidates;
  /// Least microseconds of all its layers, for each candidate.
  SmallVector<double> microseconds;
};

/// A network with one schedule of every layer.
class Version {
public:
  explicit Version(CompiledModel model);

  /// Runs it, keeps the least time of each step and returns the run's status.
  int32_t run(ArrayRef<const void *> inputs, ArrayRef<void *> outputs);

  /// Adds up the microseconds of the kernels of each node.
  llvm::StringMap<double> getTimes() const;

  const spiq_model_info &getInfo() const { return model.getInfo(); }

private:
  CompiledModel model;
  std::vector<uint64_t> leastTicks;
  uint64_t allTicks = 0;
  double allMicroseconds = 0;
};

/// Buffers for the inputs and outputs of a network.
struct Arguments {
  explicit Arguments(const spiq_model_info &info);

  std::vector<std::vector<char>> memory;
  SmallVector<const void *> inputs;
  SmallVector<void *> outputs;
};

class Tuner {
public:
  Tuner(const Target &target, const TuningOptions &options,
        llvm::function_ref<void(const llvm::Twine &)> report)
      : target(target), options(options), report(report) {}

  LogicalResult run(ModuleOp module);
  /// Records the fastest schedules.
  TuningResult record(ScheduleFile &schedules);

private:
  /// Lists the layers of `module` by their signatures.
  LogicalResult findLayers(ModuleOp module);
  /// Compiles `module` with the schedules number `index`.
  FailureOr<Version> compile(ModuleOp module, size_t index);
  LogicalResult runPipeline(ModuleOp module,
                            llvm::function_ref<void(OpPassManager &)> build);

  const Target &target;
  const TuningOptions &options;
  llvm::function_ref<void(const llvm::Twine &)> report;
  llvm::MapVector<StringAttr, LayerClass> layers;
};

} // namespace

Version::Version(CompiledModel compiled)
    : model(std::move(compiled)),
      leastTicks(model.getInfo().profile->num_steps,
                 std::numeric_limits<uint64_t>::max()) {}

int32_t Version::run(ArrayRef<const void *> inputs, ArrayRef<void *> outputs) {
  auto begin = std::chrono::steady_clock::now();
  if (int32_t status = model.run(inputs, outputs))
    return status;
  std::chrono::duration<double, std::micro> time =
      std::chrono::steady_clock::now() - begin;
  const auto *counters = reinterpret_cast<const uint64_t *>(
      static_cast<const char *>(model.getWorkspace()) +
      model.getInfo().profile->offset);
  for (size_t step = 0; step < leastTicks.size(); ++step)
    leastTicks[step] =
        std::min(leastTicks[step], counters[step + 1] - counters[step]);
  allTicks += counters[leastTicks.size()] - counters[0];
  allMicroseconds += time.count();
  return SPIQ_OK;
}

/// Whether `step` is the kernel of a layer, maybe with the fill of a border.
static bool hasKernel(const spiq_step_info &step) {
  return llvm::any_of(llvm::split(step.form, '+'), [](StringRef form) {
    return form == "conv_2d" || form == "depthwise_conv_2d";
  });
}

llvm::StringMap<double> Version::getTimes() const {
  llvm::StringMap<double> times;
  const spiq_profile_info &profile = *model.getInfo().profile;
  for (size_t step = 0; step < leastTicks.size(); ++step)
    if (hasKernel(profile.steps[step]))
      times[profile.steps[step].nodes] +=
          static_cast<double>(leastTicks[step]) * allMicroseconds / allTicks;
  return times;
}

Arguments::Arguments(const spiq_model_info &info) {
  std::mt19937 random(1);
  for (int32_t i = 0; i < info.num_inputs; ++i) {
    std::vector<char> &bytes = memory.emplace_back(info.inputs[i].bytes);
    if (info.inputs[i].type != SPIQ_F32) {
      for (char &byte : bytes)
        byte = static_cast<char>(random());
      continue;
    }
    std::normal_distribution<float> normal;
    llvm::MutableArrayRef values(reinterpret_cast<float *>(bytes.data()),
                                 bytes.size() / sizeof(float));
    for (float &value : values)
      value = normal(random);
  }
  for (int32_t i = 0; i < info.num_outputs; ++i)
    memory.emplace_back(info.outputs[i].bytes);
  for (std::vector<char> &bytes : memory) {
    if (inputs.size() < static_cast<size_t>(info.num_inputs))
      inputs.push_back(bytes.data());
    else
      outputs.push_back(bytes.data());
  }
}

LogicalResult
Tuner::runPipeline(ModuleOp module,
                   llvm::function_ref<void(OpPassManager &)> build) {
  PassManager pm(module.getContext());
  build(pm);
  return pm.run(module);
}

LogicalResult Tuner::findLayers(ModuleOp module) {
  const cpu::InstructionSetInfo &isa = cpu::getInfo(target.getKernelISA());
  FailureOr<MachineModel> machine = MachineModel::get(
      isa.name, target.getL1Bytes(), [&] { return module.emitError(); });
  if (failed(machine))
    return failure();
  module.walk([&](Operation *op) {
    if (!isScheduledLayer(op))
      return;
    auto signature = StringAttr::get(op->getContext(), getLayerSignature(op));
    LayerClass &layer = layers[signature];
    if (layer.numLayers++ == 0)
      layer.candidates =
          getCandidateSchedules(op, *machine, options.candidates);
    // By this name its steps are found again.
    op->setLoc(NameLoc::get(signature));
  });
  return success();
}

FailureOr<Version> Tuner::compile(ModuleOp module, size_t index) {
  OwningOpRef<ModuleOp> copy = module.clone();
  copy->walk([&](Operation *op) {
    if (!isScheduledLayer(op))
      return;
    auto signature = cast<NameLoc>(op->getLoc()).getName();
    ArrayRef<Attribute> candidates = layers.find(signature)->second.candidates;
    if (index < candidates.size())
      op->setAttr(kScheduleAttr, candidates[index]);
  });
  SmallVector<char, 0> object;
  if (failed(runPipeline(*copy,
                         [&](OpPassManager &pm) {
                           buildLowerToKernelsPipeline(pm, target,
                                                       /*native=*/true);
                           buildLowerToLLVMPipeline(pm, target, modelName,
                                                    /*vectorize=*/true,
                                                    /*maxThreads=*/1,
                                                    /*profile=*/true);
                         })) ||
      failed(compileToObject(*copy, target, object)))
    return failure();
  llvm::Expected<CompiledModel> model = CompiledModel::load(object, modelName);
  if (!model)
    return module.emitError("cannot be run on this machine: ")
           << llvm::toString(model.takeError());
  return Version(std::move(*model));
}

LogicalResult Tuner::run(ModuleOp module) {
  OwningOpRef<ModuleOp> network = module.clone();
  if (failed(runPipeline(*network,
                         [&](OpPassManager &pm) {
                           buildLegalizeForKernelsPipeline(pm, target);
                         })) ||
      failed(findLayers(*network)))
    return failure();
  size_t count = 0;
  for (const LayerClass &layer : llvm::make_second_range(layers))
    count = std::max(count, layer.candidates.size());
  SmallVector<Version, 0> versions;
  for (size_t index = 0; index < count; ++index) {
    report(llvm::formatv("compiling version {0} of {1}", index + 1, count));
    FailureOr<Version> version = compile(*network, index);
    if (failed(version))
      return failure();
    versions.push_back(std::move(*version));
  }
  if (versions.empty())
    return success();

  report(llvm::formatv("measuring {0} different layers", layers.size()));
  Arguments arguments(versions.front().getInfo());
  auto begin = std::chrono::steady_clock::now();
  std::chrono::duration<double> elapsed{};
  do {
    for (Version &version : versions)
      for (int i = 0; i < runsPerTurn; ++i)
        if (version.run(arguments.inputs, arguments.outputs) != SPIQ_OK)
          return emitError(UnknownLoc::get(module.getContext()))
                 << "this processor is no " << target.getDescription()
                 << ", so it cannot be tuned for";
    elapsed = std::chrono::steady_clock::now() - begin;
  } while (elapsed.count() < options.seconds);
  for (const Version &version : versions) {
    llvm::StringMap<double> times = version.getTimes();
    for (auto &[signature, layer] : layers)
      if (layer.microseconds.size() < layer.candidates.size())
        layer.microseconds.push_back(times.lookup(signature));
  }
  return success();
}

TuningResult Tuner::record(ScheduleFile &schedules) {
  TuningResult result;
  for (const auto &[signature, layer] : layers) {
    // Layers without a kernel have no steps of their own.
    if (layer.microseconds.empty() || layer.microseconds.front() == 0)
      continue;
    double model = layer.microseconds.front();
    const double *best = llvm::min_element(layer.microseconds);
    if (*best > options.threshold * model)
      best = layer.microseconds.begin();
    size_t index = best - layer.microseconds.begin();
    std::string text;
    llvm::raw_string_ostream(text) << layer.candidates[index];
    double numLayers = layer.numLayers;
    schedules.record(
        {target.getCPU().str(), cpu::getInfo(target.getKernelISA()).name.str(),
         signature.str(), text, *best / numLayers, model / numLayers});
    ++result.numLayers;
    result.numChanged += index != 0;
    result.modelMicroseconds += model;
    result.microseconds += *best;
  }
  return result;
}

FailureOr<TuningResult>
spiq::tuneSchedules(ModuleOp module, const Target &target,
                    const TuningOptions &options, ScheduleFile &schedules,
                    llvm::function_ref<void(const llvm::Twine &)> report) {
  module.getContext()->getOrLoadDialect<cpu::CPUDialect>();
  Tuner tuner(target, options, report);
  if (failed(tuner.run(module)))
    return failure();
  return tuner.record(schedules);
}
