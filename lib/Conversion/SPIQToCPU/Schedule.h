//===- Schedule.h - Register tiles of kernels -------------------*- C++ -*-===//
//
// Chooses the register tile of a kernel with an analytic cost model.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CONVERSION_SPIQTOCPU_SCHEDULE_H
#define SPIQ_LIB_CONVERSION_SPIQTOCPU_SCHEDULE_H

#include "spiq/Dialect/CPU/IR/DepthwiseTile.h"
#include "spiq/Dialect/CPU/IR/InstructionSet.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>

namespace spiq {

/// What the cost model knows of the processor.
struct MachineModel : public cpu::InstructionSetInfo {
  explicit MachineModel(const cpu::InstructionSetInfo &isa)
      : InstructionSetInfo(isa) {}

  /// Vector loads that start in a cycle.
  double loadsPerCycle = 2.0;
  /// Vector instructions of any other kind that start in a cycle.
  double vectorOpsPerCycle = 3.0;
  /// Cycles until an accumulator can be used again.
  double dotLatency = 5.0;
  /// Bytes that the second-level cache delivers in a cycle.
  double l2BytesPerCycle = 24.0;
  /// Bytes of the first-level data cache.
  int64_t l1Bytes = 32 * 1024;
};

/// The size of a convolution, or of one group of it, as its inner loops see it.
struct ConvolutionShape {
  /// Output pixels of all images.
  int64_t pixels;
  int64_t outputChannels;
  /// Groups of four bytes that each output multiplies.
  int64_t steps;
  /// Whether outputs are f32, which are never in packed order.
  bool isFloatOutput;
  /// Bits of a stored weight, 4 or 8.
  int64_t weightBits;
};

/// A register tile: `pixels` times each block of `blocks[i]` vectors.
struct ConvolutionSchedule {
  int64_t pixels;
  llvm::SmallVector<int64_t> blocks;
  /// Whether the loop over pixels is outside of the loop over blocks.
  bool pixelsOutermost;
  /// Estimated cycles.
  double cycles;
};

/// Chooses the tile with the least estimated cycles. The estimate of one step
/// of a tile of P pixels and V vectors is the largest of P * V dot products, P
/// broadcasts and V weight loads (from the second-level cache if the block's
/// weights do not fit the first), and the latency of an accumulator; each tile
/// adds the cycles of its epilogue.
ConvolutionSchedule chooseSchedule(const ConvolutionShape &shape,
                                   const MachineModel &machine);

/// The tile and blocks of a depthwise convolution.
struct DepthwiseSchedule {
  cpu::DepthwiseTile tile;
  llvm::SmallVector<cpu::DepthwiseBlock> blocks;
};

/// Chooses the tile of `window`, whose `rows` and `columns` are ignored, and
/// the blocks with the least estimated cycles for an output of shape
/// `outputShape`
/// (`N x H x W x C`); none if there are fewer channels than a 128-bit vector
/// has bytes. The estimate of a tile adds the cycles of its dot products to
/// those of all other vector instructions (two unpacks for each pair of
/// columns, four for each quad, insertions of the pieces of loads, the
/// epilogue), unless its loads take longer, and a constant for what does not
/// overlap with the next tile; each row of tiles adds the loads of weights that
/// do not fit the first-level cache. Blocks are chosen for each tile as the
/// cheapest cover of the channels: a few channels fill a vector with pieces of
/// several columns.
std::optional<DepthwiseSchedule>
chooseDepthwiseSchedule(const cpu::DepthwiseTile &window,
                        llvm::ArrayRef<int64_t> outputShape,
                        const MachineModel &machine);

} // namespace spiq

#endif // SPIQ_LIB_CONVERSION_SPIQTOCPU_SCHEDULE_H
