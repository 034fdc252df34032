//===- spiq-translate.cpp - Translation into and out of MLIR --------------===//
//
// `mlir-translate` with the translations of SPIQ.
//
//===----------------------------------------------------------------------===//

#include "mlir/Support/LLVM.h"
#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"
#include "spiq/Target/ONNX/ONNXImport.h"

int main(int argc, char **argv) {
  spiq::registerFromONNXTranslation();
  return mlir::failed(
      mlir::mlirTranslateMain(argc, argv, "SPIQ translation driver"));
}
