//===- RoundingTest.cpp - Properties of compensated rounding --------------===//
//
// Compares compensated rounding with plain loops on random weights.
//
//===----------------------------------------------------------------------===//

#include "WeightRounding.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

using namespace spiq;

static int numFailures = 0;

static void expect(const char *what, bool holds, double a, double b) {
  if (holds)
    return;
  std::printf("FAILED: %s: %.9g, %.9g\n", what, a, b);
  ++numFailures;
}

namespace {

/// Weights of one output channel and the variation of what they read.
struct Case {
  int64_t taps, inputs;
  double inputCorrelation;
  Eigen::MatrixXf tapCorrelation;
  std::vector<double> exact, deviations;
  int64_t limit;

  WeightRounder getRounder() const {
    Eigen::MatrixXf correlation =
        Eigen::MatrixXf::Constant(inputs, inputs, inputCorrelation);
    correlation.diagonal().setOnes();
    return WeightRounder(tapCorrelation, correlation, deviations);
  }

  /// The definition of J, over all pairs of weights.
  double getError(const std::vector<int8_t> &rounded) const {
    double sum = 0.0;
    for (int64_t a = 0; a < taps * inputs; ++a)
      for (int64_t b = 0; b < taps * inputs; ++b) {
        int64_t ka = a / inputs, ia = a % inputs, kb = b / inputs,
                ib = b % inputs;
        sum += (rounded[a] - exact[a]) * deviations[ia] *
               (rounded[b] - exact[b]) * deviations[ib] *
               tapCorrelation(ka, kb) * (ia == ib ? 1.0 : inputCorrelation);
      }
    return sum;
  }

  std::vector<int8_t> roundNearest() const {
    std::vector<int8_t> rounded;
    for (double x : exact)
      rounded.push_back(
          std::min<double>(std::max<double>(std::nearbyint(x), -limit), limit));
    return rounded;
  }
};

} // namespace

static Case makeCase(std::mt19937 &random, int64_t size, int64_t inputs,
                     double inputCorrelation, bool equalTaps) {
  Case c;
  c.taps = size * size;
  c.inputs = inputs;
  c.inputCorrelation = inputCorrelation;
  c.tapCorrelation = getTapCorrelation(size, size, 1, 1, 0.6);
  if (equalTaps)
    c.tapCorrelation.setOnes();
  c.limit = 7;
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform(0.2, 2.0);
  for (int64_t i = 0; i < c.taps * inputs; ++i)
    c.exact.push_back(std::min(7.0, std::max(-7.0, 3.0 * normal(random))));
  for (int64_t i = 0; i < inputs; ++i)
    c.deviations.push_back(equalTaps ? 1.0 : uniform(random));
  return c;
}

/// Every result is within range and one of the two integers around the exact
/// weight, is hardly worse than the nearest ones, no single move improves it,
/// and it is as bad as it is said to be.
static std::vector<int8_t> checkCase(const Case &c) {
  std::vector<int8_t> rounded(c.exact.size());
  WeightRounder rounder = c.getRounder();
  rounder.round(c.exact, -c.limit, c.limit, rounded);
  for (size_t i = 0; i < rounded.size(); ++i) {
    expect("within range", std::abs(rounded[i]) <= c.limit, rounded[i],
           c.limit);
    expect("neighbour", std::abs(rounded[i] - c.exact[i]) < 1.0, rounded[i],
           c.exact[i]);
  }
  double error = c.getError(rounded), plain = c.getError(c.roundNearest());
  for (size_t i = 0; i < rounded.size(); ++i)
    for (int step : {-1, 1}) {
      std::vector<int8_t> moved = rounded;
      moved[i] += step;
      if (std::abs(moved[i]) <= c.limit &&
          std::abs(moved[i] - c.exact[i]) < 1.0)
        expect("no better move", c.getError(moved) >= error * (1 - 1e-3), error,
               c.getError(moved));
    }
  expect("hardly worse than nearest", error <= 1.05 * plain, error, plain);
  double reported = rounder.getError(c.exact, rounded);
  expect("reported error", std::abs(error - reported) <= 1e-4 * (1 + plain),
         reported, error);
  return rounded;
}

