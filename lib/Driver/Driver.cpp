//===- Driver.cpp - Compiles a model from file to file ----------*- C++ -*-===//
//
// Reads a model, runs the stages and writes what was asked for.
//
//===----------------------------------------------------------------------===//

#include "spiq/Driver/Driver.h"

#include "Diagnostics.h"
#include "LayerReport.h"
#include "Library.h"
#include "ModelLoader.h"
#include "OutputFiles.h"
#include "OutputPaths.h"
#include "Progress.h"
#include "Stages.h"
#include "Tuning.h"

#include "spiq/CodeGen/CHeader.h"
#include "spiq/CodeGen/Emission.h"
#include "spiq/CodeGen/Signature.h"
#include "spiq/CodeGen/Variants.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OperationSupport.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/WithColor.h"

using namespace mlir;

namespace spiq {

static LogicalResult reportError(llvm::Error error) {
  llvm::WithColor::error(llvm::errs(), "spiq-compile")
      << llvm::toString(std::move(error)) << "\n";
  return failure();
}

/// Prepares the module for printing: what the operations of the network compute
/// is called like its node, with `/layers.0/Conv` as `layers.0.Conv`; constants
/// and movements keep the names that the printer gives.
static void nameValuesAfterNodes(ModuleOp module) {
  module.walk([](Operation *op) {
    if (!isa_and_nonnull<SPIQDialect>(op->getDialect())) {
      op->setLoc(UnknownLoc::get(op->getContext()));
      return;
    }
    auto loc = op->getLoc()->findInstanceOf<NameLoc>();
    if (!loc)
      return;
    std::string name = loc.getName().getValue().ltrim('/').str();
    for (char &c : name)
      if (!llvm::isAlnum(c) && c != '_')
        c = '.';
    op->setLoc(NameLoc::get(StringAttr::get(op->getContext(), name)));
  });
}

/// Writes a file or, for `-`, the standard output.
static llvm::Error writeMain(OutputFiles &files, std::optional<size_t> file,
                             StringRef contents) {
  if (file)
    return files.write(*file, contents);
  return writeToStandardOutput(contents);
}

namespace {
/// One compilation: the files it writes and what it knows on the way.
class Compilation {
public:
  Compilation(const CompileOptions &options, std::vector<Target> targets,
              StringRef name)
      : options(options), targets(std::move(targets)), name(name),
        progress(options.verbose) {}

  llvm::Error openFiles(const OutputPaths &paths);
  LogicalResult run(MLIRContext &context, const DiagnosticPrinter &diagnostics);

private:
  LogicalResult print(ModuleOp module);
  LogicalResult emit(OwningOpRef<ModuleOp> module,
                     ArrayRef<std::string> remarks);
  /// Compiles a copy of `module` for every target and joins the results.
  FailureOr<std::unique_ptr<llvm::Module>>
  translate(OwningOpRef<ModuleOp> module, llvm::LLVMContext &llvmContext,
            ModelFacts &facts);
  /// Whether the library asks the processor what it supports.
  bool isDispatched() const {
    return targets.size() > 1 || needsDispatch(targets.front());
  }
  /// What all code runs on: any processor of the architecture if the library
  /// asks which it is. Functions say themselves which variant they belong to.
  llvm::Expected<Target> getCommonTarget();

