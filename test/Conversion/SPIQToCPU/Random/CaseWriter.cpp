//===- CaseWriter.cpp - Compiled test cases as files ----------------------===//
//
// Runs the pipelines of spiq-compile on a test case and writes the object.
//
//===----------------------------------------------------------------------===//

#include "CaseWriter.h"

#include "spiq/CodeGen/Emission.h"
#include "spiq/Dialect/CPU/IR/CPU.h"
#include "spiq/Pipelines/Pipelines.h"

#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace spiq::test {

LogicalResult CaseWriter::lower(ModuleOp module, StringRef name) {
  PassManager kernels(module.getContext());
  buildLowerToKernelsPipeline(kernels, target, /*native=*/true);
  if (failed(kernels.run(module)))
    return failure();
  bool isNative = false;
  module.walk([&](Operation *op) {
    isNative |= isa<cpu::Conv2DOp, cpu::DepthwiseConv2DOp>(op);
  });
  numNative += isNative;

  PassManager pm(module.getContext());
  buildLowerToLLVMPipeline(pm, target, name, /*vectorize=*/false);
  return pm.run(module);
}

LogicalResult CaseWriter::writeFile(StringRef name, StringRef text) {
  llvm::SmallString<128> path(folder);
  llvm::sys::path::append(path, name);
  std::error_code error;
  llvm::raw_fd_ostream os(path, error);
  if (!error)
    os << text;
  if (!error && !os.has_error())
    return success();
  llvm::errs() << "cannot write " << path << "\n";
  os.clear_error();
  return failure();
}

LogicalResult CaseWriter::writeObject(ModuleOp module, StringRef name) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> llvmModule =
      translateToLLVMIR(module, target, context);
  if (!llvmModule)
    return failure();
  // All cases end up in one program.
  if (llvm::Function *getter = llvmModule->getFunction("spiq_model"))
    getter->setLinkage(llvm::GlobalValue::InternalLinkage);
  optimizeLLVMIR(*llvmModule, target);
  SmallVector<char> object;
  emitLLVMIR(*llvmModule, target, EmissionKind::Object, object);
  return writeFile((name + ".o").str(),
                   StringRef(object.data(), object.size()));
}

/// Appends a C array with the bytes of `tensor`, stored as `type` says.
static void declareBytes(std::string &text, StringRef name,
                         const reference::Tensor &tensor, Type type) {
  SmallVector<char> bytes;
  auto append = [&](const auto &value) {
    const char *begin = reinterpret_cast<const char *>(&value);
    bytes.append(begin, begin + sizeof(value));
  };
  bool isByte = getQuantizedElementType(type) != nullptr;
  for (float value : tensor.floats)
    append(value);
  for (int32_t value : tensor.integers) {
    if (isByte)
      append(static_cast<int8_t>(value));
    else
      append(value);
  }
  llvm::raw_string_ostream os(text);
  os << "static const unsigned char " << name << "[] = {";
  for (char byte : bytes)
    os << unsigned(static_cast<unsigned char>(byte)) << ",";
  os << "};\n";
}

LogicalResult CaseWriter::add(CaseBuilder &builder,
                              const reference::Tensor &expected,
                              StringRef description) {
  std::string name = ("case" + Twine(numCases++)).str();
  auto types = builder.function.getArgumentTypes();
  std::string inputs, sizes;
  for (auto [index, argument] : llvm::enumerate(builder.arguments)) {
    std::string input = llvm::formatv("{0}_in{1}", name, index);
    declareBytes(declarations, input, argument, types[index]);
    inputs += input + ", ";
    sizes += "sizeof " + input + ", ";
  }
  declareBytes(declarations, name + "_out", expected,
               builder.function.getResultTypes()[0]);
  declarations += llvm::formatv(
      "extern int32_t {0}_run(const void *const *, void *const *, void *);\n"
      "extern uint64_t {0}_workspace_size(void);\n",
      name);
  table +=
      llvm::formatv("{{\"{0}\", {1}_run, {1}_workspace_size, {2}, "
                    "{{{3}}, {{{4}}, {1}_out, sizeof {1}_out},\n",
                    description, name, builder.arguments.size(), inputs, sizes);
  OwningOpRef<ModuleOp> module = builder.module->clone();
  if (failed(lower(*module, name)))
    return failure();
  return writeObject(*module, name);
}

LogicalResult CaseWriter::finish() {
  return writeFile("cases.c", "#include \"run-cases.h\"\n" + declarations +
                                  "const struct test_case cases[] = {\n" +
                                  table + "};\nconst int num_cases = " +
                                  std::to_string(numCases) + ";\n");
}

} // namespace spiq::test
