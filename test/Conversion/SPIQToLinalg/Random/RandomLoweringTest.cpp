//===- RandomLoweringTest.cpp - Compiled results against the reference ----===//
//
// Draws random operations, compiles and runs them through the portable
// lowering, and compares with the reference interpreter: bit by bit where the
// result is defined exactly, with a tolerance in float.
//
//===----------------------------------------------------------------------===//

#include "Execution.h"
#include "Generators.h"

#include "spiq/Reference/Interpreter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Verifier.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/TargetSelect.h"

using namespace mlir;
using namespace spiq;
using namespace spiq::test;

namespace {
struct OperationTest {
  StringRef name;
  Generator generate;
  ArrayRef<Form> forms;
};
} // namespace

static constexpr Form linearForms[] = {Form::Float, Form::Integer,
                                       Form::Dequantized, Form::Dynamic};
static constexpr Form bothForms[] = {Form::Float, Form::Integer};
static constexpr Form floatForm[] = {Form::Float};
static constexpr Form castForms[] = {Form::Integer, Form::Dequantized};

static const OperationTest tests[] = {
    {"conv_2d", generateConv2D, linearForms},
    {"transposed_conv_2d", generateTransposedConv2D, linearForms},
    {"fully_connected", generateFullyConnected, linearForms},
    {"add", generateAdd, bothForms},
    {"mul", generateMul, bothForms},
    {"clamp", generateClamp, bothForms},
    {"rescale", generateRescale, bothForms},
    {"activation", generateActivation, bothForms},
    {"batch_norm", generateBatchNorm, floatForm},
    {"casts", generateCasts, castForms},
    {"concat", generateConcat, bothForms},
    {"max_pool_2d", generateMaxPool2D, bothForms},
    {"avg_pool_2d", generateAvgPool2D, bothForms},
    {"resize", generateResize, bothForms},
    {"pad", generatePad, bothForms},
};

static StringRef getName(Form form) {
  switch (form) {
  case Form::Float:
    return "float";
  case Form::Integer:
    return "integer";
  case Form::Dequantized:
    return "dequantized";
  case Form::Dynamic:
    return "dynamic";
  }
  llvm_unreachable("all forms are handled");
}

/// Reports the first difference; float results may differ by `tolerance` times
/// the largest value.
static bool areEqual(const reference::Tensor &expected,
                     const reference::Tensor &actual, float tolerance) {
  if (!expected.isFloat) {
    for (size_t index = 0; index < expected.integers.size(); ++index)
      if (expected.integers[index] != actual.integers[index]) {
        llvm::errs() << "element " << index << ": expected "
                     << expected.integers[index] << ", got "
                     << actual.integers[index] << "\n";
        return false;
      }
    return true;
  }
  float largest = 0.0f;
  for (float value : expected.floats)
    largest = std::max(largest, std::abs(value));
  for (size_t index = 0; index < expected.floats.size(); ++index) {
    float want = expected.floats[index], got = actual.floats[index];
    if (!(std::abs(want - got) <= tolerance * largest) && want != got) {
      llvm::errs() << "element " << index << ": expected " << want << ", got "
                   << got << "\n";
      return false;
    }
  }
  return true;
}

/// Draws, compiles, runs and compares one case.
static bool runCase(MLIRContext &context, const OperationTest &test, Form form,
                    uint64_t seed) {
  Random random(&context, seed);
  CaseBuilder builder(random);
  test.generate(builder, form);
  auto fail = [&](StringRef what) {
    llvm::errs() << test.name << " " << getName(form) << " seed " << seed
                 << ": " << what << "\n"
                 << *builder.module << "\n";
    return false;
  };
  if (failed(verify(*builder.module)))
    return fail("generated an invalid operation");
  auto expected = reference::evaluate(builder.function, builder.arguments);
  if (failed(expected))
    return fail("the reference failed");
  OwningOpRef<ModuleOp> compiled = builder.module->clone();
  auto actual = compileAndRun(
      *compiled, builder.function.getArgumentTypes(), builder.arguments,
      cast<RankedTensorType>(builder.function.getResultTypes()[0]));
  if (failed(actual))
    return fail("did not compile");
  float tolerance = form == Form::Float ? 2e-5f : 0.0f;
  if (!areEqual(expected->front(), *actual, tolerance))
    return fail("results differ");
  return true;
}

int main(int argc, char **argv) {
  llvm::InitLLVM initialize(argc, argv);
  llvm::cl::opt<std::string> only("op", llvm::cl::desc("Operation to test"),
                                  llvm::cl::init(""));
  llvm::cl::opt<unsigned> count("count", llvm::cl::desc("Cases for each form"),
                                llvm::cl::init(30));
  llvm::cl::opt<uint64_t> firstSeed("seed", llvm::cl::desc("First seed"),
                                    llvm::cl::init(1));
  llvm::cl::ParseCommandLineOptions(argc, argv,
                                    "Random tests of convert-spiq-to-linalg\n");
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();

  DialectRegistry registry;
  registerAllDialects(registry);
  registerAllExtensions(registry);
  registerAllToLLVMIRTranslations(registry);
  registry.insert<SPIQDialect>();
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadDialect<SPIQDialect, arith::ArithDialect, func::FuncDialect,
                      quant::QuantDialect>();

  unsigned failures = 0, passes = 0;
  for (const OperationTest &test : tests) {
    if (!only.empty() && test.name != only)
      continue;
    for (Form form : test.forms) {
      unsigned failed = 0;
      for (uint64_t seed = firstSeed; seed < firstSeed + count; ++seed)
        failed += !runCase(context, test, form, seed);
      llvm::outs() << test.name << " " << getName(form) << ": "
                   << count - failed << " of " << count << " passed\n";
      failures += failed;
      passes += count - failed;
    }
  }
  if (failures + passes == 0) {
    llvm::errs() << "unknown operation '" << only << "'\n";
    return 1;
  }
  return failures != 0;
}
