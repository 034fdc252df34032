//===- OutputFiles.h - Files that appear only when complete -----*- C++ -*-===//
//
// Writes several files so that either all of them appear or none.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DRIVER_OUTPUTFILES_H
#define SPIQ_LIB_DRIVER_OUTPUTFILES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"

#include <string>
#include <vector>

namespace spiq {

/// A set of output files. Each is written under a temporary name in its folder,
/// which `open` creates, so that a place that cannot be written is found before
/// any work is done; `commit` gives all files their names. What is not
/// committed is removed, folders that were created for it included. Symbolic
/// links are followed; what a path names that is no regular file, as /dev/null,
/// is written to and stays.
class OutputFiles {
public:
  OutputFiles() = default;
  OutputFiles(const OutputFiles &) = delete;
  OutputFiles &operator=(const OutputFiles &) = delete;
  ~OutputFiles();

  /// Creates `path` and the folders above it where they are missing.
  llvm::Error createFolder(llvm::StringRef path);
  /// Reserves `path` and returns the number of the file.
  llvm::Expected<size_t> open(llvm::StringRef path);
  /// The temporary name under which other programs may write the file.
  llvm::StringRef getTemporaryPath(size_t file) const;
  /// The final name of the file.
  llvm::StringRef getPath(size_t file) const { return files[file].path; }
  /// Writes the whole contents of a file.
  llvm::Error write(size_t file, llvm::StringRef contents);
  /// Renames all files to their final names.
  llvm::Error commit();

private:
  struct File {
    /// As the user wrote it.
    std::string path;
    /// `path` without symbolic links.
    std::string target;
    bool isSpecial;
    llvm::sys::fs::TempFile temporary;
  };

  static llvm::Error commit(File &file);

  std::vector<File> files;
  /// Folders that were created, the innermost last.
  std::vector<std::string> folders;
};

/// Writes `contents` to the standard output.
llvm::Error writeToStandardOutput(llvm::StringRef contents);

} // namespace spiq

#endif // SPIQ_LIB_DRIVER_OUTPUTFILES_H
