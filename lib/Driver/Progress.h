//===- Progress.h - What a compilation is doing -----------------*- C++ -*-===//
//
// Prints the steps of a compilation on stderr.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DRIVER_PROGRESS_H
#define SPIQ_LIB_DRIVER_PROGRESS_H

#include "llvm/ADT/StringRef.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace spiq {

/// Keeps the time of each step. Prints steps as they start if stderr is a
/// terminal, and with their duration if `verbose` is set; silent otherwise.
class Progress {
public:
  explicit Progress(bool verbose);
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;
  ~Progress() { finish(); }

  /// Ends the current step and begins another.
  void start(llvm::StringRef step);
  /// Ends the current step.
  void finish();
  /// Names and seconds of the finished steps.
  const std::vector<std::pair<std::string, double>> &getSteps() const {
    return steps;
  }

private:
  using Clock = std::chrono::steady_clock;
  bool verbose, isTerminal;
  std::string current;
  Clock::time_point begin;
  std::vector<std::pair<std::string, double>> steps;
};

} // namespace spiq

#endif // SPIQ_LIB_DRIVER_PROGRESS_H
