//===- Linking.cpp - Static and shared libraries ----------------*- C++ -*-===//
//
// Archives through LLVM's library, shared libraries through an external linker.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Linking.h"

#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"

using llvm::SmallString;
using llvm::SmallVector;
using llvm::StringRef;

namespace spiq {

llvm::Expected<Linker> findLinker(const Target &target) {
  for (StringRef name : {"ld.lld-22", "ld.lld"})
    if (llvm::ErrorOr<std::string> path = llvm::sys::findProgramByName(name))
      return Linker{*path, /*isLLD=*/true};
  if (target.isHost())
    if (llvm::ErrorOr<std::string> path = llvm::sys::findProgramByName("cc"))
      return Linker{*path, /*isLLD=*/false};
  return llvm::createStringError(
      "no linker for " + target.getTriple().str() +
      " found: looked for ld.lld-22, ld.lld" +
      (target.isHost() ? " and cc" : "") +
      " on PATH; install lld-22, or ask for --emit=static");
}

llvm::Error linkSharedLibrary(const Linker &linker, const Target &target,
                              StringRef objectPath, StringRef libraryPath,
                              StringRef soname) {
  SmallVector<StringRef> arguments{linker.path, "-shared"};
  std::string sonameArgument;
  if (linker.isLLD) {
    arguments.append(
        {"-m", target.getTriple().isX86() ? "elf_x86_64" : "aarch64linux",
         "-soname", soname, "--build-id=none", "--gc-sections", "-z",
         "noexecstack"});
  } else {
    sonameArgument = ("-Wl,-soname," + soname).str();
    arguments.append({"-nostartfiles", sonameArgument, "-Wl,--build-id=none",
                      "-Wl,-z,noexecstack"});
  }
  arguments.append({"-o", libraryPath, objectPath});

  // Without a log, errors are those of the status.
  SmallString<128> logPath;
  if (llvm::sys::fs::createTemporaryFile("spiq-link", "log", logPath))
    logPath.clear();
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(logPath),
                                          StringRef(logPath)};
  std::string message;
  int status = llvm::sys::ExecuteAndWait(linker.path, arguments,
                                         /*Env=*/std::nullopt, redirects,
                                         /*SecondsToWait=*/0,
                                         /*MemoryLimit=*/0, &message);
  if (status != 0) {
    if (auto log = llvm::MemoryBuffer::getFile(logPath))
      message += (*log)->getBuffer().trim().str();
    (void)llvm::sys::fs::remove(logPath);
    return llvm::createStringError("linking with '" + linker.path +
                                   "' failed with status " +
                                   llvm::Twine(status) + ": " + message);
  }
  (void)llvm::sys::fs::remove(logPath);
  return llvm::Error::success();
}

llvm::Expected<std::string> createStaticLibrary(StringRef object,
                                                StringRef memberName) {
  llvm::NewArchiveMember member(llvm::MemoryBufferRef(object, memberName));
  SmallVector<llvm::NewArchiveMember> members;
  members.push_back(std::move(member));
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> archive =
      llvm::writeArchiveToBuffer(members, llvm::SymtabWritingMode::NormalSymtab,
                                 llvm::object::Archive::K_GNU,
                                 /*Deterministic=*/true, /*Thin=*/false);
  if (!archive)
    return archive.takeError();
  return (*archive)->getBuffer().str();
}

} // namespace spiq
