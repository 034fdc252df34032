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

def SPIQScheduleLayers : Pass<"spiq-schedule-layers"> {
  let summary = "Attach recorded schedules to quantized layers";
  let description = [{
    Reads a file of schedules, which `spiq-compile --tune` writes, and attaches to
    every quantized layer the one that is recorded for its signature, processor
    and instruction set, as the attribute `spiq_cpu.schedule`.
    `convert-spiq-to-cpu` follows it; where none is attached, its cost model
    chooses. Schedules change the time of a layer, never its result.

    The signature of a layer names its operation, the shapes of input and output,
    window, strides, dilations, groups, residual and activation. A remark tells
    how many layers have no entry. A schedule that its layer cannot have is an
    error.
  }];
  let options = [
    Option<"file", "file", "std::string", "\"\"", "File of schedules, JSON">,
    Option<"cpu", "cpu", "std::string", "\"\"",
           "Processor whose schedules are taken, as LLVM names it">,
    Option<"isa", "isa", "std::string", "\"avx512-vnni\"",
           "Instruction set, as in spiq-cpu-lower-register-ops">,
    Option<"l1Bytes", "l1-bytes", "int64_t", "32768",
           "Size of the first-level data cache in bytes">
  ];
  let statistics = [
    Statistic<"numScheduled", "scheduled",
              "Number of layers with a recorded schedule">
  ];
  let dependentDialects = ["::spiq::cpu::CPUDialect"];
}

def ConvertSPIQToCPU : Pass<"convert-spiq-to-cpu"> {
  let summary = "Schedule quantized operations as native kernels";
  let description = [{
    Converts quantized operations whose constants are known to kernels of the
    `spiq_cpu` dialect: weights and parameters are packed, padding becomes an
    explicit copy. The register tile is that of the attribute `spiq_cpu.schedule`,
    which `spiq-schedule-layers` attaches; where there is none, an analytic cost
    model chooses it from the shape of the layer, the vector registers of the
    instruction set and the size of the first cache. A transposed convolution is split into one convolution for
    each phase of its strides. `quant.scast` connects kernels with the operations
    that remain, which `convert-spiq-to-linalg` lowers.

    Kernels read and write bytes of the signedness that the instruction set
    multiplies (`spiq-legalize-storage`). An operation is left alone if its values
    are stored otherwise, if its weights or bias are not constant, if a weight is
    -128 and the instruction set does not multiply that exactly, or if an
    accumulator could leave the range that the rounding instruction converts.
  }];
  let options = [
    Option<"isa", "isa", "std::string", "\"avx512-vnni\"",
           "Instruction set, as in spiq-cpu-lower-register-ops">,
    Option<"l1Bytes", "l1-bytes", "int64_t", "32768",
           "Size of the first-level data cache in bytes">
  ];
  let statistics = [
    Statistic<"numKernels", "kernels", "Number of operations converted">
  ];
  let dependentDialects = [
    "::mlir::bufferization::BufferizationDialect",
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

//===----------------------------------------------------------------------===//
// TosaToSPIQ
//===----------------------------------------------------------------------===//

def ConvertTosaToSPIQ : Pass<"convert-tosa-to-spiq", "::mlir::ModuleOp"> {
  let summary = "Convert TOSA to SPIQ";
  let description = [{
    Converts `f32` networks in the `tosa` dialect, as torch-mlir and TensorFlow
    Lite produce them. All shapes must be static; `tosa-infer-shapes` finds those
    that follow from the inputs, `tosa-make-broadcastable` makes ranks agree.

    **Idioms.** What TOSA spells out is recognised first:

    - batch-norm, `(x - mean) * rsqrt(variance + epsilon) * scale + bias` with
      constants, in any layout; a constant in place of the `rsqrt` is
      taken as `1 / sqrt(variance)`;
    - transpositions between channel-first and channel-last, which move down
      through elementwise operations, reductions and concatenations until they
      cancel;
    - means over images, `silu`, `hard_swish`, `hard_sigmoid` and `leaky_relu`.

    **Operations.**

    | TOSA | becomes |
    |------|---------|
    | `conv2d`, `depthwise_conv2d` | `spiq.conv_2d`, with groups for depthwise |
    | `transpose_conv2d` | `spiq.transposed_conv_2d` |
    | `matmul` with a constant matrix | `spiq.fully_connected` |
    | `add`, `sub`, `mul` | `spiq.add`, `spiq.mul` |
    | `clamp`, `maximum` and `minimum` with a constant | `spiq.clamp` |
    | `sigmoid`, `tanh` | `spiq.activation` |
    | `max_pool2d`, `avg_pool2d` | `spiq.max_pool_2d`, `spiq.avg_pool_2d` |
    | `concat`, `pad`, `resize` | `spiq.concat`, `spiq.pad`, `spiq.resize` |
    | everything else | `linalg`, `tensor`, `arith`, by upstream's patterns |

    Integer operations of TOSA say nothing of the real values they stand for.
    They are lowered by upstream's patterns and stay as they are.

    Operations that nobody converts are listed in one error. The statistics tell
    how many operations SPIQ has taken over.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect", "::mlir::scf::SCFDialect",
    "::mlir::tensor::TensorDialect", "::mlir::tosa::TosaDialect",
    "::spiq::SPIQDialect"
  ];
  let statistics = [
    Statistic<"numConverted", "converted",
              "Number of SPIQ operations behind the conversion">,
    Statistic<"numBatchNorms", "batch-norms",
              "Number of batch-norms recognised">
  ];
}

#endif // SPIQ_CONVERSION_PASSES_TD
