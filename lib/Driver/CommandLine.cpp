//===- CommandLine.cpp - The flags of spiq-compile --------------*- C++ -*-===//
//
// Parses the command line into CompileOptions.
//
//===----------------------------------------------------------------------===//

#include "spiq/Driver/Driver.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"

namespace cl = llvm::cl;

namespace spiq {

namespace {
/// The flags. They live as long as the command line is parsed.
struct Flags {
  cl::OptionCategory category{"spiq-compile options"};

  cl::opt<std::string> input{cl::Positional, cl::Required,
                             cl::desc("<model.onnx or model.mlir>"),
                             cl::cat(category)};
  cl::opt<std::string> output{
      "o", cl::desc("Output file, or folder if it ends in '/'"),
      cl::value_desc("path"), cl::cat(category)};
  cl::opt<Stage> emit{
      "emit", cl::desc("What to write:"), cl::init(Stage::SharedLibrary),
      cl::values(
          clEnumValN(Stage::ONNXImport, "onnx-import",
                     "the network as imported"),
          clEnumValN(Stage::SPIQ, "spiq", "with batch-norm folded, in float"),
          clEnumValN(Stage::Quantized, "quantized", "with quantized types"),
          clEnumValN(Stage::Linalg, "linalg", "upstream linalg on tensors"),
          clEnumValN(Stage::Kernels, "kernels",
                     "native kernels of the target and linalg"),
          clEnumValN(Stage::LLVMDialect, "llvm-dialect", "MLIR's LLVM dialect"),
          clEnumValN(Stage::LLVMIR, "llvm", "optimized LLVM IR"),
          clEnumValN(Stage::Bitcode, "bitcode", "optimized LLVM bitcode"),
          clEnumValN(Stage::Assembly, "asm", "assembly"),
          clEnumValN(Stage::Object, "obj", "object file and C header"),
          clEnumValN(Stage::StaticLibrary, "static",
                     "static library and C header"),
          clEnumValN(Stage::SharedLibrary, "shared",
                     "shared library and C header (default)")),
      cl::cat(category)};
  cl::opt<std::string> target{
      "target",
      cl::desc("host (default), x86-64, x86-64-v2, x86-64-v3, x86-64-v4, "
               "aarch64 or an LLVM triple; several of one architecture, "
               "separated by "
               "commas, become one library that chooses when it runs; "
               "+FEATURE adds a feature to a target"),
      cl::init("host"), cl::cat(category)};
  cl::opt<std::string> cpu{"mcpu", cl::desc("Processor, as LLVM names it"),
                           cl::cat(category)};
  cl::opt<std::string> features{
      "mattr", cl::desc("Processor features to add (+x) or remove (-x)"),
      cl::cat(category)};
  cl::opt<std::string> name{
      "name", cl::desc("Name of the model in C (default: from the file name)"),
      cl::cat(category)};

