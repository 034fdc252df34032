//===- MemoryPlanTest.cpp - Property test of the memory plan ----*- C++ -*-===//
//
// Plans random buffers and checks, byte range by byte range, that buffers alive
// at the same time are apart.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/MemoryPlan.h"

#include "llvm/Support/raw_ostream.h"

#include <random>

using namespace spiq;

static int fail(unsigned seed, const char *what) {
  llvm::errs() << "seed " << seed << ": " << what << "\n";
  return 1;
}

/// Bytes alive at the busiest step, which no plan can go below.
static uint64_t getLowerBound(llvm::ArrayRef<LiveBuffer> buffers) {
  uint64_t bound = 0;
  for (const LiveBuffer &at : buffers) {
    uint64_t alive = 0;
    for (const LiveBuffer &buffer : buffers)
      if (buffer.first <= at.first && at.first <= buffer.last)
        alive += buffer.bytes;
    bound = std::max(bound, alive);
  }
  return bound;
}

static int checkPlan(unsigned seed, llvm::ArrayRef<LiveBuffer> buffers,
                     uint64_t alignment) {
  MemoryPlan plan = planMemory(buffers, alignment);
  if (plan.offsets.size() != buffers.size())
    return fail(seed, "not every buffer has an offset");
  uint64_t sum = 0;
  for (size_t i = 0; i < buffers.size(); ++i) {
    uint64_t begin = plan.offsets[i], end = begin + buffers[i].bytes;
    sum += (buffers[i].bytes + alignment - 1) / alignment * alignment;
    if (begin % alignment != 0)
      return fail(seed, "a buffer is not aligned");
    if (end > plan.totalBytes)
      return fail(seed, "a buffer ends behind the workspace");
    for (size_t j = 0; j < i; ++j) {
      bool share = buffers[i].first <= buffers[j].last &&
                   buffers[j].first <= buffers[i].last;
      bool overlap =
          begin < plan.offsets[j] + buffers[j].bytes && plan.offsets[j] < end;
      if (share && overlap)
        return fail(seed, "two buffers alive at the same time overlap");
    }
  }
  if (plan.totalBytes < getLowerBound(buffers) || plan.totalBytes > sum)
    return fail(seed, "the size of the workspace is impossible");
  if (planMemory(buffers, alignment).offsets != plan.offsets)
    return fail(seed, "a second plan differs from the first");
  return 0;
}

int main() {
  for (unsigned seed = 0; seed < 3000; ++seed) {
    std::mt19937 random(seed);
    llvm::SmallVector<LiveBuffer> buffers(random() % 40);
    for (LiveBuffer &buffer : buffers) {
      buffer.bytes = random() % 8 == 0 ? 0 : random() % 5000;
      buffer.first = random() % 30;
      buffer.last = buffer.first + random() % 10;
    }
    if (int status = checkPlan(seed, buffers, 1u << random() % 8))
      return status;
  }

  // A chain, where each buffer meets its neighbours only, needs two places.
  llvm::SmallVector<LiveBuffer> chain;
  for (uint64_t i = 0; i < 10; ++i)
    chain.push_back({64, i, i + 1});
  if (planMemory(chain, 64).totalBytes != 128)
    return fail(0, "a chain of equal buffers takes more than two places");
  llvm::outs() << "ok\n";
  return 0;
}
