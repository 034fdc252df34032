//===- ChannelStatistics.cpp - Distributions of channels ------------------===//
//
// Moments of functions of Gaussian channels.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/Transforms/ChannelStatistics.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace spiq;

static constexpr double infinity = std::numeric_limits<double>::infinity();

double ChannelMoments::getUpper(double k) const {
  return std::min(max, mean + k * upperTail);
}

double ChannelMoments::getLower(double k) const {
  return std::max(min, mean - k * lowerTail);
}

ChannelMoments ChannelMoments::getGaussian(double mean, double stddev) {
  ChannelMoments result;
  result.mean = mean;
  result.stddev = result.upperTail = result.lowerTail = stddev;
  return result;
}

ChannelMoments ChannelMoments::getPoint(double value) {
  ChannelMoments result;
  result.mean = result.min = result.max = value;
  result.atBound = 1.0;
  return result;
}

double spiq::getNormalDensity(double x) {
  return std::exp(-0.5 * x * x) * 0.3989422804014326779;
}

double spiq::getNormalCumulative(double x) {
  return 0.5 * std::erfc(-x * 0.7071067811865475244);
}

/// x * density(x), which is zero at infinity.
static double getWeightedDensity(double x) {
  return std::isinf(x) ? 0.0 : x * getNormalDensity(x);
}

/// value * probability, where an infinite value has probability zero.
static double weigh(double value, double probability) {
  return std::isinf(value) ? 0.0 : value * probability;
}

double spiq::getPassProbability(const ChannelMoments &x, double low,
                                double high) {
  if (x.stddev <= 0.0)
    return low < x.mean && x.mean < high ? 1.0 : 0.0;
  return getNormalCumulative((high - x.mean) / x.stddev) -
         getNormalCumulative((low - x.mean) / x.stddev);
}

/// Sets both tails from what `y` reaches at the reference distance.
static void setTails(ChannelMoments &y, double lower, double upper) {
  y.upperTail = std::max(0.0, upper - y.mean) / tailReach;
  y.lowerTail = std::max(0.0, y.mean - lower) / tailReach;
}

ChannelMoments spiq::clampMoments(const ChannelMoments &x, double low,
                                  double high) {
  ChannelMoments y;
  y.min = std::clamp(x.min, low, high);
  y.max = std::clamp(x.max, low, high);
  double m = x.mean, s = x.stddev;
  if (s <= 0.0) {
    y.mean = std::clamp(m, low, high);
    y.atBound = 1.0 - getPassProbability(x, low, high);
  } else {
    double a = (low - m) / s, b = (high - m) / s;
    double below = getNormalCumulative(a), above = getNormalCumulative(-b);
    double inside = getNormalCumulative(b) - below;
    double densities = getNormalDensity(a) - getNormalDensity(b);
    y.mean =
        m * inside + s * densities + weigh(low, below) + weigh(high, above);
    double square = (m * m + s * s) * inside + 2.0 * m * s * densities +
                    s * s * (getWeightedDensity(a) - getWeightedDensity(b)) +
                    weigh(low * low, below) + weigh(high * high, above);
    y.mean = std::clamp(y.mean, y.min, y.max);
    y.stddev = std::sqrt(std::max(0.0, square - y.mean * y.mean));
    y.atBound = std::max(0.0, 1.0 - inside);
  }
  setTails(y, std::clamp(x.getLower(tailReach), low, high),
           std::clamp(x.getUpper(tailReach), low, high));
  return y;
}

ChannelMoments spiq::affineMoments(const ChannelMoments &x, double multiplier,
                                   double offset) {
  ChannelMoments y = x;
  double scale = std::abs(multiplier);
  y.mean = multiplier * x.mean + offset;
  y.stddev = scale * x.stddev;
  y.upperTail = scale * x.upperTail;
  y.lowerTail = scale * x.lowerTail;
  y.storedShift = multiplier * x.storedShift;
  // Zero times an infinite bound is the offset, not NaN.
  auto map = [&](double bound) {
    return multiplier == 0.0 ? offset : multiplier * bound + offset;
  };
  y.min = map(x.min);
  y.max = map(x.max);
  if (multiplier < 0.0) {
    std::swap(y.min, y.max);
    std::swap(y.upperTail, y.lowerTail);
  }
  return y;
}

