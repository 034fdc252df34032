//===- OutputPaths.h - Names of the output files ----------------*- C++ -*-===//
//
// Decides where the files of a compilation go.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DRIVER_OUTPUTPATHS_H
#define SPIQ_LIB_DRIVER_OUTPUTPATHS_H

#include "spiq/Driver/CompileOptions.h"

#include "llvm/Support/Error.h"

namespace spiq {

/// Names of the files that a compilation writes.
struct OutputPaths {
  /// The folder that the files go to; empty if a file was named.
  std::string folder;
  /// What `--emit` asks for; `-` for the standard output.
  std::string main;
  /// C header and report of a model; empty if none is written.
  std::string header, report;
};

/// Computes the names for `options` and the model `name`. `options.output`
/// names a folder if it is one or ends in a slash. A folder gets `libNAME.so`,
/// `NAME.h` and `NAME.json`; next to a file `x.so` lie `x.h` and `x.json`.
llvm::Expected<OutputPaths> getOutputPaths(const CompileOptions &options,
                                           llvm::StringRef name);

} // namespace spiq

#endif // SPIQ_LIB_DRIVER_OUTPUTPATHS_H
