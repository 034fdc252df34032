//===- Packing.cpp - Constants in the layout of kernels -------------------===//
//
// Implements the packing of weights and parameters.
//
//===----------------------------------------------------------------------===//

#include "Packing.h"

#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cstring>

using namespace llvm;

namespace spiq {

SmallVector<std::optional<int64_t>> getChannelOrder(ArrayRef<int64_t> blocks,
                                                    int64_t lanes,
                                                    int64_t numChannels,
                                                    int64_t groups) {
  SmallVector<std::optional<int64_t>> order;
  for (int64_t group = 0; group < groups; ++group) {
    int64_t firstChannel = 0;
    for (int64_t block : blocks) {
      for (int64_t vector = 0; vector < block; ++vector)
        for (int64_t lane = 0; lane < lanes; ++lane) {
          int64_t channel =
              firstChannel + cpu::getChannelInBlock(block, lanes, vector, lane);
          order.push_back(channel < numChannels
                              ? std::optional(group * numChannels + channel)
                              : std::nullopt);
        }
      firstChannel += block * lanes;
    }
  }
  return order;
}

SmallVector<int8_t> packWeights(ArrayRef<int8_t> weights, int64_t numChannels,
                                int64_t groups, int64_t rows, int64_t rowBytes,
                                ArrayRef<int64_t> blocks, int64_t lanes) {
  SmallVector<std::optional<int64_t>> order =
      getChannelOrder(blocks, lanes, numChannels, groups);
  int64_t steps = divideCeil(rowBytes, 4);
  SmallVector<int8_t> packed(order.size() * rows * steps * 4, 0);
  size_t out = 0;
  ArrayRef<std::optional<int64_t>> remaining = order;
  for (int64_t group = 0; group < groups; ++group)
    for (int64_t block : blocks) {
      auto channels = remaining.take_front(block * lanes);
      remaining = remaining.drop_front(block * lanes);
      for (int64_t row = 0; row < rows; ++row)
        for (int64_t step = 0; step < steps; ++step)
          for (std::optional<int64_t> channel : channels) {
            // The last group of four bytes ends with the row.
            int64_t begin =
                std::min(4 * step, std::max<int64_t>(rowBytes - 4, 0));
            for (int64_t byte = begin; byte < begin + 4; ++byte, ++out)
              if (channel && byte >= 4 * step && byte < rowBytes)
                packed[out] =
                    weights[(*channel * rows + row) * rowBytes + byte];
          }
    }
  return packed;
}

SmallVector<int8_t> packNibbles(ArrayRef<int8_t> packed, int64_t groups,
                                ArrayRef<int64_t> blocks, int64_t lanes) {
  int64_t vectors = groups * sum_of(blocks);
  int64_t steps = packed.size() / (vectors * 4 * lanes);
  SmallVector<int8_t> nibbles;
  nibbles.reserve(packed.size() / 2);
  for (int64_t group = 0; group < groups; ++group)
    for (int64_t block : blocks)
      for (int64_t step = 0; step < steps; ++step)
        for (int64_t vector = 0; vector < block; vector += 2) {
          // Two vectors or, at the end of the block, the halves of one.
          int64_t half = std::min<int64_t>(block - vector, 2) * 2 * lanes;
          for (auto [low, high] :
               zip(packed.take_front(half), packed.slice(half, half)))
            nibbles.push_back(
                static_cast<int8_t>((low & 15) | (high & 15) << 4));
          packed = packed.drop_front(2 * half);
        }
  return nibbles;
}

SmallVector<int8_t> mergeGroups(ArrayRef<int8_t> weights, int64_t groups,
                                int64_t outputs, int64_t taps, int64_t merged) {
  int64_t inputs = weights.size() / (outputs * taps);
  int64_t outputsPerGroup = outputs / groups;
  SmallVector<int8_t> result(weights.size() * merged, 0);
  for (int64_t output = 0; output < outputs; ++output) {
    int64_t part = output / outputsPerGroup % merged;
    for (int64_t tap = 0; tap < taps; ++tap)
      std::copy_n(weights.begin() + (output * taps + tap) * inputs, inputs,
                  result.begin() +
                      ((output * taps + tap) * merged + part) * inputs);
  }
  return result;
}

cpu::Parameter EpilogueParameters::getSet() const {
  cpu::Parameter set = cpu::Parameter::Bias | cpu::Parameter::Multiplier;
  auto include = [&](bool present, cpu::Parameter parameter) {
    if (present)
      set = set | parameter;
  };
  include(!residualZeroPoint.empty(), cpu::Parameter::ResidualZeroPoint);
  include(!residualMultiplier.empty(), cpu::Parameter::ResidualMultiplier);
  include(!zeroPoint.empty(), cpu::Parameter::ZeroPoint);
  include(!min.empty(), cpu::Parameter::Min);
  include(!max.empty(), cpu::Parameter::Max);
  include(!outputMultiplier.empty(), cpu::Parameter::OutputMultiplier);
  include(!slope.empty(), cpu::Parameter::Slope);
  return set;
}

/// Appends the values of one parameter to the rows of a block's vectors.
static void appendRows(ArrayRef<int32_t> values, ChannelBlock block,
                       ArrayRef<std::optional<int64_t>> order,
                       MutableArrayRef<SmallVector<int32_t>> vectors) {
  for (auto [index, channel] : enumerate(order))
    vectors[index / block.lanes].push_back(channel ? values[*channel] : 0);
}

/// The same for a zero point of a block in packed order: words.
static void appendWords(ArrayRef<int32_t> values, ChannelBlock block,
                        ArrayRef<std::optional<int64_t>> order,
                        MutableArrayRef<SmallVector<int32_t>> vectors) {
  SmallVector<int16_t> words(order.size(), 0);
  for (auto [index, channel] : enumerate(order)) {
    int64_t vector = index / block.lanes, lane = index % block.lanes;
    int64_t half = vector / 2 * 2 * block.lanes;
    int64_t word = half + 8 * (lane / 4) + 4 * (vector % 2) + lane % 4;
    words[word] = static_cast<int16_t>(channel ? values[*channel] : 0);
  }
  for (auto [index, row] : enumerate(vectors)) {
    row.append(block.lanes, 0);
    if (index % 2 == 0)
      std::memcpy(row.end() - block.lanes, words.data() + index * block.lanes,
                  4 * block.lanes);
  }
}

/// The same for a bound of a block in packed order: bytes.
static void appendBytes(ArrayRef<int32_t> values, ChannelBlock block,
                        ArrayRef<std::optional<int64_t>> order,
                        MutableArrayRef<SmallVector<int32_t>> vectors) {
  SmallVector<int8_t> bytes(order.size(), 0);
  for (auto [index, channel] : enumerate(order))
    bytes[cpu::getChannelInBlock(block.vectors, block.lanes,
                                 index / block.lanes, index % block.lanes)] =
        static_cast<int8_t>(channel ? values[*channel] : 0);
  for (SmallVector<int32_t> &row : vectors)
    row.append(block.lanes, 0);
  std::memcpy(vectors.front().end() - block.lanes, bytes.data(), bytes.size());
}

SmallVector<int32_t>
EpilogueParameters::pack(ArrayRef<ChannelBlock> blocks,
                         ArrayRef<std::optional<int64_t>> order) const {
  auto toBits = [](ArrayRef<float> values) {
    return map_to_vector(values,
                         [](float value) { return bit_cast<int32_t>(value); });
  };
  SmallVector<int32_t> multipliers = toBits(multiplier);
  SmallVector<int32_t> residualMultipliers = toBits(residualMultiplier);
  SmallVector<int32_t> outputMultipliers = toBits(outputMultiplier);
  SmallVector<int32_t> slopes = toBits(slope);
  SmallVector<int32_t> packed;
  for (const ChannelBlock &block : blocks) {
    ArrayRef<std::optional<int64_t>> channels =
        order.take_front(block.vectors * block.lanes);
    order = order.drop_front(channels.size());
    SmallVector<SmallVector<int32_t>> rows(block.vectors);
    auto append = [&](ArrayRef<int32_t> values, auto function) {
      if (!values.empty())
        function(values, block, channels, rows);
    };
    // In the order of the bits of the set.
    append(bias, appendRows);
    append(multipliers, appendRows);
    append(residualZeroPoint, appendRows);
    append(residualMultipliers, appendRows);
    append(zeroPoint, block.isPacked() ? appendWords : appendRows);
    append(min, block.isPacked() ? appendBytes : appendRows);
    append(max, block.isPacked() ? appendBytes : appendRows);
    append(outputMultipliers, appendRows);
    append(slopes, appendRows);
    for (ArrayRef<int32_t> row : rows)
      packed.append(row.begin(), row.end());
  }
  return packed;
}

SmallVector<std::optional<int64_t>>
getDepthwiseChannelOrder(ArrayRef<cpu::DepthwiseBlock> blocks,
                         int64_t numChannels) {
  SmallVector<std::optional<int64_t>> order;
  int64_t covered = 0;
  for (const cpu::DepthwiseBlock &block : blocks) {
    int64_t first = block.getStart(covered, numChannels);
    for (int64_t vector = 0; vector < cpu::packedBlockVectors; ++vector)
      for (int64_t lane = 0; lane < block.lanes; ++lane)
        order.push_back(first + block.getChannel(vector, lane));
    covered += block.getNumChannels();
  }
  return order;
}

SmallVector<int8_t> packDepthwiseWeights(ArrayRef<int8_t> weights,
                                         int64_t numChannels,
                                         const cpu::DepthwiseTile &tile,
                                         ArrayRef<cpu::DepthwiseBlock> blocks) {
  SmallVector<std::optional<int64_t>> order =
      getDepthwiseChannelOrder(blocks, numChannels);
  ArrayRef<std::optional<int64_t>> remaining = order;
  SmallVector<int8_t> packed;
  for (const cpu::DepthwiseBlock &block : blocks) {
    auto channels = remaining.take_front(cpu::packedBlockVectors * block.lanes);
    remaining = remaining.drop_front(channels.size());
    for (int64_t row = 0; row < tile.kernelRows; ++row)
      for (int64_t quad : tile.getQuads())
        for (int64_t output : tile.getOutputs(quad))
          for (std::optional<int64_t> channel : channels)
            for (int64_t tapInQuad = 0; tapInQuad < 4; ++tapInQuad) {
              std::optional<int64_t> tap =
                  tile.getTap(output, quad + tapInQuad * tile.dilationColumns);
              packed.push_back(
                  tap ? weights[(*channel * tile.kernelRows + row) *
                                    tile.kernelColumns +
                                *tap]
                      : 0);
            }
  }
  return packed;
}

} // namespace spiq
