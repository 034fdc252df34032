//===- StatisticsTest.cpp - Formulas against brute force ------------------===//
//
// Compares moments with Monte Carlo and numerical integration, and the
// objective of scale derivation with a simulation of rounding.
//
//===----------------------------------------------------------------------===//

#include "FoldObjective.h"

#include "spiq/Dialect/SPIQ/Transforms/ChannelStatistics.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

using namespace spiq;

static int numFailures = 0;

static void expectNear(const char *what, double actual, double expected,
                       double tolerance) {
  if (std::abs(actual - expected) <= tolerance)
    return;
  std::printf("FAILED: %s: got %.9g, expected %.9g +- %.2g\n", what, actual,
              expected, tolerance);
  ++numFailures;
}

namespace {

/// Mean and variance of samples.
struct Sample {
  explicit Sample(const std::vector<double> &values) {
    for (double value : values)
      mean += value / values.size();
    for (double value : values)
      variance += (value - mean) * (value - mean) / values.size();
  }
  double mean = 0.0, variance = 0.0;
};

} // namespace

template <typename F>
static std::vector<double> draw(std::mt19937_64 &random, size_t count, F f) {
  std::vector<double> values(count);
  for (double &value : values)
    value = f(random);
  return values;
}

/// Integral of g(x) over the density of N(mean, stddev^2), midpoint rule.
template <typename G>
static double integrate(double mean, double stddev, G g) {
  constexpr int steps = 400000;
  constexpr double reach = 10.0;
  double sum = 0.0, width = 2.0 * reach / steps;
  for (int i = 0; i < steps; ++i) {
    double z = -reach + (i + 0.5) * width;
    sum += width * 0.3989422804014327 * std::exp(-0.5 * z * z) *
           g(mean + stddev * z);
  }
  return sum;
}

static void testClamp() {
  const double cases[][4] = {
      {0.0, 1.0, 0.0, HUGE_VAL},  {-1.5, 0.7, 0.0, 6.0},
      {5.0, 2.0, 0.0, 6.0},       {2.0, 0.5, -HUGE_VAL, 2.5},
      {-9.0, 3.0, 0.0, HUGE_VAL}, {1.0, 1.0, -0.5, 0.5}};
  for (const double *parameters : cases) {
    double mean = parameters[0], stddev = parameters[1];
    double low = parameters[2], high = parameters[3];
    auto clamp = [low, high](double x) {
      return std::min(std::max(x, low), high);
    };
    ChannelMoments y =
        clampMoments(ChannelMoments::getGaussian(mean, stddev), low, high);
    double first = integrate(mean, stddev, clamp);
    double second = integrate(mean, stddev, [&](double x) {
      return (clamp(x) - first) * (clamp(x) - first);
    });
    double inside = integrate(mean, stddev, [&](double x) {
      return low < x && x < high ? 1.0 : 0.0;
    });
    expectNear("clamp mean", y.mean, first, 1e-7);
    expectNear("clamp variance", y.getVariance(), second, 1e-6);
    expectNear("clamp at bound", y.atBound, 1.0 - inside, 1e-4);
  }
  ChannelMoments point = clampMoments(ChannelMoments::getPoint(-3.0), 0.0, 6.0);
  expectNear("clamp of a point", point.mean, 0.0, 0.0);
  expectNear("clamp of a point", point.stddev, 0.0, 0.0);
}

static void testArithmetic() {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  constexpr size_t count = 400000;
  constexpr double rho = 0.4;
  auto x = ChannelMoments::getGaussian(1.0, 2.0);
  auto y = ChannelMoments::getGaussian(-0.5, 0.75);
  Sample sum(draw(random, count, [&](auto &r) {
    double a = normal(r), b = rho * a + std::sqrt(1 - rho * rho) * normal(r);
    return 1.0 + 2.0 * a - 0.5 + 0.75 * b;
  }));
  expectNear("sum mean", addMoments(x, y, rho).mean, sum.mean, 0.02);
  expectNear("sum variance", addMoments(x, y, rho).getVariance(), sum.variance,
             0.05);
  ChannelMoments heavy = x;
  heavy.upperTail = 3.0;
  heavy.lowerTail = 0.5;
  expectNear("independent tails", addMoments(heavy, y, rho).upperTail,
             std::hypot(3.0, 0.75), 1e-12);
  expectNear("tail of twice a value", addMoments(heavy, heavy, 1.0).lowerTail,
             1.0, 1e-12);
  Sample product(draw(random, count, [&](auto &r) {
    return (1.0 + 2.0 * normal(r)) * (-0.5 + 0.75 * normal(r));
  }));
  expectNear("product mean", mulMoments(x, y).mean, product.mean, 0.02);
  expectNear("product variance", mulMoments(x, y).getVariance(),
             product.variance, 0.06);
  ChannelMoments z = affineMoments(clampMoments(x, 0.0, 6.0), -2.0, 1.0);
  expectNear("affine min", z.min, -11.0, 1e-12);
  expectNear("affine max", z.max, 1.0, 1e-12);
  expectNear("affine by zero", affineMoments(x, 0.0, 3.0).max, 3.0, 0.0);
  // What storing an input adds to it is scaled with it.
  ChannelMoments shifted = x;
  shifted.storedShift = 0.25;
  expectNear("affine shift", affineMoments(shifted, -2.0, 1.0).storedShift,
             -0.5, 0.0);
}

