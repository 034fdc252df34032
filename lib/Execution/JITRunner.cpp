//===- JITRunner.cpp - Compiled functions in this process -----------------===//
//
// Compiles a function for the host as spiq-compile does, loads the object with
// LLVM's JIT and calls it.
//
//===----------------------------------------------------------------------===//

#include "spiq/Execution/JITRunner.h"

#include "CompiledModel.h"
#include "spiq/CodeGen/Signature.h"
#include "spiq/Conversion/SPIQToLinalg/SPIQToLinalg.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/Dialect/SPIQ/Transforms/FunctionRunner.h"
#include "spiq/Pipelines/Pipelines.h"

#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace spiq;

namespace {

/// Name of the compiled function in C.
constexpr llvm::StringLiteral functionName = "spiq_jit";

class JITRunner : public FunctionRunner {
public:
  using FunctionRunner::FunctionRunner;

  LogicalResult run(ModuleOp module, int64_t count,
                    ArrayRef<const char *> inputs,
                    ArrayRef<char *> outputs) const override {
    // A context of its own: a pass must not load dialects into the one that it
    // runs in.
    MLIRContext context(module.getContext()->getDialectRegistry(),
                        MLIRContext::Threading::DISABLED);
    std::string message;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      if (message.empty() &&
          diagnostic.getSeverity() == DiagnosticSeverity::Error)
        message = diagnostic.str();
    });
    SmallVector<char, 0> object;
    if (failed(compile(module, context, object)))
      return module.emitError("cannot be compiled for this machine: ")
             << message;
    if (llvm::Error error = call(object, count, inputs, outputs))
      return module.emitError("cannot be run on this machine: ")
             << llvm::toString(std::move(error));
    return success();
  }

private:
  static LogicalResult compile(ModuleOp module, MLIRContext &context,
                               SmallVectorImpl<char> &object);
  static llvm::Error call(ArrayRef<char> object, int64_t count,
                          ArrayRef<const char *> inputs,
                          ArrayRef<char *> outputs);
};

} // namespace

/// Copies `module` to another context.
static OwningOpRef<ModuleOp> copyTo(MLIRContext &context, ModuleOp module) {
  std::string bytes;
  llvm::raw_string_ostream os(bytes);
  if (failed(writeBytecodeToFile(module, os)))
    return nullptr;
  Block block;
  llvm::MemoryBufferRef buffer(bytes, "");
  ParserConfig config(&context, /*verifyAfterParse=*/false);
  if (failed(readBytecodeFile(buffer, &block, config)))
    return nullptr;
  auto copy = cast<ModuleOp>(block.front());
  copy->remove();
  return copy;
}

LogicalResult JITRunner::compile(ModuleOp module, MLIRContext &context,
                                 SmallVectorImpl<char> &object) {
  llvm::Expected<Target> target = Target::resolve({});
  if (!target)
    return emitError(UnknownLoc::get(&context))
           << llvm::toString(target.takeError());
  OwningOpRef<ModuleOp> copy = copyTo(context, module);
  if (!copy)
    return failure();
  PassManager pm(&context);
  pm.enableVerifier(false);
  pm.addPass(createConvertSPIQToLinalg());
  pm.addNestedPass<func::FuncOp>(createConvertElementwiseToLinalgPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  buildLowerToLLVMPipeline(pm, *target, functionName, /*vectorize=*/true);
  if (failed(pm.run(*copy)))
    return failure();
  return compileToObject(*copy, *target, object);
}

llvm::Error JITRunner::call(ArrayRef<char> object, int64_t count,
                            ArrayRef<const char *> inputs,
                            ArrayRef<char *> outputs) {
  llvm::Expected<CompiledModel> model =
      CompiledModel::load(object, functionName);
  if (!model)
    return model.takeError();
  SmallVector<const void *> sources(inputs);
  SmallVector<void *> targets(outputs.begin(), outputs.end());
  for (int64_t n = 0; n < count; ++n) {
    for (auto [i, source] : llvm::enumerate(sources))
      source = inputs[i] + n * model->getInfo().inputs[i].bytes;
    for (auto [i, target] : llvm::enumerate(targets))
      target = outputs[i] + n * model->getInfo().outputs[i].bytes;
    [[maybe_unused]] int32_t status = model->run(sources, targets);
    assert(status == SPIQ_OK && "the arguments are those of the descriptor");
  }
  return llvm::Error::success();
}

void spiq::registerJITRunner(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *, SPIQDialect *dialect) {
    dialect->addInterfaces<JITRunner>();
  });
}
