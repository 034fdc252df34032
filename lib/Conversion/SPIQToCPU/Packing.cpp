//===- Packing.cpp - Constants in the layout of kernels -------------------===//
//
// Implements the packing of weights and parameters.
//
//===----------------------------------------------------------------------===//

#include "Packing.h"

#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace llvm;

namespace spiq {

SmallVector<std::optional<int64_t>>
getChannelOrder(ArrayRef<int64_t> blocks, int64_t lanes, int64_t numChannels) {
  SmallVector<std::optional<int64_t>> order;
  int64_t firstChannel = 0;
  for (int64_t block : blocks) {
    for (int64_t vector = 0; vector < block; ++vector)
      for (int64_t lane = 0; lane < lanes; ++lane) {
        int64_t channel =
            firstChannel + cpu::getChannelInBlock(block, lanes, vector, lane);
        order.push_back(channel < numChannels ? std::optional<int64_t>(channel)
                                              : std::nullopt);
      }
    firstChannel += block * lanes;
  }
  return order;
}

SmallVector<int8_t> packWeights(ArrayRef<int8_t> weights, int64_t numChannels,
                                int64_t rows, int64_t rowBytes,
                                ArrayRef<int64_t> blocks, int64_t lanes) {
  SmallVector<std::optional<int64_t>> order =
      getChannelOrder(blocks, lanes, numChannels);
  int64_t steps = divideCeil(rowBytes, 4);
  SmallVector<int8_t> packed(order.size() * rows * steps * 4, 0);
  size_t out = 0, firstLane = 0;
  for (int64_t block : blocks) {
    ArrayRef<std::optional<int64_t>> channels =
        ArrayRef(order).slice(firstLane, block * lanes);
    firstLane += block * lanes;
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t step = 0; step < steps; ++step)
        for (std::optional<int64_t> channel : channels) {
          int64_t count = std::min<int64_t>(4, rowBytes - 4 * step);
          if (channel)
            std::copy_n(weights.begin() + (*channel * rows + row) * rowBytes +
                            4 * step,
                        count, packed.begin() + out);
          out += 4;
        }
  }
  return packed;
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
  return set;
}

SmallVector<int32_t>
EpilogueParameters::pack(ArrayRef<int64_t> vectors,
                         ArrayRef<std::optional<int64_t>> order) const {
  SmallVector<SmallVector<int32_t>> rows;
  auto addIntegers = [&](ArrayRef<int32_t> values) {
    if (!values.empty())
      rows.emplace_back(values);
  };
  auto addFloats = [&](ArrayRef<float> values) {
    if (!values.empty())
      rows.push_back(map_to_vector(
          values, [](float value) { return bit_cast<int32_t>(value); }));
  };
  // In the order of the bits of the set.
  addIntegers(bias);
  addFloats(multiplier);
  addIntegers(residualZeroPoint);
  addFloats(residualMultiplier);
  addIntegers(zeroPoint);
  addIntegers(min);
  addIntegers(max);

  SmallVector<int32_t> packed;
  packed.reserve(order.size() * rows.size());
  for (int64_t lanes : vectors) {
    for (ArrayRef<int32_t> row : rows)
      for (std::optional<int64_t> channel : order.take_front(lanes))
        packed.push_back(channel ? row[*channel] : 0);
    order = order.drop_front(lanes);
  }
  return packed;
}

SmallVector<std::optional<int64_t>>
getDepthwiseChannelOrder(ArrayRef<int64_t> blocks, int64_t numChannels) {
  SmallVector<std::optional<int64_t>> order;
  int64_t covered = 0;
  for (int64_t lanes : blocks) {
    int64_t first =
        cpu::DepthwiseTile::getBlockStart(covered, lanes, numChannels);
    for (int64_t vector = 0; vector < cpu::packedBlockVectors; ++vector)
      for (int64_t lane = 0; lane < lanes; ++lane)
        order.push_back(first + cpu::getChannelInBlock(cpu::packedBlockVectors,
                                                       lanes, vector, lane));
    covered += 4 * lanes;
  }
  return order;
}

SmallVector<int8_t> packDepthwiseWeights(ArrayRef<int8_t> weights,
                                         int64_t numChannels,
                                         const cpu::DepthwiseTile &tile,
                                         ArrayRef<int64_t> blocks) {
  SmallVector<std::optional<int64_t>> order =
      getDepthwiseChannelOrder(blocks, numChannels);
  ArrayRef<std::optional<int64_t>> remaining = order;
  SmallVector<int8_t> packed;
  for (int64_t lanes : blocks) {
    auto channels = remaining.take_front(cpu::packedBlockVectors * lanes);
    remaining = remaining.drop_front(cpu::packedBlockVectors * lanes);
    for (int64_t row = 0; row < tile.kernelRows; ++row)
      for (int64_t output = 0; output < tile.getNumColumns(); ++output)
        for (int64_t quad = 0; quad < tile.quads; ++quad) {
          if (!tile.contributes(output, quad))
            continue;
          for (std::optional<int64_t> channel : channels)
            for (int64_t column = 4 * quad; column < 4 * quad + 4; ++column) {
              std::optional<int64_t> tap = tile.getTap(output, column);
              packed.push_back(
                  tap ? weights[(*channel * tile.kernelRows + row) *
                                    tile.kernelColumns +
                                *tap]
                      : 0);
            }
        }
  }
  return packed;
}

} // namespace spiq
