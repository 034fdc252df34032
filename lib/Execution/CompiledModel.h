//===- CompiledModel.h - Compiled models in this process --------*- C++ -*-===//
//
// Turns modules in LLVM dialect into models that can be called.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_EXECUTION_COMPILEDMODEL_H
#define SPIQ_LIB_EXECUTION_COMPILEDMODEL_H

#include "spiq/CodeGen/Target.h"
#include "spiq/Runtime/ModelABI.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"

#include <memory>

namespace llvm::orc {
class LLJIT;
} // namespace llvm::orc

namespace spiq {

/// Compiles `module`, which is in LLVM dialect, to an object file.
mlir::LogicalResult compileToObject(mlir::ModuleOp module, const Target &target,
                                    llvm::SmallVectorImpl<char> &object);

/// A model in the memory of this process, with its workspace.
class CompiledModel {
public:
  /// Links `object`, whose model is called `name`.
  static llvm::Expected<CompiledModel> load(llvm::ArrayRef<char> object,
                                            llvm::StringRef name);

  CompiledModel(CompiledModel &&);
  CompiledModel &operator=(CompiledModel &&);
  ~CompiledModel();

  const spiq_model_info &getInfo() const { return *info; }
  const void *getWorkspace() const { return workspace; }

  /// Runs the model on one thread; returns its status.
  int32_t run(llvm::ArrayRef<const void *> inputs,
              llvm::ArrayRef<void *> outputs);

private:
  CompiledModel(std::unique_ptr<llvm::orc::LLJIT> jit,
                const spiq_model_info *info);

  std::unique_ptr<llvm::orc::LLJIT> jit;
  const spiq_model_info *info;
  std::unique_ptr<char[]> memory;
  void *workspace;
};

} // namespace spiq

#endif // SPIQ_LIB_EXECUTION_COMPILEDMODEL_H
