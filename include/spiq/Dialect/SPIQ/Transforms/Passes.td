//===- Passes.td - Passes on the SPIQ dialect --------------*- tablegen -*-===//
//
// Declares the quantization passes.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_TRANSFORMS_PASSES_TD
#define SPIQ_DIALECT_SPIQ_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif // SPIQ_DIALECT_SPIQ_TRANSFORMS_PASSES_TD
