//===- Registration.cpp - Pipelines by name ---------------------*- C++ -*-===//
//
// Makes the pipelines available to tools and plugins.
//
//===----------------------------------------------------------------------===//

#include "spiq/Pipelines/Pipelines.h"
#include "spiq/Pipelines/Quantize.h"

#include "mlir/Pass/PassRegistry.h"

using namespace mlir;

namespace spiq {

/// Registers a pipeline that needs to know the target. An unknown target is an
/// error of the pipeline's options.
static void
registerTargetPipeline(StringRef name, StringRef description,
                       std::function<void(OpPassManager &, const Target &,
                                          const LowerToLLVMOptions &)>
                           build) {
  auto parseAndBuild =
      [build](OpPassManager &pm, StringRef text,
              function_ref<LogicalResult(const Twine &)> errorHandler)
      -> LogicalResult {
    LowerToLLVMOptions options;
    if (failed(options.parseFromString(text)))
      return failure();
    llvm::Expected<Target> target = Target::resolve(options.getTargetRequest());
    if (!target)
      return errorHandler(llvm::toString(target.takeError()));
    build(pm, *target, options);
    return success();
  };
  registerPassPipeline(
      name, description, parseAndBuild,
      [](function_ref<void(const mlir::detail::PassOptions &)> handler) {
        handler(LowerToLLVMOptions());
      });
}

void registerSPIQPipelines() {
  registerQuantizePipeline();
  registerTargetPipeline("spiq-lower-to-kernels",
                         "Lower SPIQ to native kernels and linalg on tensors",
                         [](OpPassManager &pm, const Target &target,
                            const LowerToLLVMOptions &options) {
                           buildLowerToKernelsPipeline(
                               pm, target, options.native, options.schedules);
                         });
  registerTargetPipeline(
      "spiq-optimize-linalg", "Tile, fuse and vectorize linalg on tensors",
      [](OpPassManager &pm, const Target &target, const LowerToLLVMOptions &) {
        buildOptimizeLinalgPipeline(pm, target);
      });
  PassPipelineRegistration<>(
      "spiq-tensors-to-buffers",
      "Bufferize and place all buffers into one workspace",
      buildBufferizePipeline);
  registerTargetPipeline(
      "spiq-buffers-to-llvm",
      "Lower buffers to LLVM dialect and add the C interface",
      [](OpPassManager &pm, const Target &target,
         const LowerToLLVMOptions &options) {
        buildLowerBuffersToLLVMPipeline(pm, target, options.name,
                                        options.threads);
      });
  registerTargetPipeline(
      "spiq-lower-to-llvm", "Lower linalg on tensors to LLVM dialect",
      [](OpPassManager &pm, const Target &target,
         const LowerToLLVMOptions &options) {
        buildLowerToLLVMPipeline(pm, target, options.name, options.vectorize,
                                 options.threads, options.profile);
      });
  registerTargetPipeline("spiq-to-llvm", "Lower SPIQ to LLVM dialect",
                         buildSPIQToLLVMPipeline);
}

} // namespace spiq
