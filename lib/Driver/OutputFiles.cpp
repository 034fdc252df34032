//===- OutputFiles.cpp - Files that appear only when complete ---*- C++ -*-===//
//
// Writes several files so that either all of them appear or none.
//
//===----------------------------------------------------------------------===//

#include "OutputFiles.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using llvm::StringRef;

namespace spiq {

OutputFiles::~OutputFiles() {
  for (File &file : files)
    llvm::consumeError(file.temporary.discard());
  // Only what is empty is removed.
  for (const std::string &folder : llvm::reverse(folders))
    (void)llvm::sys::fs::remove(folder);
}

llvm::Error OutputFiles::createFolder(StringRef path) {
  std::vector<std::string> missing;
  for (StringRef folder = path;
       !folder.empty() && !llvm::sys::fs::exists(folder);
       folder = llvm::sys::path::parent_path(folder))
    missing.push_back(folder.str());
  for (const std::string &folder : llvm::reverse(missing)) {
    if (std::error_code error = llvm::sys::fs::create_directory(folder))
      return llvm::createStringError("cannot create the folder '" + path +
                                     "': " + error.message());
    folders.push_back(folder);
  }
  return llvm::Error::success();
}

llvm::Expected<size_t> OutputFiles::open(StringRef path) {
  if (llvm::sys::fs::is_directory(path))
    return llvm::createStringError("cannot write '" + path +
                                   "': it is a folder");
  llvm::SmallString<128> target;
  if (llvm::sys::fs::real_path(path, target))
    target = path;
  bool isSpecial =
      llvm::sys::fs::exists(target) && !llvm::sys::fs::is_regular_file(target);
  llvm::SmallString<128> model(target);
  if (isSpecial) {
    llvm::sys::path::system_temp_directory(/*erasedOnReboot=*/true, model);
    llvm::sys::path::append(model, "spiq");
  }
  model += ".tmp-%%%%%%%%";
  llvm::Expected<llvm::sys::fs::TempFile> temporary =
      llvm::sys::fs::TempFile::create(model);
  if (!temporary)
    return llvm::createStringError("cannot write '" + path + "': " +
                                   llvm::toString(temporary.takeError()));
  files.push_back(
      {path.str(), target.str().str(), isSpecial, std::move(*temporary)});
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

llvm::Error OutputFiles::commit(File &file) {
  if (!file.isSpecial)
    return file.temporary.keep(file.target);
  std::error_code error =
      llvm::sys::fs::copy_file(file.temporary.TmpName, file.target);
  llvm::consumeError(file.temporary.discard());
  return llvm::errorCodeToError(error);
}

llvm::Error OutputFiles::commit() {
  for (auto it = files.begin(); it != files.end(); ++it)
    if (llvm::Error error = commit(*it)) {
      for (auto done = files.begin(); done != it; ++done)
        if (!done->isSpecial)
          (void)llvm::sys::fs::remove(done->target);
      return llvm::createStringError("cannot write '" + it->path +
                                     "': " + llvm::toString(std::move(error)));
    }
  folders.clear();
  return llvm::Error::success();
}

llvm::Error writeToStandardOutput(StringRef contents) {
  llvm::raw_fd_ostream &os = llvm::outs();
  os << contents;
  os.flush();
  if (std::error_code error = os.error()) {
    os.clear_error();
    return llvm::createStringError("cannot write to the standard output: " +
                                   error.message());
  }
  return llvm::Error::success();
}

} // namespace spiq
