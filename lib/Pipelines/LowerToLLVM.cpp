//===- LowerToLLVM.cpp - From SPIQ to LLVM dialect --------------*- C++ -*-===//
//
// The pipelines that lower for a target.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/ModelABI.h"
#include "spiq/CodeGen/Passes.h"
#include "spiq/Conversion/SPIQToCPU/SPIQToCPU.h"
#include "spiq/Conversion/SPIQToLinalg/SPIQToLinalg.h"
#include "spiq/Dialect/CPU/Transforms/Passes.h"
#include "spiq/Dialect/SPIQ/Transforms/Passes.h"
#include "spiq/Pipelines/Pipelines.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Func/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace spiq {

void buildLegalizeForKernelsPipeline(OpPassManager &pm, const Target &target) {
  pm.addPass(createRecordSignature());
  if (target.getKernelISA() == cpu::InstructionSet::Generic)
    return;
  pm.addNestedPass<func::FuncOp>(createSPIQSplitRows());
  SPIQLegalizeStorageOptions storageOptions;
  storageOptions.storage =
      cpu::getInfo(target.getKernelISA()).signedStorage ? "signed" : "unsigned";
  pm.addNestedPass<func::FuncOp>(createSPIQLegalizeStorage(storageOptions));
  pm.addPass(createCanonicalizerPass());
}

/// Turns quantized operations into kernels, where `target` has any; leaves the
/// others. Layers take the schedules of the file `schedules`, if there is one.
static void addConversionToKernels(OpPassManager &pm, const Target &target,
                                   StringRef schedules) {
  if (target.getKernelISA() == cpu::InstructionSet::Generic)
    return;
  const cpu::InstructionSetInfo &isa = cpu::getInfo(target.getKernelISA());
  if (!schedules.empty()) {
    SPIQScheduleLayersOptions options;
    options.file = schedules.str();
    options.cpu = target.getCPU().str();
    options.isa = isa.name.str();
    options.l1Bytes = target.getL1Bytes();
    pm.addNestedPass<func::FuncOp>(createSPIQScheduleLayers(options));
  }
  ConvertSPIQToCPUOptions options;
  options.isa = isa.name.str();
  options.l1Bytes = target.getL1Bytes();
  pm.addNestedPass<func::FuncOp>(createConvertSPIQToCPU(options));
  pm.addPass(createCanonicalizerPass());
}

void buildLowerToKernelsPipeline(OpPassManager &pm, const Target &target,
                                 bool native, StringRef schedules,
                                 bool profile) {
  if (native)
    buildLegalizeForKernelsPipeline(pm, target);
  else
    pm.addPass(createRecordSignature());
  if (profile)
    pm.addNestedPass<func::FuncOp>(createSPIQTagLayers());
  if (native)
    addConversionToKernels(pm, target, schedules);
  pm.addPass(createConvertSPIQToLinalg());
  pm.addNestedPass<func::FuncOp>(createConvertElementwiseToLinalgPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

void buildOptimizeLinalgPipeline(OpPassManager &pm, const Target &target) {
  pm.addNestedPass<func::FuncOp>(createPrepareLinalg());
  TileAndFuseOptions tileOptions;
  tileOptions.vectorBits = target.getVectorBits();
  tileOptions.vectorRegisters = target.getNumVectorRegisters();
  pm.addNestedPass<func::FuncOp>(createTileAndFuse(tileOptions));
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addNestedPass<func::FuncOp>(createPackConstants());
  VectorizeTilesOptions vectorOptions;
  vectorOptions.vectorBits = target.getVectorBits();
  vectorOptions.vectorRegisters = target.getNumVectorRegisters();
  pm.addNestedPass<func::FuncOp>(createVectorizeTiles(vectorOptions));
  pm.addPass(createCSEPass());
}

void buildBufferizePipeline(OpPassManager &pm) {
  pm.addNestedPass<func::FuncOp>(createSeparateBuffers());
  pm.addPass(createBufferize());
  pm.addNestedPass<func::FuncOp>(createUnrollTransfers());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  // Copies of a buffer to itself show only once equal views are one.
  pm.addPass(createCanonicalizerPass());
  pm.addNestedPass<func::FuncOp>(
      createPlanMemory({static_cast<unsigned>(kWorkspaceAlignment)}));
}

void buildLowerBuffersToLLVMPipeline(OpPassManager &pm, const Target &target,
                                     StringRef name, unsigned maxThreads) {
  pm.addPass(createOutlineNests());
  pm.addPass(func::createDuplicateFunctionEliminationPass());
  pm.addPass(cpu::createOutlineKernelsPass());
  cpu::LowerRegisterOpsPassOptions registerOptions;
  registerOptions.isa = cpu::getInfo(target.getKernelISA()).name.str();
  pm.addPass(cpu::createLowerRegisterOpsPass(registerOptions));
  pm.addNestedPass<func::FuncOp>(createConvertLinalgToLoopsPass());
  pm.addNestedPass<func::FuncOp>(createExpandMath());
  pm.addPass(memref::createFoldMemRefAliasOpsPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createConvertMathToLibmPass()); // such as erf
  pm.addPass(createConvertVectorToLLVMPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  ConvertFuncToLLVMPassOptions funcOptions;
  funcOptions.useBarePtrCallConv = true;
  pm.addPass(createConvertFuncToLLVMPass(funcOptions));
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(createLabelLayers());
  if (maxThreads > 1) {
    ParallelizeOptions parallelOptions;
    parallelOptions.maxThreads = maxThreads;
    pm.addPass(createParallelize(parallelOptions));
  }
  EmitCInterfaceOptions interfaceOptions;
  interfaceOptions.name = name.str();
  interfaceOptions.target = target.getDescription();
  pm.addPass(createEmitCInterface(interfaceOptions));
}

void buildLowerToLLVMPipeline(OpPassManager &pm, const Target &target,
                              StringRef name, bool vectorize,
                              unsigned maxThreads, bool profile) {
  pm.addPass(createRecordSignature());
  pm.addPass(createInlinerPass());
  pm.addNestedPass<func::FuncOp>(createConvertElementwiseToLinalgPass());
  pm.addNestedPass<func::FuncOp>(createPrepareLinalg());
  pm.addNestedPass<func::FuncOp>(createLowerPads());
  pm.addNestedPass<func::FuncOp>(createShareConcatenations());
  // Lets the operands of a concatenation be computed in its result, and layers
  // in the interior of padded tensors.
  pm.addPass(bufferization::createEmptyTensorEliminationPass());
  if (vectorize)
    buildOptimizeLinalgPipeline(pm, target);
  buildBufferizePipeline(pm);
  if (profile) {
    RecordTimesOptions options;
    if (!target.getTriple().isX86())
      options.counter = "cntvct_el0";
    options.isa = cpu::getInfo(target.getKernelISA()).name.str();
    pm.addPass(createRecordTimes(options));
  }
  buildLowerBuffersToLLVMPipeline(pm, target, name, maxThreads);
}

void buildSPIQToLLVMPipeline(OpPassManager &pm, const Target &target,
                             const LowerToLLVMOptions &options) {
  buildLowerToKernelsPipeline(pm, target, options.native, options.schedules,
                              options.profile);
  buildLowerToLLVMPipeline(pm, target, options.name, options.vectorize,
                           options.threads, options.profile);
}

} // namespace spiq
