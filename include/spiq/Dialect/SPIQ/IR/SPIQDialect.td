//===- SPIQDialect.td - The SPIQ dialect -------------------*- tablegen -*-===//
//
// Declares the dialect and the base class of its operations.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_IR_SPIQDIALECT_TD
#define SPIQ_DIALECT_SPIQ_IR_SPIQDIALECT_TD

include "mlir/IR/DialectBase.td"

def SPIQ_Dialect : Dialect {
  let name = "spiq";
  let cppNamespace = "::spiq";
  let summary = "Data-free per-channel quantization of convolutional networks";
  let description = [{
    The operations of this dialect are the layers of a convolutional network.
    Each accepts float tensors and quantized tensors alike: quantizing a network
    replaces types, it does not replace operations, so that a partly quantized
    network is valid IR at every step.

    **Layout.** Activations are `N x H x W x C` (or `N x C` behind the
    convolutions); the last dimension is the channel. Convolution weights are
    `O x KH x KW x I/groups`. All shapes are static.

    **Quantized types.** A quantized tensor has an upstream `!quant.uniform`
    element type with 8-bit storage (`i8` or `u8`); fewer bits are a smaller
    storage range, such as `u8<0:15>`. Activations carry one scale and zero
    point per channel (or one for the whole tensor), weights one scale per
    output channel. The real value of a stored `q` is `scale * (q - zeroPoint)`.

    **Folded weights.** The weights of a quantized operation carry the scales of
    its input: the real weight of output channel `o` and input channel `c` is
    `t[o] * Wq[o, c] / s[c]`, with `t` the scale of the weight type and `s` the
    scale of the input type. The integer loop then needs one multiplier per
    output channel although every input channel has a scale of its own
    (Yvinec et al., "SPIQ: Data-Free Per-Channel Static Input Quantization",
    WACV 2023, arXiv 2203.14642).

    **Requantization.** A real result `y` becomes
    `clamp(roundeven(y / scale) + zeroPoint)`. Accumulators are `i32` and exact;
    each multiplier is computed in double precision, rounded once to `f32` and
    applied by separately rounded `f32` operations, ties to even; a NaN becomes
    the smallest value that the clamp allows. Results are therefore the same on
    every machine.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::quant::QuantDialect",
    "::mlir::tensor::TensorDialect"
  ];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let extraClassDeclaration = [{
    void registerAttributes();
  }];
}

#endif // SPIQ_DIALECT_SPIQ_IR_SPIQDIALECT_TD
