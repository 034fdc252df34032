//===- RandomKernelTest.cpp - Native kernels against the reference --------===//
//
// Draws random layers, evaluates them with the reference interpreter and
// compiles them for a target. The program made from the written files
// (Inputs/run-cases.c) runs them and compares bit by bit, on any machine.
//
//===----------------------------------------------------------------------===//

#include "CaseWriter.h"
#include "KernelGenerators.h"

#include "spiq/InitAll.h"
#include "spiq/Reference/Interpreter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"

using namespace mlir;
using namespace spiq;
using namespace spiq::test;

namespace {
struct LayerTest {
  StringRef name;
  Generator generate;
  Form form;
};
} // namespace

static const LayerTest tests[] = {
    {"conv", generateKernelConv2D, Form::Integer},
    {"conv-f32", generateKernelConv2D, Form::Dequantized},
    {"depthwise", generateKernelDepthwise, Form::Integer},
    {"depthwise-f32", generateKernelDepthwise, Form::Dequantized},
    {"grouped", generateKernelGrouped, Form::Integer},
    {"grouped-f32", generateKernelGrouped, Form::Dequantized},
    {"transposed", generateKernelTransposed, Form::Integer},
    {"transposed-f32", generateKernelTransposed, Form::Dequantized},
    {"fc", generateKernelFullyConnected, Form::Integer},
    {"fc-f32", generateKernelFullyConnected, Form::Dequantized},
};

/// Draws, evaluates and compiles one case.
static LogicalResult addCase(MLIRContext &context, const LayerTest &test,
                             uint64_t seed, CaseWriter &writer, bool print) {
  Random random(&context, seed);
  CaseBuilder builder(random);
  test.generate(builder, test.form);
  builder.function->removeAttr("llvm.emit_c_interface");
  std::string name = (test.name + " seed " + Twine(seed)).str();
  if (print)
    llvm::outs() << "// " << name << "\n" << *builder.module << "\n";
  auto expected = reference::evaluate(builder.function, builder.arguments);
  if (succeeded(verify(*builder.module)) && succeeded(expected) &&
      succeeded(writer.add(builder, expected->front(), name)))
    return success();
  llvm::errs() << name << " failed:\n" << *builder.module << "\n";
  return failure();
}

int main(int argc, char **argv) {
  llvm::InitLLVM initialize(argc, argv);
  llvm::cl::opt<std::string> only("layer", llvm::cl::desc("Layer to test"));
  llvm::cl::opt<unsigned> count("count", llvm::cl::desc("Cases of each layer"),
                                llvm::cl::init(10));
  llvm::cl::opt<uint64_t> firstSeed("seed", llvm::cl::desc("First seed"),
                                    llvm::cl::init(1));
  llvm::cl::opt<bool> print("print", llvm::cl::desc("Print the cases"));
  llvm::cl::opt<std::string> folder("o", llvm::cl::desc("Output folder"),
                                    llvm::cl::Required);
  TargetRequest request;
  llvm::cl::opt<std::string, true> targetName(
      "target", llvm::cl::desc("As in spiq-compile"),
      llvm::cl::location(request.target), llvm::cl::init("host"));
  llvm::cl::opt<std::string, true> features(
      "mattr", llvm::cl::desc("As in spiq-compile"),
      llvm::cl::location(request.features));
  llvm::cl::ParseCommandLineOptions(argc, argv, "Random native kernels\n");

  llvm::Expected<Target> target = Target::resolve(request);
  if (!target) {
    llvm::errs() << llvm::toString(target.takeError()) << "\n";
    return 1;
  }
  DialectRegistry registry;
  spiq::registerAllDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadDialect<SPIQDialect, arith::ArithDialect, func::FuncDialect,
                      quant::QuantDialect>();

  llvm::outs() << cpu::getInfo(target->getKernelISA()).name << "\n";
  CaseWriter writer(*target, folder);
  for (const LayerTest &test : tests) {
    if (!only.empty() && test.name != only)
      continue;
    unsigned casesBefore = writer.getNumCases();
    unsigned nativeBefore = writer.getNumNative();
    for (uint64_t seed = firstSeed; seed < firstSeed + count; ++seed)
      if (failed(addCase(context, test, seed, writer, print)))
        return 1;
    llvm::outs() << test.name << ": " << writer.getNumNative() - nativeBefore
                 << " native of " << writer.getNumCases() - casesBefore << "\n";
  }
  return failed(writer.finish());
}
