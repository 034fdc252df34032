//===- Emission.h - LLVM IR, assembly and objects ---------------*- C++ -*-===//
//
// Optimizes LLVM IR for a target and writes it in one of several forms.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CODEGEN_EMISSION_H
#define SPIQ_CODEGEN_EMISSION_H

#include "spiq/CodeGen/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

namespace spiq {

/// Forms in which LLVM IR leaves the compiler.
enum class EmissionKind { IR, Bitcode, Assembly, Object };

/// Translates a module in LLVM dialect and sets triple and data layout. Reports
/// an error and returns null if the module holds anything else.
std::unique_ptr<llvm::Module> translateToLLVMIR(mlir::ModuleOp module,
                                                const Target &target,
                                                llvm::LLVMContext &context);

/// Runs LLVM's optimizations for `target` on `module`.
void optimizeLLVMIR(llvm::Module &module, const Target &target);

/// Writes `module` as `kind` to `output`.
void emitLLVMIR(llvm::Module &module, const Target &target, EmissionKind kind,
                llvm::SmallVectorImpl<char> &output);

} // namespace spiq

#endif // SPIQ_CODEGEN_EMISSION_H
