//===- OutputFiles.cpp - Files that appear only when complete ---*- C++ -*-===//
//
// Writes several files so that either all of them appear or none.
//
//===----------------------------------------------------------------------===//

#include "OutputFiles.h"

#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using llvm::StringRef;

namespace spiq {

OutputFiles::~OutputFiles() {
  for (File &file : files)
    llvm::consumeError(file.temporary.discard());
}

llvm::Expected<size_t> OutputFiles::open(StringRef path) {
  if (llvm::sys::fs::is_directory(path))
    return llvm::createStringError("cannot write '" + path +
                                   "': it is a folder");
  llvm::SmallString<128> model(path);
  model += ".tmp-%%%%%%%%";
  llvm::Expected<llvm::sys::fs::TempFile> temporary =
      llvm::sys::fs::TempFile::create(model);
  if (!temporary)
    return llvm::createStringError("cannot write '" + path + "': " +
                                   llvm::toString(temporary.takeError()));
  files.push_back({path.str(), std::move(*temporary)});
  return files.size() - 1;
}

StringRef OutputFiles::getTemporaryPath(size_t file) const {
  return files[file].temporary.TmpName;
}

llvm::Error OutputFiles::write(size_t file, StringRef contents) {
  llvm::raw_fd_ostream os(files[file].temporary.FD, /*shouldClose=*/false);
  os << contents;
  os.flush();
  if (std::error_code error = os.error()) {
    os.clear_error();
    return llvm::createStringError("cannot write '" + files[file].path +
                                   "': " + error.message());
  }
  return llvm::Error::success();
}

llvm::Error OutputFiles::commit() {
  for (File &file : files)
    if (llvm::Error error = file.temporary.keep(file.path))
      return llvm::createStringError("cannot write '" + file.path +
                                     "': " + llvm::toString(std::move(error)));
  return llvm::Error::success();
}

llvm::Error writeToStandardOutput(StringRef contents) {
  llvm::raw_ostream &os = llvm::outs();
  os << contents;
  os.flush();
  return llvm::Error::success();
}

} // namespace spiq
