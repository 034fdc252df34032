//===- Packing.h - Constants in the layout of kernels -----------*- C++ -*-===//
//
// Arranges weights and per-channel parameters as kernels read them.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CONVERSION_SPIQTOCPU_PACKING_H
#define SPIQ_LIB_CONVERSION_SPIQTOCPU_PACKING_H

#include "spiq/Dialect/CPU/IR/CPU.h"

#include <optional>

namespace spiq {

/// Channels in the order of the blocks: for each group of `numChannels`
/// channels, the channel at each lane of each vector, absent for lanes behind
/// the last channel of the group.
llvm::SmallVector<std::optional<int64_t>>
getChannelOrder(llvm::ArrayRef<int64_t> blocks, int64_t lanes,
                int64_t numChannels, int64_t groups);

/// Packs `weights` (`O x KH x KW x I` signed bytes, `I` the input channels of a
/// group) for `spiq_cpu.conv_2d`. `rows` kernel rows of `rowBytes` contiguous
/// bytes make up a filter; groups have `numChannels` output channels.
llvm::SmallVector<int8_t> packWeights(llvm::ArrayRef<int8_t> weights,
                                      int64_t numChannels, int64_t groups,
                                      int64_t rows, int64_t rowBytes,
                                      llvm::ArrayRef<int64_t> blocks,
                                      int64_t lanes);

/// Packs the result of `packWeights`, weights from -8 to 7, two to a byte.
llvm::SmallVector<int8_t> packNibbles(llvm::ArrayRef<int8_t> packed,
                                      int64_t groups,
                                      llvm::ArrayRef<int64_t> blocks,
                                      int64_t lanes);

/// The filters of groups that are `merged` neighbouring ones of `weights`
/// (`O x taps x I`): `O x taps x merged * I`, zero where a filter has no input.
llvm::SmallVector<int8_t> mergeGroups(llvm::ArrayRef<int8_t> weights,
                                      int64_t groups, int64_t outputs,
                                      int64_t taps, int64_t merged);

/// The channel at each lane of each vector of a depthwise kernel.
llvm::SmallVector<std::optional<int64_t>>
getDepthwiseChannelOrder(llvm::ArrayRef<cpu::DepthwiseBlock> blocks,
                         int64_t numChannels);

/// Packs `weights` (`C x KH x KW` signed bytes) for
/// `spiq_cpu.depthwise_conv_2d`.
llvm::SmallVector<int8_t>
packDepthwiseWeights(llvm::ArrayRef<int8_t> weights, int64_t numChannels,
                     const cpu::DepthwiseTile &tile,
                     llvm::ArrayRef<cpu::DepthwiseBlock> blocks);

/// A block of channels: `vectors` vectors of `lanes` lanes.
struct ChannelBlock {
  int64_t vectors, lanes;

  bool isPacked() const { return vectors == cpu::packedBlockVectors; }
};

/// Per-channel values of an epilogue. Absent vectors hold neutral values
/// everywhere.
struct EpilogueParameters {
  llvm::SmallVector<int32_t> bias;
  llvm::SmallVector<float> multiplier;
  llvm::SmallVector<int32_t> residualZeroPoint;
  llvm::SmallVector<float> residualMultiplier;
  llvm::SmallVector<int32_t> zeroPoint;
  llvm::SmallVector<int32_t> min;
  llvm::SmallVector<int32_t> max;
  llvm::SmallVector<float> outputMultiplier;
  llvm::SmallVector<float> slope;

  /// The parameters that are present.
  cpu::Parameter getSet() const;
  /// The parameter tensor of the present ones, in the layout that
  /// `#spiq_cpu.parameters` states. `order` is the channel of each lane of each
  /// vector of `blocks`, absent behind the last channel.
  llvm::SmallVector<int32_t>
  pack(llvm::ArrayRef<ChannelBlock> blocks,
       llvm::ArrayRef<std::optional<int64_t>> order) const;
};

} // namespace spiq

#endif // SPIQ_LIB_CONVERSION_SPIQTOCPU_PACKING_H
