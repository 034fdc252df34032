//===- Options.h - The flags of spiq-run ------------------------*- C++ -*-===//
//
// Parses the command line. Free of LLVM, so that the tool is easily built for
// the machine a library is meant for.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_TOOLS_SPIQ_RUN_OPTIONS_H
#define SPIQ_TOOLS_SPIQ_RUN_OPTIONS_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spiq::run {

/// What the user asks for.
struct Options {
  std::string library;
  /// Input files, in the order of the model's inputs.
  std::vector<std::string> inputs;
  /// File or, if it ends in a slash, folder for the results.
  std::string output;
  /// Seed of random inputs.
  std::optional<uint64_t> random;
  /// Number of timed runs.
  std::optional<uint64_t> benchmark;
  uint64_t warmup = 3;
  /// Threads that a run uses.
  uint64_t threads = 1;
  /// The variant to run instead of the one that the library chooses.
  std::optional<uint64_t> variant;
  /// Number of runs that a profile is taken of.
  std::optional<uint64_t> profile;
  bool profileJSON = false;
  /// Library to compare with.
  std::string compare;
  bool info = false;
  bool help = false;
};

/// The text of `--help`.
extern const char *const kUsage;

/// Parses the arguments; returns none and sets `error` if they make no sense.
std::optional<Options> parseOptions(int argc, char **argv, std::string &error);

} // namespace spiq::run

#endif // SPIQ_TOOLS_SPIQ_RUN_OPTIONS_H
