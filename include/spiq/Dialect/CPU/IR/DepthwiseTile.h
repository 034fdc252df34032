//===- DepthwiseTile.h - Tiles of depthwise convolutions --------*- C++ -*-===//
//
// The geometry of a register tile of `spiq_cpu.depthwise_conv_2d`. Packing,
// verification and code generation derive the layout of weights from it.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_CPU_IR_DEPTHWISETILE_H
#define SPIQ_DIALECT_CPU_IR_DEPTHWISETILE_H

#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>

namespace spiq::cpu {

/// A tile of `rows` by `columns` output pixels. A quad is four input columns at
/// the distance of the dilation, named by its first one; each output column
/// takes its taps from a chain of `getQuadsPerOutput()` neighbouring quads.
struct DepthwiseTile {
  int64_t kernelRows, kernelColumns;
  int64_t strideRows, strideColumns;
  int64_t dilationRows, dilationColumns;
  int64_t rows, columns;

  /// Quads that the taps of one output column lie in.
  int64_t getQuadsPerOutput() const { return (kernelColumns + 3) / 4; }

  /// The first quad of the chain of each output column. Neighbouring outputs
  /// share a chain if it holds the taps of both.
  llvm::SmallVector<int64_t> getChains() const;

  /// The quads of all chains in ascending order.
  llvm::SmallVector<int64_t> getQuads() const;

  /// The output columns that read the quad `quad`.
  llvm::SmallVector<int64_t> getOutputs(int64_t quad) const;

  /// The tap that output column `output` of the tile takes from input column
  /// `column` of the tile; none if it takes none.
  std::optional<int64_t> getTap(int64_t output, int64_t column) const;

  /// Whether any output of the tile reads input column `column`.
  bool isRead(int64_t column) const;

  /// Whether any output of the tile reads input row `row` of the tile.
  bool isRowRead(int64_t row) const;

  /// The kernel row with which output row `output` reads input row `row`; none
  /// if it does not.
  std::optional<int64_t> getKernelRow(int64_t output, int64_t row) const;

  /// Input rows from the first to the last tap of the tile.
  int64_t getNumInputRows() const {
    return (rows - 1) * strideRows + (kernelRows - 1) * dilationRows + 1;
  }

  /// Bytes of weights of a block of vectors with `lanes` lanes: for each kernel
  /// row, for each output and quad of its chain four vectors.
  int64_t getWeightBytes(int64_t lanes) const {
    return kernelRows * columns * getQuadsPerOutput() * 4 * 4 * lanes;
  }
};

/// A block of channels of a depthwise kernel: four vectors of `lanes` lanes
/// hold the bytes of `pieces` groups of output columns.
struct DepthwiseBlock {
  int64_t lanes, pieces;

  /// Channels of the block.
  int64_t getNumChannels() const { return 4 * lanes / pieces; }

  /// Channel, within the block, at lane `lane` of vector `vector`.
  int64_t getChannel(int64_t vector, int64_t lane) const;

  /// First channel of this block if it follows `firstChannel` channels of
  /// `numChannels`: the last block ends with the last channel.
  int64_t getStart(int64_t firstChannel, int64_t numChannels) const;
};

} // namespace spiq::cpu

#endif // SPIQ_DIALECT_CPU_IR_DEPTHWISETILE_H