  cl::opt<bool> isFloat{"float", cl::desc("Do not quantize"),
                        cl::cat(category)};
  cl::opt<std::string> scheme{
      "scheme",
      cl::desc("per-channel (default), per-tensor or dynamic quantization"),
      cl::cat(category)};
  cl::opt<std::string> rule{
      "rule",
      cl::desc(
          "Where ranges of activations come from: auto (default: generated "
          "images where inputs are images), batch-norm, synthetic, observed, "
          "literal or file"),
      cl::value_desc("name"), cl::cat(category)};
  cl::opt<unsigned> activationBits{
      "activation-bits", cl::desc("Bits of activations, 2 to 8 (default 8)"),
      cl::init(8), cl::cat(category)};
  cl::opt<unsigned> weightBits{"weight-bits",
                               cl::desc("Bits of weights, 2 to 8 (default 8)"),
                               cl::init(8), cl::cat(category)};
  cl::opt<std::string> bitsBudget{
      "bits-budget",
      cl::desc(
          "Average bits of all weights: layers get 4 or 8 bits, those that "
          "disturb the outputs most the more"),
      cl::value_desc("bits"), cl::cat(category)};
  cl::opt<std::string> minSQNR{
      "min-sqnr",
      cl::desc(
          "Least predicted SQNR of the outputs: as many layers as possible "
          "get 4 bits, the others 8"),
      cl::value_desc("dB"), cl::cat(category)};
  cl::opt<std::string> pixelMean{
      "pixel-mean",
      cl::desc(
          "Inputs hold (pixel - mean) / std of bytes: one mean, or one for "
          "each channel, such as 123.675,116.28,103.53"),
      cl::value_desc("numbers"), cl::cat(category)};
  cl::opt<std::string> pixelStddev{
      "pixel-std",
      cl::desc("Inputs hold (pixel - mean) / std of bytes: one divisor, or one "
               "for each channel"),
      cl::value_desc("numbers"), cl::cat(category)};
  cl::opt<bool> detectBytes{
      "detect-bytes",
      cl::desc(
          "Take inputs for bytes of images, scaled in one of the usual ways, "
          "if batch-norm suggests it (default)"),
      cl::init(true), cl::cat(category)};
  cl::opt<std::string> quantization{
      "quantize-options",
      cl::desc("Further options of the spiq-quantize pipeline, such as "
               "\"signedness=signed\""),
      cl::cat(category)};

