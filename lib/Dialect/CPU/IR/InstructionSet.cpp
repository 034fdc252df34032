//===- InstructionSet.cpp - Instructions that kernels use -----------------===//
//
// The table of instruction sets.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/CPU/IR/InstructionSet.h"

#include "llvm/ADT/STLExtras.h"

namespace spiq::cpu {

// Where operands take two registers, their even and odd bytes are widened to
// words. `neon` adds two products in 16 bits, which -128 * -128 would exceed.
static constexpr InstructionSetInfo table[] = {
    {InstructionSet::Generic, "generic", 4, 16, false, -128, 0.1, 0.0, 1, 0.0},
    {InstructionSet::SSE41, "sse4.1", 4, 16, false, -128, 1.0, 1.3, 2, 0.6},
    {InstructionSet::AVX2, "avx2", 8, 16, false, -128, 1.0, 1.3, 2, 0.6},
    {InstructionSet::AVXVNNI, "avx-vnni", 8, 16, false, -128, 2.0, 0.0, 1, 0.0},
    {InstructionSet::AVX512BW, "avx512-bw", 16, 32, false, -128, 1.0, 1.3, 2,
     0.6},
    {InstructionSet::AVX512VNNI, "avx512-vnni", 16, 32, false, -128, 2.0, 0.0,
     1, 0.0},
    {InstructionSet::NEON, "neon", 4, 32, true, -127, 0.5, 0.0, 1, 0.0},
    {InstructionSet::DotProd, "dotprod", 4, 32, true, -128, 2.0, 0.0, 1, 0.0},
    {InstructionSet::I8MM, "i8mm", 4, 32, false, -128, 2.0, 0.0, 1, 0.0},
};

const InstructionSetInfo &getInfo(InstructionSet isa) {
  return *llvm::find_if(
      table, [&](const InstructionSetInfo &info) { return info.isa == isa; });
}

const InstructionSetInfo *findInstructionSet(llvm::StringRef name) {
  const auto *found = llvm::find_if(
      table, [&](const InstructionSetInfo &info) { return info.name == name; });
  return found == std::end(table) ? nullptr : found;
}

std::string getInstructionSetNames() {
  std::string names;
  for (const InstructionSetInfo &info : table) {
    if (!names.empty())
      names += &info == std::end(table) - 1 ? " or " : ", ";
    names += info.name;
  }
  return names;
}

} // namespace spiq::cpu
