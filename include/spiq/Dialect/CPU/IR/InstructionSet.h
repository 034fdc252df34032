//===- InstructionSet.h - Instructions that kernels use ---------*- C++ -*-===//
//
// The instruction sets that register operations are expanded to, and what the
// choice of a schedule has to know about each.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_CPU_IR_INSTRUCTIONSET_H
#define SPIQ_DIALECT_CPU_IR_INSTRUCTIONSET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>

namespace spiq::cpu {

/// Instructions that dot products and packs are expanded to.
enum class InstructionSet {
  /// What every target can do; too slow for kernels.
  Generic,
  /// `pmaddwd` on 128 bits.
  SSE41,
  /// `vpmaddwd` on 256 bits.
  AVX2,
  /// `vpdpbusd` on 256 bits.
  AVXVNNI,
  /// `vpmaddwd` on 512 bits.
  AVX512BW,
  /// `vpdpbusd` on 512 bits.
  AVX512VNNI,
  /// Widening multiplications of AArch64.
  NEON,
  /// `sdot`.
  DotProd,
  /// `usdot`.
  I8MM
};

/// Facts about an instruction set. Rates are those of a typical core.
struct InstructionSetInfo {
  InstructionSet isa;
  /// Name in pass options.
  llvm::StringLiteral name;
  /// 32-bit lanes of a vector register.
  int64_t lanes;
  /// Number of vector registers.
  int64_t registers;
  /// Whether the fast dot product multiplies signed with signed bytes; it
  /// multiplies unsigned with signed ones otherwise.
  bool signedStorage;
  /// Smallest weight for which dot products are exact.
  int64_t minWeight;
  /// Dot products that start in a cycle.
  double dotsPerCycle;
  /// Dot products of `spiq_cpu.dot_pair` that start in a cycle; 0 where it is
  /// no faster than others.
  double pairedDotsPerCycle;
  /// Registers that an operand of a dot product takes, and cycles to bring it
  /// into the form that the instruction reads.
  int64_t operandRegisters;
  double operandCycles;
};

/// The facts about `isa`.
const InstructionSetInfo &getInfo(InstructionSet isa);

/// The instruction set called `name`; null if there is none.
const InstructionSetInfo *findInstructionSet(llvm::StringRef name);

/// The names of all instruction sets, for messages.
std::string getInstructionSetNames();

} // namespace spiq::cpu

#endif // SPIQ_DIALECT_CPU_IR_INSTRUCTIONSET_H
