//===- Schedule.cpp - Register tiles of kernels ---------------------------===//
//
// The analytic cost model of convolutions.
//
//===----------------------------------------------------------------------===//

#include "Schedule.h"

#include "spiq/Dialect/CPU/IR/CPU.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <tuple>

using llvm::SmallVector;
using llvm::SmallVectorImpl;

namespace spiq {

/// Addresses of pixels that registers hold, and cycles of a step for every one
/// beyond: its address is loaded again.
static constexpr int64_t maxAddresses = 14;
static constexpr double cyclesPerReload = 1.2;
/// Cycles that find the address of a pixel.
static constexpr double cyclesPerAddress = 4.0;

/// Cycles of a tile of `pixels` pixels and `steps` steps for addresses of
/// single pixels; none if those of all pixels follow from that of the first.
static double getAddressCycles(const ConvolutionShape &shape, int64_t pixels,
                               int64_t steps) {
  if (shape.isLinear || shape.width % pixels == 0)
    return 0.0;
  return cyclesPerAddress * pixels +
         cyclesPerReload * steps * std::max<int64_t>(0, pixels - maxAddresses);
}

/// An estimate of the steps in pairs that take the place of one: the more
/// weights, the more often some of them are too large.
static double getPairedSteps(const MachineModel &machine) {
  return std::max(1.05, 1.5 - 2.4 / static_cast<double>(machine.lanes));
}

/// Estimated cycles of one tile of `pixels` times `vectors` vectors that takes
/// `steps` groups of four input bytes and reads `vectorBytes` bytes of weights
/// for each vector of each of them.
static double getTileCycles(int64_t steps, int64_t vectorBytes, bool isPaired,
                            const MachineModel &machine, int64_t pixels,
                            int64_t vectors) {
  // Weights that do not fit in the first cache are read again by every tile.
  bool inL1 = steps * vectors * vectorBytes <= machine.l1Bytes / 2;
  double weightCycles =
      vectors * (inL1 ? 1.0 / machine.loadsPerCycle
                      : vectorBytes / machine.l2BytesPerCycle);
  double step;
  if (isPaired) {
    // One vector after the other.
    step = getPairedSteps(machine) *
           std::max(pixels * vectors / machine.pairedDotsPerCycle,
                    pixels * vectors / machine.loadsPerCycle + weightCycles);
  } else {
    double operandCycles = (pixels + vectors) * machine.operandCycles;
    step = std::max({pixels * vectors / machine.dotsPerCycle + operandCycles,
                     pixels / machine.loadsPerCycle + weightCycles,
                     machine.dotLatency});
  }
  // Conversion, multiplication, rounding, pack and store of each vector; packs
  // of four vectors share their stores.
  double perVector = vectors == cpu::packedBlockVectors ? 2.5 : 4.0;
  double addressing = 4.0 * pixels;
  return steps * step + pixels * vectors * perVector + addressing;
}

/// Splits `vectors` into blocks of at most `limit`, nearly equal in size.
static SmallVector<int64_t> splitVectors(int64_t vectors, int64_t limit) {
  SmallVector<int64_t> blocks(vectors / limit, limit);
  if (vectors % limit)
    blocks.push_back(vectors % limit);
  return blocks;
}

/// Appends the schedules in which `merged` groups of the layer are one group of
/// the kernel.
static void addSchedules(const ConvolutionShape &shape, int64_t merged,
                         const MachineModel &machine,
                         SmallVectorImpl<ConvolutionSchedule> &schedules) {
  int64_t steps =
      shape.getRows(merged) * llvm::divideCeil(shape.getRowBytes(merged), 4);
  int64_t kernelGroups = shape.groups / merged;
  int64_t vectors =
      llvm::divideCeil(shape.outputChannels / kernelGroups, machine.lanes);
  int64_t vectorBytes = machine.lanes * shape.weightBits / 2;
  int64_t weightBytes = vectors * vectorBytes * steps;
  bool pixelsOutermost = weightBytes <= machine.l1Bytes * 3 / 4;
  // A single pixel needs many vectors to hide the latency of accumulators.
  int64_t maxVectors = shape.pixels == 1 ? 12 : cpu::packedBlockVectors;
  for (int64_t limit = 1; limit <= std::min(maxVectors, vectors); ++limit) {
    SmallVector<int64_t> blocks = splitVectors(vectors, limit);
    if (shape.isFloatOutput &&
        llvm::is_contained(blocks, cpu::packedBlockVectors))
      continue;
    // Accumulators, the block's weights and one broadcast share the registers.
    // In pairs, those of one vector do, with two weights, two broadcasts, two
    // products and ones; LLVM spills some if it has no register to spare.
    bool isPaired = shape.usesPairs(machine);
    int64_t maxPixels =
        isPaired
            ? machine.registers / 2
            : (machine.registers - machine.operandRegisters * (1 + limit)) /
                  limit;
    maxPixels = std::clamp<int64_t>(maxPixels, 1, shape.pixels);
    for (int64_t pixels = 1; pixels <= maxPixels; ++pixels) {
      double cycles = 0;
      for (int64_t block : blocks)
        cycles += getTileCycles(steps, vectorBytes, isPaired, machine, pixels,
                                block) +
                  getAddressCycles(shape, pixels, steps);
      cycles *= llvm::divideCeil(shape.pixels, pixels) * kernelGroups;
      schedules.push_back({merged, pixels, blocks, pixelsOutermost, cycles});
    }
  }
}

SmallVector<ConvolutionSchedule, 0> rankSchedules(const ConvolutionShape &shape,
                                                  const MachineModel &machine) {
  SmallVector<ConvolutionSchedule, 0> schedules;
  for (int64_t merged = 1; merged <= shape.groups; ++merged)
    if (shape.groups % merged == 0)
      addSchedules(shape, merged, machine, schedules);
  // Among equals those with few groups, small blocks and small tiles.
  auto getKey = [](const ConvolutionSchedule &schedule) {
    return std::tuple(schedule.cycles, schedule.mergedGroups,
                      schedule.blocks.front(), schedule.pixels);
  };
  llvm::sort(schedules, [&](const ConvolutionSchedule &lhs,
                            const ConvolutionSchedule &rhs) {
    return getKey(lhs) < getKey(rhs);
  });
  return schedules;
}

} // namespace spiq
