//===- Passes.h - Passes from linalg to LLVM --------------------*- C++ -*-===//
//
// Declares the passes of the portable back end and their options.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CODEGEN_PASSES_H
#define SPIQ_CODEGEN_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class ModuleOp;
namespace bufferization {
class BufferizationDialect;
} // namespace bufferization
namespace func {
class FuncDialect;
class FuncOp;
} // namespace func
namespace linalg {
class LinalgDialect;
} // namespace linalg
namespace memref {
class MemRefDialect;
} // namespace memref
namespace arith {
class ArithDialect;
} // namespace arith
namespace affine {
class AffineDialect;
} // namespace affine
namespace math {
class MathDialect;
} // namespace math
namespace scf {
class SCFDialect;
} // namespace scf
namespace vector {
class VectorDialect;
} // namespace vector
namespace tensor {
class TensorDialect;
} // namespace tensor
namespace LLVM {
class LLVMDialect;
} // namespace LLVM
} // namespace mlir

namespace spiq {

#define GEN_PASS_DECL
#include "spiq/CodeGen/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "spiq/CodeGen/Passes.h.inc"

} // namespace spiq

#endif // SPIQ_CODEGEN_PASSES_H
