//===- Compiler.h - Compiles imported models --------------------*- C++ -*-===//

#ifndef SPIQ_TEST_TARGET_ONNX_FUZZ_COMPILER_H
#define SPIQ_TEST_TARGET_ONNX_FUZZ_COMPILER_H

#include "mlir/IR/BuiltinOps.h"
#include "spiq/CodeGen/Target.h"

/// Takes imported models through all passes, as spiq-compile does.
class Compiler {
public:
  Compiler();

  /// Quantizes `module`, or leaves it in floating point, and lowers it to LLVM
  /// dialect for x86-64-v3.
  llvm::LogicalResult compile(mlir::ModuleOp module, bool quantize) const;

private:
  spiq::Target target;
};

#endif // SPIQ_TEST_TARGET_ONNX_FUZZ_COMPILER_H
