//===- Options.cpp - The flags of spiq-run ----------------------*- C++ -*-===//
//
// Parses the command line.
//
//===----------------------------------------------------------------------===//

#include "Options.h"

#include <cctype>
#include <cstdlib>

namespace spiq::run {

const char *const kUsage = R"(Runs a library made by spiq-compile.

usage: spiq-run LIBRARY [INPUT.npy ...] [options]

  INPUT.npy ...     one file per input, in the order of the model; f32 values
                    for a quantized input are quantized
  --random[=SEED]   random inputs instead: f32 in [0, 1), any stored value
                    otherwise
  -o FILE.npy       write the output (models with one output)
  -o FOLDER/        write every output to FOLDER/NAME.npy
  --info            print the model's descriptor
  --benchmark[=N]   time N runs (default 20), print minimum and median
  --profile[=N]     print where the time of N runs (default 20) goes, for
                    libraries made with spiq-compile --profile: the median time
                    of each step, its rate of products, also as a percentage of
                    what a loop over registers reaches on this machine with the
                    library's instructions, and the bytes of its buffers
  --profile-json[=N]
                    print the same as JSON
  --warmup=N        runs before timing starts (default 3)
  --variant=N       run the Nth variant, from 0, of a library for several targets
                    instead of the one that it chooses; --info lists them
  --threads=N       run with N threads (default 1)
  --compare=LIBRARY run another library on the same input and print, for every
                    output, the signal-to-noise ratio, the largest absolute
                    error, the largest error relative to the largest value, and
                    how often the largest channel is the same
)";

/// Parses a whole number; none if `text` is anything else.
static std::optional<uint64_t> parseNumber(const std::string &text) {
  if (text.empty() || text.size() > 18)
    return std::nullopt;
  for (char c : text)
    if (!std::isdigit(static_cast<unsigned char>(c)))
      return std::nullopt;
  return std::strtoull(text.c_str(), nullptr, 10);
}

namespace {
/// Walks over the arguments.
class Parser {
public:
  Parser(int argc, char **argv) : arguments(argv + 1, argv + argc) {}

  std::optional<Options> parse(std::string &error) {
    for (next = 0; next < arguments.size(); ++next) {
      message.clear();
      if (!parseArgument(arguments[next])) {
        error = message.empty() ? "unknown option '" + arguments[next] +
                                      "'; --help lists the options"
                                : message;
        return std::nullopt;
      }
    }
    if (options.library.empty() && !options.help) {
      error = "no library given; --help shows how to use the program";
      return std::nullopt;
    }
    if (options.random && !options.inputs.empty()) {
      error = "--random and input files exclude each other";
      return std::nullopt;
    }
    if (options.benchmark && *options.benchmark == 0) {
      error = "--benchmark needs at least one run";
      return std::nullopt;
    }
    if (options.profile && *options.profile == 0) {
      error = "--profile needs at least one run";
      return std::nullopt;
    }
    if (options.threads < 1 || options.threads > 256) {
      error = "--threads needs a number from 1 to 256";
      return std::nullopt;
    }
    return options;
  }

private:
  bool parseArgument(const std::string &argument) {
    if (argument.empty() || argument[0] != '-') {
      if (options.library.empty())
        options.library = argument;
      else
        options.inputs.push_back(argument);
      return true;
    }
    if (argument == "-o")
      return takeText(argument, options.output);
    size_t equals = argument.find('=');
    std::string name = argument.substr(0, equals);
    std::optional<std::string> value;
    if (equals != std::string::npos)
      value = argument.substr(equals + 1);
    if (name == "--help" || name == "-h")
      return options.help = true;
    if (name == "--info")
      return options.info = true;
    if (name == "--random")
      return takeNumber(name, value, 0, options.random);
    if (name == "--benchmark")
      return takeNumber(name, value, 20, options.benchmark);
    if (name == "--variant")
      return takeNumber(name, value ? value : "", 0, options.variant);
    if (name == "--profile" || name == "--profile-json") {
      options.profileJSON = name == "--profile-json";
      return takeNumber(name, value, 20, options.profile);
    }
    if (name == "--warmup") {
      std::optional<uint64_t> runs;
      if (!takeNumber(name, value, 3, runs))
        return false;
      options.warmup = *runs;
      return true;
    }
    if (name == "--threads") {
      std::optional<uint64_t> threads;
      if (!takeNumber(name, value ? value : "", 1, threads))
        return false;
      options.threads = *threads;
      return true;
    }
    if (name == "--compare") {
      if (!value)
        return takeText(name, options.compare);
      options.compare = *value;
      return true;
    }
    return false;
  }

  bool takeText(const std::string &name, std::string &text) {
    if (next + 1 == arguments.size()) {
      message = name + " needs a value";
      return false;
    }
    text = arguments[++next];
    return true;
  }

  bool takeNumber(const std::string &name,
                  const std::optional<std::string> &value, uint64_t fallback,
                  std::optional<uint64_t> &number) {
    number = value ? parseNumber(*value) : fallback;
    if (!number)
      message = name + " needs a whole number, but got '" + *value + "'";
    return number.has_value();
  }

  std::vector<std::string> arguments;
  size_t next = 0;
  std::string message;
  Options options;
};
} // namespace

std::optional<Options> parseOptions(int argc, char **argv, std::string &error) {
  return Parser(argc, argv).parse(error);
}

} // namespace spiq::run
