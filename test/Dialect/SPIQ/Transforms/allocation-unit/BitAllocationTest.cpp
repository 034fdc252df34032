//===- BitAllocationTest.cpp - Bits within a budget -----------------------===//
//
// Compares the choice of bits with a search of all choices.
//
//===----------------------------------------------------------------------===//

#include "BitAllocation.h"

#include <cstdio>
#include <limits>
#include <random>

using namespace spiq;

static int numFailures = 0;

static void expect(const char *what, bool holds, double a, double b) {
  if (holds)
    return;
  std::printf("FAILED: %s: %.9g, %.9g\n", what, a, b);
  ++numFailures;
}

/// The least noise that any choice within `budget` has.
static double search(llvm::ArrayRef<BitCandidate> candidates, int64_t budget) {
  if (budget < 0)
    return std::numeric_limits<double>::infinity();
  if (candidates.empty())
    return 0.0;
  double least = std::numeric_limits<double>::infinity();
  for (const BitChoice &choice : candidates.front().choices)
    least = std::min(least, choice.noise +
                                search(candidates.drop_front(),
                                       budget - candidates.front().numWeights *
                                                    choice.bits));
  return least;
}

static void check(llvm::ArrayRef<BitCandidate> candidates, int64_t budget,
                  bool isExact) {
  llvm::SmallVector<unsigned> picked = allocateBits(candidates, budget);
  double noise = 0.0;
  int64_t bits = 0;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const BitChoice &choice = candidates[i].choices[picked[i]];
    noise += choice.noise;
    bits += choice.bits * candidates[i].numWeights;
  }
  expect("within budget", bits <= budget, bits, budget);
  // Costs are rounded up to steps of the budget.
  double best = search(candidates, isExact ? budget : budget - budget / 1000);
  expect("least noise", noise <= best * (1.0 + 1e-9), noise, best);
}

int main() {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> uniform(0.1, 10.0);
  for (int round = 0; round < 300; ++round) {
    int64_t scale = round % 3 == 0 ? 1 : 100003;
    llvm::SmallVector<BitCandidate> candidates(1 + round % 6);
    int64_t least = 0, most = 0;
    for (BitCandidate &candidate : candidates) {
      candidate.numWeights = scale * (1 + random() % 40) + random() % scale;
      double noise = uniform(random);
      unsigned bits = 2 + random() % 4;
      for (int k = 0; k < 1 + round % 4; ++k, bits += 1 + random() % 2)
        candidate.choices.push_back({bits, noise /= uniform(random)});
      least += candidate.numWeights * candidate.choices.front().bits;
      most += candidate.numWeights * candidate.choices.back().bits;
    }
    int64_t budget = least + (most - least) * (round % 11) / 10;
    check(candidates, budget, scale == 1);
  }
  // Less than nothing can do leaves the fewest bits.
  BitCandidate one{100, {{4, 1.0}, {8, 0.1}}};
  expect("too little", allocateBits(one, 10).front() == 0, 0, 0);
  expect("just enough", allocateBits(one, 800).front() == 1, 0, 0);
  expect("not enough", allocateBits(one, 799).front() == 0, 0, 0);
  if (numFailures == 0)
    std::printf("all checks passed\n");
  return numFailures != 0;
}