  cl::opt<int64_t> batch{"batch", cl::desc("Batch size where unknown"),
                         cl::init(1), cl::cat(category)};
  cl::list<std::string> inputShapes{
      "input-shape", cl::desc("Shape of an input, such as image:1x3x224x224"),
      cl::cat(category)};
  cl::opt<IOLayout> ioLayout{
      "io-layout", cl::desc("Layout of image inputs and outputs:"),
      cl::init(IOLayout::NCHW),
      cl::values(
          clEnumValN(IOLayout::NCHW, "nchw", "as in the model (default)"),
          clEnumValN(IOLayout::NHWC, "nhwc", "channels last")),
      cl::cat(category)};
  cl::opt<IOType> ioType{
      "io-type", cl::desc("Type of inputs and outputs:"),
      cl::init(IOType::Float),
      cl::values(
          clEnumValN(IOType::Float, "float", "as in the model (default)"),
          clEnumValN(IOType::Quantized, "quantized",
                     "stored bytes, whose scales the descriptor tells")),
      cl::cat(category)};
  cl::opt<bool> native{
      "native",
      cl::desc("Use native kernels if the target has dot-product instructions "
               "(default); otherwise everything is lowered through linalg"),
      cl::init(true), cl::cat(category)};
  cl::opt<std::string> schedules{
      "schedules",
      cl::desc("Schedule layers as this file says, which --tune has written"),
      cl::value_desc("file"), cl::cat(category)};
  cl::opt<std::string> tune{
      "tune",
      cl::desc("Measure schedules of the layers on this machine, record the "
               "fastest in this file and use them"),
      cl::value_desc("file"), cl::cat(category)};
  cl::opt<unsigned> tuningCandidates{
      "tune-candidates",
      cl::desc("Schedules of each layer that --tune measures (default 8)"),
      cl::init(8), cl::cat(category)};
  cl::opt<double> tuningSeconds{
      "tune-seconds",
      cl::desc("Time of the runs that --tune measures (default 4)"),
      cl::init(4.0), cl::cat(category)};
  cl::opt<bool> vectorize{"vectorize",
                          cl::desc("Tile, fuse and vectorize (default)"),
                          cl::init(true), cl::cat(category)};
  cl::opt<unsigned> threads{
      "threads",
      cl::desc("Largest number of threads that NAME_run_parallel uses (default "
               "64); 1 leaves the function out"),
      cl::init(defaultMaxThreads), cl::cat(category)};
  cl::opt<bool> profile{
      "profile",
      cl::desc("Record the time of every step, for spiq-run --profile"),
      cl::cat(category)};
  cl::opt<bool> predict{
      "predict", cl::desc("Predict the noise of every layer, for the report"),
      cl::cat(category)};
  cl::opt<bool> exposeLayers{
      "expose-layers",
      cl::desc("Return the value of every layer as a further output, for "
               "spiq-eval --layers"),
      cl::cat(category)};
  cl::opt<bool> verbose{"verbose", cl::desc("Print steps and their time"),
                        cl::cat(category)};
  cl::alias shortVerbose{"v", cl::aliasopt(verbose),
                         cl::desc("Alias for --verbose"), cl::cat(category)};
  cl::opt<bool> time{"time", cl::desc("Print the time of every pass"),
                     cl::cat(category)};
};
} // namespace

/// The targets that the flags name: `x86-64-v3,x86-64-v4+avx512vnni`.
static std::vector<TargetRequest> getTargets(const Flags &flags) {
  std::vector<TargetRequest> targets;
  for (llvm::StringRef target : llvm::split(flags.target, ',')) {
    auto [name, features] = target.split('+');
    std::vector<std::string> all;
    for (llvm::StringRef feature : llvm::split(features, '+'))
      if (!feature.empty())
        all.push_back("+" + feature.str());
    if (!flags.features.empty())
      all.push_back(flags.features);
    targets.push_back({name.str(), flags.cpu, llvm::join(all, ",")});
  }
  return targets;
}

/// The options of `spiq-quantize` that the flags stand for.
static std::string getQuantization(const Flags &flags) {
  std::vector<std::string> options;
  if (!flags.scheme.empty())
    options.push_back("scheme=" + flags.scheme);
  if (!flags.rule.empty())
    options.push_back("rule=" + flags.rule);
  if (flags.activationBits.getNumOccurrences())
    options.push_back("activation-bits=" + llvm::utostr(flags.activationBits));
  if (flags.weightBits.getNumOccurrences())
    options.push_back("weight-bits=" + llvm::utostr(flags.weightBits));
  if (!flags.bitsBudget.empty())
    options.push_back("bits-budget=" + flags.bitsBudget);
  if (!flags.minSQNR.empty())
    options.push_back("min-sqnr=" + flags.minSQNR);
  if (!flags.pixelMean.empty())
    options.push_back("pixel-mean=" + flags.pixelMean);
  if (!flags.pixelStddev.empty())
    options.push_back("pixel-std=" + flags.pixelStddev);
  if (flags.predict)
    options.push_back("predict=true");
  if (!flags.quantization.empty())
    options.push_back(flags.quantization);
  return llvm::join(options, " ");
}

int compileMain(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  // LLVM's library registers a flag of the same name.
  if (cl::Option *other = cl::getRegisteredOptions().lookup("threads"))
    other->removeArgument();
  Flags flags;
  cl::HideUnrelatedOptions(flags.category);
  cl::ParseCommandLineOptions(
      argc, argv, "Compiles a convolutional network to an integer library\n");

  CompileOptions options;
  options.input = flags.input;
  options.output = flags.output;
  options.stage = flags.emit;
  options.targets = getTargets(flags);
  options.name = flags.name;
  options.isFloat = flags.isFloat;
  options.quantization = getQuantization(flags);
  options.detectsBytes = flags.detectBytes;
  options.ioLayout = flags.ioLayout;
  options.ioType = flags.ioType;
  options.native = flags.native;
  options.tune = flags.tune.getNumOccurrences() != 0;
  options.schedules = options.tune ? flags.tune : flags.schedules;
  options.tuningCandidates = flags.tuningCandidates;
  options.tuningSeconds = flags.tuningSeconds;
  options.vectorize = flags.vectorize;
  options.threads = flags.threads;
  options.profile = flags.profile;
  options.exposesLayers = flags.exposeLayers;
  options.batch = flags.batch;
  options.inputShapes = {flags.inputShapes.begin(), flags.inputShapes.end()};
  options.verbose = flags.verbose;
  options.time = flags.time;
  return llvm::succeeded(compileModel(options)) ? 0 : 1;
}

} // namespace spiq
