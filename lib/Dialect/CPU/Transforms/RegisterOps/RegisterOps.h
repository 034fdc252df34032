//===- RegisterOps.h - Expansions of register operations --------*- C++ -*-===//
//
// Declares the patterns of each family of instruction sets.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_CPU_TRANSFORMS_REGISTEROPS_REGISTEROPS_H
#define SPIQ_LIB_DIALECT_CPU_TRANSFORMS_REGISTEROPS_REGISTEROPS_H

#include "spiq/Dialect/CPU/IR/CPU.h"
#include "spiq/Dialect/CPU/IR/InstructionSet.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/PatternMatch.h"

namespace spiq::cpu {

/// Adds the expansions that every target can compile, with the least benefit.
void populateGenericRegisterOps(mlir::RewritePatternSet &patterns);

/// Adds the expansions to the instructions of `isa`; none for sets of another
/// architecture.
void populateX86RegisterOps(mlir::RewritePatternSet &patterns,
                            InstructionSet isa);
void populateAArch64RegisterOps(mlir::RewritePatternSet &patterns,
                                InstructionSet isa);

/// Calls the LLVM intrinsic `name`.
mlir::Value callIntrinsic(mlir::ImplicitLocOpBuilder &b, llvm::StringRef name,
                          mlir::Type type, mlir::ValueRange operands);

/// The number of elements of a 1-D vector.
int64_t getNumElements(mlir::Value vector);

/// The elements of `lhs`, then those of `rhs`.
mlir::Value concatVectors(mlir::ImplicitLocOpBuilder &b, mlir::Value lhs,
                          mlir::Value rhs);

/// Adds the zero points of `op`, if it has any, to the words `low` and `high`
/// between its two levels of packs.
void addZeroPoints(mlir::ImplicitLocOpBuilder &b, PackOp op, mlir::Value &low,
                   mlir::Value &high);

} // namespace spiq::cpu

#endif // SPIQ_LIB_DIALECT_CPU_TRANSFORMS_REGISTEROPS_REGISTEROPS_H
