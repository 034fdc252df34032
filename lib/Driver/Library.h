//===- Library.h - Libraries with header and report -------------*- C++ -*-===//
//
// Writes what C programs need to use a compiled model.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DRIVER_LIBRARY_H
#define SPIQ_LIB_DRIVER_LIBRARY_H

#include "OutputFiles.h"

#include "spiq/CodeGen/Linking.h"
#include "spiq/CodeGen/Signature.h"
#include "spiq/Driver/CompileOptions.h"

#include "llvm/Support/JSON.h"

#include <optional>

namespace spiq {

/// What is known about a lowered model and written next to its code.
struct ModelFacts {
  ModelSignature signature;
  uint64_t workspaceBytes = 0;
  /// Bytes of weights and tables.
  uint64_t constantBytes = 0;

  /// Extends the facts to another variant of the model.
  void add(const ModelFacts &other);
  /// Reads the facts from a module in LLVM dialect with a C interface.
  static ModelFacts get(mlir::ModuleOp module);
};

/// The files that accompany the library.
struct LibraryFiles {
  std::optional<size_t> header, report;
};

/// Writes object, static or shared library, header and report.
struct LibraryWriter {
  const CompileOptions &options;
  const Target &target;
  /// The names of all targets.
  llvm::StringRef description;
  llvm::StringRef name;
  const ModelFacts &facts;
  const std::optional<Linker> &linker;
  /// The layers of the network, as `describeLayers` puts them.
  const llvm::json::Array &layers;
  /// The predicted SQNR of the outputs in dB, where known.
  llvm::ArrayRef<std::optional<double>> predictions;
  /// What the user should know about the compilation.
  llvm::ArrayRef<std::string> remarks;

  llvm::Error write(OutputFiles &files, size_t mainFile,
                    const LibraryFiles &libraryFiles, llvm::StringRef object);

private:
  llvm::Error writeLibrary(OutputFiles &files, size_t mainFile,
                           llvm::StringRef object);
  llvm::Error writeSharedLibrary(OutputFiles &files, size_t mainFile,
                                 llvm::StringRef object);
  std::string createReport(uint64_t libraryBytes);
};

} // namespace spiq

#endif // SPIQ_LIB_DRIVER_LIBRARY_H
