//===- BitAllocation.cpp - Bits of weights within a budget ----------------===//
//
// Distributes a number of bits over layers so that their noise is least.
//
//===----------------------------------------------------------------------===//

#include "BitAllocation.h"

#include "mlir/Support/LLVM.h"
#include "llvm/Support/MathExtras.h"

#include <limits>
#include <vector>

using namespace mlir;
using namespace spiq;

SmallVector<unsigned> spiq::allocateBits(ArrayRef<BitCandidate> candidates,
                                         int64_t budget) {
  constexpr int64_t maxSteps = 1 << 16;
  // Only what is more than the first choices is shared out.
  for (const BitCandidate &candidate : candidates)
    budget -= candidate.numWeights * candidate.choices.front().bits;
  budget = std::max<int64_t>(budget, 0);
  int64_t step = std::max<int64_t>(1, llvm::divideCeil(budget, maxSteps));
  int64_t numSteps = budget / step;
  // The least noise of the candidates so far by what they use at most.
  std::vector<double> least(numSteps + 1, 0.0);
  SmallVector<std::vector<uint8_t>, 0> picked;
  auto getCost = [&](const BitCandidate &candidate, unsigned index) -> int64_t {
    return llvm::divideCeil(
        candidate.numWeights *
            (candidate.choices[index].bits - candidate.choices.front().bits),
        step);
  };
  for (const BitCandidate &candidate : candidates) {
    std::vector<double> next(numSteps + 1,
                             std::numeric_limits<double>::infinity());
    std::vector<uint8_t> &pick =
        picked.emplace_back(static_cast<size_t>(numSteps) + 1);
    for (auto [index, choice] : llvm::enumerate(candidate.choices)) {
      int64_t cost = getCost(candidate, index);
      for (int64_t used = cost; used <= numSteps; ++used) {
        double noise = least[used - cost] + choice.noise;
        if (noise >= next[used])
          continue;
        next[used] = noise;
        pick[used] = index;
      }
    }
    least = std::move(next);
  }
  SmallVector<unsigned> result(candidates.size());
  int64_t used = numSteps;
  for (size_t i = candidates.size(); i-- > 0;) {
    result[i] = picked[i][used];
    used -= getCost(candidates[i], result[i]);
  }
  return result;
}
