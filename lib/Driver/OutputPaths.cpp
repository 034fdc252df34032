//===- OutputPaths.cpp - Names of the output files --------------*- C++ -*-===//
//
// Decides where the files of a compilation go.
//
//===----------------------------------------------------------------------===//

#include "OutputPaths.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using llvm::StringRef;

namespace spiq {

/// Name of the main file of a stage in an output folder.
static std::string getFileName(Stage stage, StringRef name) {
  switch (stage) {
  case Stage::ONNXImport:
  case Stage::SPIQ:
  case Stage::Quantized:
  case Stage::Linalg:
  case Stage::Kernels:
  case Stage::LLVMDialect:
    return (name + ".mlir").str();
  case Stage::LLVMIR:
    return (name + ".ll").str();
  case Stage::Bitcode:
    return (name + ".bc").str();
  case Stage::Assembly:
    return (name + ".s").str();
  case Stage::Object:
    return (name + ".o").str();
  case Stage::StaticLibrary:
    return ("lib" + name + ".a").str();
  case Stage::SharedLibrary:
    return ("lib" + name + ".so").str();
  }
  llvm_unreachable("unknown stage");
}

/// Whether the stage yields machine code that C programs link.
static bool hasHeader(Stage stage) { return stage >= Stage::Object; }

llvm::Expected<OutputPaths> getOutputPaths(const CompileOptions &options,
                                           StringRef name) {
  OutputPaths paths;
  StringRef output = options.output;
  if (output.empty())
    return llvm::createStringError("no output given: use -o FILE, -o FOLDER/ "
                                   "or, for text, -o -");
  if (output == "-") {
    if (hasHeader(options.stage))
      return llvm::createStringError(
          "--emit=" + getStageName(options.stage) +
          " writes several files, which the standard output cannot take; use "
          "-o FILE or -o FOLDER/");
    paths.main = "-";
    return paths;
  }

  llvm::SmallString<128> main(output), header, report;
  bool isFolder = llvm::sys::path::is_separator(output.back()) ||
                  llvm::sys::fs::is_directory(output);
  if (isFolder) {
    paths.folder = output.str();
    header = report = main;
    llvm::sys::path::append(main, getFileName(options.stage, name));
    llvm::sys::path::append(header, name + ".h");
    llvm::sys::path::append(report, name + ".json");
  } else {
    header = report = main;
    llvm::sys::path::replace_extension(header, "h");
    llvm::sys::path::replace_extension(report, "json");
    if (header == main || report == main)
      return llvm::createStringError("'" + output +
                                     "' is the name of the header or the "
                                     "report that is written next to it");
  }
  paths.main = main.str().str();
  if (hasHeader(options.stage)) {
    paths.header = header.str().str();
    paths.report = report.str().str();
  }
  return paths;
}

} // namespace spiq
