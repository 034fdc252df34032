//===- SPIQPlugin.cpp - Dialect and passes as an mlir-opt plugin ----------===//
//
// Entry points by which MLIR's own tools load SPIQ:
//
//   mlir-opt-22 --load-dialect-plugin=SPIQPlugin.so
//               --load-pass-plugin=SPIQPlugin.so --pass-pipeline=...
//
//===----------------------------------------------------------------------===//

#include "spiq/InitAll.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "llvm/Support/Compiler.h"

extern "C" LLVM_ATTRIBUTE_VISIBILITY_DEFAULT mlir::DialectPluginLibraryInfo
mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "SPIQ", SPIQ_VERSION,
          [](mlir::DialectRegistry *registry) {
            spiq::registerDialects(*registry);
          }};
}

extern "C" LLVM_ATTRIBUTE_VISIBILITY_DEFAULT mlir::PassPluginLibraryInfo
mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "SPIQ", SPIQ_VERSION,
          [] { spiq::registerPasses(); }};
}
