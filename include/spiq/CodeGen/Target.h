//===- Target.h - Machines that models are compiled for ---------*- C++ -*-===//
//
// Resolves target names and answers what code generation asks about a machine.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CODEGEN_TARGET_H
#define SPIQ_CODEGEN_TARGET_H

#include "spiq/Dialect/CPU/IR/InstructionSet.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Triple.h"

#include <memory>
#include <string>

namespace spiq {

/// A target as the user names it.
struct TargetRequest {
  /// `host`, `x86-64`, `x86-64-v2`, `x86-64-v3`, `x86-64-v4`, `aarch64` or an
  /// LLVM triple of one of these architectures.
  std::string target = "host";
  /// A processor name of LLVM; empty for the target's default.
  std::string cpu;
  /// Features to add or remove, such as `+dotprod,-avx512f`.
  std::string features;
};

/// The machine that a model is compiled for.
class Target {
public:
  /// Resolves `request`; unknown names are errors.
  static llvm::Expected<Target> resolve(const TargetRequest &request);

  const llvm::Triple &getTriple() const { return triple; }
  llvm::StringRef getCPU() const { return cpu; }
  llvm::StringRef getFeatures() const { return features; }

  /// Whether the machine that compiles is of the target's architecture.
  bool isHost() const;
  /// The features of the target that the machine that compiles, of the same
  /// architecture, is known to lack.
  llvm::SmallVector<llvm::StringRef> getMissingFeatures() const;
  /// Width of vector registers in bits.
  unsigned getVectorBits() const { return vectorBits; }
  /// The instructions of native kernels; `Generic` if there are none that make
  /// kernels faster than the portable back end.
  cpu::InstructionSet getKernelISA() const { return kernelISA; }
  /// Whether the target has `feature`, an LLVM name such as `avx2`.
  bool hasFeature(llvm::StringRef feature) const;
  /// Size of the first-level data cache of a core in bytes.
  int64_t getL1Bytes() const;
  /// Number of vector registers.
  unsigned getNumVectorRegisters() const { return numVectorRegisters; }
  /// One line for people: architecture, processor, features asked for.
  std::string getDescription() const;

  /// Creates LLVM's back end with strict floating point arithmetic: nothing is
  /// contracted or reassociated, so that every target computes the same bits.
  std::unique_ptr<llvm::TargetMachine> createTargetMachine() const;

private:
  std::shared_ptr<const llvm::MCSubtargetInfo> subtarget;
  llvm::Triple triple;
  std::string cpu;
  std::string features;
  std::string requestedFeatures;
  unsigned vectorBits = 128;
  unsigned numVectorRegisters = 16;
  cpu::InstructionSet kernelISA = cpu::InstructionSet::Generic;
};

} // namespace spiq

#endif // SPIQ_CODEGEN_TARGET_H