static void testMaximum() {
  std::mt19937_64 random(2);
  std::normal_distribution<double> normal;
  // Nine neighbouring pixels count as three independent ones.
  Sample largest(draw(random, 400000, [&](auto &r) {
    return std::max({normal(r), normal(r), normal(r)});
  }));
  ChannelMoments y = maxMoments(ChannelMoments::getGaussian(0.0, 1.0), 9);
  expectNear("maximum mean", y.mean, largest.mean, 0.01);
  expectNear("maximum variance", y.getVariance(), largest.variance, 0.01);
}

static void testFunctions() {
  for (ActivationKind kind :
       {ActivationKind::Sigmoid, ActivationKind::Silu,
        ActivationKind::HardSwish, ActivationKind::Tanh, ActivationKind::Elu,
        ActivationKind::Gelu, ActivationKind::Mish, ActivationKind::Softplus,
        ActivationKind::HardSigmoid, ActivationKind::LeakyRelu}) {
    auto f = [kind](double x) {
      return evaluateActivation(kind, x, /*alpha=*/0.2, /*beta=*/0.5, 0.0);
    };
    auto [low, high] = getActivationBounds(kind, 0.2);
    for (double x = -30.0; x <= 30.0; x += 0.01)
      if (f(x) < low - 1e-12 || f(x) > high + 1e-12)
        expectNear("bound of an activation", f(x), low, 0.0);
    double mean = integrate(0.5, 1.5, f);
    double variance = integrate(
        0.5, 1.5, [&](double x) { return (f(x) - mean) * (f(x) - mean); });
    ChannelMoments y =
        applyFunction(ChannelMoments::getGaussian(0.5, 1.5), f, low, high);
    expectNear("mean of an activation", y.mean, mean, 1e-3);
    expectNear("variance of an activation", y.getVariance(), variance, 1e-3);
  }
}

/// Simulates a layer with rounded inputs and weights: the mean squared error of
/// its results is what the objective predicts.
static void testObjective() {
  constexpr int inputs = 48, outputs = 32, images = 4000;
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  std::vector<double> deviation(inputs), weights(inputs * outputs);
  for (double &value : deviation)
    value = std::exp(uniform(random));
  for (double &value : weights)
    value = uniform(random);
  llvm::SmallVector<FoldChannel, 0> channels(inputs);
  FoldLayer layer;
  layer.maxWeight = 15.0;
  for (int c = 0; c < inputs; ++c) {
    channels[c].ownScale = 0.1 * deviation[c];
    channels[c].variance = deviation[c] * deviation[c];
    channels[c].clippingError = [](double) { return 0.0; };
    channels[c].roundingGain = 0.0;
  }
  layer.rowBegin.push_back(0);
  for (int o = 0; o < outputs; ++o) {
    for (int c = 0; c < inputs; ++c) {
      double w = weights[o * inputs + c];
      channels[c].roundingGain += w * w;
      layer.entries.push_back(
          {static_cast<uint32_t>(c), static_cast<float>(std::abs(w)), 1.0f});
    }
    layer.rowBegin.push_back(layer.entries.size());
    layer.outputGains.push_back(1.0);
  }
  FoldObjective objective(channels, {layer});
  for (double exponent : {0.0, 0.5, 1.0}) {
    auto scales = objective.getScales(exponent, 0.0);
    double error = 0.0;
    std::vector<double> steps(outputs, 0.0);
    for (int o = 0; o < outputs; ++o)
      for (int c = 0; c < inputs; ++c)
        steps[o] = std::max(steps[o], std::abs(weights[o * inputs + c]) *
                                          scales[c] / layer.maxWeight);
    for (int image = 0; image < images; ++image) {
      std::vector<double> x(inputs);
      for (int c = 0; c < inputs; ++c)
        x[c] = deviation[c] * normal(random);
      for (int o = 0; o < outputs; ++o) {
        double real = 0.0, rounded = 0.0;
        for (int c = 0; c < inputs; ++c) {
          double w = weights[o * inputs + c];
          real += w * x[c];
          rounded += std::nearbyint(w * scales[c] / steps[o]) * steps[o] *
                     std::nearbyint(x[c] / scales[c]);
        }
        error += (real - rounded) * (real - rounded) / images;
      }
    }
    double predicted = objective.evaluate(scales);
    // Some weights round to themselves, so the prediction is a little high.
    expectNear("objective", error / predicted, 1.0, 0.12);
  }
  FoldObjective::Choice best = objective.minimize(std::nullopt);
  expectNear("error of the choice", best.error,
             objective.evaluate(objective.getScales(best.exponent, best.shift)),
             1e-12);
  for (double exponent : {0.0, 0.25, 0.5, 0.75, 1.0})
    if (best.error > objective.evaluate(objective.getScales(exponent, 0.0)))
      expectNear("choice is best", exponent, best.exponent, 0.0);

  // Moving single scales ends where no such move lowers the error any more, at
  // the least step.
  auto scales = objective.getScales(best.exponent, best.shift);
  double refined = best.error;
  for (int round = 0; round < 20; ++round)
    refined = objective.refine(scales);
  expectNear("refined error", refined, objective.evaluate(scales), 1e-12);
  if (!(refined < 0.99 * best.error))
    expectNear("refinement helps", refined, best.error, 0.0);
  for (int c = 0; c < inputs; ++c)
    for (double factor : {std::exp2(0.125), std::exp2(-0.125)}) {
      auto moved = scales;
      moved[c] *= factor;
      if (objective.evaluate(moved) < refined * (1.0 - 1e-5))
        expectNear("a better scale", scales[c], moved[c], 0.0);
    }
}

int main() {
  testClamp();
  testArithmetic();
  testMaximum();
  testFunctions();
  testObjective();
  if (numFailures == 0)
    std::printf("all checks passed\n");
  return numFailures != 0;
}
