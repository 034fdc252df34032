//===- SPIQElementwiseOps.td - Elementwise ops -------------*- tablegen -*-===//
//
// Operations that compute each output value from one position of the inputs.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_IR_SPIQELEMENTWISEOPS_TD
#define SPIQ_DIALECT_SPIQ_IR_SPIQELEMENTWISEOPS_TD

include "spiq/Dialect/SPIQ/IR/SPIQBase.td"

class SPIQ_BinaryOp<string mnemonic>
    : SPIQ_Op<mnemonic, [InferTypeOpAdaptorWithIsCompatible, Commutative]> {
  let arguments = (ins
    SPIQ_Tensor:$lhs,
    SPIQ_Tensor:$rhs,
    SPIQ_ClampBound:$clamp_min,
    SPIQ_ClampBound:$clamp_max);
  let results = (outs SPIQ_Tensor:$output);
  let hasFolder = 1;
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
}

def SPIQ_AddOp : SPIQ_BinaryOp<"add"> {
  let summary = "Elementwise addition";
  let description = [{
    `y = clamp(lhs + rhs)`. Both operands have the same rank; dimensions of size
    one are broadcast. Operands and result are all f32 or all quantized. In
    integer form, with scales and zero points of each value's channel:

    ```
    y = clamp(roundeven(f32(l - zl) * f32(sl / sy) + f32(r - zr) * f32(sr / sy)))
        + zy
    ```

    Example:

    ```mlir
    %y = spiq.add %a, %b {clamp_min = 0.0 : f32}
         : (tensor<1x8x8x16xf32>, tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
    ```
  }];
}

def SPIQ_MulOp : SPIQ_BinaryOp<"mul"> {
  let summary = "Elementwise multiplication";
  let description = [{
    `y = clamp(lhs * rhs)`. Both operands have the same rank; dimensions of size
    one are broadcast, as in squeeze-and-excite blocks. Operands and result are
    all f32 or all quantized. In integer form:

    ```
    y = clamp(roundeven(f32((l - zl) * (r - zr)) * f32(sl * sr / sy))) + zy
    ```

    Example:

    ```mlir
    %y = spiq.mul %x, %gate
         : (tensor<1x8x8x16xf32>, tensor<1x1x1x16xf32>) -> tensor<1x8x8x16xf32>
    ```
  }];
}

class SPIQ_UnaryOp<string mnemonic, list<Trait> traits = []>
    : SPIQ_Op<mnemonic,
              !listconcat([InferTypeOpAdaptorWithIsCompatible], traits)>;

def SPIQ_ClampOp : SPIQ_UnaryOp<"clamp"> {
  let summary = "Limits values to a range";
  let description = [{
    `y = min(max(x, clamp_min), clamp_max)`; an absent bound does not limit.
    ReLU is `clamp_min = 0`, ReLU6 adds `clamp_max = 6`. In integer form the
    input is requantized if the types differ:

    ```
    y = clamp(roundeven(f32(q - zx) * f32(sx / sy))) + zy
    ```

    Example:

    ```mlir
    %y = spiq.clamp %x {clamp_min = 0.0 : f32, clamp_max = 6.0 : f32}
         : (tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
    ```
  }];
  let arguments = (ins SPIQ_Tensor:$input, SPIQ_ClampBound:$clamp_min,
                       SPIQ_ClampBound:$clamp_max);
  let results = (outs SPIQ_Tensor:$output);
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
}

def SPIQ_RescaleOp : SPIQ_UnaryOp<"rescale"> {
  let summary = "Per-channel affine function";
  let description = [{
    `y[..., c] = clamp(multiplier[c] * x[..., c] + offset[c])`. It is what
    remains of a batch-norm that no layer can absorb. Between two quantized
    types it also changes scales. In integer form, with `m` and `b` the
    multiplier and offset of the channel:

    ```
    y = clamp(roundeven(f32(q - zx) * f32(m * sx / sy) + f32(b / sy))) + zy
    ```

    An `activation` `f`, whose operations `#spiq.activation` lists, makes it

    ```
    y = clamp(roundeven(f(f32(q - zx) * f32(m * sx) + b) * f32(1 / sy))) + zy
    ```

    Example:

    ```mlir
    %y = spiq.rescale %x, %multiplier, %offset
         : (tensor<1x8x8x16xf32>, tensor<16xf32>, tensor<16xf32>)
           -> tensor<1x8x8x16xf32>
    ```
  }];
  let arguments = (ins
    SPIQ_Tensor:$input,
    SPIQ_FloatVector:$multiplier,
    SPIQ_FloatVector:$offset,
    SPIQ_ClampBound:$clamp_min,
    SPIQ_ClampBound:$clamp_max,
    OptionalAttr<SPIQ_ActivationAttr>:$activation,
    OptionalAttr<SPIQ_ChannelStatsAttr>:$stats);
  let results = (outs SPIQ_Tensor:$output);
  let hasFolder = 1;
  let assemblyFormat = [{
    $input `,` $multiplier `,` $offset attr-dict
    `:` functional-type(operands, results)
  }];
}

def SPIQ_ActivationOp : SPIQ_UnaryOp<"activation"> {
  let summary = "Nonlinear function of each element";
  let description = [{
    Applies one of these functions:

    | kind | function |
    |------|----------|
    | `leaky_relu` | `x < 0 ? alpha * x : x` |
    | `prelu` | `x < 0 ? slope[c] * x : x` |
    | `sigmoid` | `1 / (1 + exp(-x))` |
    | `hard_sigmoid` | `min(max(alpha * x + beta, 0), 1)` |
    | `tanh` | `tanh(x)` |
    | `silu` | `x / (1 + exp(-x))` |
    | `hard_swish` | `x * min(max(x / 6 + 1/2, 0), 1)` |
    | `elu` | `x < 0 ? alpha * (exp(x) - 1) : x` |
    | `gelu` | `x / 2 * (1 + erf(x / sqrt(2)))` |
    | `mish` | `x * tanh(log(1 + exp(x)))` |
    | `softplus` | `log(1 + exp(x))` |

    In integer form each channel is a table of the 256 stored inputs, computed
    at compile time in double precision:
    `y = clamp(roundeven(f(sx * (q - zx)) / sy)) + zy`.

    Example:

    ```mlir
    %y = spiq.activation silu %x : (tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
    %z = spiq.activation prelu %x slope %a
         : (tensor<1x8x8x16xf32>, tensor<16xf32>) -> tensor<1x8x8x16xf32>
    ```
  }];
  let arguments = (ins
    SPIQ_ActivationKindAttr:$kind,
    SPIQ_Tensor:$input,
    Optional<SPIQ_FloatVector>:$slope,
    DefaultValuedAttr<F32Attr, "0.0f">:$alpha,
    DefaultValuedAttr<F32Attr, "0.0f">:$beta);
  let results = (outs SPIQ_Tensor:$output);
  let assemblyFormat = [{
    custom<ActivationKind>($kind) $input (`slope` $slope^)? attr-dict
    `:` functional-type(operands, results)
  }];
}

#endif // SPIQ_DIALECT_SPIQ_IR_SPIQELEMENTWISEOPS_TD
