//===- CPUDetection.h - Asking the processor what it supports ---*- C++ -*-===//
//
// Generates the code that tells which of several targets a processor is.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CODEGEN_TARGET_CPUDETECTION_H
#define SPIQ_LIB_CODEGEN_TARGET_CPUDETECTION_H

#include "spiq/CodeGen/Target.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

namespace spiq {

/// The features of `target` that a processor of the architecture may lack, as
/// LLVM calls them.
llvm::SmallVector<llvm::StringRef> getDetectedFeatures(const Target &target);
llvm::SmallVector<llvm::StringRef> getX86Features(const Target &target);
llvm::SmallVector<llvm::StringRef> getAArch64Features(const Target &target);

/// Adds to `module` a function without parameters that returns an i32 whose bit
/// `i` says whether the processor and the operating system support all features
/// of `targets[i]`, targets of one architecture of which there are at most 31.
llvm::Function *createSupportedTargets(llvm::Module &module,
                                       llvm::ArrayRef<Target> targets);

/// Emits for each of `targets`, all of that architecture, a boolean that says
/// whether it is supported.
llvm::SmallVector<llvm::Value *> emitX86Checks(llvm::IRBuilder<> &b,
                                               llvm::ArrayRef<Target> targets);
llvm::SmallVector<llvm::Value *>
emitAArch64Checks(llvm::IRBuilder<> &b, llvm::ArrayRef<Target> targets);

} // namespace spiq

#endif // SPIQ_LIB_CODEGEN_TARGET_CPUDETECTION_H