  const CompileOptions &options;
  std::vector<Target> targets;
  std::string name;
  Progress progress;
  OutputFiles files;
  std::optional<size_t> mainFile;
  LibraryFiles libraryFiles;
  std::optional<Tuning> tuning;
  std::optional<Linker> linker;
};
} // namespace

llvm::Error Compilation::openFiles(const OutputPaths &paths) {
  if (options.stage == Stage::SharedLibrary) {
    llvm::Expected<Linker> found = findLinker(targets.front());
    if (!found)
      return found.takeError();
    linker = *found;
  }
  if (options.tune) {
    llvm::Expected<Tuning> opened = Tuning::open(options, targets);
    if (!opened)
      return opened.takeError();
    tuning = std::move(*opened);
  }
  if (llvm::Error error = files.createFolder(paths.folder))
    return error;
  auto open = [&](StringRef path, std::optional<size_t> &file) -> llvm::Error {
    if (path.empty() || path == "-")
      return llvm::Error::success();
    llvm::Expected<size_t> opened = files.open(path);
    if (!opened)
      return opened.takeError();
    file = *opened;
    return llvm::Error::success();
  };
  if (llvm::Error error = open(paths.main, mainFile))
    return error;
  if (llvm::Error error = open(paths.header, libraryFiles.header))
    return error;
  return open(paths.report, libraryFiles.report);
}

LogicalResult Compilation::run(MLIRContext &context,
                               const DiagnosticPrinter &diagnostics) {
  progress.start("reading " + options.input);
  OwningOpRef<ModuleOp> module = loadModel(options, context);
  if (!module)
    return failure();
  if (failed(runNetworkStages(*module, options, progress)) ||
      (tuning && failed(tuning->run(*module, progress))))
    return failure();
  if (options.stage <= Stage::LLVMDialect) {
    if (failed(runTargetStages(*module, options, targets.front(), name,
                               progress)) ||
        failed(print(*module)))
      return failure();
  } else if (failed(emit(std::move(module), diagnostics.getRemarks()))) {
    return failure();
  }
  progress.finish();
  if (llvm::Error error = files.commit())
    return reportError(std::move(error));
  return success();
}

LogicalResult Compilation::print(ModuleOp module) {
  progress.start("writing");
  std::string text;
  llvm::raw_string_ostream os(text);
  nameValuesAfterNodes(module);
  module.print(os, OpPrintingFlags().printNameLocAsPrefix());
  os << "\n";
  if (llvm::Error error = writeMain(files, mainFile, text))
    return reportError(std::move(error));
  return success();
}

llvm::Expected<Target> Compilation::getCommonTarget() {
  if (!isDispatched())
    return targets.front();
  return Target::resolve({targets.front().getTriple().str(), "", ""});
}

FailureOr<std::unique_ptr<llvm::Module>>
Compilation::translate(OwningOpRef<ModuleOp> module,
                       llvm::LLVMContext &llvmContext, ModelFacts &facts) {
  std::vector<Variant> variants;
  for (const Target &target : targets) {
    OwningOpRef<ModuleOp> copy = &target == &targets.back()
                                     ? std::move(module)
                                     : OwningOpRef<ModuleOp>(module->clone());
    if (failed(runTargetStages(*copy, options, target, name, progress)))
      return failure();
    progress.start("translating to LLVM IR");
    facts.add(ModelFacts::get(*copy));
    std::unique_ptr<llvm::Module> llvmModule =
        translateToLLVMIR(*copy, target, llvmContext);
    if (!llvmModule)
      return failure();
    variants.push_back({target, std::move(llvmModule)});
  }
  if (!isDispatched())
    return std::move(variants.front().module);
  return joinVariants(std::move(variants), name);
}

LogicalResult Compilation::emit(OwningOpRef<ModuleOp> module,
                                ArrayRef<std::string> remarks) {
  llvm::Expected<Target> target = getCommonTarget();
  if (!target)
    return reportError(target.takeError());
  llvm::json::Array layers = describeLayers(*module);
  SmallVector<std::optional<double>> predictions = getPredictions(*module);
  llvm::LLVMContext llvmContext;
  ModelFacts facts;
  FailureOr<std::unique_ptr<llvm::Module>> translated =
      translate(std::move(module), llvmContext, facts);
  if (failed(translated))
    return failure();
  llvm::Module &llvmModule = **translated;
  progress.start("optimizing");
  optimizeLLVMIR(llvmModule, *target);

  progress.start("generating code");
  if (options.stage < Stage::Object) {
    EmissionKind kind = options.stage == Stage::LLVMIR ? EmissionKind::IR
                        : options.stage == Stage::Bitcode
                            ? EmissionKind::Bitcode
                            : EmissionKind::Assembly;
    SmallVector<char> contents;
    emitLLVMIR(llvmModule, *target, kind, contents);
    StringRef text(contents.data(), contents.size());
    if (llvm::Error error = writeMain(files, mainFile, text))
      return reportError(std::move(error));
    return success();
  }
  SmallVector<char> object;
  emitLLVMIR(llvmModule, *target, EmissionKind::Object, object);
  progress.start("writing");
  std::string description =
      llvm::join(llvm::map_range(targets,
                                 [](const Target &target) {
                                   return target.getDescription();
                                 }),
                 ", ");
  LibraryWriter writer{options, *target, description, name,   facts,
                       linker,  layers,  predictions, remarks};
  if (llvm::Error error = writer.write(files, *mainFile, libraryFiles,
                                       StringRef(object.data(), object.size())))
    return reportError(std::move(error));
  return success();
}

/// Resolves the targets of `options`, sorted by speed if there are several.
static llvm::Expected<std::vector<Target>>
resolveTargets(const CompileOptions &options) {
  std::vector<Target> targets;
  for (const TargetRequest &request : options.targets) {
    llvm::Expected<Target> target = Target::resolve(request);
    if (!target)
      return target.takeError();
    targets.push_back(std::move(*target));
  }
  if (targets.size() == 1)
    return targets;
  if (targets.size() > maxVariants)
    return llvm::createStringError(
        "--target lists " + llvm::Twine(targets.size()) +
        " targets; a library holds up to " + llvm::Twine(maxVariants));
  for (auto [request, target] : llvm::zip_equal(options.targets, targets)) {
    if (target.getTriple() != targets.front().getTriple())
      return llvm::createStringError(
          "'" + request.target + "' cannot share a library with '" +
          options.targets.front().target +
          "': only targets of one architecture can; compile it alone");
    if (!request.cpu.empty())
      return llvm::createStringError(
          "--mcpu=" + request.cpu +
          " names one processor, but --target lists several targets; give one "
          "target, or add features to each: --target=x86-64-v3,x86-64-v4+"
          "avx512vnni");
  }
  if (options.stage == Stage::Kernels || options.stage == Stage::LLVMDialect)
    return llvm::createStringError(
        "--emit=" + getStageName(options.stage) +
        " prints the program for one target, but --target lists several");
  sortBySpeed(targets);
  return targets;
}

/// Refuses options that contradict each other.
static llvm::Error checkOptions(const CompileOptions &options) {
  if (options.isFloat && options.ioType == IOType::Quantized)
    return llvm::createStringError(
        "--io-type=quantized contradicts --float: a float network has no "
        "scales");
  if (options.isFloat && !options.quantization.empty())
    return llvm::createStringError("--float contradicts the quantization "
                                   "options '" +
                                   options.quantization + "'");
  if (options.isFloat && !options.schedules.empty() && !options.tune)
    return llvm::createStringError(
        "--schedules contradicts --float: only quantized layers have "
        "schedules");
  if (options.threads == 0)
    return llvm::createStringError(
        "--threads=0 leaves no thread to run on; use 1 or more");
  return llvm::Error::success();
}

LogicalResult compileModel(const CompileOptions &options) {
  llvm::Expected<std::vector<Target>> targets = resolveTargets(options);
  if (!targets)
    return reportError(targets.takeError());
  if (llvm::Error error = checkOptions(options))
    return reportError(std::move(error));
  if (!llvm::sys::fs::exists(options.input))
    return reportError(llvm::createStringError("cannot read '" + options.input +
                                               "': no such file"));
  std::string name =
      toCIdentifier(options.name.empty() ? llvm::sys::path::stem(options.input)
                                         : StringRef(options.name));
  if (!options.name.empty() && name != options.name)
    return reportError(llvm::createStringError("--name=" + options.name +
                                               " is not a C identifier; '" +
                                               name + "' would be one"));
  llvm::Expected<OutputPaths> paths = getOutputPaths(options, name);
  if (!paths)
    return reportError(paths.takeError());
  Compilation compilation(options, std::move(*targets), name);
  if (llvm::Error error = compilation.openFiles(*paths))
    return reportError(std::move(error));

  DialectRegistry registry;
  registerModelDialects(registry);
  MLIRContext context(registry, options.time ? MLIRContext::Threading::DISABLED
                                             : MLIRContext::Threading::ENABLED);
  DiagnosticPrinter diagnostics(context);
  return compilation.run(context, diagnostics);
}

} // namespace spiq
