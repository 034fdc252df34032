//===- WeightRounding.cpp - Rounding with error compensation --------------===//
//
// Rounds the weights of an output channel so that their errors cancel where
// the inputs that they multiply vary together.
//
//===----------------------------------------------------------------------===//

#include "WeightRounding.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace spiq;
using Eigen::MatrixXf;

MatrixXf spiq::getTapCorrelation(int64_t height, int64_t width,
                                 int64_t rowDilation, int64_t columnDilation,
                                 double neighbour) {
  int64_t taps = height * width;
  MatrixXf correlation(taps, taps);
  for (int64_t a = 0; a < taps; ++a)
    for (int64_t b = 0; b < taps; ++b) {
      double dy = rowDilation * (a / width - b / width);
      double dx = columnDilation * (a % width - b % width);
      correlation(a, b) = std::pow(neighbour, std::hypot(dy, dx));
    }
  return correlation;
}

/// The lower triangular factor of a positive semidefinite matrix with a
/// diagonal of ones.
static MatrixXf factorize(const MatrixXf &correlation) {
  // Keeps the factor of a singular matrix regular.
  constexpr float jitter = 1.0e-4f;
  MatrixXf regular = correlation;
  regular.diagonal().array() += jitter;
  return regular.llt().matrixL();
}

WeightRounder::WeightRounder(const MatrixXf &tapCorrelation,
                             const MatrixXf &inputCorrelation,
                             ArrayRef<double> inputDeviations)
    : order(to_vector<0>(seq<int64_t>(0, inputDeviations.size()))),
      deviations(inputDeviations.size()), taps(tapCorrelation),
      inputs(inputDeviations.size(), inputDeviations.size()),
      tapFactor(factorize(tapCorrelation)) {
  llvm::sort(order, [&](int64_t a, int64_t b) {
    return std::pair(inputDeviations[a], a) < std::pair(inputDeviations[b], b);
  });
  for (auto [p, input] : enumerate(order)) {
    deviations[p] = inputDeviations[input];
    for (auto [q, other] : enumerate(order))
      inputs(p, q) = inputCorrelation(input, other);
  }
  inputFactor = factorize(inputs);
}

WeightRounder::Errors WeightRounder::getErrors(ArrayRef<double> exact,
                                               ArrayRef<int8_t> rounded) const {
  Errors errors(inputs.rows(), taps.rows());
  for (auto [p, input] : enumerate(order))
    for (int64_t k = 0; k < taps.rows(); ++k) {
      int64_t index = k * inputs.rows() + input;
      errors(p, k) = deviations[p] * (rounded[index] - exact[index]);
    }
  return errors;
}

double WeightRounder::getError(ArrayRef<double> exact,
                               ArrayRef<int8_t> rounded) const {
  Errors errors = getErrors(exact, rounded);
  return (inputs * errors * taps).cwiseProduct(errors).sum();
}

/// The integer nearest to `x` within [min, max].
static int8_t roundWithin(double x, int64_t min, int64_t max) {
  return static_cast<int8_t>(std::clamp<double>(std::nearbyint(x), min, max));
}

/// Whether `rounded` is one of the two integers around `x`.
static bool isNeighbour(double rounded, double x) {
  return std::floor(x) <= rounded && rounded <= std::ceil(x);
}

void WeightRounder::roundInTurn(ArrayRef<double> exact, int64_t min,
                                int64_t max,
                                MutableArrayRef<int8_t> rounded) const {
  // With the factors F of C and T of R, J = |F' e T|^2, and the component
  // (p, k) of F' e T holds errors of positions from (p, k) on only: the errors
  // behind (p, k) tell which error at (p, k) would make it zero.
  int64_t numInputs = inputs.rows(), numTaps = taps.rows();
  Errors errors = Errors::Zero(numInputs, numTaps);
  Eigen::RowVectorXf sums(numTaps);
  for (int64_t p = numInputs - 1; p >= 0; --p) {
    int64_t behind = numInputs - 1 - p;
    sums.noalias() =
        inputFactor.col(p).tail(behind).transpose() * errors.bottomRows(behind);
    for (int64_t k = numTaps - 1; k >= 0; --k) {
      double component = 0.0, pivot = inputFactor(p, p) * tapFactor(k, k);
      for (int64_t l = k; l < numTaps; ++l)
        component +=
            tapFactor(l, k) * (sums[l] + inputFactor(p, p) * errors(p, l));
      int64_t index = k * numInputs + order[p];
      double x = exact[index], s = deviations[p];
      double target = s > 0.0 ? x - component / (pivot * s) : x;
      target = std::clamp(target, std::floor(x), std::ceil(x));
      rounded[index] = roundWithin(target, min, max);
      errors(p, k) = s * (rounded[index] - x);
    }
  }
}

void WeightRounder::moveSingly(ArrayRef<double> exact, int64_t min, int64_t max,
                               MutableArrayRef<int8_t> rounded) const {
  // Half the derivative of J, kept up to date: then a move costs one look to
  // judge and one column of C to make.
  MatrixXf slope = inputs * getErrors(exact, rounded) * taps;
  constexpr int maxSweeps = 4;
  bool hasMoved = true;
  for (int sweep = 0; sweep < maxSweeps && hasMoved; ++sweep) {
    hasMoved = false;
    for (int64_t p = inputs.rows() - 1; p >= 0; --p)
      for (int64_t k = 0; k < taps.rows(); ++k) {
        int64_t index = k * inputs.rows() + order[p];
        float s = deviations[p], step = slope(p, k) > 0.0f ? -1.0f : 1.0f;
        float moved = rounded[index] + step;
        float curvature = s * inputs(p, p) * taps(k, k);
        if (moved < min || moved > max || !isNeighbour(moved, exact[index]) ||
            2.0f * step * slope(p, k) + curvature >= -1.0e-4f * curvature)
          continue;
        rounded[index] = static_cast<int8_t>(moved);
        slope.noalias() += s * step * inputs.col(p) * taps.row(k);
        hasMoved = true;
      }
  }
}

int64_t WeightRounder::round(ArrayRef<double> exact, int64_t min, int64_t max,
                             MutableArrayRef<int8_t> rounded) const {
  roundInTurn(exact, min, max, rounded);
  moveSingly(exact, min, max, rounded);
  int64_t moves = 0;
  for (auto [value, result] : zip(exact, rounded))
    moves += result != roundWithin(value, min, max);
  return moves;
}
