//===- MemoryPlan.cpp - Offsets of buffers in a workspace -------*- C++ -*-===//
//
// Greedy best-fit placement of buffers with lifetimes.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/MemoryPlan.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <limits>
#include <numeric>

using llvm::ArrayRef;
using llvm::SmallVector;

namespace spiq {

namespace {
/// A part of the workspace that is taken while a buffer is placed.
struct Interval {
  uint64_t begin, end;
};
} // namespace

/// The start of the smallest gap between `taken` (sorted by begin, possibly
/// overlapping) that holds `bytes`; behind all of them if there is none.
static uint64_t findBestGap(ArrayRef<Interval> taken, uint64_t bytes) {
  uint64_t bestOffset = 0;
  uint64_t bestGap = std::numeric_limits<uint64_t>::max();
  uint64_t cursor = 0;
  for (const Interval &interval : taken) {
    if (interval.begin > cursor) {
      uint64_t gap = interval.begin - cursor;
      if (gap >= bytes && gap < bestGap) {
        bestGap = gap;
        bestOffset = cursor;
      }
    }
    cursor = std::max(cursor, interval.end);
  }
  return bestGap == std::numeric_limits<uint64_t>::max() ? cursor : bestOffset;
}

MemoryPlan planMemory(ArrayRef<LiveBuffer> buffers, uint64_t alignment) {
  MemoryPlan plan;
  plan.offsets.resize(buffers.size());
  SmallVector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::sort(order, [&](size_t a, size_t b) {
    if (buffers[a].bytes != buffers[b].bytes)
      return buffers[a].bytes > buffers[b].bytes;
    return a < b;
  });

  SmallVector<size_t> placed;
  for (size_t index : order) {
    uint64_t bytes = llvm::alignTo(buffers[index].bytes, alignment);
    SmallVector<Interval> taken;
    for (size_t other : placed)
      if (buffers[index].isAliveWith(buffers[other]))
        taken.push_back({plan.offsets[other],
                         plan.offsets[other] +
                             llvm::alignTo(buffers[other].bytes, alignment)});
    llvm::sort(taken, [](const Interval &a, const Interval &b) {
      return a.begin < b.begin;
    });
    plan.offsets[index] = findBestGap(taken, bytes);
    plan.totalBytes = std::max(plan.totalBytes, plan.offsets[index] + bytes);
    placed.push_back(index);
  }
  return plan;
}

} // namespace spiq
