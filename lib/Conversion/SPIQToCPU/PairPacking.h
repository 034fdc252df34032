//===- PairPacking.h - Steps of a reduction in pairs ------------*- C++ -*-===//
//
// Arranges weights for the `pairs` of `spiq_cpu.conv_2d`.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CONVERSION_SPIQTOCPU_PAIRPACKING_H
#define SPIQ_LIB_CONVERSION_SPIQTOCPU_PAIRPACKING_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>

namespace spiq {

/// The operands `weights` and `pairs` of a `spiq_cpu.conv_2d`.
struct PairedWeights {
  llvm::SmallVector<int8_t> weights;
  llvm::SmallVector<int32_t> pairs;
};

/// Pairs the steps of `packed`, the result of `packWeights` with the same
/// arguments. Steps whose weights exceed the bounds of `spiq_cpu.dot_pair`
/// together with those of any partner are split into two or more. None if there
/// would be more than `maxSteps` steps instead of one.
std::optional<PairedWeights> packPairs(llvm::ArrayRef<int8_t> packed,
                                       int64_t groups, int64_t rows,
                                       int64_t rowBytes,
                                       llvm::ArrayRef<int64_t> blocks,
                                       int64_t lanes, double maxSteps);

} // namespace spiq

#endif // SPIQ_LIB_CONVERSION_SPIQTOCPU_PAIRPACKING_H
