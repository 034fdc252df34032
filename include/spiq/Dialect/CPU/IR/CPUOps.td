//===- CPUOps.td - Operations of the spiq_cpu dialect ------*- tablegen -*-===//
//
// Declares the kernels and the register operations they are made of.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_CPU_IR_CPUOPS_TD
#define SPIQ_DIALECT_CPU_IR_CPUOPS_TD

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "spiq/Dialect/CPU/IR/CPUAttributes.td"
include "spiq/Dialect/SPIQ/IR/SPIQAttributes.td"

class CPU_Op<string mnemonic, list<Trait> traits = []>
    : Op<CPU_Dialect, mnemonic, traits> {
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Register operations
//===----------------------------------------------------------------------===//

def CPU_DotOp : CPU_Op<"dot", [Pure, AllTypesMatch<["acc", "result"]>,
                               AllTypesMatch<["lhs", "rhs"]>]> {
  let summary = "Multiplies groups of four bytes and accumulates";
  let description = [{
    For each lane `l` of 32 bits:
    `result[l] = acc[l] + sum(i = 0..3) u8(lhs[4l + i]) * s8(rhs[4l + i])`,
    exact modulo 2^32. `lhs` is unsigned, or signed with `signed_lhs`; `rhs` is
    signed. For the instruction set `neon`, `rhs` is at least -127.

    Example:

    ```mlir
    %r = spiq_cpu.dot %acc, %a, %b : vector<64xi8> into vector<16xi32>
    ```
  }];
  let arguments = (ins VectorOfRankAndType<[1], [I32]>:$acc,
                       VectorOfRankAndType<[1], [I8]>:$lhs,
                       VectorOfRankAndType<[1], [I8]>:$rhs,
                       UnitAttr:$signed_lhs);
  let results = (outs VectorOfRankAndType<[1], [I32]>:$result);
  let assemblyFormat = [{
    $acc `,` $lhs `,` $rhs attr-dict `:` type($lhs) `into` type($acc)
  }];
}

def CPU_DotPairOp : CPU_Op<"dot_pair", [Pure, AllTypesMatch<["acc", "result"]>,
    AllTypesMatch<["firstLhs", "firstRhs", "secondLhs", "secondRhs"]>]> {
  let summary = "Two dot products whose sums of four products fit 16 bits";
  let description = [{
    Adds two `spiq_cpu.dot` of unsigned with signed bytes to `acc`. In each half
    of a lane, the two bytes of `first_rhs` and the two of `second_rhs` have
    positive values of at most 128 and negative values of at least -128
    together: as `255 * 128 < 2^15`, targets may add their four products in 16
    bits.

    Example:

    ```mlir
    %r = spiq_cpu.dot_pair %acc, %a, %b, %c, %d : vector<32xi8> into vector<8xi32>
    ```
  }];
  let arguments = (ins VectorOfRankAndType<[1], [I32]>:$acc,
                       VectorOfRankAndType<[1], [I8]>:$firstLhs,
                       VectorOfRankAndType<[1], [I8]>:$firstRhs,
                       VectorOfRankAndType<[1], [I8]>:$secondLhs,
                       VectorOfRankAndType<[1], [I8]>:$secondRhs);
  let results = (outs VectorOfRankAndType<[1], [I32]>:$result);
  let assemblyFormat = [{
    $acc `,` $firstLhs `,` $firstRhs `,` $secondLhs `,` $secondRhs attr-dict
    `:` type($firstLhs) `into` type($acc)
  }];
}

def CPU_PackOp : CPU_Op<"pack", [Pure, AllTypesMatch<["a", "b", "c", "d"]>]> {
  let summary = "Saturates four vectors of i32 to one vector of bytes";
  let description = [{
    Saturates every element to 0..255, or to -128..127 with `signed_result`. Byte `16 * (l / 4) + 4 * z + l % 4` of the
    result is element `l` of operand `z` (`a`, `b`, `c`, `d` are 0 to 3): the
    order in which packs within 128-bit lanes leave them.

    Zero points are added between the two levels of packs, in words. Element
    `8 * (l / 4) + 4 * (z % 2) + l % 4` of the first (of the second) vector of
    `zero_points` belongs to element `l` of operand `z` of `a`, `b` (of `c`,
    `d`). Values that leave the range of words on the way are saturated there,
    which is the same as no zero point can bring them back into that of bytes.

    Example:

    ```mlir
    %r = spiq_cpu.pack %a, %b, %c, %d : vector<16xi32> to vector<64xi8>
    %s = spiq_cpu.pack %a, %b, %c, %d zero_points(%l, %h : vector<32xi16>,
           vector<32xi16>) : vector<16xi32> to vector<64xi8>
    ```
  }];
  let arguments = (ins VectorOfRankAndType<[1], [I32]>:$a,
                       VectorOfRankAndType<[1], [I32]>:$b,
                       VectorOfRankAndType<[1], [I32]>:$c,
                       VectorOfRankAndType<[1], [I32]>:$d,
                       Variadic<VectorOfRankAndType<[1], [I16]>>:$zero_points,
                       UnitAttr:$signed_result);
  let results = (outs VectorOfRankAndType<[1], [I8]>:$result);
  let assemblyFormat = [{
    $a `,` $b `,` $c `,` $d
    (`zero_points` `(` $zero_points^ `:` type($zero_points) `)`)?
    attr-dict `:` type($a) `to` type($result)
  }];
}

def CPU_UnpackOp : CPU_Op<"unpack", [Pure,
                                     AllTypesMatch<["packed", "low", "high"]>]> {
  let summary = "Splits bytes into 16 times their signed nibbles";
  let description = [{
    For each byte: `low = 16 * s4(packed % 16)` and
    `high = 16 * s4(packed / 16)`, where `s4` reads four bits as a number from
    -8 to 7. A nibble at the top of a byte needs no sign extension, so this
    takes a mask for `high` and a shift and the same mask for `low`. What reads
    the results divides by 16 where it multiplies anyway.

    Example:

    ```mlir
    %low, %high = spiq_cpu.unpack %packed : vector<64xi8>
    ```
  }];
  let arguments = (ins VectorOfRankAndType<[1], [I8]>:$packed);
  let results = (outs VectorOfRankAndType<[1], [I8]>:$low,
                      VectorOfRankAndType<[1], [I8]>:$high);
  let assemblyFormat = "$packed attr-dict `:` type($packed)";
  let hasVerifier = 0;
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// An image of bytes; the last dimension is contiguous.
def CPU_Image : AnyTypeOf<[4DTensorOf<[I8, F32]>, MemRefRankOf<[I8, F32], [4]>],
    "4-D tensor or memref of bytes or f32",
    "::mlir::ShapedType">;
def CPU_Bytes : AnyTypeOf<[1DTensorOf<[I8]>, MemRefRankOf<[I8], [1]>],
    "1-D tensor or memref of bytes", "::mlir::ShapedType">;
def CPU_Words : AnyTypeOf<[1DTensorOf<[I32]>, MemRefRankOf<[I32], [1]>],
    "1-D tensor or memref of i32", "::mlir::ShapedType">;

class CPU_KernelOp<string mnemonic, list<Trait> traits = []>
    : CPU_Op<mnemonic, !listconcat([
        DestinationStyleOpInterface,
        DeclareOpInterfaceMethods<MemoryEffectsOpInterface>], traits)> {
  code kernelDeclarations = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() {
      return getOutputMutable();
    }
  }];
  let extraClassDeclaration = kernelDeclarations;
}

