//===- Driver.h - Compiles a model from file to file ------------*- C++ -*-===//
//
// The whole path from a model file to a library; what spiq-compile runs.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DRIVER_DRIVER_H
#define SPIQ_DRIVER_DRIVER_H

#include "spiq/Driver/CompileOptions.h"

#include "mlir/Support/LogicalResult.h"

namespace spiq {

/// Compiles as `options` say. Errors are printed to stderr; nothing is written
/// then.
llvm::LogicalResult compileModel(const CompileOptions &options);

/// Parses the command line of spiq-compile and runs it. Returns the exit
/// status.
int compileMain(int argc, char **argv);

} // namespace spiq

#endif // SPIQ_DRIVER_DRIVER_H
