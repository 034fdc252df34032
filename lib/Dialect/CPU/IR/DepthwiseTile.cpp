//===- DepthwiseTile.cpp - Tiles of depthwise convolutions ----------------===//
//
// Implements the geometry of depthwise tiles.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/CPU/IR/CPU.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using llvm::SmallVector;

namespace spiq::cpu {

SmallVector<int64_t> DepthwiseTile::getChains() const {
  // Taps that a chain has to spare: so many columns later may an output begin.
  int64_t slack = 4 * getQuadsPerOutput() - kernelColumns;
  SmallVector<int64_t> chains;
  for (int64_t output = 0; output < columns; ++output) {
    int64_t begin = output * strideColumns;
    auto *shared = llvm::find_if(chains, [&](int64_t chain) {
      return (begin - chain) % dilationColumns == 0 &&
             (begin - chain) / dilationColumns <= slack;
    });
    chains.push_back(shared == chains.end() ? begin : *shared);
  }
  return chains;
}

SmallVector<int64_t> DepthwiseTile::getQuads() const {
  SmallVector<int64_t> quads;
  for (int64_t chain : getChains())
    for (int64_t quad = 0; quad < getQuadsPerOutput(); ++quad)
      quads.push_back(chain + 4 * dilationColumns * quad);
  llvm::sort(quads);
  quads.erase(llvm::unique(quads), quads.end());
  return quads;
}

SmallVector<int64_t> DepthwiseTile::getOutputs(int64_t quad) const {
  SmallVector<int64_t> outputs;
  for (auto [output, chain] : llvm::enumerate(getChains())) {
    int64_t distance = quad - chain;
    if (distance >= 0 && distance % (4 * dilationColumns) == 0 &&
        distance / (4 * dilationColumns) < getQuadsPerOutput())
      outputs.push_back(output);
  }
  return outputs;
}

/// The tap at `distance` elements behind the first of `taps` taps, which are
/// `dilation` elements apart.
static std::optional<int64_t> findTap(int64_t distance, int64_t dilation,
                                      int64_t taps) {
  if (distance < 0 || distance % dilation != 0 || distance / dilation >= taps)
    return std::nullopt;
  return distance / dilation;
}

std::optional<int64_t> DepthwiseTile::getTap(int64_t output,
                                             int64_t column) const {
  return findTap(column - output * strideColumns, dilationColumns,
                 kernelColumns);
}

bool DepthwiseTile::isRead(int64_t column) const {
  return llvm::any_of(llvm::seq(columns), [&](int64_t output) {
    return getTap(output, column).has_value();
  });
}

std::optional<int64_t> DepthwiseTile::getKernelRow(int64_t output,
                                                   int64_t row) const {
  return findTap(row - output * strideRows, dilationRows, kernelRows);
}

bool DepthwiseTile::isRowRead(int64_t row) const {
  return llvm::any_of(llvm::seq(rows), [&](int64_t output) {
    return getKernelRow(output, row).has_value();
  });
}

int64_t DepthwiseBlock::getChannel(int64_t vector, int64_t lane) const {
  return getChannelInBlock(packedBlockVectors, lanes, vector, lane) %
         getNumChannels();
}

int64_t DepthwiseBlock::getStart(int64_t firstChannel,
                                 int64_t numChannels) const {
  return std::min(firstChannel, numChannels - getNumChannels());
}

} // namespace spiq::cpu
