//===- CPUDetection.h - Asking the processor what it supports ---*- C++ -*-===//
//
// Generates the code that tells which of several targets a processor is.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CODEGEN_TARGET_CPUDETECTION_H
#define SPIQ_LIB_CODEGEN_TARGET_CPUDETECTION_H

#include "spiq/CodeGen/Target.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/Module.h"

namespace spiq {

/// Adds to `module` a function without parameters that returns an i32 whose bit
/// `i` says whether the processor and the operating system support all features
/// of `targets[i]`, x86-64 targets of which there are at most 31.
llvm::Function *createSupportedTargets(llvm::Module &module,
                                       llvm::ArrayRef<Target> targets);

} // namespace spiq

#endif // SPIQ_LIB_CODEGEN_TARGET_CPUDETECTION_H
