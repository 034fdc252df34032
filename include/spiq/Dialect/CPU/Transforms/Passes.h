//===- Passes.h - Passes on the spiq_cpu dialect ----------------*- C++ -*-===//
//
// Declares the passes that turn kernels into loops and instructions.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_CPU_TRANSFORMS_PASSES_H
#define SPIQ_DIALECT_CPU_TRANSFORMS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace spiq::cpu {

#define GEN_PASS_DECL
#include "spiq/Dialect/CPU/Transforms/Passes.h.inc"

/// Registers the bufferization of kernels.
void registerBufferizableOpInterfaceExternalModels(
    mlir::DialectRegistry &registry);

#define GEN_PASS_REGISTRATION
#include "spiq/Dialect/CPU/Transforms/Passes.h.inc"

} // namespace spiq::cpu

#endif // SPIQ_DIALECT_CPU_TRANSFORMS_PASSES_H
