//===- spiq-opt.cpp - SPIQ's optimizer driver -----------------------------===//
//
// `mlir-opt` with the SPIQ dialect, passes and pipelines.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registry.insert<spiq::SPIQDialect>();
  mlir::registerAllPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "SPIQ optimizer driver\n", registry));
}
