//===- Linking.h - Static and shared libraries ------------------*- C++ -*-===//
//
// Turns an object in memory into a library on disk.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CODEGEN_LINKING_H
#define SPIQ_CODEGEN_LINKING_H

#include "spiq/CodeGen/Target.h"

#include "llvm/ADT/StringRef.h"

namespace spiq {

/// The linker that makes shared libraries for a target.
struct Linker {
  /// Absolute path of the program.
  std::string path;
  /// Whether the program is `ld.lld` itself; otherwise it is a C compiler.
  bool isLLD = true;
};

/// Looks for `ld.lld-22`, `ld.lld` and, if `target` is this machine, `cc` on
/// PATH. The error says what was looked for.
llvm::Expected<Linker> findLinker(const Target &target);

/// Links the object file `objectPath` to the shared library `libraryPath`,
/// known to the loader as `soname`. Symbols that the object does not define are
/// left to the loader.
llvm::Error linkSharedLibrary(const Linker &linker, const Target &target,
                              llvm::StringRef objectPath,
                              llvm::StringRef libraryPath,
                              llvm::StringRef soname);

/// Makes the contents of a static library with one member, `memberName`, whose
/// contents are `object`. The same input gives the same bytes.
llvm::Expected<std::string> createStaticLibrary(llvm::StringRef object,
                                                llvm::StringRef memberName);

} // namespace spiq

#endif // SPIQ_CODEGEN_LINKING_H