static double addDeviations(double a, double b, double correlation) {
  return std::sqrt(std::max(0.0, a * a + b * b + 2.0 * correlation * a * b));
}

ChannelMoments spiq::addMoments(const ChannelMoments &x,
                                const ChannelMoments &y, double correlation) {
  ChannelMoments sum;
  sum.mean = x.mean + y.mean;
  sum.stddev = addDeviations(x.stddev, y.stddev, correlation);
  double tailCorrelation = correlation < 1.0 ? 0.0 : 1.0;
  sum.upperTail = addDeviations(x.upperTail, y.upperTail, tailCorrelation);
  sum.lowerTail = addDeviations(x.lowerTail, y.lowerTail, tailCorrelation);
  sum.min = x.min + y.min;
  sum.max = x.max + y.max;
  sum.atBound = x.atBound * y.atBound;
  return sum;
}

/// Smallest and largest product of a value in [a, b] and one in [c, d], with
/// 0 * infinity = 0.
static std::pair<double, double> multiplyIntervals(double a, double b, double c,
                                                   double d) {
  double low = infinity, high = -infinity;
  for (double x : {a, b})
    for (double y : {c, d}) {
      double product = x == 0.0 || y == 0.0 ? 0.0 : x * y;
      low = std::min(low, product);
      high = std::max(high, product);
    }
  return {low, high};
}

ChannelMoments spiq::mulMoments(const ChannelMoments &x,
                                const ChannelMoments &y) {
  ChannelMoments product;
  product.mean = x.mean * y.mean;
  double vx = x.getVariance(), vy = y.getVariance();
  product.stddev =
      std::sqrt(vx * vy + x.mean * x.mean * vy + y.mean * y.mean * vx);
  std::tie(product.min, product.max) =
      multiplyIntervals(x.min, x.max, y.min, y.max);
  product.atBound = 1.0 - (1.0 - x.atBound) * (1.0 - y.atBound);
  // One factor at the end of its tail meets an ordinary value of the other.
  constexpr double ordinary = 3.0;
  auto [low, high] =
      multiplyIntervals(x.getLower(tailReach), x.getUpper(tailReach),
                        y.getLower(ordinary), y.getUpper(ordinary));
  auto [low2, high2] =
      multiplyIntervals(x.getLower(ordinary), x.getUpper(ordinary),
                        y.getLower(tailReach), y.getUpper(tailReach));
  setTails(product, std::min(low, low2), std::max(high, high2));
  return product;
}

ChannelMoments spiq::maxMoments(const ChannelMoments &x, int64_t count) {
  if (count <= 1)
    return x;
  // Mean and deviation of the largest of n standard normal values follow from
  // its distribution function P(x)^n, integrated by parts.
  double n = std::sqrt(static_cast<double>(count));
  double first = 0.0, second = 0.0;
  constexpr double reach = 8.0, step = 1.0 / 32.0;
  for (double t = 0.5 * step; t < reach; t += step) {
    double above = 1.0 - std::pow(getNormalCumulative(t), n);
    double below = std::pow(getNormalCumulative(-t), n);
    first += step * (above - below);
    second += step * 2.0 * t * (above + below);
  }
  ChannelMoments y = x;
  y.mean = std::min(x.max, x.mean + first * x.stddev);
  y.stddev = x.stddev * std::sqrt(std::max(0.0, second - first * first));
  y.atBound = std::pow(x.atBound, n);
  setTails(y, x.getLower(tailReach), x.getUpper(tailReach));
  return y;
}

