//===- CPUAttributes.td - Attributes of spiq_cpu -----------*- tablegen -*-===//
//
// Declares the parameters and the schedules of kernels.
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

def CPU_Loop : I32EnumAttr<"Loop", "Loops of a convolution", [
      I32EnumAttrCase<"Pixels", 0, "pixels">,
      I32EnumAttrCase<"Channels", 1, "channels">
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

class CPU_ScheduleAttr<string name, string attrMnemonic>
    : AttrDef<CPU_Dialect, name> {
  let mnemonic = attrMnemonic;
  let genVerifyDecl = 1;
}

def CPU_ConvScheduleAttr : CPU_ScheduleAttr<"ConvSchedule", "conv_schedule"> {
  let summary = "How a convolution is computed by spiq_cpu.conv_2d";
  let description = [{
    The choices of `spiq_cpu.conv_2d` that leave its result alone: `pixels`
    output pixels of a register tile, the number of vectors of each of the
    `blocks` of output channels, and whether the loop over tiles of pixels or,
    as `channels`, that over blocks is the outermost one. `merged_groups`
    neighbouring groups of the layer are one group of the kernel, whose weights
    are zero where a filter has no input.

    `spiq-schedule-layers` attaches it to layers, as `spiq_cpu.schedule`;
    `convert-spiq-to-cpu` follows it.

    Example:

    ```mlir
    #spiq_cpu.conv_schedule<pixels = 6, blocks = [4, 4, 1], outermost = channels>
    #spiq_cpu.conv_schedule<pixels = 14, blocks = [2], outermost = pixels, merged_groups = 4>
    ```
  }];
  let parameters = (ins
    "int64_t":$pixels,
    "::mlir::DenseI64ArrayAttr":$blocks,
    EnumParameter<CPU_Loop>:$outermost,
    DefaultValuedParameter<"int64_t", "1">:$merged_groups);
  let assemblyFormat = "`<` struct(params) `>`";
}

def CPU_DepthwiseScheduleAttr
    : CPU_ScheduleAttr<"DepthwiseSchedule", "depthwise_schedule"> {
  let summary = "How a layer is computed by spiq_cpu.depthwise_conv_2d";
  let description = [{
    The choices of `spiq_cpu.depthwise_conv_2d` that leave its result alone:
    `rows` by `columns` output pixels of a register tile, and the `lanes` and
    `pieces` of each block of channels. Attached and followed like
    `#spiq_cpu.conv_schedule`.

    Example:

    ```mlir
    #spiq_cpu.depthwise_schedule<rows = 2, columns = 3, lanes = [16, 8], pieces = [1, 2]>
    ```
  }];
  let parameters = (ins
    "int64_t":$rows,
    "int64_t":$columns,
    "::mlir::DenseI64ArrayAttr":$lanes,
    "::mlir::DenseI64ArrayAttr":$pieces);
  let assemblyFormat = "`<` struct(params) `>`";
}

#endif // SPIQ_DIALECT_CPU_IR_CPUATTRIBUTES_TD
