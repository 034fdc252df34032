//===- DepthwiseTile.h - Tiles of depthwise convolutions --------*- C++ -*-===//
//
// The geometry of a register tile of `spiq_cpu.depthwise_conv_2d`. Packing,
// verification and code generation derive the layout of weights from it.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_CPU_IR_DEPTHWISETILE_H
#define SPIQ_DIALECT_CPU_IR_DEPTHWISETILE_H

#include <algorithm>
#include <cstdint>
#include <optional>

namespace spiq::cpu {

/// A tile of `rows` by `getNumColumns()` output pixels that reads `4 * quads`
/// columns of each input row.
struct DepthwiseTile {
  int64_t kernelRows, kernelColumns;
  int64_t strideRows, strideColumns;
  int64_t dilationRows, dilationColumns;
  int64_t rows, quads;

  /// Input columns from the first to the last tap.
  int64_t getSpan() const { return (kernelColumns - 1) * dilationColumns + 1; }

  /// Output columns whose taps all lie in the columns read; 0 if none fits.
  int64_t getNumColumns() const {
    int64_t room = 4 * quads - getSpan();
    return room < 0 ? 0 : room / strideColumns + 1;
  }

  /// The tap that output column `output` of the tile takes from input column
  /// `column` of the tile; none if it takes none.
  std::optional<int64_t> getTap(int64_t output, int64_t column) const {
    int64_t distance = column - output * strideColumns;
    if (distance < 0 || distance % dilationColumns != 0 ||
        distance / dilationColumns >= kernelColumns)
      return std::nullopt;
    return distance / dilationColumns;
  }

  /// Whether any of the four columns of `quad` contributes to `output`.
  bool contributes(int64_t output, int64_t quad) const {
    for (int64_t column = 4 * quad; column < 4 * quad + 4; ++column)
      if (getTap(output, column))
        return true;
    return false;
  }

  /// Whether any output of the tile reads input column `column`.
  bool isRead(int64_t column) const {
    for (int64_t output = 0; output < getNumColumns(); ++output)
      if (getTap(output, column))
        return true;
    return false;
  }

  /// Pairs of an output column and a quad that contributes to it: the number of
  /// groups of four weight vectors of a kernel row.
  int64_t getNumPairs() const {
    int64_t pairs = 0;
    for (int64_t output = 0; output < getNumColumns(); ++output)
      for (int64_t quad = 0; quad < quads; ++quad)
        pairs += contributes(output, quad);
    return pairs;
  }

  /// Bytes of weights of a block of vectors with `lanes` lanes.
  int64_t getWeightBytes(int64_t lanes) const {
    return kernelRows * getNumPairs() * 4 * 4 * lanes;
  }

  /// First channel of the block of `lanes` lanes that follows `firstChannel`
  /// channels of `numChannels`: the last block ends with the last channel.
  static int64_t getBlockStart(int64_t firstChannel, int64_t lanes,
                               int64_t numChannels) {
    return std::min(firstChannel, numChannels - 4 * lanes);
  }
};

} // namespace spiq::cpu

#endif // SPIQ_DIALECT_CPU_IR_DEPTHWISETILE_H
