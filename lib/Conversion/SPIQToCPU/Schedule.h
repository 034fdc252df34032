//===- Schedule.h - Register tiles of kernels -------------------*- C++ -*-===//
//
// Ranks the register tiles of a kernel with an analytic cost model.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CONVERSION_SPIQTOCPU_SCHEDULE_H
#define SPIQ_LIB_CONVERSION_SPIQTOCPU_SCHEDULE_H

#include "spiq/Conversion/SPIQToCPU/MachineModel.h"
#include "spiq/Dialect/CPU/IR/DepthwiseTile.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace spiq {

/// A convolution or fully connected layer, as the choice of a schedule sees it.
struct ConvolutionShape {
  /// Output pixels of all images, and of a row.
  int64_t pixels, width;
  /// Whether the input of neighbouring pixels lies at a constant distance over
  /// the ends of rows, too.
  bool isLinear;
  int64_t inputChannels, outputChannels, groups;
  int64_t kernelRows, kernelColumns, dilationColumns;
  /// Whether outputs are f32, which are never in packed order.
  bool isFloatOutput;
  /// Bits of a stored weight, 4 or 8.
  int64_t weightBits;
  /// Whether steps may be taken in pairs.
  bool allowsPairs = true;

  /// Whether the kernel should take steps in pairs, if the weights are small
  /// enough. Splitting steps makes weights more, which layers of few pixels
  /// wait for.
  bool usesPairs(const MachineModel &machine) const {
    return allowsPairs && machine.pairedDotsPerCycle != 0.0 &&
           weightBits == 8 && pixels >= 16;
  }

  /// Whether kernel rows are contiguous input bytes if `merged` groups of the
  /// layer are one group of the kernel.
  bool isContiguous(int64_t merged) const {
    return dilationColumns == 1 && merged == groups;
  }
  /// Runs of contiguous input bytes that an output reads, and their length.
  int64_t getRows(int64_t merged) const {
    return isContiguous(merged) ? kernelRows : kernelRows * kernelColumns;
  }
  int64_t getRowBytes(int64_t merged) const {
    return isContiguous(merged) ? kernelColumns * inputChannels
                                : inputChannels / groups * merged;
  }
};

/// A register tile: `pixels` times each block of `blocks[i]` vectors.
struct ConvolutionSchedule {
  /// Groups of the layer in each group of the kernel.
  int64_t mergedGroups;
  int64_t pixels;
  llvm::SmallVector<int64_t> blocks;
  /// Whether the loop over pixels is outside of the loop over blocks.
  bool pixelsOutermost;
  /// Estimated cycles.
  double cycles;
};

/// The number of steps in pairs up to which they are faster than one that is
/// not.
inline constexpr double maxPairedSteps = 1.8;

/// All schedules of `shape`, those with the least estimated cycles first. The
/// estimate of one step of a tile of P pixels and V vectors is the largest of
/// P * V dot products, P broadcasts and V weight loads (from the second-level
/// cache if the block's weights do not fit the first), and the latency of an
/// accumulator; steps in pairs take one vector of the tile after the other, and
/// some of them are split. Each tile adds the cycles of its epilogue. The
/// pixels of a tile that may cross the end of a row have addresses of their
/// own, of which the registers hold only a few. Merged groups fill vectors, but
/// multiply with zeros.
llvm::SmallVector<ConvolutionSchedule, 0>
rankSchedules(const ConvolutionShape &shape, const MachineModel &machine);

/// Channels of the smallest piece of a depthwise kernel: the bytes of the
/// narrowest vectors.
inline constexpr int64_t minDepthwiseChannels = 16;

/// The tile and blocks of a depthwise convolution.
struct DepthwiseSchedule {
  cpu::DepthwiseTile tile;
  llvm::SmallVector<cpu::DepthwiseBlock> blocks;
  /// Estimated cycles.
  double cycles;
};

/// The tiles of `window`, whose `rows` and `columns` are ignored, each with its
/// best blocks, for an output of shape `outputShape` (`N x H x W x C`) behind
/// `activation`, which may be null: those with the least estimated cycles
/// first. None if there are fewer channels than `minDepthwiseChannels`. The
/// estimate of a tile adds the cycles of its dot products to those of all other
/// vector instructions (two unpacks for each pair of columns, four for each
/// quad, insertions of the pieces of loads, the epilogue, spills where
/// accumulators take most registers), unless its loads take longer, the time to
/// fetch a tile of many instructions, and a constant for what does not overlap
/// with the next tile. Each row of tiles adds the loads of weights that do not
/// fit the first-level cache. Blocks are chosen for each tile as the cheapest
/// cover of the channels: a few channels fill a vector with pieces of several
/// columns.
llvm::SmallVector<DepthwiseSchedule, 0>
rankDepthwiseSchedules(const cpu::DepthwiseTile &window,
                       llvm::ArrayRef<int64_t> outputShape,
                       ActivationAttr activation, const MachineModel &machine);

} // namespace spiq

#endif // SPIQ_LIB_CONVERSION_SPIQTOCPU_SCHEDULE_H