def CPU_Conv2DOp : CPU_KernelOp<"conv_2d", [AttrSizedOperandSegments]> {
  let summary = "Convolution of bytes with packed signed weights";
  let description = [{
    Convolves a padded `N x H x W x C` input of bytes:

    ```
    acc = bias + sum weights * input                                      (i32)
    v   = f32(acc) * multiplier
          [+ f32(residual - residual_zero_point) * residual_multiplier]
    out = clamp(i32(roundeven(v)) + zero_point, min, max)
    ```

    Input, residual and output are unsigned bytes, or signed ones with
    `signed_storage`. A fully connected layer is the case of one pixel. With an
    f32 output, `out = v`, limited to `clamp_min` and `clamp_max`. With an
    `activation` `f`, `f(v) * output_multiplier` takes the place of `v`; slopes
    come from the parameters.

    `weights` holds, for each block of channels, for each kernel row, for each
    group of four consecutive input bytes of the row, one vector of `4 * L`
    bytes for each vector of the block. A kernel row is `KW * C` contiguous
    input bytes if the horizontal dilation and the number of groups are one,
    otherwise each tap is a row of its own. The last group of a row ends with
    the row and multiplies the bytes that it repeats with zero; in rows of less
    than four bytes, it multiplies the bytes behind the row with zero.

    With `weight_bits` 4, weights are multiples of 16 and only their upper
    halves, nibbles, are stored: a byte holds those of byte `i` of one vector
    (low nibble) and of byte `i` of the next one of the block (high nibble).
    The last vector of a block of an odd number of vectors takes `2 * L` bytes:
    byte `i` holds those of its bytes `i` and `2 * L + i`. As bias and
    accumulator are 16 times those of the layer and the multiplier is a
    sixteenth, powers of two, the outputs are the same.

    With `pairs`, the steps of a kernel row, groups of four bytes, are taken two
    at a time by `spiq_cpu.dot_pair`, in an order that a table states for each
    vector of output channels. It begins with three words for each kernel row of
    each vector: the offset of the row's weights, the index of its first pair in
    the table and its number of pairs. A pair is two words: the offsets of two
    groups in the row. Its weights are two vectors, that of the first and that
    of the second group. A group that appears more than once is multiplied by
    the sum of its weights: this is how large weights stay within the bounds of
    `spiq_cpu.dot_pair`.

    With `groups`, the channels of input and output are split evenly; each tap
    is a row of the `C / groups` bytes of its group. Weights and parameters are
    those of each group in turn.

    `blocks` lists the number of vectors of each block of output channels of a
    group. `pixels` is the number of output pixels of a register tile:
    consecutive pixels in row-major order.

    Example:

    ```mlir
    %y = spiq_cpu.conv_2d ins(%x, %w, %p : tensor<1x10x10x16xi8>,
                              tensor<9216xi8>, tensor<128xi32>)
                          outs(%init : tensor<1x8x8x64xi8>)
           {kernel = array<i64: 3, 3>, lanes = 16 : i64, pixels = 6 : i64,
            blocks = array<i64: 4>,
            parameters = #spiq_cpu.parameters<bias|multiplier>}
         -> tensor<1x8x8x64xi8>
    ```
  }];
  let arguments = (ins
    CPU_Image:$input,
    CPU_Bytes:$weights,
    CPU_Words:$channel_parameters,
    Optional<CPU_Words>:$pairs,
    Optional<CPU_Image>:$residual,
    CPU_Image:$output,
    DenseI64ArrayAttr:$kernel,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$strides,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$dilations,
    DefaultValuedAttr<I64Attr, "1">:$groups,
    DefaultValuedAttr<I64Attr, "8">:$weight_bits,
    I64Attr:$lanes,
    I64Attr:$pixels,
    DenseI64ArrayAttr:$blocks,
    CPU_ParametersAttr:$parameters,
    OptionalAttr<SPIQ_ActivationAttr>:$activation,
    UnitAttr:$signed_storage,
    UnitAttr:$pixels_outermost,
    OptionalAttr<F32Attr>:$clamp_min,
    OptionalAttr<F32Attr>:$clamp_max);
  let results = (outs Variadic<CPU_Image>:$results);
  let assemblyFormat = [{
    `ins` `(` $input `,` $weights `,` $channel_parameters `:`
              type($input) `,` type($weights) `,` type($channel_parameters) `)`
    (`pairs` `(` $pairs^ `:` type($pairs) `)`)?
    (`residual` `(` $residual^ `:` type($residual) `)`)?
    `outs` `(` $output `:` type($output) `)` attr-dict (`->` type($results)^)?
  }];
  let extraClassDeclaration = kernelDeclarations # [{
    /// Words of `pairs` for each kernel row of each vector.
    static constexpr int64_t pairHeaderWords = 3;
    /// Whether the taps of a kernel row are contiguous in the input.
    bool hasContiguousRows();
    /// Kernel rows, or taps if they are not contiguous.
    int64_t getNumRows();
    /// Input bytes of one kernel row.
    int64_t getRowBytes();
    /// Groups of four bytes of one kernel row.
    int64_t getRowSteps() { return (getRowBytes() + 3) / 4; }
    /// Stored bytes of the weights of one vector of lanes in one step.
    int64_t getVectorBytes() {
      return static_cast<int64_t>(getLanes() * getWeightBits()) / 2;
    }
  }];
}

