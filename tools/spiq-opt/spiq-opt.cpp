//===- spiq-opt.cpp - SPIQ's optimizer driver -----------------------------===//
//
// `mlir-opt` with the SPIQ dialect, passes and pipelines.
//
//===----------------------------------------------------------------------===//

#include "spiq/InitAll.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  spiq::registerAllDialects(registry);
  spiq::registerAllPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "SPIQ optimizer driver\n", registry));
}
