//===- spiq-lsp-server.cpp - Language server for SPIQ's IR ----------------===//
//
// `mlir-lsp-server` with the SPIQ dialect: diagnostics, hovers and navigation
// in editors.
//
//===----------------------------------------------------------------------===//

#include "spiq/InitAll.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Support/LLVM.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"
#include "llvm/Support/LogicalResult.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  spiq::registerAllDialects(registry);
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
