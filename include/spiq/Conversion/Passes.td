//===- Passes.td - Conversions to and from SPIQ ------------*- tablegen -*-===//
//
// Declares the passes that convert between SPIQ and other dialects.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CONVERSION_PASSES_TD
#define SPIQ_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// SPIQToCPU
//===----------------------------------------------------------------------===//

def ConvertSPIQToCPU : Pass<"convert-spiq-to-cpu"> {
  let summary = "Schedule quantized operations as native kernels";
  let description = [{
    Converts quantized operations whose constants are known to kernels of the
    `spiq_cpu` dialect: weights and parameters are packed, padding becomes an
    explicit copy, and an analytic cost model chooses the register tile from the
    shape of the layer, the number of vector registers and the size of the first
    cache. `quant.scast` connects kernels with the operations that remain, which
    `convert-spiq-to-linalg` lowers.

    Kernels read unsigned bytes. An operation is left alone if its input is
    stored signed, if it has groups, if its weights are not constant or if an
    accumulator could leave the range that the rounding instruction converts.
  }];
  let options = [
    Option<"lanes", "lanes", "int64_t", "16",
           "Number of 32-bit lanes of a vector register">,
    Option<"registers", "registers", "int64_t", "32",
           "Number of vector registers">,
    Option<"l1Bytes", "l1-bytes", "int64_t", "32768",
           "Size of the first-level data cache in bytes">
  ];
  let statistics = [
    Statistic<"numKernels", "kernels", "Number of operations converted">
  ];
  let dependentDialects = [
    "::mlir::linalg::LinalgDialect", "::mlir::quant::QuantDialect",
    "::mlir::tensor::TensorDialect", "::spiq::cpu::CPUDialect"
  ];
}

//===----------------------------------------------------------------------===//
// SPIQToLinalg
//===----------------------------------------------------------------------===//

def ConvertSPIQToLinalg : Pass<"convert-spiq-to-linalg", "::mlir::ModuleOp"> {
  let summary = "Lower SPIQ and quantized types to linalg on signless integers";
  let description = [{
    Lowers every `spiq` operation, float and quantized, and the casts of the
    `quant` dialect to `linalg` operations on tensors of `f32`, `i8` and `i32`.
    No quantized type is left, in function signatures neither: a quantized
    tensor becomes a tensor of signless `i8` that holds the stored values. The
    result is what compilers that start from `linalg` on tensors take.

    **Structure.** A convolution becomes up to three operations: `tensor.pad`
    with the zero point (if there is padding), a convolution or `linalg.matmul`
    (1x1 kernels, stride 1, no groups) that accumulates in `i32`, and one
    elementwise `linalg.generic` that adds the bias, applies the multiplier and
    the residual, and clamps. Constant weights are stored in the layout that the
    named operation reads (`KH x KW x I x O`, `I x O`, `KH x KW x C`). An input
    with unsigned storage takes a `linalg.generic` with `arith.extui` on the input
    and `arith.extsi` on the weights, because named operations extend both alike.
    A parameter that is equal for all channels becomes a scalar.

    **Arithmetic.** Integer results follow the formulas of the operations bit by
    bit: no operation carries fast-math flags, so nothing may be contracted
    to a fused multiply-add, and values are clamped in float before
    `arith.fptosi`, whose result would be undefined out of range. The casts are

    ```
    qcast: q = clamp(roundeven(x / f32(s))) + z     (true f32 division)
    dcast: x = f32(q - z) * f32(s)
    ```

    A NaN becomes the smallest stored value that the clamp allows.

    Operations of other dialects are left alone, but must not have quantized
    types: wrap data movement in `quant.scast`. The casts accept any static
    shape and a per-axis type along any axis.
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::tensor::TensorDialect"
  ];
}

#endif // SPIQ_CONVERSION_PASSES_TD
