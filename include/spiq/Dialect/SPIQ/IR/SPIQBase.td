//===- SPIQBase.td - Base classes of SPIQ operations -------*- tablegen -*-===//
//
// What all operations share: traits, documentation of the clamp attributes.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_IR_SPIQBASE_TD
#define SPIQ_DIALECT_SPIQ_IR_SPIQBASE_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "spiq/Dialect/SPIQ/IR/SPIQAttributes.td"
include "spiq/Dialect/SPIQ/IR/SPIQDialect.td"
include "spiq/Dialect/SPIQ/IR/SPIQTypes.td"

class SPIQ_Op<string mnemonic, list<Trait> traits = []>
    : Op<SPIQ_Dialect, mnemonic, !listconcat([Pure], traits)> {
  let hasVerifier = 1;
}

/// A bound of the fused activation, in real (not quantized) units.
def SPIQ_ClampBound : OptionalAttr<F32Attr>;

#endif // SPIQ_DIALECT_SPIQ_IR_SPIQBASE_TD
