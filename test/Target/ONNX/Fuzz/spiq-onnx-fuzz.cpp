//===- spiq-onnx-fuzz.cpp - Imports damaged models ------------------------===//
//
// Imports thousands of damaged models in one process. Each import must end
// within a time limit, either with a module or with exactly one error. A crash
// or a hang ends the process, naming the model; `--write` saves it.
//
//   spiq-onnx-fuzz [--count=N] [--seed=N] [--only=N --write=FILE] models...
//
//===----------------------------------------------------------------------===//

#include "Mutator.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "spiq/Target/ONNX/ONNXImport.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>
#include <cstdio>
#include <optional>
#include <unistd.h>

using namespace mlir;

/// Seconds that one import may take.
static constexpr unsigned kTimeLimit = 10;

/// What runs now, for the signal handler, which may not allocate.
static char currentName[256];

static void reportSignal(int number) {
  char text[400];
  int length =
      std::snprintf(text, sizeof(text), "signal %d%s: %s\n", number,
                    number == SIGALRM ? " (time limit)" : "", currentName);
  (void)!write(STDERR_FILENO, text, length);
  _exit(1);
}

namespace {
/// Counts of what became of the models.
struct Outcome {
  unsigned imported = 0, refused = 0, wrong = 0;
};
} // namespace

/// Imports one model and checks that it ends as it should.
static void importDamaged(const std::string &bytes, MLIRContext &context,
                          Outcome &outcome) {
  unsigned errors = 0;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    errors += diagnostic.getSeverity() == DiagnosticSeverity::Error;
    return success();
  });
  alarm(kTimeLimit);
  OwningOpRef<ModuleOp> module = spiq::importONNXModel(
      llvm::MemoryBufferRef(bytes, "damaged"), "damaged.onnx", &context);
  alarm(0);
  if (module)
    ++outcome.imported;
  else
    ++outcome.refused;
  if (errors != (module ? 0u : 1u)) {
    llvm::errs() << currentName << ": " << errors << " errors, "
                 << (module ? "a module" : "no module") << "\n";
    ++outcome.wrong;
  }
}

int main(int argc, char **argv) {
  llvm::cl::list<std::string> paths(llvm::cl::Positional);
  llvm::cl::opt<unsigned> count("count", llvm::cl::init(100),
                                llvm::cl::desc("Variants of each model"));
  llvm::cl::opt<unsigned> seed("seed", llvm::cl::init(1));
  llvm::cl::opt<int> only("only", llvm::cl::init(-1),
                          llvm::cl::desc("The one variant to run"));
  llvm::cl::opt<std::string> output("write",
                                    llvm::cl::desc("Save variants here"));
  llvm::cl::ParseCommandLineOptions(argc, argv, "Imports damaged models\n");
  for (int number : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL, SIGALRM})
    std::signal(number, reportSignal);

  Outcome outcome;
  for (const auto &[index, path] : llvm::enumerate(paths)) {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    onnx::ModelProto model;
    if (!buffer || !model.ParseFromArray((*buffer)->getBufferStart(),
                                         (*buffer)->getBufferSize())) {
      llvm::errs() << "cannot read " << path << "\n";
      return 1;
    }
    // A context keeps all constants; a fresh one per model bounds memory.
    MLIRContext context(MLIRContext::Threading::DISABLED);
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
      importDamaged(bytes, context, outcome);
    }
  }
  llvm::outs() << outcome.imported << " imported, " << outcome.refused
               << " refused, " << outcome.wrong << " wrong\n";
  return outcome.wrong != 0;
}
