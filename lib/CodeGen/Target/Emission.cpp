//===- Emission.cpp - LLVM IR, assembly and objects -------------*- C++ -*-===//
//
// Translation to LLVM IR, LLVM's optimizer and its code generator.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Emission.h"

#include "spiq/CodeGen/LayerLabels.h"

#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/MCAsmInfo.h"
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

/// Writes `assembly` to `os`, with the layers that each function of `module`
/// computes as comments in front of it.
static void printLabelled(llvm::raw_ostream &os, const llvm::Module &module,
                          StringRef comment, StringRef assembly) {
  while (!assembly.empty()) {
    auto [line, rest] = assembly.split('\n');
    StringRef label = line.split(':').first;
    const llvm::Function *function =
        label.size() < line.size() ? module.getFunction(label) : nullptr;
    if (function && function->hasFnAttribute(kLayersAttr))
      for (StringRef layer : llvm::split(
               function->getFnAttribute(kLayersAttr).getValueAsString(), '\n'))
        os << comment << " layer: " << layer << "\n";
    os << line << "\n";
    assembly = rest;
  }
}

void emitLLVMIR(llvm::Module &module, const Target &target, EmissionKind kind,
                llvm::SmallVectorImpl<char> &output) {
  llvm::raw_svector_ostream stream(output);
  if (kind == EmissionKind::IR) {
    module.print(stream, /*AAW=*/nullptr);
    return;
  }
  if (kind == EmissionKind::Bitcode) {
    llvm::WriteBitcodeToFile(module, stream);
    return;
  }
  std::unique_ptr<llvm::TargetMachine> machine = target.createTargetMachine();
  llvm::legacy::PassManager passes;
  SmallVector<char> code;
  llvm::raw_svector_ostream codeStream(code);
  auto fileType = kind == EmissionKind::Object
                      ? llvm::CodeGenFileType::ObjectFile
                      : llvm::CodeGenFileType::AssemblyFile;
  [[maybe_unused]] bool failed = machine->addPassesToEmitFile(
      passes, codeStream, /*DwoOut=*/nullptr, fileType);
  assert(!failed && "the back ends of all targets write both kinds of file");
  passes.run(module);
  StringRef text(code.data(), code.size());
  if (kind == EmissionKind::Assembly)
    printLabelled(stream, module, machine->getMCAsmInfo()->getCommentString(),
                  text);
  else
    stream << text;
}

} // namespace spiq