ChannelMoments spiq::magnitudeMoments(ArrayRef<ChannelMoments> channels) {
  ChannelMoments y;
  y.min = y.max = 0.0;
  double reach = 0.0;
  for (const ChannelMoments &x : channels) {
    y.max = std::max({y.max, std::abs(x.min), std::abs(x.max)});
    reach = std::max({reach, std::abs(x.getLower(tailReach)),
                      std::abs(x.getUpper(tailReach))});
  }
  // E[y] and E[y^2] are the integrals of P(y > t) and 2 t P(y > t).
  constexpr int steps = 256;
  double step = reach / steps, square = 0.0;
  for (int i = 0; i < steps; ++i) {
    double t = step * (i + 0.5), below = 1.0;
    for (const ChannelMoments &x : channels)
      below *= std::clamp(getPassProbability(x, t < -x.min ? -t : -infinity,
                                             t < x.max ? t : infinity),
                          0.0, 1.0);
    y.mean += step * (1.0 - below);
    square += step * 2.0 * t * (1.0 - below);
  }
  y.stddev = std::sqrt(std::max(0.0, square - y.mean * y.mean));
  setTails(y, 0.0, reach);
  return y;
}

ChannelMoments spiq::normalizeMoments(const ChannelMoments &x,
                                      double magnitude) {
  ChannelMoments y =
      affineMoments(x, magnitude > 0.0 ? 1.0 / magnitude : 1.0, 0.0);
  y.min = x.min < 0.0 ? -1.0 : 0.0;
  y.max = x.max > 0.0 ? 1.0 : 0.0;
  y.mean = std::clamp(y.mean, y.min, y.max);
  return y;
}

/// The mean of the correlations of all pairs of pixels of a window.
static double getMeanCorrelation(int64_t height, int64_t width) {
  constexpr double neighbours = 0.6;
  double sum = 0.0;
  for (int64_t dy = 1 - height; dy < height; ++dy)
    for (int64_t dx = 1 - width; dx < width; ++dx)
      sum += (height - std::abs(dy)) * (width - std::abs(dx)) *
             std::pow(neighbours, std::hypot(dy, dx));
  double pixels = static_cast<double>(height) * width;
  return sum / (pixels * pixels);
}

ChannelMoments spiq::averageMoments(const ChannelMoments &x, int64_t height,
                                    int64_t width) {
  if (height * width <= 1)
    return x;
  double shrink = std::sqrt(getMeanCorrelation(height, width));
  ChannelMoments y = x;
  y.stddev *= shrink;
  y.upperTail *= shrink;
  y.lowerTail *= shrink;
  y.atBound = std::pow(x.atBound, height * width);
  return y;
}

ChannelMoments spiq::applyFunction(const ChannelMoments &x,
                                   function_ref<double(double)> f, double low,
                                   double high) {
  ChannelMoments y;
  y.min = low;
  y.max = high;
  // The weights of the midpoint rule sum to one up to 1e-9 at this width.
  constexpr int steps = 256;
  constexpr double reach = 6.5;
  double sum = 0.0, squares = 0.0, total = 0.0;
  for (int i = 0; i < steps; ++i) {
    double z = reach * (2.0 * (i + 0.5) / steps - 1.0);
    double value = f(std::clamp(x.mean + z * x.stddev, x.min, x.max));
    double weight = getNormalDensity(z);
    total += weight;
    sum += weight * value;
    squares += weight * value * value;
  }
  y.mean = sum / total;
  y.stddev = std::sqrt(std::max(0.0, squares / total - y.mean * y.mean));
  double from = x.getLower(tailReach), to = x.getUpper(tailReach);
  double lower = infinity, upper = -infinity;
  for (int i = 0; i <= steps; ++i) {
    double value = f(from + (to - from) * i / steps);
    lower = std::min(lower, value);
    upper = std::max(upper, value);
  }
  setTails(y, lower, upper);
  return y;
}

