//===- Passes.td - Passes on the SPIQ dialect --------------*- tablegen -*-===//
//
// Declares the quantization passes.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_TRANSFORMS_PASSES_TD
#define SPIQ_DIALECT_SPIQ_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def SPIQFoldBatchNorm : Pass<"spiq-fold-batch-norm"> {
  let summary = "Fold batch-norm into the layers in front of it";
  let description = [{
    Merges `spiq.batch_norm` into the `spiq.conv_2d`, `spiq.transposed_conv_2d`,
    `spiq.fully_connected` or `spiq.rescale` that produces its input: with
    `m = scale / sqrt(variance + epsilon)`, the weights of output channel `o` are
    multiplied by `m[o]` and its bias becomes `m * (b - mean) + bias`. All of it
    is computed in double precision and rounded once.

    What batch-norm knew about the distribution of its result stays in the
    attribute `stats`: mean `bias`, standard deviation
    `|scale| * sqrt(variance / (variance + epsilon))`, which is `|scale|` but for
    channels that hardly vary. It describes the result in front of the op's clamp
    and without its residual.

    A layer is kept as it is, and the batch-norm becomes a `spiq.rescale` with
    the same statistics, if the layer

    - has a clamp or a residual: the batch-norm applies behind it;
    - has other users: repeating a convolution would cost more than the one
      multiplication per element that it saves.

    The same happens to a batch-norm behind any other operation (pooling,
    concatenation, addition, the input of the network).

    `spiq.mul` and `spiq.add` with a constant that has one value per channel, or
    one in all, are folded in the same way; they scale and shift the statistics
    of the layer, if it has any.

    The pass fails if a parameter of a batch-norm is not constant, or if folding
    meets a value that is not finite.
  }];
  let dependentDialects = ["::spiq::SPIQDialect"];
  let statistics = [
    Statistic<"numFolded", "folded",
              "Number of per-channel functions folded into a layer">,
    Statistic<"numRescales", "rescales",
              "Number of per-channel functions that became spiq.rescale">
  ];
}

def SPIQFuseEpilogues : Pass<"spiq-fuse-epilogues"> {
  let summary = "Merge clamps and residual additions into layers";
  let description = [{
    Merges into the operation that produces their input, if nothing else reads
    it:

    - `spiq.clamp`, into a layer, `spiq.add`, `spiq.mul` or `spiq.rescale`. Two
      clamps in a row become one with the inner bounds limited to the outer.
      Quantized tensors qualify if the clamp does not change the type; the
      result is the same to the bit.
    - `spiq.add` of two tensors of the same shape, into `spiq.conv_2d` as its
      `residual`. If both operands are convolutions, the later one is taken.

    The `stats` of a layer keep describing its result in front of both.

    Additions are merged between float tensors only, so the pass runs before
    scales are chosen: the result of the convolution then needs no scale, and
    the sum is rounded once. Additions between quantized tensors stay, because
    their rounding is part of a network that was quantized elsewhere.
  }];
  let options = [
    Option<"residuals", "residuals", "bool", /*default=*/"true",
           "Merge additions into convolutions">
  ];
  let dependentDialects = ["::spiq::SPIQDialect"];
  let statistics = [
    Statistic<"numClamps", "clamps", "Number of clamps merged">,
    Statistic<"numResiduals", "residuals", "Number of additions merged">
  ];
}

def SPIQLegalizeStorage : Pass<"spiq-legalize-storage", "::mlir::func::FuncOp"> {
  let summary = "Store all activations as signed or as unsigned bytes";
  let description = [{
    Dot-product instructions fix the signedness of their operands: `vpdpbusd`
    multiplies unsigned with signed bytes, `sdot` signed with signed ones. This
    pass gives every quantized activation the storage that the target reads, by
    shifting its storage range and zero points by 128; real values stay the
    same. Biases of layers with integer inputs absorb the shift times the sum of
    their weights.

    Where a value meets an operation outside of SPIQ, such as the function's
    arguments and results, the highest bit of the stored bytes is flipped
    explicitly. A layer whose weights or bias are not constant, or whose bias
    would overflow, keeps its storage.
  }];
  let options = [
    Option<"storage", "storage", "std::string", /*default=*/"\"unsigned\"",
           "Storage of activations: unsigned or signed">
  ];
  let statistics = [
    Statistic<"numValues", "values", "Number of values shifted">,
    Statistic<"numSkipped", "skipped", "Number of layers left alone">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::quant::QuantDialect"
  ];
}

#endif // SPIQ_DIALECT_SPIQ_TRANSFORMS_PASSES_TD