/// With equal taps the errors of each kernel sum to at most half a step, as
/// long as weights are not held at the end of their range; with correlated
/// inputs those of all kernels do.
static void checkSums(std::mt19937 &random) {
  for (int round = 0; round < 50; ++round) {
    Case c = makeCase(random, 3, 1 + round % 7, 0.0, /*equalTaps=*/true);
    for (double &x : c.exact)
      x *= 0.8;
    std::vector<int8_t> rounded = checkCase(c);
    for (int64_t i = 0; i < c.inputs; ++i) {
      double sum = 0.0;
      for (int64_t k = 0; k < c.taps; ++k)
        sum += rounded[k * c.inputs + i] - c.exact[k * c.inputs + i];
      expect("sum of a kernel", std::abs(sum) <= 0.5 + 1e-9, sum, 0.5);
    }
    Case all = makeCase(random, 1, 64, 1.0, /*equalTaps=*/true);
    for (double &x : all.exact)
      x *= 0.8;
    rounded = checkCase(all);
    double sum = 0.0;
    for (size_t i = 0; i < rounded.size(); ++i)
      sum += rounded[i] - all.exact[i];
    expect("sum of an output channel", std::abs(sum) <= 0.5 + 1e-9, sum, 0.5);
  }
}

/// Compensation is worth having: the mean of J falls well below that of the
/// nearest integers.
static void checkGain(std::mt19937 &random) {
  double plain = 0.0, compensated = 0.0;
  for (int round = 0; round < 50; ++round) {
    Case c = makeCase(random, 3, 16, 0.1, /*equalTaps=*/false);
    plain += c.getError(c.roundNearest());
    compensated += c.getError(checkCase(c));
  }
  expect("gain over nearest", compensated < 0.6 * plain, compensated, plain);
}

/// Rows that are rounded together become what each becomes alone; more inputs
/// than are looked at at a time.
static void checkRows(std::mt19937 &random) {
  Case c = makeCase(random, 3, 100, 0.3, /*equalTaps=*/false);
  WeightRounder rounder = c.getRounder();
  std::vector<double> all;
  std::vector<int8_t> alone, together;
  for (int row = 0; row < 5; ++row) {
    std::vector<int8_t> rounded(c.exact.size());
    rounder.round(c.exact, -c.limit, c.limit, rounded);
    llvm::append_range(all, c.exact);
    llvm::append_range(alone, rounded);
    for (double &x : c.exact)
      x *= 0.9;
  }
  together.resize(all.size());
  rounder.round(all, -c.limit, c.limit, together);
  size_t different = 0;
  for (size_t i = 0; i < all.size(); ++i)
    different += alone[i] != together[i];
  expect("rows rounded together", different == 0, different, 0);
}

static void checkCorrelation() {
  Eigen::MatrixXf r = getTapCorrelation(2, 3, 2, 1, 0.6);
  expect("diagonal", r.diagonal().isOnes(), r(0, 0), r(5, 5));
  expect("columns", std::abs(r(0, 1) - 0.6) < 1e-6, r(0, 1), 0.6);
  expect("dilated rows", std::abs(r(0, 3) - 0.36) < 1e-6, r(0, 3), 0.36);
  expect("symmetry", r == r.transpose(), r(1, 5), r(5, 1));
}

int main() {
  std::mt19937 random(7);
  checkCorrelation();
  checkSums(random);
  checkGain(random);
  for (int round = 0; round < 100; ++round)
    checkCase(makeCase(random, 1 + round % 3, 1 + round % 20,
                       (round % 11) / 10.0, /*equalTaps=*/false));
  checkRows(random);
  if (numFailures == 0)
    std::printf("all checks passed\n");
  return numFailures != 0;
}
