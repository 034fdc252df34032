//===- AArch64Detection.cpp - Features of an AArch64 processor ------------===//
//
// The identification registers, as "Arm Architecture Reference Manual for
// A-profile architecture" describes them. Programs read them since Linux 4.11,
// whose kernel answers for all cores together.
//
//===----------------------------------------------------------------------===//

#include "CPUDetection.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/IR/InlineAsm.h"

using namespace llvm;

namespace spiq {

namespace {
/// A field of four bits that is `least` or more where a feature exists.
struct Field {
  StringLiteral name;
  StringLiteral idRegister;
  unsigned shift;
  unsigned least;
};
} // namespace

/// Features, as LLVM calls them, with instructions that may be selected for a
/// model.
static constexpr Field fields[] = {
    {"rdm", "ID_AA64ISAR0_EL1", 28, 1},  {"dotprod", "ID_AA64ISAR0_EL1", 44, 1},
    {"bf16", "ID_AA64ISAR1_EL1", 44, 1}, {"i8mm", "ID_AA64ISAR1_EL1", 52, 1},
    {"sve", "ID_AA64PFR0_EL1", 32, 1},   {"fullfp16", "ID_AA64PFR0_EL1", 20, 1},
    {"sve2", "ID_AA64ZFR0_EL1", 0, 1},
};

SmallVector<StringRef> getAArch64Features(const Target &target) {
  SmallVector<StringRef> names;
  for (const Field &field : fields)
    if (target.hasFeature(field.name))
      names.push_back(field.name);
  return names;
}

/// Emits a read of the register `name`. ID_AA64ZFR0_EL1 has a name only for
/// assemblers that know SVE, but every register has a number.
static Value *readRegister(IRBuilder<> &b, StringRef name) {
  if (name == "ID_AA64ZFR0_EL1")
    name = "S3_0_C0_C4_4";
  InlineAsm *code =
      InlineAsm::get(FunctionType::get(b.getInt64Ty(), /*isVarArg=*/false),
                     ("mrs $0, " + name).str(), "=r", /*hasSideEffects=*/false);
  return b.CreateCall(code);
}

SmallVector<Value *> emitAArch64Checks(IRBuilder<> &b,
                                       ArrayRef<Target> targets) {
  SmallMapVector<StringRef, Value *, 4> registers;
  SmallVector<Value *> checks;
  for (const Target &target : targets) {
    Value *supported = b.getTrue();
    for (const Field &field : fields) {
      if (!target.hasFeature(field.name))
        continue;
      Value *&word = registers[field.idRegister];
      if (!word)
        word = readRegister(b, field.idRegister);
      Value *value = b.CreateAnd(b.CreateLShr(word, field.shift), 15);
      supported = b.CreateAnd(supported,
                              b.CreateICmpUGE(value, b.getInt64(field.least)));
    }
    checks.push_back(supported);
  }
  return checks;
}

} // namespace spiq
