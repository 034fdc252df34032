//===- CompiledModel.cpp - Compiled models in this process ----------------===//
//
// Compiles as spiq-compile does and loads the object with LLVM's JIT.
//
//===----------------------------------------------------------------------===//

#include "CompiledModel.h"

#include "spiq/CodeGen/Emission.h"

#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;

namespace spiq {

LogicalResult compileToObject(ModuleOp module, const Target &target,
                              SmallVectorImpl<char> &object) {
  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> llvmModule =
      translateToLLVMIR(module, target, llvmContext);
  if (!llvmModule)
    return failure();
  optimizeLLVMIR(*llvmModule, target);
  emitLLVMIR(*llvmModule, target, EmissionKind::Object, object);
  return success();
}

CompiledModel::CompiledModel(std::unique_ptr<llvm::orc::LLJIT> jit,
                             const spiq_model_info *info)
    : jit(std::move(jit)), info(info),
      memory(new char[info->workspace_bytes + info->workspace_alignment]),
      workspace(reinterpret_cast<void *>(llvm::alignAddr(
          memory.get(), llvm::Align(info->workspace_alignment)))) {}

CompiledModel::CompiledModel(CompiledModel &&) = default;
CompiledModel &CompiledModel::operator=(CompiledModel &&) = default;
CompiledModel::~CompiledModel() = default;

llvm::Expected<CompiledModel> CompiledModel::load(ArrayRef<char> object,
                                                  StringRef name) {
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit)
    return jit.takeError();
  if (llvm::Error error =
          (*jit)->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(
              StringRef(object.data(), object.size()), "spiq")))
    return error;
  auto address = (*jit)->lookup((name + "_info").str());
  if (!address)
    return address.takeError();
  const spiq_model_info *info =
      address->toPtr<const spiq_model_info *(*)()>()();
  return CompiledModel(std::move(*jit), info);
}

int32_t CompiledModel::run(ArrayRef<const void *> inputs,
                           ArrayRef<void *> outputs) {
  assert(static_cast<size_t>(info->num_inputs) == inputs.size() &&
         static_cast<size_t>(info->num_outputs) == outputs.size());
  return info->run(inputs.data(), outputs.data(), workspace);
}

} // namespace spiq
