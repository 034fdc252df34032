//===- Driver.cpp - Compiles a model from file to file ----------*- C++ -*-===//
//
// Reads a model, runs the stages and writes what was asked for.
//
//===----------------------------------------------------------------------===//

#include "spiq/Driver/Driver.h"

#include "Diagnostics.h"
#include "Library.h"
#include "ModelLoader.h"
#include "OutputFiles.h"
#include "OutputPaths.h"
#include "Progress.h"
#include "Stages.h"

#include "spiq/CodeGen/CHeader.h"
#include "spiq/CodeGen/Emission.h"
#include "spiq/CodeGen/Signature.h"
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
  Compilation(const CompileOptions &options, const Target &target,
              StringRef name)
      : options(options), target(target), name(name),
        progress(options.verbose) {}

  llvm::Error openFiles(const OutputPaths &paths);
  LogicalResult run(MLIRContext &context, const DiagnosticPrinter &diagnostics);

private:
  LogicalResult emit(ModuleOp module, ArrayRef<std::string> remarks);

  const CompileOptions &options;
  const Target &target;
  std::string name;
  Progress progress;
  OutputFiles files;
  std::optional<size_t> mainFile;
  LibraryFiles libraryFiles;
  std::optional<Linker> linker;
};
} // namespace

llvm::Error Compilation::openFiles(const OutputPaths &paths) {
  if (options.stage == Stage::SharedLibrary) {
    llvm::Expected<Linker> found = findLinker(target);
    if (!found)
      return found.takeError();
    linker = *found;
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
  if (failed(runStages(*module, options, target, name, progress)) ||
      failed(emit(*module, diagnostics.getRemarks())))
    return failure();
  progress.finish();
  if (llvm::Error error = files.commit())
    return reportError(std::move(error));
  return success();
}

LogicalResult Compilation::emit(ModuleOp module,
                                ArrayRef<std::string> remarks) {
  if (options.stage <= Stage::LLVMDialect) {
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

  progress.start("translating to LLVM IR");
  FailureOr<ModelFacts> facts = ModelFacts::get(module);
  if (failed(facts))
    return failure();
  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> llvmModule =
      translateToLLVMIR(module, target, llvmContext);
  if (!llvmModule)
    return failure();
  // The constants of large models are better held once.
  module.getBody()->clear();
  progress.start("optimizing");
  optimizeLLVMIR(*llvmModule, target);

  progress.start("generating code");
  if (options.stage < Stage::Object) {
    EmissionKind kind = options.stage == Stage::LLVMIR ? EmissionKind::IR
                        : options.stage == Stage::Bitcode
                            ? EmissionKind::Bitcode
                            : EmissionKind::Assembly;
    SmallVector<char> contents;
    if (llvm::Error error = emitLLVMIR(*llvmModule, target, kind, contents))
      return reportError(std::move(error));
    StringRef text(contents.data(), contents.size());
    if (llvm::Error error = writeMain(files, mainFile, text))
      return reportError(std::move(error));
    return success();
  }
  SmallVector<char> object;
  if (llvm::Error error =
          emitLLVMIR(*llvmModule, target, EmissionKind::Object, object))
    return reportError(std::move(error));
  progress.start("writing");
  LibraryWriter writer{options, target, name, *facts, linker, remarks};
  if (llvm::Error error = writer.write(files, *mainFile, libraryFiles,
                                       StringRef(object.data(), object.size())))
    return reportError(std::move(error));
  return success();
}

LogicalResult compileModel(const CompileOptions &options) {
  llvm::Expected<Target> target = Target::resolve(options.target);
  if (!target)
    return reportError(target.takeError());
  if (options.isFloat && options.ioType == IOType::Quantized)
    return reportError(llvm::createStringError(
        "--io-type=quantized contradicts --float: a float network has no "
        "scales"));
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
  Compilation compilation(options, *target, name);
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
