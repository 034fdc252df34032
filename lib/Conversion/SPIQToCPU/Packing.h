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

/// Channels in the order of the blocks: the channel at each lane of each
/// vector, absent for lanes behind the last of `numChannels` channels.
llvm::SmallVector<std::optional<int64_t>>
getChannelOrder(llvm::ArrayRef<int64_t> blocks, int64_t lanes,
                int64_t numChannels);

/// Packs `weights` (`O x KH x KW x I` signed bytes) for `spiq_cpu.conv_2d`.
/// `rows` kernel rows of `rowBytes` contiguous bytes make up a filter.
llvm::SmallVector<int8_t>
packWeights(llvm::ArrayRef<int8_t> weights, int64_t numChannels, int64_t rows,
            int64_t rowBytes, llvm::ArrayRef<int64_t> blocks, int64_t lanes);

/// The channel at each lane of each vector of a depthwise kernel with blocks of
/// `blocks[i]` lanes.
llvm::SmallVector<std::optional<int64_t>>
getDepthwiseChannelOrder(llvm::ArrayRef<int64_t> blocks, int64_t numChannels);

/// Packs `weights` (`C x KH x KW` signed bytes) for
/// `spiq_cpu.depthwise_conv_2d`.
llvm::SmallVector<int8_t> packDepthwiseWeights(llvm::ArrayRef<int8_t> weights,
                                               int64_t numChannels,
                                               const cpu::DepthwiseTile &tile,
                                               llvm::ArrayRef<int64_t> blocks);

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

  /// The parameters that are present.
  cpu::Parameter getSet() const;
  /// The parameter tensor of the present ones: for each vector one row of lanes
  /// for each parameter. `vectors` lists the lanes of each vector, `order` the
  /// channel of each lane, absent behind the last channel.
  llvm::SmallVector<int32_t>
  pack(llvm::ArrayRef<int64_t> vectors,
       llvm::ArrayRef<std::optional<int64_t>> order) const;
};

} // namespace spiq

#endif // SPIQ_LIB_CONVERSION_SPIQTOCPU_PACKING_H
