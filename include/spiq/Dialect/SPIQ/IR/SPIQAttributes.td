//===- SPIQAttributes.td - Attributes of the SPIQ dialect --*- tablegen -*-===//
//
// Declares the attributes and enumerations of the dialect.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_IR_SPIQATTRIBUTES_TD
#define SPIQ_DIALECT_SPIQ_IR_SPIQATTRIBUTES_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "spiq/Dialect/SPIQ/IR/SPIQDialect.td"

class SPIQ_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<SPIQ_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

def SPIQ_ChannelStatsAttr : SPIQ_Attr<"ChannelStats", "channel_stats"> {
  let summary = "Per-channel statistics of a value";
  let description = [{
    What is known without data about the distribution of each channel of a
    tensor: mean and standard deviation (from batch-norm's beta and gamma, or
    propagated) and, where known, hard bounds on the values.

    `mean` and `stddev` have one entry per channel. `min` and `max` are either
    empty (unbounded) or have one entry per channel, where infinities mark
    channels without a bound.

    Example:

    ```mlir
    #spiq.channel_stats<mean = [0.0, 0.5], stddev = [1.0, 0.25]>
    #spiq.channel_stats<mean = [0.4, 0.6], stddev = [0.6, 0.2],
                        min = [0.0, 0.0], max = [6.0, 6.0]>
    ```
  }];
  let parameters = (ins
    "::mlir::DenseF64ArrayAttr":$means,
    "::mlir::DenseF64ArrayAttr":$stddevs,
    OptionalParameter<"::mlir::DenseF64ArrayAttr">:$lowerBounds,
    OptionalParameter<"::mlir::DenseF64ArrayAttr">:$upperBounds
  );
  let builders = [
    AttrBuilder<(ins "::llvm::ArrayRef<double>":$mean,
                     "::llvm::ArrayRef<double>":$stddev,
                     CArg<"::llvm::ArrayRef<double>", "{}">:$min,
                     CArg<"::llvm::ArrayRef<double>", "{}">:$max)>
  ];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let skipDefaultBuilders = 1;
  let extraClassDeclaration = [{
    /// The number of channels that the statistics describe.
    int64_t getNumChannels() const { return getMeans().size(); }
    /// Mean of each channel.
    ::llvm::ArrayRef<double> getMean() const { return getMeans(); }
    /// Standard deviation of each channel.
    ::llvm::ArrayRef<double> getStddev() const { return getStddevs(); }
    /// Lower bounds; empty if no channel has one.
    ::llvm::ArrayRef<double> getMin() const;
    /// Upper bounds; empty if no channel has one.
    ::llvm::ArrayRef<double> getMax() const;
    /// Lower bound of `channel`; minus infinity if there is none.
    double getLowerBound(int64_t channel) const;
    /// Upper bound of `channel`; plus infinity if there is none.
    double getUpperBound(int64_t channel) const;
  }];
}

def SPIQ_ActivationKind : I32EnumAttr<"ActivationKind",
    "Nonlinear function of one variable", [
      I32EnumAttrCase<"LeakyRelu", 0, "leaky_relu">,
      I32EnumAttrCase<"PRelu", 1, "prelu">,
      I32EnumAttrCase<"Sigmoid", 2, "sigmoid">,
      I32EnumAttrCase<"HardSigmoid", 3, "hard_sigmoid">,
      I32EnumAttrCase<"Tanh", 4, "tanh">,
      I32EnumAttrCase<"Silu", 5, "silu">,
      I32EnumAttrCase<"HardSwish", 6, "hard_swish">,
      I32EnumAttrCase<"Elu", 7, "elu">,
      I32EnumAttrCase<"Gelu", 8, "gelu">,
      I32EnumAttrCase<"Mish", 9, "mish">,
      I32EnumAttrCase<"Softplus", 10, "softplus">
    ]> {
  let genSpecializedAttr = 0;
  let cppNamespace = "::spiq";
}

def SPIQ_ActivationKindAttr
    : EnumAttr<SPIQ_Dialect, SPIQ_ActivationKind, "activation_kind"> {
  let assemblyFormat = "`<` $value `>`";
  let summary = "Function computed by `spiq.activation`";
  let description = [{
    Selects the function that `spiq.activation` applies to each element; the
    formulas are listed there.
  }];
}