def CPU_DepthwiseConv2DOp : CPU_KernelOp<"depthwise_conv_2d"> {
  let summary = "Depthwise convolution of bytes";
  let description = [{
    Convolves each channel of a padded `N x H x W x C` input with a filter of its
    own; the arithmetic is that of `spiq_cpu.conv_2d` without a residual.

    A register tile computes `rows` by `columns` output pixels of a block of
    channels. Its unit of work is a quad: four neighbouring input columns (at the
    distance of the dilation), whose bytes are interleaved once per input row and
    used for every output that the row contributes to.

    `blocks` lists the lanes of each block of channels: `L` lanes hold `4 * L`
    bytes in four vectors in packed order. With `pieces[i]` pieces, byte `b` of
    block `i` is channel `b % W`, `W = 4 * L / pieces[i]`, of the piece `b / W`;
    piece `j` computes the output columns `j * columns` to
    `(j + 1) * columns - 1`, so that few channels fill vectors, too. The last
    block ends with the last channel and may overlap its predecessor.

    `weights` holds for each block, for each kernel row, for each quad, for each
    output column that reads it, four vectors of `4 * L` bytes: the weights of
    the four input columns, zero for those outside of the window.
    `channel_parameters` holds, for each vector of each block, one row of `L`
    values for each parameter.

    Example:

    ```mlir
    %y = spiq_cpu.depthwise_conv_2d
           ins(%x, %w, %p : tensor<1x10x10x64xi8>, tensor<1536xi8>,
                            tensor<128xi32>)
           outs(%init : tensor<1x8x8x64xi8>)
           {kernel = array<i64: 3, 3>, rows = 2 : i64, columns = 2 : i64,
            blocks = array<i64: 16>, pieces = array<i64: 1>,
            parameters = #spiq_cpu.parameters<bias|multiplier>}
         -> tensor<1x8x8x64xi8>
    ```
  }];
  let arguments = (ins
    CPU_Image:$input,
    CPU_Bytes:$weights,
    CPU_Words:$channel_parameters,
    CPU_Image:$output,
    DenseI64ArrayAttr:$kernel,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$strides,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$dilations,
    I64Attr:$rows,
    I64Attr:$columns,
    DenseI64ArrayAttr:$blocks,
    DenseI64ArrayAttr:$pieces,
    CPU_ParametersAttr:$parameters,
    OptionalAttr<SPIQ_ActivationAttr>:$activation,
    UnitAttr:$signed_storage);
  let results = (outs Variadic<CPU_Image>:$results);
  let assemblyFormat = [{
    `ins` `(` $input `,` $weights `,` $channel_parameters `:`
              type($input) `,` type($weights) `,` type($channel_parameters) `)`
    `outs` `(` $output `:` type($output) `)` attr-dict (`->` type($results)^)?
  }];
  let extraClassDeclaration = kernelDeclarations # [{
    /// The window and tile, from which layouts follow.
    ::spiq::cpu::DepthwiseTile getTile();
    /// The blocks of channels.
    ::llvm::SmallVector<::spiq::cpu::DepthwiseBlock> getChannelBlocks();
  }];
}

