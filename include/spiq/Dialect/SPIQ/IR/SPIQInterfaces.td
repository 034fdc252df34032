//===- SPIQInterfaces.td - Op interfaces -------------------*- tablegen -*-===//
//
// Interfaces by which passes treat operations alike.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_IR_SPIQINTERFACES_TD
#define SPIQ_DIALECT_SPIQ_IR_SPIQINTERFACES_TD

include "mlir/IR/OpBase.td"

def SPIQ_LinearOpInterface : OpInterface<"LinearOpInterface"> {
  let cppNamespace = "::spiq";
  let description = [{
    An operation that multiplies its input with constant weights, accumulates
    and adds a bias. Weights are indexed `[o, ..., i]` where output channel `o`
    reads input channel `getInputChannel(o, i)`; the scales of the input fold
    into the weights.
  }];
  let methods = [
    InterfaceMethod<"The operand that is multiplied with the weights.",
      "::mlir::OpOperand &", "getInputOperand">,
    InterfaceMethod<"The operand that holds the weights.",
      "::mlir::OpOperand &", "getWeightsOperand">,
    InterfaceMethod<"The operand that holds the bias.",
      "::mlir::OpOperand &", "getBiasOperand">,
    InterfaceMethod<"The number of channel groups.",
      "int64_t", "getNumGroups">,
    InterfaceMethod<[{
      The input channel that entry `i` of the last weight dimension reads for
      output channel `o`.
    }], "int64_t", "getInputChannel", (ins "int64_t":$o, "int64_t":$i), [{}], [{
      auto type = ::llvm::cast<::mlir::RankedTensorType>(
          $_op.getWeightsOperand().get().getType());
      int64_t outputsPerGroup = type.getDimSize(0) / $_op.getNumGroups();
      return (o / outputsPerGroup) * type.getShape().back() + i;
    }]>
  ];
}

#endif // SPIQ_DIALECT_SPIQ_IR_SPIQINTERFACES_TD
