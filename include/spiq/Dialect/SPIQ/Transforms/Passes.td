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

#endif // SPIQ_DIALECT_SPIQ_TRANSFORMS_PASSES_TD