def CPU_QuantizeOp : CPU_KernelOp<"quantize"> {
  let summary = "Quantizes an f32 image, channels first";
  let description = [{
    Quantizes an `N x C x H x W` image of f32 to `N x H x W x C` bytes, so
    that the layout of the network's input costs no pass over memory of its own:

    ```
    out[n, h, w, c] = clamp(roundeven(x[n, c, h, w] / scales[c]),
                            min[c] - zeroPoints[c], max[c] - zeroPoints[c])
                      + zeroPoints[c]
    ```

    A NaN becomes `min[c]`. There are at most four channels; rows have at least
    `lanes` pixels.

    Example:

    ```mlir
    %y = spiq_cpu.quantize ins(%x : tensor<1x3x32x32xf32>)
                           outs(%init : tensor<1x32x32x3xi8>)
           {lanes = 16 : i64, scales = array<f32: 0.02, 0.02, 0.02>,
            zero_points = array<i32: 128, 128, 128>,
            min = array<i32: 0, 0, 0>, max = array<i32: 255, 255, 255>}
         -> tensor<1x32x32x3xi8>
    ```
  }];
  let arguments = (ins
    CPU_Image:$input,
    CPU_Image:$output,
    I64Attr:$lanes,
    DenseF32ArrayAttr:$scales,
    DenseI32ArrayAttr:$zero_points,
    DenseI32ArrayAttr:$min,
    DenseI32ArrayAttr:$max);
  let results = (outs Variadic<CPU_Image>:$results);
  let assemblyFormat = [{
    `ins` `(` $input `:` type($input) `)`
    `outs` `(` $output `:` type($output) `)` attr-dict (`->` type($results)^)?
  }];
  let extraClassDeclaration = kernelDeclarations # [{
    /// Largest number of channels, which are interleaved in registers.
    static constexpr int64_t maxChannels = 4;
  }];
}

#endif // SPIQ_DIALECT_CPU_IR_CPUOPS_TD
