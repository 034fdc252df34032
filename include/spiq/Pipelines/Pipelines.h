//===- Pipelines.h - Named pass pipelines -----------------------*- C++ -*-===//
//
// The pipelines that take a model from one stage to the next.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_PIPELINES_PIPELINES_H
#define SPIQ_PIPELINES_PIPELINES_H

#include "spiq/CodeGen/Target.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace spiq {

/// Largest number of threads that a run can use unless another is asked for.
inline constexpr unsigned defaultMaxThreads = 64;

/// Options of the pipelines that lower for a target.
struct LowerToLLVMOptions
    : public mlir::PassPipelineOptions<LowerToLLVMOptions> {
  Option<std::string> target{
      *this, "target",
      llvm::cl::desc("host, x86-64[-v2|-v3|-v4], aarch64 or an LLVM triple"),
      llvm::cl::init("host")};
  Option<std::string> cpu{*this, "mcpu",
                          llvm::cl::desc("Processor name of LLVM"),
                          llvm::cl::init("")};
  Option<std::string> features{
      *this, "mattr", llvm::cl::desc("Features to add (+x) or remove (-x)"),
      llvm::cl::init("")};
  Option<std::string> name{*this, "name",
                           llvm::cl::desc("Name of the model, a C identifier"),
                           llvm::cl::init("model")};
  Option<bool> native{
      *this, "native",
      llvm::cl::desc("Native kernels where the target has instructions for "
                     "them; portable loops otherwise"),
      llvm::cl::init(true)};
  Option<std::string> schedules{
      *this, "schedules",
      llvm::cl::desc("File of measured schedules of layers, as "
                     "spiq-schedule-layers reads it"),
      llvm::cl::init("")};
  Option<bool> vectorize{
      *this, "vectorize",
      llvm::cl::desc("Tile, fuse and vectorize; plain loops otherwise"),
      llvm::cl::init(true)};
  Option<bool> profile{*this, "profile",
                       llvm::cl::desc("Record the time of each step"),
                       llvm::cl::init(false)};
  Option<unsigned> threads{
      *this, "threads",
      llvm::cl::desc("Largest number of threads of a run; 1: leave out the "
                     "function that runs in parallel"),
      llvm::cl::init(defaultMaxThreads)};

  TargetRequest getTargetRequest() const { return {target, cpu, features}; }
};

/// SPIQ -> SPIQ with values stored as the kernels of `target` read them: the
/// first part of `spiq-lower-to-kernels`.
void buildLegalizeForKernelsPipeline(mlir::OpPassManager &pm,
                                     const Target &target);

/// SPIQ -> linalg on tensors. With `native`, quantized operations become native
/// kernels where `target` has instructions for them, scheduled as the file
/// `schedules` says, if one is named: `spiq-lower-to-kernels`. With `profile`,
/// locations tell which layers they are.
void buildLowerToKernelsPipeline(mlir::OpPassManager &pm, const Target &target,
                                 bool native, llvm::StringRef schedules = "",
                                 bool profile = false);

/// linalg on tensors -> tiled, fused and vectorized for `target`, on tensors.
void buildOptimizeLinalgPipeline(mlir::OpPassManager &pm, const Target &target);

/// Tensors -> buffers in one planned workspace; no allocation is left.
void buildBufferizePipeline(mlir::OpPassManager &pm);

/// Buffers -> LLVM dialect with the C interface of the model `name`. A run may
/// use up to `maxThreads` threads of its caller.
void buildLowerBuffersToLLVMPipeline(mlir::OpPassManager &pm,
                                     const Target &target, llvm::StringRef name,
                                     unsigned maxThreads);

/// linalg on tensors -> LLVM dialect, the three pipelines above in a row:
/// `spiq-lower-to-llvm`. With `profile`, the model records the times of its
/// steps.
void buildLowerToLLVMPipeline(mlir::OpPassManager &pm, const Target &target,
                              llvm::StringRef name, bool vectorize,
                              unsigned maxThreads = defaultMaxThreads,
                              bool profile = false);

/// SPIQ -> LLVM dialect, all pipelines above in a row: `spiq-to-llvm`.
void buildSPIQToLLVMPipeline(mlir::OpPassManager &pm, const Target &target,
                             const LowerToLLVMOptions &options);

/// Registers the pipelines by name: `spiq-to-llvm` and its parts.
void registerSPIQPipelines();

} // namespace spiq

#endif // SPIQ_PIPELINES_PIPELINES_H
