//===- PairPacking.cpp - Steps of a reduction in pairs --------------------===//
//
// Implements the choice of partners and the split of large weights.
//
//===----------------------------------------------------------------------===//

#include "PairPacking.h"

#include "spiq/Dialect/CPU/IR/CPU.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/LogicalResult.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <limits>

using namespace llvm;

namespace spiq {

/// Largest sum of the positive and of the magnitudes of the negative weights
/// that share 16 bits.
static constexpr int maxSum = 128;
/// Steps that are tried as the partner of one.
static constexpr size_t maxCandidates = 16;

namespace {
/// Four input bytes at `offset` and the weights of a block for them.
struct Step {
  Step(int64_t offset, ArrayRef<int8_t> weights);

  int64_t offset;
  SmallVector<int8_t> weights;
  /// For each two neighbouring weights, the sum of the positive ones and that
  /// of the magnitudes of the negative ones.
  SmallVector<int16_t> sums;
  /// The largest of `sums`.
  int16_t largest;
};
} // namespace

Step::Step(int64_t offset, ArrayRef<int8_t> weights)
    : offset(offset), weights(weights) {
  for (size_t word = 0; word < weights.size(); word += 2)
    for (int sign : {1, -1})
      sums.push_back(
          static_cast<int16_t>(std::max(sign * weights[word], 0) +
                               std::max(sign * weights[word + 1], 0)));
  largest = *max_element(sums);
}

/// The number of sums that are too large if `lhs` and `rhs` are a pair.
static int64_t countConflicts(const Step &lhs, const Step &rhs) {
  int64_t conflicts = 0;
  for (size_t index = 0; index < lhs.sums.size(); ++index)
    conflicts += lhs.sums[index] + rhs.sums[index] > maxSum;
  return conflicts;
}

/// Moves up to `amount` of the sum `index` from `step` to `rest`; returns what
/// is left to move.
static int move(Step &step, MutableArrayRef<int8_t> rest, size_t index,
                int amount) {
  int sign = index % 2 == 0 ? 1 : -1;
  for (size_t byte : {index / 2 * 2, index / 2 * 2 + 1}) {
    int moved = std::clamp(sign * step.weights[byte], 0, amount);
    step.weights[byte] = static_cast<int8_t>(step.weights[byte] - sign * moved);
    rest[byte] = static_cast<int8_t>(rest[byte] + sign * moved);
    amount -= moved;
  }
  return amount;
}

/// Brings the sums of `lhs` and `rhs` within the bounds; appends what they lose
/// to `rests`.
static void separate(Step &lhs, Step &rhs, SmallVectorImpl<Step> &rests) {
  // A step that is too large on its own has to be split anyway.
  Step *steps[] = {&lhs, &rhs};
  if (lhs.largest <= maxSum && rhs.largest > maxSum)
    std::swap(steps[0], steps[1]);
  SmallVector<int8_t> moved[2];
  for (SmallVector<int8_t> &rest : moved)
    rest.assign(lhs.weights.size(), 0);
  for (size_t index = 0; index < lhs.sums.size(); ++index) {
    int excess = lhs.sums[index] + rhs.sums[index] - maxSum;
    if (excess <= 0)
      continue;
    excess = move(*steps[0], moved[0], index, excess);
    move(*steps[1], moved[1], index, excess);
  }
  for (auto [step, rest] : zip_equal(steps, moved))
    if (any_of(rest, [](int8_t weight) { return weight != 0; }))
      rests.emplace_back(step->offset, rest);
}

/// Takes the best partner of `step` from the end of `others`, which are sorted
/// by their largest sums, the smallest last; null if there are none.
static Step *takePartner(const Step &step, SmallVectorImpl<Step *> &others) {
  if (others.empty())
    return nullptr;
  size_t first = others.size() - std::min(others.size(), maxCandidates);
  size_t best = first;
  int64_t least = std::numeric_limits<int64_t>::max();
  for (size_t index = first; index < others.size() && least != 0; ++index) {
    int64_t conflicts = countConflicts(step, *others[index]);
    if (conflicts < least) {
      least = conflicts;
      best = index;
    }
  }
  Step *partner = others[best];
  others.erase(others.begin() + best);
  return partner;
}

using StepPairs = SmallVector<std::pair<Step, Step>, 0>;

/// Appends pairs that add up to `steps` to `pairs`; fails if it had more than
/// `maxPairs`.
static LogicalResult findPairs(SmallVector<Step, 0> steps, size_t maxPairs,
                               StepPairs &pairs) {
  while (!steps.empty()) {
    SmallVector<Step *> sorted;
    for (Step &step : steps)
      sorted.push_back(&step);
    sort(sorted, [](const Step *lhs, const Step *rhs) {
      return std::pair(-lhs->largest, lhs) < std::pair(-rhs->largest, rhs);
    });
    // The first half, the largest, find their partners in the second one.
    size_t half = (sorted.size() + 1) / 2;
    SmallVector<Step *> others(drop_begin(sorted, half));
    SmallVector<Step, 0> rests;
    for (Step *step : ArrayRef(sorted).take_front(half)) {
      if (pairs.size() >= maxPairs)
        return failure();
      SmallVector<int8_t> zeros(step->weights.size(), 0);
      Step *partner = takePartner(*step, others);
      pairs.push_back({*step, partner ? *partner : Step(step->offset, zeros)});
      separate(pairs.back().first, pairs.back().second, rests);
    }
    steps = std::move(rests);
  }
  return success();
}

std::optional<PairedWeights> packPairs(ArrayRef<int8_t> packed, int64_t groups,
                                       int64_t rows, int64_t rowBytes,
                                       ArrayRef<int64_t> blocks, int64_t lanes,
                                       double maxSteps) {
  int64_t rowSteps = divideCeil(rowBytes, 4), vectorBytes = 4 * lanes;
  int64_t numRows = groups * sum_of(blocks) * rows;
  auto maxPairs = static_cast<size_t>(
      maxSteps * static_cast<double>(numRows * rowSteps) / 2);
  size_t numPairs = 0;
  PairedWeights result;
  SmallVector<int32_t> offsets;
  auto packRow = [&](ArrayRef<int8_t> weights, int64_t distance) {
    SmallVector<Step, 0> steps;
    for (int64_t step = 0; step < rowSteps; ++step)
      // The last group of four bytes ends with the row.
      steps.emplace_back(std::min(4 * step, std::max<int64_t>(rowBytes - 4, 0)),
                         weights.slice(step * distance, vectorBytes));
    StepPairs pairs;
    if (failed(findPairs(std::move(steps), maxPairs - numPairs, pairs)))
      return failure();
    numPairs += pairs.size();
    result.pairs.append(
        {static_cast<int32_t>(result.weights.size()),
         static_cast<int32_t>(cpu::Conv2DOp::pairHeaderWords * numRows +
                              offsets.size()),
         static_cast<int32_t>(pairs.size())});
    for (const auto &[first, second] : pairs)
      for (const Step *step : {&first, &second}) {
        offsets.push_back(static_cast<int32_t>(step->offset));
        append_range(result.weights, step->weights);
      }
    return success();
  };
  for (int64_t group = 0; group < groups; ++group)
    for (int64_t vectors : blocks) {
      int64_t stepBytes = vectors * vectorBytes;
      for (int64_t vector = 0; vector < vectors; ++vector)
        for (int64_t row = 0; row < rows; ++row)
          if (failed(packRow(packed.drop_front(row * rowSteps * stepBytes +
                                               vector * vectorBytes),
                             stepBytes)))
            return std::nullopt;
      packed = packed.drop_front(rows * rowSteps * stepBytes);
    }
  result.pairs.append(offsets);
  return result;
}

} // namespace spiq
