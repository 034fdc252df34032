//===- Target.cpp - Machines that models are compiled for -------*- C++ -*-===//
//
// Maps target names to LLVM's triples, processors and features.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Target.h"

#include "CPUDetection.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"

using llvm::StringRef;

namespace spiq {

/// Registers the LLVM back ends that models can be compiled with.
static void initializeBackEnds() {
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86Target();
  LLVMInitializeX86TargetMC();
  LLVMInitializeX86AsmPrinter();
  LLVMInitializeX86AsmParser(); // for inline assembly
  LLVMInitializeAArch64TargetInfo();
  LLVMInitializeAArch64Target();
  LLVMInitializeAArch64TargetMC();
  LLVMInitializeAArch64AsmPrinter();
  LLVMInitializeAArch64AsmParser();
}

/// The features of the machine that compiles, sorted so that the text does not
/// depend on hashing.
static std::string getHostFeatures() {
  std::vector<std::string> features;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    features.push_back((feature.second ? "+" : "-") + feature.first().str());
  llvm::sort(features, [](const std::string &a, const std::string &b) {
    return StringRef(a).drop_front() < StringRef(b).drop_front();
  });
  return llvm::join(features, ",");
}

static bool isSupported(const llvm::Triple &triple) {
  return (triple.getArch() == llvm::Triple::x86_64 ||
          triple.getArch() == llvm::Triple::aarch64) &&
         triple.isOSBinFormatELF();
}

static llvm::Error makeError(const llvm::Twine &message) {
  return llvm::createStringError(message);
}

/// The processor of a named target; empty if `name` is a triple.
static StringRef getDefaultCPU(StringRef name) {
  return llvm::StringSwitch<StringRef>(name)
      .Cases({"x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"}, name)
      .Case("aarch64", "generic")
      .Default("");
}

/// The best instructions for dot products among the features of `subtarget`.
static cpu::InstructionSet
chooseInstructionSet(const llvm::Triple &triple,
                     const llvm::MCSubtargetInfo &subtarget) {
  // The first whose features are all there.
  static constexpr std::pair<StringRef, cpu::InstructionSet> x86[] = {
      {"+avx512bw,+avx512vl,+avx512vnni", cpu::InstructionSet::AVX512VNNI},
      {"+avx512bw,+avx512vl", cpu::InstructionSet::AVX512BW},
      {"+avx2,+avxvnni", cpu::InstructionSet::AVXVNNI},
      {"+avx2", cpu::InstructionSet::AVX2},
      {"+sse4.1", cpu::InstructionSet::SSE41}};
  static constexpr std::pair<StringRef, cpu::InstructionSet> aarch64[] = {
      {"+i8mm", cpu::InstructionSet::I8MM},
      {"+dotprod", cpu::InstructionSet::DotProd},
      {"+neon", cpu::InstructionSet::NEON}};
  llvm::ArrayRef<std::pair<StringRef, cpu::InstructionSet>> candidates =
      triple.isX86() ? llvm::ArrayRef(x86) : llvm::ArrayRef(aarch64);
  for (auto [features, isa] : candidates)
    if (subtarget.checkFeatures(features))
      return isa;
  return cpu::InstructionSet::Generic;
}

llvm::Expected<Target> Target::resolve(const TargetRequest &request) {
  initializeBackEnds();
  Target result;
  StringRef name = request.target;
  bool isHostTarget = name == "host";
  StringRef defaultCPU = getDefaultCPU(name);
  if (isHostTarget)
    result.triple = llvm::Triple(llvm::sys::getProcessTriple());
  else if (name == "aarch64")
    result.triple = llvm::Triple("aarch64-unknown-linux-gnu");
  else if (!defaultCPU.empty())
    result.triple = llvm::Triple("x86_64-unknown-linux-gnu");
  else
    result.triple = llvm::Triple(llvm::Triple::normalize(name));
  if (!isSupported(result.triple))
    return makeError("unknown target '" + name +
                     "'; use host, x86-64, x86-64-v2, x86-64-v3, x86-64-v4, "
                     "aarch64 or an ELF triple of x86_64 or aarch64");

  result.requestedFeatures = request.features;
  result.features = request.features;
  result.cpu = !request.cpu.empty()
                   ? request.cpu
                   : (defaultCPU.empty() ? "generic" : defaultCPU.str());
  if (result.triple.isX86() && result.cpu == "generic")
    result.cpu = "x86-64";
  if (isHostTarget && request.cpu.empty()) {
    result.cpu = llvm::sys::getHostCPUName().str();
    result.features = getHostFeatures();
    if (!request.features.empty())
      result.features += "," + request.features;
  }
  if (result.cpu == "native" || result.cpu == "host")
    result.cpu = llvm::sys::getHostCPUName().str();

  std::string error;
  const llvm::Target *llvmTarget =
      llvm::TargetRegistry::lookupTarget(result.triple, error);
  assert(llvmTarget && "the back ends of all supported triples are linked");
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget(
      llvmTarget->createMCSubtargetInfo(result.triple, "", ""));
  if (!subtarget->isCPUStringValid(result.cpu))
    return makeError("unknown processor '" + result.cpu + "' for " +
                     result.triple.getArchName() + "; `llc -march=" +
                     llvmTarget->getName() + " -mcpu=help` lists the names");
  llvm::SubtargetFeatures requested(request.features);
  for (const std::string &feature : requested.getFeatures()) {
    StringRef stripped = llvm::SubtargetFeatures::StripFlag(feature);
    bool known = llvm::any_of(
        subtarget->getAllProcessorFeatures(),
        [&](const llvm::SubtargetFeatureKV &kv) { return stripped == kv.Key; });
    if (!known)
      return makeError("unknown feature '" + stripped + "' for " +
                       result.triple.getArchName() + "; `llc -march=" +
                       llvmTarget->getName() + " -mattr=help` lists the names");
  }

  subtarget.reset(llvmTarget->createMCSubtargetInfo(result.triple, result.cpu,
                                                    result.features));
  if (result.triple.isX86()) {
    bool avx512 = subtarget->checkFeatures("+avx512f,+avx512bw,+avx512vl");
    result.vectorBits = avx512                              ? 512
                        : subtarget->checkFeatures("+avx2") ? 256
                                                            : 128;
    result.numVectorRegisters = avx512 ? 32 : 16;
  } else {
    result.vectorBits = 128;
    result.numVectorRegisters = 32;
  }
  result.kernelISA = chooseInstructionSet(result.triple, *subtarget);
  result.subtarget = std::move(subtarget);
  return result;
}

bool Target::hasFeature(StringRef feature) const {
  return subtarget->checkFeatures(("+" + feature).str());
}

bool Target::isHost() const {
  return triple.getArch() ==
         llvm::Triple(llvm::sys::getProcessTriple()).getArch();
}

llvm::SmallVector<StringRef> Target::getMissingFeatures() const {
  llvm::StringMap<bool> known = llvm::sys::getHostCPUFeatures();
  llvm::SmallVector<StringRef> missing = getDetectedFeatures(*this);
  llvm::erase_if(missing, [&](StringRef feature) {
    return !known.contains(feature) || known.lookup(feature);
  });
  return missing;
}

int64_t Target::getL1Bytes() const {
  // Others have 32 KiB or more.
  return llvm::StringSwitch<int64_t>(cpu)
      .Cases({"icelake-client", "icelake-server", "tigerlake", "rocketlake",
              "alderlake", "raptorlake", "meteorlake", "arrowlake",
              "sapphirerapids", "emeraldrapids", "graniterapids", "znver5"},
             48 * 1024)
      .Cases({"neoverse-n1", "neoverse-n2", "neoverse-v1", "neoverse-v2",
              "cortex-a76", "cortex-a77", "cortex-a78", "cortex-x1"},
             64 * 1024)
      .Default(32 * 1024);
}

std::string Target::getDescription() const {
  std::string text = triple.str() + " " + cpu;
  if (!requestedFeatures.empty())
    text += " " + requestedFeatures;
  return text;
}

std::unique_ptr<llvm::TargetMachine> Target::createTargetMachine() const {
  std::string error;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return nullptr;
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  // Assembly is for people: it marks loops and spills.
  options.MCOptions.AsmVerbose = true;
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      triple, cpu, features, options, llvm::Reloc::PIC_,
      /*CM=*/std::nullopt, llvm::CodeGenOptLevel::Aggressive));
}

} // namespace spiq
