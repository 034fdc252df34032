//===- Passes.td - Passes on the SPIQ dialect --------------*- tablegen -*-===//
//
// Declares the quantization passes.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_TRANSFORMS_PASSES_TD
#define SPIQ_DIALECT_SPIQ_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"
include "spiq/Dialect/SPIQ/Transforms/NetworkPasses.td"

def SPIQDescribeInputs
    : Pass<"spiq-describe-inputs", "::mlir::func::FuncOp"> {
  let summary = "Say how bytes were scaled to become a network's inputs";
  let description = [{
    Says that the f32 arguments of a function hold `(p - mean) / stddev` of
    bytes `p`, the pixels of images, as they mostly do: attaches
    `spiq.stats` with the bounds that follow, and `spiq.bytes`, which tells
    `spiq-derive-scales` to store the bytes themselves. Mean and deviation that
    `spiq.stats` gave before, such as those that `spiq-fold-batch-norm` infers,
    stay as far as the bounds allow; without them they are those of photographs.

    `pixel-mean` and `pixel-std` have one entry for each channel, in the order
    of the input, or one for all. They describe preprocessing, not data: for
    pixels from 0 to 255 they are 0 and 1, for those divided by 255 they are 0
    and 255. Without both the pass does nothing.

    The pass replaces the bounds that an argument had before. It fails if the
    options do not fit the arguments.

    Example, with `pixel-mean=0 pixel-std=255`:

    ```mlir
    func.func @main(%x: tensor<1x8x8x1xf32> {
        spiq.bytes,
        spiq.stats = #spiq.channel_stats<mean = [0.45], stddev = [0.25],
                                         min = [0.0], max = [1.0]>})
    ```
  }];
  let options = [
    ListOption<"pixelMean", "pixel-mean", "double",
               "What is subtracted from bytes: one for all channels or each">,
    ListOption<"pixelStddev", "pixel-std", "double",
               "What bytes are divided by: one for all channels or each">
  ];
  let dependentDialects = ["::spiq::SPIQDialect"];
  let statistics = [
    Statistic<"numInputs", "inputs", "Number of arguments described">
  ];
}

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
    concatenation, addition, the input of the network). Behind a collapse of
    dimensions that leaves the channels alone, as in networks on sequences,
    batch-norm and activations move in front of it first.

    `spiq.mul` and `spiq.add` with a constant that has one value per channel, or
    one in all, are folded in the same way; they scale and shift the statistics
    of the layer, if it has any.

    Before it forgets the running mean and variance of the first layer's result,
    the pass infers from them how the network's inputs were scaled, and attaches
    that as argument attribute `spiq.stats` to arguments without one
    (`input-statistics`). Images that look like photographs behind a usual kind
    of preprocessing, by mean, deviation and correlation of neighbouring pixels,
    get the bounds that bytes have behind it (`detect-bytes`):

    - bytes as they are, divided by 255, or from -1 to 1. These also get
      `spiq.bytes`;
    - with three channels, bytes minus the mean of ImageNet, or normalized by
      mean and deviation of ImageNet or CIFAR-10. As several kinds look alike, and
      the order of the colours is unknown, the bounds hold for all of them.

    The pass fails if a parameter of a batch-norm is not constant, or if folding
    meets a value that is not finite.
  }];
  let options = [
    Option<"inputStatistics", "input-statistics", "bool", /*default=*/"true",
           "Infer the statistics of inputs from the first batch-norm">,
    Option<"detectBytes", "detect-bytes", "bool", /*default=*/"true",
           "Take inputs for scaled bytes if they look like photographs">
  ];
  let dependentDialects = ["::spiq::SPIQDialect"];
  let statistics = [
    Statistic<"numFolded", "folded",
              "Number of per-channel functions folded into a layer">,
    Statistic<"numRescales", "rescales",
              "Number of per-channel functions that became spiq.rescale">,
    Statistic<"numInputs", "inputs",
              "Number of inputs whose statistics were inferred">
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

def SPIQKeepCasts : Pass<"spiq-keep-casts", "::mlir::func::FuncOp"> {
  let summary = "Keeps casts of quantized networks from being folded";
  let description = [{
    A network that is quantized already rounds values by a pair of `quant.qcast`
    and `quant.dcast`. Canonicalization takes pairs of one type for nothing and
    folds them, so this pass gives the `quant.dcast` another type: one with the
    same scales and zero points, but other limits, which play no role there.

    ```mlir
    %q = quant.qcast %x : tensor<4xf32> to tensor<4x!quant.uniform<u8:f32, 0.5>>
    %y = quant.dcast %q : tensor<4x!quant.uniform<u8:f32, 0.5>> to tensor<4xf32>
    ```

    becomes

    ```mlir
    %q = quant.qcast %x : tensor<4xf32> to tensor<4x!quant.uniform<u8:f32, 0.5>>
    %s = quant.scast %q : tensor<4x!quant.uniform<u8:f32, 0.5>> to tensor<4xi8>
    %t = quant.scast %s : tensor<4xi8> to tensor<4x!quant.uniform<u8<0:254>:f32, 0.5>>
    %y = quant.dcast %t : tensor<4x!quant.uniform<u8<0:254>:f32, 0.5>> to tensor<4xf32>
    ```

    For networks that are compiled in floating point; `spiq-quantize` does the
    same with pairs of the network around what stays in floating point.
  }];
  let statistics = [Statistic<"numKept", "kept", "Number of pairs kept">];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
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

def SPIQNormalizeAverages
    : Pass<"spiq-normalize-averages", "::mlir::func::FuncOp"> {
  let summary = "Divide the averages that the last layers read by the largest";
  let description = [{
    How far the averages of an image's channels reach in front of the last layer
    is hardly known without data: what many pixels have in common decides it, and
    an image that fills a channel exceeds any range that suits the others. A layer
    without its bias is homogeneous, so it can read averages relative to the
    largest of them instead, as an identity in real numbers:

    ```
    layer(a) = m * product(a / m) + bias,   m = max(max_c |a[c]|, 2^-126)
    ```

    `product` is the layer without its bias; `2^-126`, the smallest normal number,
    keeps zeros from being divided by zero. `a / m` lies in [0, 1], or [-1, 1] if
    averages may be negative. `spiq-derive-scales` quantizes it with just that
    range, statically, and no image is clipped. At run time a maximum, a division
    per channel and a product per output are added, in f32, for each image.

    Before that, channels that are expected to reach less far than others are
    multiplied by powers of two, up to 16, and the weights that read them divided:
    the share of each channel stays static, and only one number for all of them is
    found at run time (`balanced`; not for the scheme `per-tensor`).

    The pass rewrites `spiq.fully_connected` and `spiq.conv_2d` that

    - read, perhaps reshaped or transposed, an `spiq.avg_pool_2d` whose result has
      one pixel and whose input has more;
    - have constant weights and bias, no clamp and no residual;
    - have no other layer behind them: in squeeze-and-excite blocks, which scale
      channels by functions of averages, averages stay as they are.

    ```mlir
    %y = spiq.fully_connected %a, %weights, %bias
         : (tensor<1x64xf32>, tensor<10x64xf32>, tensor<10xf32>) -> tensor<1x10xf32>
    ```

    becomes, with constants `%least` and `%zeros`,

    ```mlir
    %abs = math.absf %a : tensor<1x64xf32>
    %m = linalg.reduce { arith.maximumf } ins(%abs : tensor<1x64xf32>)
           outs(%least : tensor<1xf32>) dimensions = [1]
    %divisor = linalg.broadcast ins(%m : tensor<1xf32>)
                 outs(%empty : tensor<1x64xf32>) dimensions = [1]
    %x = arith.divf %a, %divisor : tensor<1x64xf32>
    %product = spiq.fully_connected %x, %weights, %zeros
         : (tensor<1x64xf32>, tensor<10x64xf32>, tensor<10xf32>) -> tensor<1x10xf32>
    %factor = tensor.expand_shape %m [[0, 1]] output_shape [1, 1]
         : tensor<1xf32> into tensor<1x1xf32>
    %scaled = spiq.mul %product, %factor
         : (tensor<1x10xf32>, tensor<1x1xf32>) -> tensor<1x10xf32>
    %y = spiq.add %scaled, %offset
         : (tensor<1x10xf32>, tensor<1x10xf32>) -> tensor<1x10xf32>
    ```

    `spiq-quantize` runs it unless `normalize-averages=false` is given, the scheme
    is `dynamic`, whose layers find the range of what they read by themselves, or
    the rule `literal`.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect", "::mlir::tensor::TensorDialect",
    "::spiq::SPIQDialect"
  ];
  let options = [
    Option<"balanced", "balanced", "bool", /*default=*/"true",
           "Multiply channels by powers of two so that they reach as far">,
    Option<"inputMean", "input-mean", "double", /*default=*/"0.0",
           "Mean of arguments without spiq.stats">,
    Option<"inputStddev", "input-stddev", "double", /*default=*/"1.0",
           "Standard deviation of arguments without spiq.stats">
  ];
  let statistics = [
    Statistic<"numAverages", "averages", "Number of averages normalized">
  ];
}

def SPIQPropagateStatistics
    : Pass<"spiq-propagate-statistics", "::mlir::func::FuncOp"> {
  let summary = "Attach the statistics of every value";
  let description = [{
    Propagates what is known about the distribution of each channel - from
    batch-norm, or from the inputs through the weights - to every value, and
    attaches it to the operation that produces the value as `spiq.value_stats`.
    Passes that need statistics compute them themselves; this pass shows them.

    Means, deviations and bounds are followed through clamps (moments of a
    rectified Gaussian), activation functions (numerical integration), additions
    (with a correlation: the operands of a residual addition derive from one
    value), products, concatenation, pooling, resizing, padding and movement of
    data. A layer without `stats` combines the statistics of its input with its
    weights. Arguments are described by the argument attribute `spiq.stats`, one
    channel or all; without it by `input-mean` and `input-stddev`.
  }];
  let options = [
    Option<"inputMean", "input-mean", "double", /*default=*/"0.0",
           "Mean of arguments without spiq.stats">,
    Option<"inputStddev", "input-stddev", "double", /*default=*/"1.0",
           "Standard deviation of arguments without spiq.stats">,
    Option<"residualCorrelation", "residual-correlation", "double",
           /*default=*/"0.2",
           "Correlation coefficient of the operands of an addition">
  ];
  let dependentDialects = ["::spiq::SPIQDialect"];
  let statistics = [
    Statistic<"numValues", "values", "Number of values described">
  ];
}

def SPIQDeriveScales : Pass<"spiq-derive-scales", "::mlir::func::FuncOp"> {
  let summary = "Choose scales without data";
  let description = [{
    Puts a pair `quant.qcast`, `quant.dcast` behind every value that a layer in
    integer form reads, and attaches to each such layer the type of its folded
    weights as `spiq.weight_type`. `spiq-fuse-rescales` then turns the layers into
    integer operations.

    **What is quantized.** The inputs of layers, and, followed backwards, the
    operands of operations whose result is quantized. Values that only float
    operations read stay float, so the last layer produces f32 from its
    accumulators without another rounding. So do values between a layer and an
    activation that `spiq-fuse-rescales` merges with it. A layer whose input has no known
    statistics is left for dynamic quantization. With `results`, the function's
    results are quantized as well, with one scale each.

    A value that the network itself dequantizes (QDQ) keeps its scale, also where
    it is moved or pooled by maximum. Layers that read it get weights of 8 bits,
    unless those are quantized as well.

    **What shares scales.** The result of a max-pooling, nearest resize, pad or
    movement of data has the scales of its input, and that of a concatenation of
    channels those of all its inputs.

    **Scales.** The rule says how far each channel reaches. With the scheme
    `per-channel`, the scale of channel `c` becomes
    `2^shift * own_c^exponent * widest^(1 - exponent)`: `exponent` is the share of
    the differences between ranges that is folded into the weights of the readers.
    A finer channel is rounded less itself, but makes all its weights relatively
    coarser, because the weights of an output channel share one scale. Exponent and
    shift minimize the predicted error of the network's outputs, tensor by tensor
    and over all readers together. `fold` fixes the exponent instead. Where layers
    have weights of fewer bits than the value, single scales then move as long as
    that lowers the error.

    **Schemes.** `per-channel`; `per-tensor`: one scale per value; `dynamic`: only
    weights are quantized here, each layer finds the range of its input at run
    time.

    **Bits.** `activation-bits` are those of the values that layers multiply with
    their weights. What the first and last layers read, and their weights, keep
    `first-last-bits`, and so do the weights of the smallest layers, which together
    hold at most the share `small-layers` of all weights: each layer adds about as
    much noise as any other, however few weights it has. What additions, products
    and averages read, and layers that project a residual to another shape, keeps
    `elementwise-bits`. A value that both a layer and an addition read is then
    stored with more bits and requantized for the layer.

    **Rules.** `batch-norm`: propagated statistics with the tails of a typical
    trained channel. `synthetic`: the network is run on generated images, every
    result of a batch-norm shifted and scaled to the mean and deviation that it
    had in training, and the tails of `batch-norm` change by how far its values
    reach. `auto`, the default: `synthetic` where all inputs are images of 16 x 16
    to 2^21 pixels and at most 16 channels, otherwise `batch-norm`; a remark says
    so if a network of images cannot be run. `observed`: the network is run
    on the inputs in `calibration`, and ranges are the values seen, or for single
    channels 1.25 times these. `synthetic` and `observed` need a tool that can run
    functions (`spiq-opt`, `spiq-compile`, the plugin).
    `literal`: mean plus or minus `deviations` standard deviations, folded
    completely, as in the SPIQ paper. `file`: scales and zero points as
    `scales-file` gives them, a file as `report-file` writes it; options that
    decide on bits, signedness and scheme must be the same as there.

    **Single layers.** `layers=NAME=w8a4,#3=float` sets the bits of the weights of
    a layer and of the values it reads, or leaves it in float. Layers are named by
    their location, or counted from zero.
  }];
  let options = [
    Option<"ruleName", "rule", "std::string", /*default=*/"\"auto\"",
           "Where ranges come from: auto, batch-norm, synthetic, observed, "
           "literal or file">,
    Option<"scheme", "scheme", "std::string", /*default=*/"\"per-channel\"",
           "per-channel, per-tensor or dynamic">,
    Option<"signedness", "signedness", "std::string",
           /*default=*/"\"asymmetric\"",
           "asymmetric (unsigned, any zero point), unsigned or signed">,
    Option<"activationBits", "activation-bits", "unsigned", /*default=*/"8",
           "Bits of the values that layers read, 2 to 8">,
    Option<"weightBits", "weight-bits", "unsigned", /*default=*/"8",
           "Bits of weights, 2 to 8">,
    Option<"firstLastBits", "first-last-bits", "unsigned", /*default=*/"8",
           "Least bits of the first and last layers, and of the weights of "
           "small ones">,
    Option<"smallLayers", "small-layers", "double", /*default=*/"0.05",
           "Share of all weights that small layers hold at most, together">,
    Option<"elementwiseBits", "elementwise-bits", "unsigned", /*default=*/"8",
           "Least bits of what additions, products and averages read">,
    Option<"fold", "fold", "std::string", /*default=*/"\"optimal\"",
           "Share of ranges that is folded: optimal, or between 0 and 1">,
    Option<"deviations", "deviations", "double", /*default=*/"0.0",
           "Standard deviations that a range reaches; 0: the rule's choice">,
    Option<"calibration", "calibration", "std::string", /*default=*/"\"\"",
           "Inputs of the network for rule=observed, a .npy file">,
    Option<"reach", "reach", "double", /*default=*/"0.0",
           "Ranges of rule=observed by the values seen; 0: 1, or 1.25 for single "
           "channels">,
    Option<"scalesFile", "scales-file", "std::string", /*default=*/"\"\"",
           "Scales for rule=file, a file as report-file writes it">,
    ListOption<"layers", "layers", "std::string",
               "Choices for single layers: NAME=w8a8, NAME=float, #INDEX=w4">,
    Option<"layersFile", "layers-file", "std::string", /*default=*/"\"\"",
           "File with such choices, one a line">,
    Option<"reportFile", "report-file", "std::string", /*default=*/"\"\"",
           "Write the chosen scales to this file, as JSON">,
    Option<"results", "results", "bool", /*default=*/"false",
           "Quantize the results of the function">,
    Option<"inputMean", "input-mean", "double", /*default=*/"0.0",
           "Mean of arguments without spiq.stats">,
    Option<"inputStddev", "input-stddev", "double", /*default=*/"1.0",
           "Standard deviation of arguments without spiq.stats">,
    Option<"residualCorrelation", "residual-correlation", "double",
           /*default=*/"0.2",
           "Correlation coefficient of the operands of an addition">
  ];
  let dependentDialects = ["::spiq::SPIQDialect"];
  let statistics = [
    Statistic<"numValues", "values", "Number of values quantized">,
    Statistic<"numLayers", "layers", "Number of layers with integer inputs">,
    Statistic<"numDynamic", "dynamic", "Number of layers quantized dynamically">
  ];
}

def SPIQAllocateBits : Pass<"spiq-allocate-bits", "::mlir::func::FuncOp"> {
  let summary = "Choose the bits of the weights of each layer";
  let description = [{
    Replaces the types that `spiq-derive-scales` has given to the weights of
    layers by types with more or fewer bits, each of `widths`. It runs between
    that pass and `spiq-fuse-rescales`, and takes one of two goals:

    - `bits-budget`: the noise at the outputs becomes as small as it can be while
      all weights together have at most that many bits on average;
    - `min-sqnr`: the weights get as few bits as keep the predicted ratio of signal
      to noise at the outputs, which includes the noise of rounded values, at that
      many dB.

    No data is needed. `images` generated images are followed through the float
    network as in `spiq-predict-noise`. Then the weights of one layer at a time are
    rounded to 4 bits, or the nearest of `widths`, as `spiq-fuse-rescales` will
    round them, and the error is followed through what lies behind the layer. With
    other widths, errors are taken to grow and shrink as the steps of the weights.
    Errors of different layers add up like powers. The best choice within a budget
    is a knapsack problem, solved by dynamic programming. For `min-sqnr`, the
    quantized network is simulated as by `spiq-predict-noise` before and after.
    With several results, the mean of their ratios of noise to signal counts.

    Of the layers that `layers` gives bits, weights keep those; they count in the
    average. All others compete, the first and last ones as well. Native code
    stores weights of up to 4 bits in half a byte and all others in a byte, which
    is why 4 and 8 bits are what layers get if `widths` says nothing else.

    `report-file` tells as JSON the average, and for each layer how many weights it
    has, its bits, whether they were given, and the ratio at the outputs, in dB,
    if only its weights were rounded.
  }];
  let options = [
    Option<"bitsBudget", "bits-budget", "double", /*default=*/"0.0",
           "Average bits of all weights">,
    Option<"minSQNR", "min-sqnr", "double", /*default=*/"0.0",
           "Least predicted SQNR of the outputs, in dB">,
    ListOption<"widths", "widths", "unsigned",
               "Bits that a layer may get, 2 to 8; 4 and 8 if none are given">,
    Option<"images", "images", "unsigned", /*default=*/"0",
           "Number of generated images; 0: 4 to 32, by their size">,
    ListOption<"layerChoices", "layers", "std::string",
               "Choices for single layers, as in spiq-derive-scales">,
    Option<"layersFile", "layers-file", "std::string", /*default=*/"\"\"",
           "File with such choices, one a line">,
    Option<"reportFile", "report-file", "std::string", /*default=*/"\"\"",
           "Write the chosen bits to this file, as JSON">,
    Option<"biasCorrection", "bias-correction", "bool", /*default=*/"true",
           "As in spiq-fuse-rescales">,
    Option<"compensateBelow", "compensate-below", "unsigned", /*default=*/"9",
           "As in spiq-fuse-rescales">,
    Option<"inputMean", "input-mean", "double", /*default=*/"0.0",
           "Mean of arguments without spiq.stats">,
    Option<"inputStddev", "input-stddev", "double", /*default=*/"1.0",
           "Standard deviation of arguments without spiq.stats">
  ];
  let dependentDialects = ["::spiq::SPIQDialect"];
  let statistics = [
    Statistic<"numLayers", "layers", "Number of layers with chosen bits">,
    Statistic<"numFewest", "fewest", "Number of those with the fewest bits">
  ];
}

def SPIQPredictNoise : Pass<"spiq-predict-noise", "::mlir::func::FuncOp"> {
  let summary = "Predict how much noise quantization adds to each value";
  let description = [{
    Attaches to operations and results, as `spiq.predicted_sqnr`, the predicted
    ratio in dB of the squares of a value to those of its error. It runs between
    `spiq-derive-scales` and `spiq-fuse-rescales`, which keeps the attribute.

    Nothing but the network is needed. `images` generated images, as in the rule
    `synthetic`, are followed through the network twice: in float, and with
    values rounded and clipped by the casts and weights rounded as
    `spiq-fuse-rescales` will round them. Each result of a batch-norm is shifted
    and scaled to the mean and deviation that it had in training; its error stays
    what it is, as layers pass errors on whatever the values are. The ratio of a softmax is that of its input, with mean zero over the classes,
    as `spiq-eval` measures it.

    Values behind an operation that cannot be evaluated at compile time, and
    those without error, get no attribute. Figures may differ in the last digits
    between machines.
  }];
  let options = [
    Option<"images", "images", "unsigned", /*default=*/"0",
           "Number of generated images; 0: 4 to 32, by their size">,
    Option<"biasCorrection", "bias-correction", "bool", /*default=*/"true",
           "As in spiq-fuse-rescales">,
    Option<"compensateBelow", "compensate-below", "unsigned", /*default=*/"9",
           "As in spiq-fuse-rescales">,
    Option<"inputMean", "input-mean", "double", /*default=*/"0.0",
           "Mean of arguments without spiq.stats">,
    Option<"inputStddev", "input-stddev", "double", /*default=*/"1.0",
           "Standard deviation of arguments without spiq.stats">
  ];
  let dependentDialects = ["::spiq::SPIQDialect"];
  let statistics = [
    Statistic<"numValues", "values", "Number of values with a prediction">
  ];
}

def SPIQFuseRescales : Pass<"spiq-fuse-rescales", "::mlir::func::FuncOp"> {
  let summary = "Turn operations between casts into integer operations";
  let description = [{
    An operation whose operands are `quant.dcast` and whose result is only read by
    `quant.qcast` becomes the same operation on quantized tensors. In a layer,

    - the scales of the input are folded into the weights, which are rounded to
      the type that `spiq-derive-scales` chose, or to 8 bits; with fewer bits than
      `compensate-below`, each goes to the one of its two neighbours with which the
      errors of taps and channels that vary together cancel; the correlations of
      channels are propagated from the weights;
    - the bias becomes i32 and takes up `-zeroPoint * sum Wq`, and, with
      `bias-correction`, minus the expected error of the rounded weights:
      `sum (Wq t / s - W) E[x]`, where E[x] is the propagated mean of the input;
    - a result that some operation reads as f32 is dequantized by the layer itself,
      and so is that of a `spiq.avg_pool_2d`.

    A `spiq.activation` of a kind that `#spiq.activation` has a formula for joins
    the `spiq.conv_2d`, `spiq.fully_connected` or `spiq.rescale` in front of it, if
    there are no casts between the two: the value in between is then neither
    rounded nor stored.

    Weights that are integers already (`quant.dcast` of a constant) are kept if the
    input has one scale. An accumulator that could exceed i32 is avoided by a
    coarser weight scale, or is an error if the weights must stay as they are.

    Reshapes, transpositions, slices and broadcasts move bytes, between
    `quant.scast`. Networks with casts from elsewhere (QDQ) go through this pass as
    well: a quantization with one scale moves in front of such movements, a
    dequantization behind them and behind the choice of elements (maximum pooling,
    nearest resizing), so that layers find casts next to them. Whatever stays f32 between casts is correct, but slow; each such operation
    is named by a remark.
  }];
  let options = [
    Option<"biasCorrection", "bias-correction", "bool", /*default=*/"true",
           "Correct biases by the mean error of rounded weights">,
    Option<"compensateBelow", "compensate-below", "unsigned", /*default=*/"9",
           "Compensate rounding errors where weights have fewer bits">,
    Option<"remarks", "remarks", "bool", /*default=*/"true",
           "Name operations that stay in f32">,
    Option<"inputMean", "input-mean", "double", /*default=*/"0.0",
           "Mean of arguments without spiq.stats">,
    Option<"inputStddev", "input-stddev", "double", /*default=*/"1.0",
           "Standard deviation of arguments without spiq.stats">
  ];
  let dependentDialects = ["::spiq::SPIQDialect"];
  let statistics = [
    Statistic<"numLayers", "layers", "Number of layers in integer form">,
    Statistic<"numMoved", "moved",
              "Number of weights rounded to the farther integer">,
    Statistic<"numDynamic", "dynamic", "Number of layers in dynamic form">,
    Statistic<"numOps", "operations", "Number of other operations in integer form">,
    Statistic<"numActivations", "activations",
              "Number of activations that the operation in front computes">,
    Statistic<"numMovements", "movements", "Number of movements of bytes">,
    Statistic<"numFloat", "float", "Number of operations that stay in f32">
  ];
}

#endif // SPIQ_DIALECT_SPIQ_TRANSFORMS_PASSES_TD
