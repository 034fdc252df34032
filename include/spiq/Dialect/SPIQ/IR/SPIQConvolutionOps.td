//===- SPIQConvolutionOps.td - Ops with weights ------------*- tablegen -*-===//
//
// Batch-norm and the linear layers: convolutions and the fully connected layer.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_IR_SPIQCONVOLUTIONOPS_TD
#define SPIQ_DIALECT_SPIQ_IR_SPIQCONVOLUTIONOPS_TD

include "spiq/Dialect/SPIQ/IR/SPIQBase.td"
include "spiq/Dialect/SPIQ/IR/SPIQInterfaces.td"

def SPIQ_BatchNormOp : SPIQ_Op<"batch_norm", [
    InferTypeOpAdaptorWithIsCompatible]> {
  let summary = "Batch normalization with stored statistics";
  let description = [{
    Normalizes each channel `c` (the last dimension) with the statistics of the
    training set:

    ```
    y[..., c] = scale[c] * (x[..., c] - mean[c]) / sqrt(variance[c] + epsilon)
                + bias[c]
    ```

    The operation exists on float tensors only: `spiq-fold-batch-norm` merges it
    into the producing layer or turns it into `spiq.rescale`. Either keeps what
    it says about the distribution of its result - mean `bias`, standard
    deviation `|scale|` - as `#spiq.channel_stats`.

    Example:

    ```mlir
    %y = spiq.batch_norm %x, %scale, %bias, %mean, %variance
           {epsilon = 1.0e-05 : f32}
         : (tensor<1x8x8x16xf32>, tensor<16xf32>, tensor<16xf32>,
            tensor<16xf32>, tensor<16xf32>) -> tensor<1x8x8x16xf32>
    ```
  }];
  let arguments = (ins
    SPIQ_FloatTensor:$input,
    SPIQ_FloatVector:$scale,
    SPIQ_FloatVector:$bias,
    SPIQ_FloatVector:$mean,
    SPIQ_FloatVector:$variance,
    DefaultValuedAttr<F32Attr, "1.0e-5f">:$epsilon);
  let results = (outs SPIQ_FloatTensor:$output);
  let assemblyFormat = [{
    $input `,` $scale `,` $bias `,` $mean `,` $variance attr-dict
    `:` functional-type(operands, results)
  }];
}

class SPIQ_LinearOp<string mnemonic, list<Trait> traits = []>
    : SPIQ_Op<mnemonic, !listconcat([
        InferTypeOpAdaptorWithIsCompatible,
        DeclareOpInterfaceMethods<SPIQ_LinearOpInterface>], traits)> {
  code linearFormula = [{
    **Types.** Four combinations are valid:

    | input | weights | bias | output | meaning |
    |-------|---------|------|--------|---------|
    | f32 | f32 | f32 | f32 | float |
    | quantized | quantized | i32 | quantized | integer |
    | quantized | quantized | i32 | f32 | integer, result dequantized |
    | f32 | quantized | f32 | f32 | dynamic: input quantized at run time |

    Quantized weights have a zero point of zero and one scale `t[o]` per output
    channel (or one in all).

    **Float.** `y[o] = clamp(bias[o] + sum W[o, k] * x[k])`.

    **Integer.** With stored input values `q` (zero point included; the bias
    carries `-zeroPoint * sum Wq`) and folded weights `Wq`:

    ```
    acc[o] = bias[o] + sum Wq[o, k] * q[k]                                (i32)
    y[o]   = clamp(roundeven(f32(acc[o]) * M[o])) + zeroPoint[o]
    M[o]   = f32(t[o] / scale[o])
    ```

    where `scale` and `zeroPoint` belong to the output type and the clamp keeps
    the result in the storage range and within `clamp_min` and `clamp_max`.
    With an f32 result, `y[o] = clamp(f32(acc[o]) * f32(t[o]))`. With an
    `activation` `f`, whose operations `#spiq.activation` lists,

    ```
    y[o] = clamp(roundeven(f(f32(acc[o]) * f32(t[o])) * f32(1 / scale[o])))
           + zeroPoint[o]
    ```

    **Dynamic.** Each call finds the range of its input,
    `lo = min(0, min x)` and `hi = max(0, max x)`, quantizes it to `u8` with
    `s = (hi - lo) / 255` (1 if that is 0), `z = roundeven(-lo / s)` and
    `q = clamp(roundeven(x / s) + z)`, all in f32, and computes
    `y[o] = clamp(f32(acc[o]) * (s * f32(t[o])) + bias[o])` with
    `acc[o] = sum Wq[o, k] * (q[k] - z)`. The weights are constant and not
    folded in this form: the real weight is `t[o] * Wq[o, k]`.
  }];
}

