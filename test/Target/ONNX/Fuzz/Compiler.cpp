//===- Compiler.cpp - Compiles imported models ----------------------------===//

#include "Compiler.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "spiq/InitAll.h"
#include "spiq/Pipelines/Pipelines.h"

using namespace mlir;

static spiq::Target resolveTarget() {
  spiq::TargetRequest request;
  request.target = "x86-64-v3";
  return llvm::cantFail(spiq::Target::resolve(request));
}

Compiler::Compiler() : target(resolveTarget()) { spiq::registerAllPasses(); }

LogicalResult Compiler::compile(ModuleOp module, bool quantize) const {
  PassManager pm(module.getContext());
  StringRef simplification = "func.func(spiq-fold-batch-norm),cse,";
  StringRef quantization = quantize ? "spiq-quantize," : "";
  if (failed(parsePassPipeline(
          (simplification + quantization + "spiq-record-signature").str(), pm)))
    return failure();
  spiq::buildLowerToKernelsPipeline(pm, target, /*native=*/true);
  if (failed(parsePassPipeline("convert-spiq-to-linalg,"
                               "func.func(convert-elementwise-to-linalg),"
                               "canonicalize,cse",
                               pm)))
    return failure();
  spiq::buildLowerToLLVMPipeline(pm, target, "model", /*vectorize=*/true);
  return pm.run(module);
}
