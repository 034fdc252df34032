//===- Emission.cpp - LLVM IR, assembly and objects -------------*- C++ -*-===//
//
// Translation to LLVM IR, LLVM's optimizer and its code generator.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Emission.h"

#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace spiq {

/// Lets the back end use the full width of the vectors that SPIQ chose.
static void setFunctionAttributes(llvm::Module &module, const Target &target) {
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", target.getCPU());
    if (!target.getFeatures().empty())
      function.addFnAttr("target-features", target.getFeatures());
    function.addFnAttr("prefer-vector-width",
                       std::to_string(target.getVectorBits()));
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }
}

std::unique_ptr<llvm::Module> translateToLLVMIR(ModuleOp module,
                                                const Target &target,
                                                llvm::LLVMContext &context) {
  registerBuiltinDialectTranslation(*module.getContext());
  registerLLVMDialectTranslation(*module.getContext());
  std::unique_ptr<llvm::Module> llvmModule =
      translateModuleToLLVMIR(module, context, "spiq");
  if (!llvmModule)
    return nullptr;
  std::unique_ptr<llvm::TargetMachine> machine = target.createTargetMachine();
  llvmModule->setTargetTriple(target.getTriple());
  llvmModule->setDataLayout(machine->createDataLayout());
  llvmModule->setPICLevel(llvm::PICLevel::BigPIC);
  setFunctionAttributes(*llvmModule, target);
  return llvmModule;
}

void optimizeLLVMIR(llvm::Module &module, const Target &target) {
  std::unique_ptr<llvm::TargetMachine> machine = target.createTargetMachine();
  llvm::PipelineTuningOptions tuning;
  // Kernels arrive vectorized; SLP would only take accumulators apart.
  tuning.SLPVectorization = false;
  // Loops that are worth unrolling are unrolled when they arrive.
  tuning.LoopUnrolling = false;
  tuning.LoopVectorization = true;
  tuning.LoopInterleaving = true;
  llvm::PassBuilder builder(machine.get(), tuning);
  llvm::LoopAnalysisManager loopAnalyses;
  llvm::FunctionAnalysisManager functionAnalyses;
  llvm::CGSCCAnalysisManager cgsccAnalyses;
  llvm::ModuleAnalysisManager moduleAnalyses;
  builder.registerModuleAnalyses(moduleAnalyses);
  builder.registerCGSCCAnalyses(cgsccAnalyses);
  builder.registerFunctionAnalyses(functionAnalyses);
  builder.registerLoopAnalyses(loopAnalyses);
  builder.crossRegisterProxies(loopAnalyses, functionAnalyses, cgsccAnalyses,
                               moduleAnalyses);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3)
      .run(module, moduleAnalyses);
}

llvm::Error emitLLVMIR(llvm::Module &module, const Target &target,
                       EmissionKind kind, llvm::SmallVectorImpl<char> &output) {
  llvm::raw_svector_ostream stream(output);
  if (kind == EmissionKind::IR) {
    module.print(stream, /*AAW=*/nullptr);
    return llvm::Error::success();
  }
  if (kind == EmissionKind::Bitcode) {
    llvm::WriteBitcodeToFile(module, stream);
    return llvm::Error::success();
  }
  std::unique_ptr<llvm::TargetMachine> machine = target.createTargetMachine();
  llvm::legacy::PassManager passes;
  auto fileType = kind == EmissionKind::Object
                      ? llvm::CodeGenFileType::ObjectFile
                      : llvm::CodeGenFileType::AssemblyFile;
  if (machine->addPassesToEmitFile(passes, stream, /*DwoOut=*/nullptr,
                                   fileType))
    return llvm::createStringError("LLVM's back end for '" +
                                   target.getTriple().str() +
                                   "' cannot emit this kind of file");
  passes.run(module);
  return llvm::Error::success();
}

} // namespace spiq
