//===- ModelLoader.cpp - Reading model files --------------------*- C++ -*-===//
//
// Reads ONNX and MLIR files.
//
//===----------------------------------------------------------------------===//

#include "ModelLoader.h"

#include "spiq/InitAll.h"
#include "spiq/Target/ONNX/ONNXImport.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;

namespace spiq {

void registerModelDialects(DialectRegistry &registry) {
  registerAllDialects(registry);
}

static OwningOpRef<ModuleOp> loadMLIR(StringRef path, MLIRContext &context) {
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> buffer = openInputFile(path, &message);
  if (!buffer) {
    emitError(UnknownLoc::get(&context)) << message;
    return nullptr;
  }
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  return parseSourceFile<ModuleOp>(sources, &context);
}

static OwningOpRef<ModuleOp> loadONNX(const CompileOptions &options,
                                      MLIRContext &context) {
  ONNXImportOptions importOptions;
  importOptions.batchSize = options.batch;
  for (const std::string &text : options.inputShapes) {
    llvm::Expected<ONNXInputShape> shape = parseONNXInputShape(text);
    if (!shape) {
      emitError(UnknownLoc::get(&context)) << toString(shape.takeError());
      return nullptr;
    }
    importOptions.inputShapes.push_back(std::move(*shape));
  }
  return importONNXFile(options.input, &context, importOptions);
}

OwningOpRef<ModuleOp> loadModel(const CompileOptions &options,
                                MLIRContext &context) {
  StringRef path = options.input;
  StringRef extension = llvm::sys::path::extension(path);
  if (extension == ".mlir" || extension == ".mlirbc") {
    if (options.batch == 1 && options.inputShapes.empty())
      return loadMLIR(path, context);
    emitError(UnknownLoc::get(&context))
        << "--batch and --input-shape are for ONNX models; '" << path
        << "' states its shapes";
    return nullptr;
  }
  if (extension == ".onnx")
    return loadONNX(options, context);
  emitError(UnknownLoc::get(&context))
      << "cannot read '" << path << "': expected a file named .onnx or .mlir";
  return nullptr;
}

} // namespace spiq
