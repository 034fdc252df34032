//===- ONNXTranslation.cpp - The translation --import-onnx ----------------===//

#include "mlir/IR/Diagnostics.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "spiq/Target/ONNX/ONNXImport.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace spiq;

namespace {
/// The flags of the translation, alive as long as the tool runs.
struct ImportFlags {
  llvm::cl::OptionCategory category{"ONNX import"};
  llvm::cl::opt<int64_t> batchSize{
      "batch-size", llvm::cl::cat(category), llvm::cl::init(1),
      llvm::cl::desc("Stands for an unknown first dimension of inputs")};
  llvm::cl::list<std::string> inputShapes{
      "input-shape", llvm::cl::cat(category),
      llvm::cl::value_desc("name:1x3x224x224"),
      llvm::cl::desc("Shape of a graph input; may be given several times")};
};
} // namespace

static OwningOpRef<Operation *> translate(const ImportFlags &flags,
                                          const llvm::SourceMgr &sources,
                                          MLIRContext *context) {
  ONNXImportOptions options;
  options.batchSize = flags.batchSize;
  for (const std::string &text : flags.inputShapes) {
    llvm::Expected<ONNXInputShape> shape = parseONNXInputShape(text);
    if (!shape) {
      emitError(UnknownLoc::get(context)) << llvm::toString(shape.takeError());
      return nullptr;
    }
    options.inputShapes.push_back(std::move(*shape));
  }
  const llvm::MemoryBuffer *buffer =
      sources.getMemoryBuffer(sources.getMainFileID());
  return importONNXModel(buffer->getMemBufferRef(),
                         buffer->getBufferIdentifier(), context, options);
}

void spiq::registerFromONNXTranslation() {
  auto flags = std::make_shared<ImportFlags>();
  TranslateToMLIRRegistration registration(
      "import-onnx", "Import an ONNX model",
      [flags](llvm::SourceMgr &sources, MLIRContext *context) {
        return translate(*flags, sources, context);
      },
      registerONNXImportDialects);
}
