//===- ONNXImport.h - Import of ONNX models ---------------------*- C++ -*-===//
//
// Turns a trained ONNX network into `spiq` operations on f32 tensors.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_TARGET_ONNX_ONNXIMPORT_H
#define SPIQ_TARGET_ONNX_ONNXIMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <string>
#include <vector>

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace spiq {

/// The static shape of one graph input, in ONNX's dimension order.
struct ONNXInputShape {
  std::string name;
  mlir::SmallVector<int64_t> shape;
};

/// What the user may choose about an import.
struct ONNXImportOptions {
  /// Stands for an unknown first dimension of a graph input.
  int64_t batchSize = 1;
  /// Shapes that replace those in the file. Unknown dimensions other than the
  /// first can only be set here.
  std::vector<ONNXInputShape> inputShapes;
};

/// Parses `name:1x3x224x224` (the name may itself contain colons).
llvm::Expected<ONNXInputShape> parseONNXInputShape(llvm::StringRef text);

/// Registers the dialects that imported modules are made of.
void registerONNXImportDialects(mlir::DialectRegistry &registry);

/// Imports the model held by `buffer`, which is named `path` in diagnostics.
/// External data files are looked up in the folder of `path` and nowhere else.
///
/// The module has one function, named `main`. Its signature is the graph's:
/// same order, same shapes (NCHW stays NCHW), with the ONNX names in the
/// argument and result attribute `spiq.name`. Inside, activations are NHWC.
///
/// Returns null after one diagnostic when the model is malformed or uses
/// something that cannot be imported; everything of the latter kind is listed
/// in that one diagnostic.
mlir::OwningOpRef<mlir::ModuleOp>
importONNXModel(llvm::MemoryBufferRef buffer, llvm::StringRef path,
                mlir::MLIRContext *context,
                const ONNXImportOptions &options = {});

/// Reads and imports the file at `path`; see above.
mlir::OwningOpRef<mlir::ModuleOp>
importONNXFile(llvm::StringRef path, mlir::MLIRContext *context,
               const ONNXImportOptions &options = {});

/// Registers `--import-onnx` and its flags with an mlir-translate style tool.
void registerFromONNXTranslation();

} // namespace spiq

#endif // SPIQ_TARGET_ONNX_ONNXIMPORT_H