def SPIQ_ActivationAttr : SPIQ_Attr<"Activation", "activation"> {
  let summary = "An activation that a layer computes in front of its rounding";
  let description = [{
    One of the kinds of `spiq.activation` that have a formula of few f32
    operations, each rounded separately:

    | kind | parameters | formula |
    |------|------------|---------|
    | `leaky_relu` | slope | `x < 0 ? slope * x : x` |
    | `prelu` | one slope per channel | `x < 0 ? slope[c] * x : x` |
    | `hard_sigmoid` | alpha, beta | `min(max(x * alpha + beta, 0), 1)` |
    | `hard_swish` | | `x * min(max(x * f32(1 / 6) + 0.5, 0), 1)` |
    | `sigmoid` | | `x < 0 ? g : 1 - g` |
    | `silu` | | `max(x, 0) - u * g` |

    with `u = min(|x|, 10)` and `g` close to `1 / (1 + exp(u))`:

    ```
    g = q^8, by squaring three times
    q = c[0] + u * (c[1] + u * (c[2] + u * (c[3] + u * c[4])))
    c = 0.917141, -0.0577158, -0.0135545, 0.00270902, -0.000149317
    ```

    Sigmoid and SiLU differ from their exact values by less than 6e-4: a
    sixth of the step of a sigmoid that is stored in eight bits.

    Example:

    ```mlir
    #spiq.activation<silu>
    #spiq.activation<leaky_relu, [0.1]>
    ```
  }];
  let parameters = (ins
    EnumParameter<SPIQ_ActivationKind>:$kind,
    OptionalParameter<"::mlir::DenseF32ArrayAttr">:$parameters
  );
  let assemblyFormat = "`<` $kind (`,` $parameters^)? `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Whether activations of `kind` have a formula.
    static bool hasFormula(::spiq::ActivationKind kind);
    /// The parameters; empty if there are none.
    ::llvm::ArrayRef<float> getValues() const;
    /// Whether negative values are multiplied with a slope.
    bool hasSlope() const;
    /// Slope of `channel`, 1 for kinds without one.
    float getSlope(int64_t channel) const;
  }];
}

def SPIQ_ResizeMode : I32EnumAttr<"ResizeMode", "Interpolation of a resize", [
      I32EnumAttrCase<"Nearest", 0, "nearest">,
      I32EnumAttrCase<"Linear", 1, "linear">
    ]> {
  let genSpecializedAttr = 0;
  let cppNamespace = "::spiq";
}

def SPIQ_ResizeModeAttr
    : EnumAttr<SPIQ_Dialect, SPIQ_ResizeMode, "resize_mode"> {
  let assemblyFormat = "`<` $value `>`";
  let summary = "Interpolation of `spiq.resize`";
  let description = [{
    `nearest` copies one input pixel, `linear` interpolates between four.
  }];
}

def SPIQ_CoordinateMode : I32EnumAttr<"CoordinateMode",
    "Mapping from output to input coordinates", [
      I32EnumAttrCase<"HalfPixel", 0, "half_pixel">,
      I32EnumAttrCase<"PytorchHalfPixel", 1, "pytorch_half_pixel">,
      I32EnumAttrCase<"AlignCorners", 2, "align_corners">,
      I32EnumAttrCase<"Asymmetric", 3, "asymmetric">
    ]> {
  let genSpecializedAttr = 0;
  let cppNamespace = "::spiq";
}

def SPIQ_CoordinateModeAttr
    : EnumAttr<SPIQ_Dialect, SPIQ_CoordinateMode, "coordinate_mode"> {
  let assemblyFormat = "`<` $value `>`";
  let summary = "Coordinate mapping of `spiq.resize`";
  let description = [{
    With output coordinate `o`, input size `I`, output size `O` and
    `scale = O / I` (or the scale given), the input coordinate is

    | mode | coordinate |
    |------|------------|
    | `half_pixel` | `(o + 0.5) / scale - 0.5` |
    | `pytorch_half_pixel` | as `half_pixel` if `O > 1`, else `0` |
    | `align_corners` | `o * (I - 1) / (O - 1)`, `0` if `O == 1` |
    | `asymmetric` | `o / scale` |
  }];
}

def SPIQ_NearestMode : I32EnumAttr<"NearestMode",
    "Rounding of coordinates in a nearest-neighbour resize", [
      I32EnumAttrCase<"RoundPreferFloor", 0, "round_prefer_floor">,
      I32EnumAttrCase<"RoundPreferCeil", 1, "round_prefer_ceil">,
      I32EnumAttrCase<"Floor", 2, "floor">,
      I32EnumAttrCase<"Ceil", 3, "ceil">
    ]> {
  let genSpecializedAttr = 0;
  let cppNamespace = "::spiq";
}

def SPIQ_NearestModeAttr
    : EnumAttr<SPIQ_Dialect, SPIQ_NearestMode, "nearest_mode"> {
  let assemblyFormat = "`<` $value `>`";
  let summary = "Rounding of coordinates in `spiq.resize`";
  let description = [{
    Chooses the pixel for a fractional coordinate in `nearest` mode; the two
    `round` modes differ for coordinates exactly between two pixels.
  }];
}

#endif // SPIQ_DIALECT_SPIQ_IR_SPIQATTRIBUTES_TD
