//===- InitAll.cpp - Registration of everything SPIQ has ------------------===//
//
// Lists the dialects, passes and pipelines of SPIQ.
//
//===----------------------------------------------------------------------===//

#include "spiq/InitAll.h"

#include "spiq/CodeGen/Passes.h"
#include "spiq/Conversion/Passes.h"
#include "spiq/Dialect/CPU/IR/CPU.h"
#include "spiq/Dialect/CPU/Transforms/Passes.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/Dialect/SPIQ/Transforms/Passes.h"
#include "spiq/Execution/JITRunner.h"
#include "spiq/Pipelines/Pipelines.h"

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"

void spiq::registerDialects(mlir::DialectRegistry &registry) {
  registry.insert<SPIQDialect, cpu::CPUDialect>();
  cpu::registerBufferizableOpInterfaceExternalModels(registry);
  registerJITRunner(registry);
}

void spiq::registerPasses() {
  cpu::registerSPIQCPUPasses();
  registerSPIQPasses();
  registerSPIQCodeGenPasses();
  registerSPIQPipelines();
  registerSPIQConversionPasses();
}

void spiq::registerAllDialects(mlir::DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registerDialects(registry);
}

void spiq::registerAllPasses() {
  mlir::registerAllPasses();
  registerPasses();
}
