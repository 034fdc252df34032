//===- Progress.cpp - What a compilation is doing ---------------*- C++ -*-===//
//
// Prints the steps of a compilation on stderr.
//
//===----------------------------------------------------------------------===//

#include "Progress.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

namespace spiq {

Progress::Progress(bool verbose)
    : verbose(verbose), isTerminal(!verbose && llvm::errs().is_displayed()) {}

void Progress::start(llvm::StringRef step) {
  finish();
  current = step.str();
  begin = Clock::now();
  // A terminal shows the current step only; the next one overwrites it.
  if (isTerminal)
    llvm::errs() << "\r\033[K" << current << " ...";
}

void Progress::finish() {
  if (current.empty())
    return;
  double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  if (verbose)
    llvm::errs() << llvm::format("%7.2f s  ", seconds) << current << "\n";
  if (isTerminal)
    llvm::errs() << "\r\033[K";
  steps.emplace_back(current, seconds);
  current.clear();
}

} // namespace spiq
