//===- Stages.cpp - Pipelines between the stages ----------------*- C++ -*-===//
//
// Runs the pipelines that take a model to a stage.
//
//===----------------------------------------------------------------------===//

#include "Stages.h"

#include "spiq/CodeGen/Passes.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/Dialect/SPIQ/Transforms/Passes.h"
#include "spiq/Pipelines/Pipelines.h"
#include "spiq/Pipelines/Quantize.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace spiq {

StringRef getStageName(Stage stage) {
  switch (stage) {
  case Stage::ONNXImport:
    return "onnx-import";
  case Stage::SPIQ:
    return "spiq";
  case Stage::Quantized:
    return "quantized";
  case Stage::Linalg:
    return "linalg";
  case Stage::Kernels:
    return "kernels";
  case Stage::LLVMDialect:
    return "llvm-dialect";
  case Stage::LLVMIR:
    return "llvm";
  case Stage::Bitcode:
    return "bitcode";
  case Stage::Assembly:
    return "asm";
  case Stage::Object:
    return "obj";
  case Stage::StaticLibrary:
    return "static";
  case Stage::SharedLibrary:
    return "shared";
  }
  llvm_unreachable("unknown stage");
}

/// Adds the pipeline that quantizes as `options` say.
static LogicalResult addQuantization(OpPassManager &pm,
                                     const CompileOptions &options,
                                     MLIRContext *context) {
  QuantizeOptions quantization;
  quantization.quantizedIO = options.ioType == IOType::Quantized;
  std::string message;
  llvm::raw_string_ostream os(message);
  if (succeeded(quantization.parseFromString(options.quantization, os))) {
    buildQuantizePipeline(pm, quantization);
    return success();
  }
  // LLVM reports malformed values itself.
  StringRef reason(message);
  reason.consume_front("<Pass-Options-Parser>: ");
  return emitError(UnknownLoc::get(context))
         << "cannot quantize with '" << options.quantization << "'"
         << (reason.empty() ? "" : ": ") << reason.trim();
}

static LogicalResult
runPipeline(ModuleOp module, const CompileOptions &options, StringRef title,
            Progress &progress,
            function_ref<LogicalResult(OpPassManager &)> build) {
  progress.start(title);
  PassManager pm(module.getContext());
  if (options.time)
    pm.enableTiming();
  if (failed(build(pm)))
    return failure();
  // A pass that fails says why; if one does not, this must not end in silence.
  unsigned numErrors = 0;
  ScopedDiagnosticHandler counter(
      module.getContext(), [&](Diagnostic &diagnostic) {
        numErrors += diagnostic.getSeverity() == DiagnosticSeverity::Error;
        return failure(); // printed by the next handler
      });
  if (succeeded(pm.run(module)))
    return success();
  if (numErrors == 0)
    module.emitError() << title << " failed for a reason that no pass named";
  return failure();
}

/// Whether the module holds operations or types that lower through SPIQ.
static bool usesSPIQ(ModuleOp module) {
  return module
      .walk([](Operation *op) {
        bool isSPIQ =
            isa_and_nonnull<SPIQDialect, quant::QuantDialect>(op->getDialect());
        return isSPIQ ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Refuses options about networks for a module that holds none.
static LogicalResult checkLowered(const CompileOptions &options,
                                  MLIRContext *context) {
  StringRef ignored = !options.quantization.empty()
                          ? StringRef(options.quantization)
                      : options.ioType != IOType::Float ? "--io-type=quantized"
                      : options.ioLayout != IOLayout::NCHW ? "--io-layout=nhwc"
                      : options.exposesLayers              ? "--expose-layers"
                                                           : "";
  if (ignored.empty())
    return success();
  return emitError(UnknownLoc::get(context))
         << "'" << ignored << "' would have no effect: '" << options.input
         << "' holds no operations of SPIQ";
}

LogicalResult runNetworkStages(ModuleOp module, const CompileOptions &options,
                               Progress &progress) {
  if (options.stage == Stage::ONNXImport)
    return success();
  if (!usesSPIQ(module))
    return checkLowered(options, module.getContext());
  SPIQFoldBatchNormOptions folding;
  folding.detectBytes = options.detectsBytes;
  // No canonicalization here: it would drop the pairs of casts of a network
  // that is quantized already.
  if (failed(runPipeline(
          module, options, "simplifying the network", progress,
          [&](OpPassManager &pm) {
            if (options.ioLayout == IOLayout::NHWC)
              pm.addNestedPass<func::FuncOp>(createSPIQChannelsLastIO());
            pm.addNestedPass<func::FuncOp>(createSPIQFoldBatchNorm(folding));
            if (options.isFloat)
              pm.addNestedPass<func::FuncOp>(createSPIQKeepCasts());
            pm.addPass(createCSEPass());
            return success();
          })))
    return failure();
  if (options.stage == Stage::SPIQ)
    return success();
  if (!options.isFloat &&
      failed(runPipeline(
          module, options, "quantizing", progress, [&](OpPassManager &pm) {
            return addQuantization(pm, options, module.getContext());
          })))
    return failure();
  if (!options.exposesLayers)
    return success();
  return runPipeline(module, options, "exposing layers", progress,
                     [](OpPassManager &pm) {
                       pm.addNestedPass<func::FuncOp>(createSPIQExposeLayers());
                       return success();
                     });
}

LogicalResult runTargetStages(ModuleOp module, const CompileOptions &options,
                              const Target &target, StringRef name,
                              Progress &progress) {
  if (options.stage <= Stage::Quantized)
    return success();
  if (usesSPIQ(module)) {
    bool native = options.native && options.stage != Stage::Linalg;
    if (failed(runPipeline(module, options, "lowering to linalg", progress,
                           [&](OpPassManager &pm) {
                             buildLowerToKernelsPipeline(pm, target, native,
                                                         options.schedules,
                                                         options.profile);
                             return success();
                           })))
      return failure();
  }
  if (options.stage <= Stage::Kernels)
    return success();
  return runPipeline(
      module, options, "lowering to LLVM", progress, [&](OpPassManager &pm) {
        buildLowerToLLVMPipeline(pm, target, name, options.vectorize,
                                 options.threads, options.profile);
        return success();
      });
}

} // namespace spiq
