//===- DepthwiseSchedule.cpp - Register tiles of depthwise kernels --------===//
//
// The analytic cost model of depthwise convolutions.
//
//===----------------------------------------------------------------------===//

#include "Schedule.h"

#include "spiq/Dialect/CPU/IR/CPU.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

using llvm::ArrayRef;
using llvm::SmallVector;

namespace spiq {

/// Vector instructions that requantize, pack and store 64 channels of a pixel.
static constexpr double epilogueOps = 18.0;
/// Cycles of a tile that do not overlap with its neighbours.
static constexpr double tileOverhead = 15.0;
/// Share of the registers that accumulators can take without spills of inputs,
/// and vector instructions of a tile for every accumulator beyond.
static constexpr double maxAccumulators = 0.375;
static constexpr double opsPerSpill = 8.0;
/// Instructions of a tile that the processor fetches as fast as it runs them,
/// and cycles for every one beyond.
static constexpr double maxFastInstructions = 500.0;
static constexpr double cyclesPerFetch = 0.1;
/// Most rows or columns of a tile that are tried.
static constexpr int64_t maxTileSide = 6;

/// Vector instructions that compute `activation` for 64 channels.
static double getActivationOps(ActivationAttr activation) {
  if (!activation)
    return 0.0;
  switch (activation.getKind()) {
  case ActivationKind::LeakyRelu:
  case ActivationKind::PRelu:
  case ActivationKind::HardSigmoid:
  case ActivationKind::HardSwish:
    return 24.0;
  default: // an exponential function and a division
    return 110.0;
  }
}

/// Estimated cycles of one tile of a block with `pieces` pieces.
static double getTileCycles(const cpu::DepthwiseTile &tile, int64_t pieces,
                            ActivationAttr activation,
                            const MachineModel &machine) {
  int64_t inputRows =
      llvm::count_if(llvm::seq(tile.getNumInputRows()),
                     [&](int64_t row) { return tile.isRowRead(row); });
  std::set<int64_t> columns, pairs;
  SmallVector<int64_t> quads = tile.getQuads();
  for (int64_t quad : quads)
    for (int64_t tap = 0; tap < 4; ++tap) {
      int64_t column = quad + tap * tile.dilationColumns;
      if (!tile.isRead(column))
        continue;
      columns.insert(column);
      pairs.insert(quad + tap / 2 * 2 * tile.dilationColumns);
    }
  double pixels = static_cast<double>(tile.rows) * tile.columns;
  double dots = 4.0 * pixels * tile.kernelRows * tile.getQuadsPerOutput();
  double loads = static_cast<double>(inputRows) * columns.size() * pieces;
  double inserts = loads - static_cast<double>(inputRows) * columns.size();
  double unpacks = inputRows * (2.0 * pairs.size() + 4.0 * quads.size());
  double epilogue =
      pixels * (epilogueOps + getActivationOps(activation) + pieces);
  double spills =
      std::max(0.0, 4.0 * pixels - maxAccumulators * machine.registers);
  double others = unpacks + inserts + epilogue;
  double instructions = dots + others + loads;
  return tileOverhead +
         cyclesPerFetch * std::max(0.0, instructions - maxFastInstructions) +
         std::max(dots / machine.dotsPerCycle +
                      (others + opsPerSpill * spills) /
                          machine.vectorOpsPerCycle,
                  (loads + dots) / machine.loadsPerCycle);
}

/// The cheapest blocks that cover `channels` channels, widest first, with
/// `costs[i]` the cost of `options[i]`; empty if no option fits.
static SmallVector<cpu::DepthwiseBlock>
coverChannels(int64_t channels, ArrayRef<cpu::DepthwiseBlock> options,
              ArrayRef<double> costs, double &cost) {
  double infinity = std::numeric_limits<double>::infinity();
  SmallVector<double> best(channels + 1, infinity);
  SmallVector<size_t> choice(channels + 1, 0);
  best[0] = 0;
  for (int64_t rest = 1; rest <= channels; ++rest)
    for (auto [index, option] : llvm::enumerate(options)) {
      int64_t covered = std::min(rest, option.getNumChannels());
      double candidate = costs[index] + best[rest - covered];
      if (option.getNumChannels() <= channels && candidate < best[rest]) {
        best[rest] = candidate;
        choice[rest] = index;
      }
    }
  cost = best[channels];
  if (cost == infinity)
    return {};
  SmallVector<cpu::DepthwiseBlock> blocks;
  for (int64_t rest = channels; rest > 0;) {
    blocks.push_back(options[choice[rest]]);
    rest -= std::min(rest, blocks.back().getNumChannels());
  }
  llvm::sort(blocks, [](const cpu::DepthwiseBlock &lhs,
                        const cpu::DepthwiseBlock &rhs) {
    return std::pair(lhs.getNumChannels(), lhs.lanes) >
           std::pair(rhs.getNumChannels(), rhs.lanes);
  });
  return blocks;
}

SmallVector<DepthwiseSchedule, 0>
rankDepthwiseSchedules(const cpu::DepthwiseTile &window,
                       ArrayRef<int64_t> outputShape, ActivationAttr activation,
                       const MachineModel &machine) {
  int64_t height = outputShape[1], width = outputShape[2];
  SmallVector<DepthwiseSchedule, 0> schedules;
  cpu::DepthwiseTile tile = window;
  for (tile.rows = 1; tile.rows <= std::min(maxTileSide, height); ++tile.rows)
    for (tile.columns = 1; tile.columns <= std::min(maxTileSide, width);
         ++tile.columns) {
      int64_t accumulators = 4 * tile.rows * tile.columns;
      // An interleaved quad and some temporaries are live next to them.
      if (accumulators + 8 > machine.registers && accumulators > 4)
        continue;
      SmallVector<cpu::DepthwiseBlock> options;
      SmallVector<double> costs;
      int64_t rowTiles = llvm::divideCeil(height, tile.rows);
      // Every row of tiles reads all weights, from the second-level cache if
      // they do not fit the first.
      int64_t weightBytes = outputShape[3] *
                            tile.getWeightBytes(machine.lanes) /
                            (4 * machine.lanes);
      bool inL1 = weightBytes <= machine.l1Bytes / 2;
      for (int64_t lanes = machine.lanes; lanes >= 4; lanes /= 2)
        for (int64_t pieces = 1; 4 * lanes / pieces >= minDepthwiseChannels;
             pieces *= 2) {
          if (tile.columns * pieces > width)
            break;
          options.push_back({lanes, pieces});
          double weightCycles =
              inL1 ? 0.0 : tile.getWeightBytes(lanes) / machine.l2BytesPerCycle;
          int64_t columnTiles = llvm::divideCeil(width, tile.columns * pieces);
          costs.push_back(
              rowTiles *
              (getTileCycles(tile, pieces, activation, machine) * columnTiles +
               weightCycles));
        }
      double cycles;
      SmallVector<cpu::DepthwiseBlock> blocks =
          coverChannels(outputShape[3], options, costs, cycles);
      if (!blocks.empty())
        schedules.push_back({tile, blocks, cycles});
    }
  llvm::sort(schedules,
             [](const DepthwiseSchedule &lhs, const DepthwiseSchedule &rhs) {
               return std::tie(lhs.cycles, lhs.tile.rows, lhs.tile.columns) <
                      std::tie(rhs.cycles, rhs.tile.rows, rhs.tile.columns);
             });
  return schedules;
}

} // namespace spiq