ChannelMoments spiq::mixMoments(ArrayRef<ChannelMoments> parts) {
  if (parts.empty())
    return {};
  ChannelMoments mix = parts.front();
  double n = parts.size(), square = 0.0;
  double lower = infinity, upper = -infinity;
  mix.mean = mix.atBound = 0.0;
  for (const ChannelMoments &part : parts) {
    mix.mean += part.mean / n;
    mix.atBound += part.atBound / n;
    square += (part.getVariance() + part.mean * part.mean) / n;
    mix.min = std::min(mix.min, part.min);
    mix.max = std::max(mix.max, part.max);
    lower = std::min(lower, part.getLower(tailReach));
    upper = std::max(upper, part.getUpper(tailReach));
  }
  mix.stddev = std::sqrt(std::max(0.0, square - mix.mean * mix.mean));
  setTails(mix, lower, upper);
  return mix;
}

static double getSigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

/// log(1 + exp(x)) without overflow.
static double getSoftplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

double spiq::evaluateActivation(ActivationKind kind, double x, double alpha,
                                double beta, double slope) {
  switch (kind) {
  case ActivationKind::LeakyRelu:
    return x < 0.0 ? alpha * x : x;
  case ActivationKind::PRelu:
    return x < 0.0 ? slope * x : x;
  case ActivationKind::Sigmoid:
    return getSigmoid(x);
  case ActivationKind::HardSigmoid:
    return std::clamp(alpha * x + beta, 0.0, 1.0);
  case ActivationKind::Tanh:
    return std::tanh(x);
  case ActivationKind::Silu:
    return x * getSigmoid(x);
  case ActivationKind::HardSwish:
    return x * std::clamp(x / 6.0 + 0.5, 0.0, 1.0);
  case ActivationKind::Elu:
    return x < 0.0 ? alpha * std::expm1(x) : x;
  case ActivationKind::Gelu:
    return x * getNormalCumulative(x);
  case ActivationKind::Mish:
    return x * std::tanh(getSoftplus(x));
  case ActivationKind::Softplus:
    return getSoftplus(x);
  }
  return x;
}

std::pair<double, double> spiq::getActivationBounds(ActivationKind kind,
                                                    double alpha) {
  switch (kind) {
  case ActivationKind::LeakyRelu:
    return {alpha <= 0.0 ? 0.0 : -infinity, infinity};
  case ActivationKind::PRelu:
    return {-infinity, infinity};
  case ActivationKind::Sigmoid:
  case ActivationKind::HardSigmoid:
    return {0.0, 1.0};
  case ActivationKind::Tanh:
    return {-1.0, 1.0};
  case ActivationKind::Silu:
    return {-0.2785, infinity};
  case ActivationKind::HardSwish:
    return {-0.375, infinity};
  case ActivationKind::Elu:
    return {std::min(0.0, -alpha), infinity};
  case ActivationKind::Gelu:
    return {-0.17, infinity};
  case ActivationKind::Mish:
    return {-0.309, infinity};
  case ActivationKind::Softplus:
    return {0.0, infinity};
  }
  return {-infinity, infinity};
}

ChannelStatistics spiq::getStatistics(ChannelStatsAttr attr) {
  ChannelStatistics statistics;
  for (int64_t c = 0; c < attr.getNumChannels(); ++c) {
    statistics.push_back(
        ChannelMoments::getGaussian(attr.getMean()[c], attr.getStddev()[c]));
    statistics.back().min = attr.getLowerBound(c);
    statistics.back().max = attr.getUpperBound(c);
  }
  return statistics;
}

ChannelStatsAttr spiq::getStatsAttr(MLIRContext *context,
                                    ArrayRef<ChannelMoments> statistics) {
  SmallVector<double> mean, stddev, min, max;
  for (const ChannelMoments &channel : statistics) {
    mean.push_back(channel.mean);
    stddev.push_back(channel.stddev);
    min.push_back(channel.min);
    max.push_back(channel.max);
  }
  auto isInfinite = [](double bound) { return std::isinf(bound); };
  if (llvm::all_of(min, isInfinite))
    min.clear();
  if (llvm::all_of(max, isInfinite))
    max.clear();
  return ChannelStatsAttr::get(context, mean, stddev, min, max);
}
