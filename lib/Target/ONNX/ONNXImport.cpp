//===- ONNXImport.cpp - Import of ONNX models -----------------------------===//
//
// Reads, checks and prepares a model, then imports its graph.
//
//===----------------------------------------------------------------------===//

#include "spiq/Target/ONNX/ONNXImport.h"
#include "ExternalData.h"
#include "GraphImporter.h"
#include "InputShapes.h"
#include "ModelVerifier.h"
#include "ONNXLibrary.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace spiq;
using namespace spiq::onnx_import;

/// The oldest operator set whose forms the importer knows. Older models are
/// converted by ONNX's library. Newer ones are imported as they are, because
/// the library's converter changes what some nodes compute: Resize from 10 to
/// 11 gets another coordinate mapping.
static constexpr int64_t kOldestNativeOpset = 7;

void spiq::registerONNXImportDialects(DialectRegistry &registry) {
  registry.insert<arith::ArithDialect, func::FuncDialect, linalg::LinalgDialect,
                  math::MathDialect, quant::QuantDialect, SPIQDialect,
                  tensor::TensorDialect>();
}

/// Checks the model with ONNX's library, which insists that outputs state a
/// shape; those that do not are found at import.
static llvm::Error checkWithShapes(::onnx::ModelProto &model) {
  SmallVector<::onnx::TypeProto_Tensor *> types;
  for (auto &output : *model.mutable_graph()->mutable_output())
    if (output.type().has_tensor_type() &&
        !output.type().tensor_type().has_shape())
      types.push_back(output.mutable_type()->mutable_tensor_type());
  for (auto *type : types)
    type->mutable_shape();
  llvm::Error error = checkModel(model);
  for (auto *type : types)
    type->clear_shape();
  return error;
}

/// Gives inputs their shapes, checks the model with ONNX's library if that
/// knows its operator set, and converts old models.
static llvm::Error checkAndConvert(::onnx::ModelProto &model, int64_t &opset,
                                   const ONNXImportOptions &options) {
  if (llvm::Error error = setInputShapes(model, options))
    return error;
  if (opset <= kLibraryOpset)
    if (llvm::Error error = checkWithShapes(model))
      return error;
  if (opset >= kOldestNativeOpset)
    return llvm::Error::success();
  opset = kOldestNativeOpset;
  return convertModel(model, kOldestNativeOpset);
}

/// Parses and prepares the model. `problems` lists unknown operators.
static llvm::Error prepare(llvm::MemoryBufferRef buffer, StringRef path,
                           const ONNXImportOptions &options,
                           ::onnx::ModelProto &model, int64_t &opset,
                           std::vector<std::string> &problems) {
  if (llvm::Error error = parseModel(buffer.getBuffer(), model))
    return error;
  if (llvm::Error error = verifyStructure(model))
    return error;
  llvm::Expected<int64_t> version = getOpset(model);
  if (!version)
    return version.takeError();
  opset = *version;
  problems = listUnknownOps(model.graph());
  if (llvm::Error error =
          loadExternalData(model, llvm::sys::path::parent_path(path)))
    return error;
  if (llvm::Error error = verifyTensors(model))
    return error;
  llvm::Error error = checkAndConvert(model, opset, options);
  // The library may well stumble over operators that nobody knows; the list of
  // those is the better message.
  if (error && !problems.empty()) {
    llvm::consumeError(std::move(error));
    return llvm::Error::success();
  }
  return error;
}

/// Compares the imported shapes with those that ONNX's shape inference finds.
/// It comes last because it trusts the model: ranks that do not fit together
/// crash it, and the importer has refused those by now.
static llvm::Error crossCheck(::onnx::ModelProto &model, int64_t opset,
                              GraphImporter &importer) {
  if (opset <= kLibraryOpset)
    if (llvm::Error error = inferShapes(model))
      return error;
  importer.compareShapes(model.graph());
  return llvm::Error::success();
}

static void emitImportError(MLIRContext *context, StringRef path,
                            llvm::Error error) {
  emitError(UnknownLoc::get(context))
      << "cannot import '" << path << "': " << llvm::toString(std::move(error));
}

static void emitProblems(MLIRContext *context, StringRef path,
                         ArrayRef<std::string> problems) {
  InFlightDiagnostic diagnostic = emitError(UnknownLoc::get(context));
  diagnostic << "cannot import '" << path << "', " << problems.size()
             << (problems.size() == 1 ? " part is" : " parts are")
             << " not supported:";
  for (const std::string &problem : problems)
    diagnostic << "\n  " << problem;
}

OwningOpRef<ModuleOp> spiq::importONNXModel(llvm::MemoryBufferRef buffer,
                                            StringRef path,
                                            MLIRContext *context,
                                            const ONNXImportOptions &options) {
  context
      ->loadDialect<arith::ArithDialect, func::FuncDialect,
                    linalg::LinalgDialect, math::MathDialect,
                    quant::QuantDialect, SPIQDialect, tensor::TensorDialect>();

  ::onnx::ModelProto model;
  int64_t opset = 0;
  std::vector<std::string> problems;
  if (llvm::Error error =
          prepare(buffer, path, options, model, opset, problems)) {
    emitImportError(context, path, std::move(error));
    return nullptr;
  }

  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(context));
  GraphImporter importer(model, opset, context);
  importer.importInto(*module);
  llvm::append_range(problems, importer.getProblems());
  if (problems.empty()) {
    if (llvm::Error error = crossCheck(model, opset, importer)) {
      emitImportError(context, path, std::move(error));
      return nullptr;
    }
    llvm::append_range(problems, importer.getProblems());
  }
  if (!problems.empty()) {
    emitProblems(context, path, problems);
    return nullptr;
  }
  if (failed(verify(*module)))
    return nullptr;
  return module;
}

OwningOpRef<ModuleOp> spiq::importONNXFile(StringRef path, MLIRContext *context,
                                           const ONNXImportOptions &options) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer) {
    emitError(UnknownLoc::get(context))
        << "cannot open '" << path << "': " << buffer.getError().message();
    return nullptr;
  }
  return importONNXModel((*buffer)->getMemBufferRef(), path, context, options);
}
