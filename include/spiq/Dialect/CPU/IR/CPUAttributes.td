//===- CPUAttributes.td - Attributes of spiq_cpu -----------*- tablegen -*-===//
//
// Declares the parameters of kernels.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_CPU_IR_CPUATTRIBUTES_TD
#define SPIQ_DIALECT_CPU_IR_CPUATTRIBUTES_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "spiq/Dialect/CPU/IR/CPUDialect.td"

def CPU_Parameter : I32BitEnumAttr<"Parameter",
    "Per-channel parameters of an epilogue", [
      I32BitEnumAttrCaseBit<"Bias", 0, "bias">,
      I32BitEnumAttrCaseBit<"Multiplier", 1, "multiplier">,
      I32BitEnumAttrCaseBit<"ResidualZeroPoint", 2, "residual_zero_point">,
      I32BitEnumAttrCaseBit<"ResidualMultiplier", 3, "residual_multiplier">,
      I32BitEnumAttrCaseBit<"ZeroPoint", 4, "zero_point">,
      I32BitEnumAttrCaseBit<"Min", 5, "min">,
      I32BitEnumAttrCaseBit<"Max", 6, "max">,
      I32BitEnumAttrCaseBit<"OutputMultiplier", 7, "output_multiplier">,
      I32BitEnumAttrCaseBit<"Slope", 8, "slope">
    ]> {
  let genSpecializedAttr = 0;
  let cppNamespace = "::spiq::cpu";
}

def CPU_ParametersAttr : EnumAttr<CPU_Dialect, CPU_Parameter, "parameters"> {
  let summary = "Which per-channel parameters a kernel reads";
  let description = [{
    A parameter tensor is `blocks x rows x L` 32-bit words: for each vector of
    channels one row for each parameter in this set, in the order of the set.
    Multipliers and slopes are the bits of f32 numbers, the others integers. A
    parameter that is absent has its neutral value: zero point 0, the bounds of
    a byte.

    Blocks in packed order add zero points in words and apply bounds in bytes.
    There, the rows `zero_point` of the first and the third vector hold `2 * L`
    words in the order of the operands `zero_points` of `spiq_cpu.pack`, the
    rows `min` and `max` of the first vector hold `4 * L` bytes in the order of
    the channels, and the rows of the other vectors are not read.
  }];
  let assemblyFormat = "`<` $value `>`";
}

#endif // SPIQ_DIALECT_CPU_IR_CPUATTRIBUTES_TD
