//===- count-layers.cpp - A tool outside of SPIQ's tree -------------------===//
//
// Reads a file, canonicalizes it and prints how many of its operations have
// weights: uses the dialect, its interface and a pass manager.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/InitAll.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/raw_ostream.h"

int main(int argc, char **argv) {
  if (argc != 2)
    return 2;
  mlir::DialectRegistry registry;
  registry.insert<mlir::func::FuncDialect>();
  spiq::registerDialects(registry);
  mlir::MLIRContext context(registry);
  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::parseSourceFile<mlir::ModuleOp>(argv[1], &context);
  if (!module)
    return 1;
  mlir::PassManager passes(&context);
  passes.addPass(mlir::createCanonicalizerPass());
  if (mlir::failed(passes.run(*module)))
    return 1;
  int layers = 0, operations = 0;
  module->walk([&](mlir::Operation *op) {
    operations += mlir::isa<spiq::SPIQDialect>(op->getDialect());
    layers += mlir::isa<spiq::LinearOpInterface>(op);
  });
  llvm::outs() << layers << " layers in " << operations << " operations\n";
  return 0;
}
