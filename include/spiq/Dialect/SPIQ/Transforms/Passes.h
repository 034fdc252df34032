//===- Passes.h - Passes on the SPIQ dialect --------------------*- C++ -*-===//
//
// Declares the quantization passes and their registration.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_TRANSFORMS_PASSES_H
#define SPIQ_DIALECT_SPIQ_TRANSFORMS_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

namespace spiq {

#define GEN_PASS_DECL
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"

} // namespace spiq

#endif // SPIQ_DIALECT_SPIQ_TRANSFORMS_PASSES_H
