//===- Diagnostics.h - Messages of a compilation ----------------*- C++ -*-===//
//
// Prints MLIR's diagnostics the way a command line tool does.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DRIVER_DIAGNOSTICS_H
#define SPIQ_LIB_DRIVER_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"

#include <string>
#include <vector>

namespace spiq {

/// Prints diagnostics on stderr while it lives: severity, node or position in a
/// file, message, notes. Keeps the remarks, which say what could not be done
/// with the network, for the report.
class DiagnosticPrinter {
public:
  explicit DiagnosticPrinter(mlir::MLIRContext &context);

  /// Remarks so far, each once.
  const std::vector<std::string> &getRemarks() const { return remarks; }

private:
  void print(mlir::Diagnostic &diagnostic);

  std::vector<std::string> remarks;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace spiq

#endif // SPIQ_LIB_DRIVER_DIAGNOSTICS_H
