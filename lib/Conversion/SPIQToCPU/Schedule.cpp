//===- Schedule.cpp - Register tiles of kernels ---------------------------===//
//
// The analytic cost model of convolutions.
//
//===----------------------------------------------------------------------===//

#include "Schedule.h"

#include "spiq/Dialect/CPU/IR/CPU.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <limits>

namespace spiq {

/// Estimated cycles of one tile of `pixels` times `vectors` vectors.
static double getTileCycles(const ConvolutionShape &shape,
                            const MachineModel &machine, int64_t pixels,
                            int64_t vectors) {
  // Weights that do not fit in the first cache are read again by every tile.
  int64_t vectorBytes = machine.lanes * shape.weightBits / 2;
  bool inL1 = shape.steps * vectors * vectorBytes <= machine.l1Bytes / 2;
  double weightCycles =
      vectors * (inL1 ? 1.0 / machine.loadsPerCycle
                      : vectorBytes / machine.l2BytesPerCycle);
  double operandCycles = (pixels + vectors) * machine.operandCycles;
  double step = std::max(
      {pixels * vectors / machine.dotsPerCycle + operandCycles,
       pixels / machine.loadsPerCycle + weightCycles, machine.dotLatency});
  // Conversion, multiplication, rounding, pack and store of each vector; packs
  // of four vectors share their stores.
  double perVector = vectors == cpu::packedBlockVectors ? 2.5 : 4.0;
  double addressing = 4.0 * pixels;
  return shape.steps * step + pixels * vectors * perVector + addressing;
}

/// Splits `vectors` into blocks of at most `limit`, nearly equal in size.
static llvm::SmallVector<int64_t> splitVectors(int64_t vectors, int64_t limit) {
  llvm::SmallVector<int64_t> blocks(vectors / limit, limit);
  if (vectors % limit)
    blocks.push_back(vectors % limit);
  return blocks;
}

ConvolutionSchedule chooseSchedule(const ConvolutionShape &shape,
                                   const MachineModel &machine) {
  int64_t vectors = llvm::divideCeil(shape.outputChannels, machine.lanes);
  // A single pixel needs many vectors to hide the latency of accumulators.
  int64_t maxVectors = shape.pixels == 1 ? 12 : cpu::packedBlockVectors;
  ConvolutionSchedule best;
  best.cycles = std::numeric_limits<double>::infinity();
  for (int64_t limit = 1; limit <= maxVectors; ++limit) {
    llvm::SmallVector<int64_t> blocks = splitVectors(vectors, limit);
    if (shape.isFloatOutput &&
        llvm::is_contained(blocks, cpu::packedBlockVectors))
      continue;
    // Accumulators, the block's weights and one broadcast share the registers.
    int64_t maxPixels =
        (machine.registers - machine.operandRegisters * (1 + limit)) / limit;
    maxPixels = std::clamp<int64_t>(maxPixels, 1, shape.pixels);
    for (int64_t pixels = 1; pixels <= maxPixels; ++pixels) {
      double cycles = 0;
      for (int64_t block : blocks)
        cycles += getTileCycles(shape, machine, pixels, block);
      cycles *= llvm::divideCeil(shape.pixels, pixels);
      if (cycles < best.cycles) {
        best.cycles = cycles;
        best.pixels = pixels;
        best.blocks = blocks;
      }
    }
  }
  int64_t weightBytes =
      vectors * machine.lanes * shape.weightBits / 2 * shape.steps;
  best.pixelsOutermost = weightBytes <= machine.l1Bytes * 3 / 4;
  return best;
}

} // namespace spiq
