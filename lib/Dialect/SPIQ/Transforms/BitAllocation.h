//===- BitAllocation.h - Bits of weights within a budget --------*- C++ -*-===//
//
// Distributes a number of bits over layers so that their noise is least.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_BITALLOCATION_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_BITALLOCATION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace spiq {

/// What a layer could be stored with.
struct BitChoice {
  unsigned bits = 8;
  /// Noise at the outputs of the network if it is.
  double noise = 0.0;
};

/// A layer that competes for bits.
struct BitCandidate {
  int64_t numWeights = 0;
  /// By increasing bits; at least one.
  llvm::SmallVector<BitChoice, 4> choices;
};

/// Picks one choice of each candidate such that the bits of all weights are at
/// most `budget` and the sum of noise is least, and returns their indices. A
/// knapsack with several choices for each item, solved by dynamic programming
/// in 65536 steps of the budget. If the budget is less than the first choices
/// need, these are what is picked.
llvm::SmallVector<unsigned>
allocateBits(llvm::ArrayRef<BitCandidate> candidates, int64_t budget);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_BITALLOCATION_H
