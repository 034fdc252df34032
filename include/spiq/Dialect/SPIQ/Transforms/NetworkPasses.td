//===- NetworkPasses.td - Passes on the form of networks ---*- tablegen -*-===//
//
// Declares the passes that change or describe the inputs, outputs and parts of
// a network, but not what it computes.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_TRANSFORMS_NETWORKPASSES_TD
#define SPIQ_DIALECT_SPIQ_TRANSFORMS_NETWORKPASSES_TD

include "mlir/Pass/PassBase.td"

def SPIQChannelsLastIO : Pass<"spiq-channels-last-io", "::mlir::func::FuncOp"> {
  let summary = "Take and return images channels last";
  let description = [{
    Turns every 4-D argument and result of a public function, `N x C x H x W` as
    in ONNX, to `N x H x W x C`. Transpositions inside of the function restore
    the layout that its operations expect; those that meet a transposition of
    the imported network cancel it.
  }];
  let statistics = [
    Statistic<"numImages", "images", "Number of arguments and results changed">
  ];
  let dependentDialects = [
    "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"
  ];
}

def SPIQQuantizedIO : Pass<"spiq-quantized-io", "::mlir::func::FuncOp"> {
  let summary = "Take and return quantized values";
  let description = [{
    Gives an argument that the network only quantizes its quantized type, and
    returns what a final `quant.dcast` would dequantize, so that the caller
    provides and receives stored bytes; the descriptor of the compiled model
    tells their scales and zero points. What the network reads or computes in f32
    stays as it is, and a remark names it: `spiq-derive-scales{results=true}`
    quantizes results beforehand.
  }];
  let statistics = [
    Statistic<"numValues", "values", "Number of arguments and results changed">
  ];
}

def SPIQSplitRows : Pass<"spiq-split-rows", "::mlir::func::FuncOp"> {
  let summary = "Compute pairs of layers in bands of rows";
  let description = [{
    A depthwise convolution behind a pointwise one reads what is often the
    largest value of a network, several times larger than what goes into and
    comes out of the pair, and does little with it. Where this value has more
    than `band-bytes` elements, both layers are computed one band of rows after
    the other: the bands share memory, which then fits the second-level cache,
    and the workspace shrinks.

    Rows at the border of two bands are computed twice if the window reaches
    over it, but no more than the part `max-overlap` of all rows. Results do not
    change. Quantized layers only.

    Example: with 56 of 112 rows in a band,

    ```mlir
    %m = spiq.conv_2d %x, %w, %b : ... -> tensor<1x112x112x96x!m>
    %y = spiq.conv_2d %m, %v, %c {groups = 96 : i64,
           padding = array<i64: 1, 1, 1, 1>} : ... -> tensor<1x112x112x96x!y>
    ```

    becomes for the first band, with `!s` for the stored bytes,

    ```mlir
    %x0 = tensor.extract_slice %xs[0, 0, 0, 0] [1, 57, 112, 16] [1, 1, 1, 1]
    %m0 = spiq.conv_2d %x0, %w, %b : ... -> tensor<1x57x112x96x!m>
    %y0 = spiq.conv_2d %m0, %v, %c {groups = 96 : i64,
            padding = array<i64: 1, 0, 1, 1>} : ... -> tensor<1x56x112x96x!y>
    %s0 = tensor.insert_slice %y0 into %init[0, 0, 0, 0] [1, 56, 112, 96] [1, 1, 1, 1]
    ```
  }];
  let options = [
    Option<"bandBytes", "band-bytes", "int64_t", "524288",
           "Largest number of bytes between two layers">,
    Option<"maxOverlap", "max-overlap", "double", "0.125",
           "Largest part of rows to compute twice">
  ];
  let statistics = [
    Statistic<"numLayers", "pairs", "Number of pairs of layers split">,
    Statistic<"numBands", "bands", "Number of bands they are split into">
  ];
  let dependentDialects = ["::mlir::quant::QuantDialect",
                           "::mlir::tensor::TensorDialect"];
}

def SPIQExposeLayers : Pass<"spiq-expose-layers", "::mlir::func::FuncOp"> {
  let summary = "Return the values inside of a network as well";
  let description = [{
    Makes what every operation of the dialect computes a result of its public
    function, dequantized if it is quantized, and called `layer:NAME`: NAME is the
    last name in the operation's location, that of the merged operation whose
    value it is. A float network and its quantized twin then return the same
    values under the same names, wherever both compute them, so that
    `spiq-eval --layers` can compare them.

    Operations without a name, whose value the function returns anyway, or whose
    name was met before are left out. No value changes: in a quantized network
    the pass runs when all operations are in integer form.
  }];
  let statistics = [
    Statistic<"numLayers", "layers", "Number of values exposed">
  ];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
}

def SPIQTagLayers : Pass<"spiq-tag-layers", "::mlir::func::FuncOp"> {
  let summary = "Let locations tell what an operation was";
  let description = [{
    Adds to the location of every operation its name, the number of products
    that it accumulates, and whether they are products of integers, so that
    `spiq-record-times` can tell after lowering which layer a loop nest or a
    kernel stems from.

    Example: a convolution at `loc("conv1")` moves to
    `loc(fused<{integer, macs = 6912 : i64, op = "conv_2d"}>["conv1"])`.
  }];
}

#endif // SPIQ_DIALECT_SPIQ_TRANSFORMS_NETWORKPASSES_TD
