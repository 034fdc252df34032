//===- spiq-onnx-fuzz.cpp - Imports and compiles damaged models -----------===//
//
// Imports thousands of damaged models in one process, and compiles some of
// those that could be imported. Each import must end with a module or with
// exactly one error, and so must each compilation, within a limit of processor
// time. A crash or a hang ends the process, naming the model; `--write` saves
// it.
//
//   spiq-onnx-fuzz [--count=N] [--compile-every=N] [--seed=N]
//                  [--only=N --write=FILE] models...
//
//===----------------------------------------------------------------------===//

#include "Compiler.h"
#include "Mutator.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "spiq/InitAll.h"
#include "spiq/Target/ONNX/ONNXImport.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>
#include <cstdio>
#include <sys/time.h>
#include <unistd.h>

using namespace mlir;

/// Seconds of processor time that one import or compilation may take.
static constexpr unsigned kTimeLimit = 20;

/// What runs now, for the signal handler, which may not allocate.
static char currentName[256];

static void reportSignal(int number) {
  char text[400];
  int length =
      std::snprintf(text, sizeof(text), "signal %d%s: %s\n", number,
                    number == SIGPROF ? " (time limit)" : "", currentName);
  (void)!write(STDERR_FILENO, text, length);
  _exit(1);
}

static void limitTime(unsigned seconds) {
  itimerval timer = {};
  timer.it_value.tv_sec = seconds;
  setitimer(ITIMER_PROF, &timer, nullptr);
}

namespace {
/// Imports and compiles models and counts what became of them.
class Fuzzer {
public:
  /// Compiles one of `compileEvery` imported models; none if that is 0.
  explicit Fuzzer(unsigned compileEvery) : compileEvery(compileEvery) {}

  void run(const std::string &bytes, MLIRContext &context);
  void printOutcome(llvm::raw_ostream &os) const;
  bool isGood() const { return numWrong == 0; }

private:
  /// Runs `step` within the limit of time. It must succeed without errors or
  /// fail with one.
  bool check(MLIRContext &context, llvm::function_ref<bool()> step);

  unsigned compileEvery;
  unsigned numImported = 0, numRefused = 0, numCompiled = 0, numStopped = 0,
           numWrong = 0;
  Compiler compiler;
};
} // namespace

bool Fuzzer::check(MLIRContext &context, llvm::function_ref<bool()> step) {
  std::string errors;
  unsigned numErrors = 0;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error) {
      ++numErrors;
      errors += "  " + diagnostic.str() + "\n";
    }
    return success();
  });
  limitTime(kTimeLimit);
  bool succeeded = step();
  limitTime(0);
  if (numErrors != (succeeded ? 0u : 1u)) {
    llvm::errs() << currentName << (succeeded ? ": succeeded" : ": failed")
                 << " with " << numErrors << " errors\n"
                 << errors;
    ++numWrong;
  }
  return succeeded;
}

void Fuzzer::run(const std::string &bytes, MLIRContext &context) {
  OwningOpRef<ModuleOp> module;
  bool imported = check(context, [&] {
    module = spiq::importONNXModel(llvm::MemoryBufferRef(bytes, "damaged"),
                                   "damaged.onnx", &context);
    return static_cast<bool>(module);
  });
  if (!imported) {
    ++numRefused;
    return;
  }
  ++numImported;
  if (compileEvery == 0 || numImported % compileEvery != 0)
    return;
  bool quantize = numImported / compileEvery % 4 != 0;
  bool compiled = check(
      context, [&] { return succeeded(compiler.compile(*module, quantize)); });
  ++(compiled ? numCompiled : numStopped);
}

void Fuzzer::printOutcome(llvm::raw_ostream &os) const {
  os << numImported << " imported, " << numRefused << " refused, "
     << numCompiled << " compiled, " << numStopped << " stopped, " << numWrong
     << " wrong\n";
}

int main(int argc, char **argv) {
  llvm::cl::list<std::string> paths(llvm::cl::Positional);
  llvm::cl::opt<unsigned> count("count", llvm::cl::init(100),
                                llvm::cl::desc("Variants of each model"));
  llvm::cl::opt<unsigned> compileEvery(
      "compile-every", llvm::cl::init(0),
      llvm::cl::desc("Compile one of this many imported models"));
  llvm::cl::opt<unsigned> seed("seed", llvm::cl::init(1));
  llvm::cl::opt<int> only("only", llvm::cl::init(-1),
                          llvm::cl::desc("The one variant to run"));
  llvm::cl::opt<std::string> output("write",
                                    llvm::cl::desc("Save variants here"));
  llvm::cl::ParseCommandLineOptions(argc, argv, "Imports damaged models\n");
  for (int number : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL, SIGPROF})
    std::signal(number, reportSignal);

  Fuzzer fuzzer(compileEvery);
  DialectRegistry registry;
  spiq::registerAllDialects(registry);
  for (const auto &[index, path] : llvm::enumerate(paths)) {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    onnx::ModelProto model;
    if (!buffer || !model.ParseFromArray((*buffer)->getBufferStart(),
                                         (*buffer)->getBufferSize())) {
      llvm::errs() << "cannot read " << path << "\n";
      return 1;
    }
    // A context keeps all constants; a fresh one per model bounds memory.
    MLIRContext context(registry, MLIRContext::Threading::DISABLED);
    for (unsigned i = 0; i < count; ++i) {
      if (only >= 0 && static_cast<unsigned>(only) != i)
        continue;
      Mutator mutator((uint64_t(seed) << 40) + (uint64_t(index) << 20) + i);
      std::string bytes =
          i % 2 ? mutator.mutateFields(model)
                : mutator.mutateBytes((*buffer)->getBuffer().str());
      std::snprintf(currentName, sizeof(currentName), "%s variant %u",
                    path.c_str(), i);
      if (!output.empty()) {
        std::error_code error;
        llvm::raw_fd_ostream(output, error) << bytes;
      }
      fuzzer.run(bytes, context);
    }
  }
  fuzzer.printOutcome(llvm::outs());
  return fuzzer.isGood() ? 0 : 1;
}
