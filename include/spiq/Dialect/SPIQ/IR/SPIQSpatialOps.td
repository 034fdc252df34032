//===- SPIQSpatialOps.td - Pooling, concat, resize, pad ----*- tablegen -*-===//
//
// Operations that move or combine pixels within a channel, and concatenation.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_IR_SPIQSPATIALOPS_TD
#define SPIQ_DIALECT_SPIQ_IR_SPIQSPATIALOPS_TD

include "spiq/Dialect/SPIQ/IR/SPIQBase.td"

def SPIQ_ConcatOp : SPIQ_Op<"concat", [InferTypeOpAdaptorWithIsCompatible]> {
  let summary = "Concatenation along one dimension";
  let description = [{
    Joins the inputs along `axis`. Inputs and result are all f32 or all
    quantized. In integer form each input is requantized,
    `y = clamp(roundeven(f32(q - zx) * f32(sx / sy))) + zy`, which is a copy
    where it has the scales and zero points of its part of the result.

    Example:

    ```mlir
    %y = spiq.concat %a, %b {axis = 3 : i64}
         : (tensor<1x8x8x16xf32>, tensor<1x8x8x8xf32>) -> tensor<1x8x8x24xf32>
    ```
  }];
  let arguments = (ins Variadic<SPIQ_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs SPIQ_Tensor:$output);
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = [{
    $inputs attr-dict `:` functional-type(operands, results)
  }];
}

def SPIQ_MaxPool2DOp : SPIQ_Op<"max_pool_2d", [
    InferTypeOpAdaptorWithIsCompatible]> {
  let summary = "Maximum over windows";
  let description = [{
    The maximum of each window of `kernel` pixels. `padding` is
    `[top, bottom, left, right]`; padded pixels are ignored, and every window
    must hold at least one pixel of the input. Quantized input and output have
    the same type.

    Example:

    ```mlir
    %y = spiq.max_pool_2d %x {kernel = array<i64: 3, 3>,
                              strides = array<i64: 2, 2>,
                              padding = array<i64: 1, 1, 1, 1>}
         : (tensor<1x8x8x16xf32>) -> tensor<1x4x4x16xf32>
    ```
  }];
  let arguments = (ins
    SPIQ_Image:$input,
    DenseI64ArrayAttr:$kernel,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$strides,
    DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0, 0, 0}">:$padding,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$dilations);
  let results = (outs SPIQ_Image:$output);
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
}

def SPIQ_AvgPool2DOp : SPIQ_Op<"avg_pool_2d", [
    InferTypeOpAdaptorWithIsCompatible]> {
  let summary = "Average over windows";
  let description = [{
    The average of each window of `kernel` pixels; a kernel of the whole image
    is global average pooling. Padded pixels hold zero. They count in the
    divisor if `count_include_pad` is set; otherwise the divisor is the number
    of input pixels in the window. `ceil_padding` is `[bottom, right]`: extra
    pixels beyond `padding` that hold zero and never count.

    In integer form, with `n` the divisor of the window:

    ```
    acc = sum (q - zx)                                                    (i32)
    y   = clamp(roundeven(f32(acc) * f32(sx / (sy * n)))) + zy
    ```

    The result of a quantized input may be f32: `y = f32(acc) * f32(sx / n)`.

    Example:

    ```mlir
    %y = spiq.avg_pool_2d %x {kernel = array<i64: 7, 7>}
         : (tensor<1x7x7x512xf32>) -> tensor<1x1x1x512xf32>
    ```
  }];
  let arguments = (ins
    SPIQ_Image:$input,
    DenseI64ArrayAttr:$kernel,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$strides,
    DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0, 0, 0}">:$padding,
    DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0}">:$ceil_padding,
    UnitAttr:$count_include_pad);
  let results = (outs SPIQ_Image:$output);
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    /// Whether one window covers the whole, unpadded input.
    bool isGlobal();
  }];
}

def SPIQ_ResizeOp : SPIQ_Op<"resize"> {
  let summary = "Changes the spatial size by interpolation";
  let description = [{
    Resizes the two spatial dimensions to those of the result. `scales`, if
    given, are the two ratios used to map coordinates instead of the ratios of
    the sizes. Coordinates are clamped to the image.

    `nearest` copies pixels; quantized input and output have the same type.
    `linear` weighs four pixels; in integer form:

    ```
    y = clamp(roundeven(top * (1 - fh) + bottom * fh)) + zy, where
    top = f32(a - zx) * m * (1 - fw) + f32(b - zx) * m * fw, bottom alike,
    m = f32(sx / sy)
    ```

    Coordinates are computed in double precision; `fh` and `fw`, their
    fractional parts, are rounded to f32, and `1 - fh` is an f32 subtraction.

    Example:

    ```mlir
    %y = spiq.resize nearest %x {coordinate_mode = #spiq.coordinate_mode<asymmetric>,
                                 nearest_mode = #spiq.nearest_mode<floor>}
         : (tensor<1x8x8x16xf32>) -> tensor<1x16x16x16xf32>
    ```
  }];
  let arguments = (ins
    SPIQ_ResizeModeAttr:$mode,
    SPIQ_Image:$input,
    DefaultValuedAttr<SPIQ_CoordinateModeAttr,
                      "::spiq::CoordinateMode::HalfPixel">:$coordinate_mode,
    DefaultValuedAttr<SPIQ_NearestModeAttr,
                      "::spiq::NearestMode::RoundPreferFloor">:$nearest_mode,
    OptionalAttr<DenseF32ArrayAttr>:$scales);
  let results = (outs SPIQ_Image:$output);
  let hasFolder = 1;
  let assemblyFormat = [{
    custom<ResizeMode>($mode) $input attr-dict
    `:` functional-type(operands, results)
  }];
}

def SPIQ_PadOp : SPIQ_Op<"pad", [InferTypeOpAdaptorWithIsCompatible]> {
  let summary = "Pads with a constant";
  let description = [{
    Adds `low[d]` values in front of and `high[d]` behind dimension `d`, all
    with the real value `value`; quantized,
    `clamp(roundeven(value / scale) + zeroPoint)` of the channel. Quantized
    input and output have the same type; with one scale per channel, the channel
    dimension cannot be padded.

    Example:

    ```mlir
    %y = spiq.pad %x {low = array<i64: 0, 1, 1, 0>,
                      high = array<i64: 0, 1, 1, 0>}
         : (tensor<1x8x8x16xf32>) -> tensor<1x10x10x16xf32>
    ```
  }];
  let arguments = (ins
    SPIQ_Tensor:$input,
    DenseI64ArrayAttr:$low,
    DenseI64ArrayAttr:$high,
    DefaultValuedAttr<F32Attr, "0.0f">:$value);
  let results = (outs SPIQ_Tensor:$output);
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
}

#endif // SPIQ_DIALECT_SPIQ_IR_SPIQSPATIALOPS_TD
