//===- spiq-interpret.cpp - SPIQ's reference interpreter ------------------===//
//
// Evaluates a function of SPIQ operations with plain loops: slow, and the
// oracle for compiled code.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/InitAll.h"
#include "spiq/Reference/Interpreter.h"
#include "spiq/Reference/NumpyFile.h"

#include "mlir/IR/AsmState.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;
using namespace spiq;

namespace {
struct Options {
  llvm::cl::opt<std::string> file{llvm::cl::Positional,
                                  llvm::cl::desc("<model.mlir>"),
                                  llvm::cl::init("-")};
  llvm::cl::opt<std::string> function{
      "function",
      llvm::cl::desc("Function to evaluate; by default the only one")};
  llvm::cl::list<std::string> inputs{
      "input", llvm::cl::desc("A .npy file for each parameter, in order"),
      llvm::cl::value_desc("file")};
  llvm::cl::list<std::string> outputs{
      "output",
      llvm::cl::desc("A .npy file for each result, in order; text on "
                     "standard output if there is none"),
      llvm::cl::value_desc("file")};
};
} // namespace

static LogicalResult report(llvm::Error error) {
  if (!error)
    return success();
  llvm::errs() << "error: " << llvm::toString(std::move(error)) << "\n";
  return failure();
}

static func::FuncOp findFunction(ModuleOp module, StringRef name) {
  if (!name.empty()) {
    auto function = module.lookupSymbol<func::FuncOp>(name);
    if (!function)
      module.emitError() << "there is no function '" << name << "'";
    return function;
  }
  auto functions = module.getOps<func::FuncOp>();
  if (llvm::range_size(functions) == 1)
    return *functions.begin();
  module.emitError() << "expects one function, got "
                     << llvm::range_size(functions)
                     << "; choose one with --function";
  return {};
}

static reference::NumpyType getFileType(Type type) {
  Type element = cast<ShapedType>(type).getElementType();
  if (auto quantized = getQuantizedElementType(element))
    return quantized.isSigned() ? reference::NumpyType::I8
                                : reference::NumpyType::U8;
  if (element.isF32())
    return reference::NumpyType::F32;
  return element.isInteger(8) ? reference::NumpyType::I8
                              : reference::NumpyType::I32;
}

static void print(const reference::Tensor &tensor) {
  llvm::outs() << "tensor<";
  for (int64_t size : tensor.shape)
    llvm::outs() << size << "x";
  llvm::outs() << (tensor.isFloat ? "f32>" : "int>") << " [";
  if (tensor.isFloat)
    llvm::interleaveComma(tensor.floats, llvm::outs());
  else
    llvm::interleaveComma(tensor.integers, llvm::outs());
  llvm::outs() << "]\n";
}

static LogicalResult run(const Options &options, MLIRContext &context) {
  OwningOpRef<ModuleOp> module =
      parseSourceFile<ModuleOp>(options.file, &context);
  if (!module)
    return failure();
  func::FuncOp function = findFunction(*module, options.function);
  if (!function)
    return failure();
  if (!options.outputs.empty() &&
      options.outputs.size() != function.getNumResults())
    return function.emitError()
           << "has " << function.getNumResults() << " results, but there are "
           << options.outputs.size() << " output files";
  SmallVector<reference::Tensor> arguments;
  for (const std::string &path : options.inputs) {
    auto tensor = reference::readNumpyFile(path);
    if (!tensor)
      return report(tensor.takeError());
    arguments.push_back(std::move(*tensor));
  }
  auto results = reference::evaluate(function, arguments);
  if (failed(results))
    return failure();
  for (auto [index, result] : llvm::enumerate(*results)) {
    if (options.outputs.empty()) {
      print(result);
      continue;
    }
    Type type = function.getResultTypes()[index];
    if (failed(report(reference::writeNumpyFile(options.outputs[index], result,
                                                getFileType(type)))))
      return failure();
  }
  return success();
}

int main(int argc, char **argv) {
  llvm::InitLLVM initialize(argc, argv);
  Options options;
  llvm::cl::ParseCommandLineOptions(argc, argv,
                                    "SPIQ's reference interpreter\n");
  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry);
  context.printOpOnDiagnostic(false);
  llvm::SourceMgr sources;
  SourceMgrDiagnosticHandler diagnostics(sources, &context);
  return failed(run(options, context));
}
