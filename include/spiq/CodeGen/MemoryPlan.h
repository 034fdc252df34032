//===- MemoryPlan.h - Offsets of buffers in a workspace ---------*- C++ -*-===//
//
// The placement algorithm behind `spiq-plan-memory`, free of IR.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CODEGEN_MEMORYPLAN_H
#define SPIQ_CODEGEN_MEMORYPLAN_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace spiq {

/// A buffer that is alive during the steps `first` to `last`, inclusive.
struct LiveBuffer {
  uint64_t bytes = 0;
  uint64_t first = 0;
  uint64_t last = 0;

  /// Whether both are alive during a common step.
  bool isAliveWith(const LiveBuffer &other) const {
    return first <= other.last && other.first <= last;
  }
};

/// Where each buffer lies.
struct MemoryPlan {
  /// Offset in bytes of each buffer, in the order of the request.
  llvm::SmallVector<uint64_t> offsets;
  /// Bytes that hold all buffers.
  uint64_t totalBytes = 0;
};

/// Places `buffers` so that buffers alive at the same time do not overlap. All
/// offsets and the total are multiples of `alignment`, a power of two. Takes
/// buffers in order of decreasing size and puts each into the smallest gap
/// that holds it (Pisarchyk and Lee, "Efficient Memory Management for Deep
/// Neural Net Inference", 2020, arXiv 2001.03288). Deterministic.
MemoryPlan planMemory(llvm::ArrayRef<LiveBuffer> buffers, uint64_t alignment);

} // namespace spiq

#endif // SPIQ_CODEGEN_MEMORYPLAN_H