def SPIQ_Conv2DOp : SPIQ_LinearOp<"conv_2d"> {
  let summary = "2-D convolution, grouped and depthwise included";
  let description = [{
    Convolves an `N x H x W x I` image with an `O x KH x KW x I/groups` filter.
    Output channel `o` reads the input channels of group `o / (O / groups)`.
    `padding` is `[top, bottom, left, right]`; padded pixels hold the real value
    zero, that is, the zero point of a quantized input.

    With a `residual` the real value of the residual is added before the clamp.
    In integer form each of the two terms has its own multiplier:

    ```
    y[o] = clamp(roundeven(f32(acc[o]) * M[o] + f32(r - zr[o]) * R[o]))
           + zeroPoint[o],          R[o] = f32(residualScale[o] / scale[o])
    ```

  }] # linearFormula # [{
    Example:

    ```mlir
    %y = spiq.conv_2d %x, %w, %b {padding = array<i64: 1, 1, 1, 1>,
                                  strides = array<i64: 2, 2>,
                                  clamp_min = 0.0 : f32}
         : (tensor<1x8x8x4xf32>, tensor<16x3x3x4xf32>, tensor<16xf32>)
           -> tensor<1x4x4x16xf32>
    ```
  }];
  let arguments = (ins
    SPIQ_Image:$input,
    SPIQ_Filter:$weights,
    SPIQ_Bias:$bias,
    Optional<SPIQ_Image>:$residual,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$strides,
    DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0, 0, 0}">:$padding,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$dilations,
    DefaultValuedAttr<I64Attr, "1">:$groups,
    SPIQ_ClampBound:$clamp_min,
    SPIQ_ClampBound:$clamp_max,
    OptionalAttr<SPIQ_ActivationAttr>:$activation,
    OptionalAttr<SPIQ_ChannelStatsAttr>:$stats);
  let results = (outs SPIQ_Image:$output);
  let hasCanonicalizer = 1;
  let assemblyFormat = [{
    $input `,` $weights `,` $bias (`residual` $residual^)? attr-dict
    `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    /// Whether each input channel has its own filters: groups == input channels.
    bool isDepthwise();
  }];
}

def SPIQ_TransposedConv2DOp : SPIQ_LinearOp<"transposed_conv_2d"> {
  let summary = "Transposed 2-D convolution";
  let description = [{
    The adjoint of a convolution: each input pixel `(h, w)` adds
    `W[o, kh, kw, c] * x[h, w, c]` to the output pixel
    `(h * stride + kh * dilation - top, w * stride + kw * dilation - left)`.
    The output has
    `(H - 1) * stride + (KH - 1) * dilation + 1 - top - bottom + output_padding`
    rows, and columns likewise. Weights are `O x KH x KW x I/groups`; output
    channel `o` reads the input channels of group `o / (O / groups)`.

    The integer form is that of a convolution of the zero-stuffed input, where
    stuffed and padded positions hold the zero point of the input type.

  }] # linearFormula # [{
    Example:

    ```mlir
    %y = spiq.transposed_conv_2d %x, %w, %b {strides = array<i64: 2, 2>}
         : (tensor<1x4x4x8xf32>, tensor<3x2x2x8xf32>, tensor<3xf32>)
           -> tensor<1x8x8x3xf32>
    ```
  }];
  let arguments = (ins
    SPIQ_Image:$input,
    SPIQ_Filter:$weights,
    SPIQ_Bias:$bias,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$strides,
    DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0, 0, 0}">:$padding,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$dilations,
    DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0}">:$output_padding,
    DefaultValuedAttr<I64Attr, "1">:$groups,
    SPIQ_ClampBound:$clamp_min,
    SPIQ_ClampBound:$clamp_max,
    OptionalAttr<SPIQ_ChannelStatsAttr>:$stats);
  let results = (outs SPIQ_Image:$output);
  let assemblyFormat = [{
    $input `,` $weights `,` $bias attr-dict
    `:` functional-type(operands, results)
  }];
}

def SPIQ_FullyConnectedOp : SPIQ_LinearOp<"fully_connected"> {
  let summary = "Fully connected layer";
  let description = [{
    Multiplies an `N x I` input with `O x I` weights and adds a bias.

  }] # linearFormula # [{
    Example:

    ```mlir
    %y = spiq.fully_connected %x, %w, %b
         : (tensor<1x64xf32>, tensor<10x64xf32>, tensor<10xf32>)
           -> tensor<1x10xf32>
    ```
  }];
  let arguments = (ins
    SPIQ_Matrix:$input,
    SPIQ_Matrix:$weights,
    SPIQ_Bias:$bias,
    SPIQ_ClampBound:$clamp_min,
    SPIQ_ClampBound:$clamp_max,
    OptionalAttr<SPIQ_ActivationAttr>:$activation,
    OptionalAttr<SPIQ_ChannelStatsAttr>:$stats);
  let results = (outs SPIQ_Matrix:$output);
  let assemblyFormat = [{
    $input `,` $weights `,` $bias attr-dict
    `:` functional-type(operands, results)
  }];
}

#endif // SPIQ_DIALECT_SPIQ_IR_SPIQCONVOLUTIONOPS_TD
