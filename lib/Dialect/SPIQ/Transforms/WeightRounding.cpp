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

double WeightRounder::getError(ArrayRef<double> exact,
                               ArrayRef<int8_t> rounded) const {
  MatrixXf errors(inputs.rows(), taps.rows());
  for (auto [p, input] : enumerate(order))
    for (int64_t k = 0; k < taps.rows(); ++k) {
      int64_t index = k * inputs.rows() + input;
      errors(p, k) = deviations[p] * (rounded[index] - exact[index]);
    }
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

WeightRounder::Errors
WeightRounder::roundInTurn(ArrayRef<double> exact, int64_t min, int64_t max,
                           MutableArrayRef<int8_t> rounded) const {
  // With the factors F of C and T of R, J = |F' e T|^2, and the component
  // (p, k) of F' e T holds errors of positions from (p, k) on only: the errors
  // behind (p, k) tell which error at (p, k) would make it zero.
  constexpr int64_t blockSize = 64;
  int64_t numInputs = inputs.rows(), numTaps = taps.rows();
  int64_t row = numInputs * numTaps, numColumns = exact.size() / numInputs;
  Errors errors = Errors::Zero(numInputs, numColumns);
  for (int64_t end = numInputs; end > 0; end -= blockSize) {
    int64_t begin = std::max<int64_t>(0, end - blockSize);
    int64_t size = end - begin, behind = numInputs - end;
    // F' e, of the errors behind p.
    Errors sums = inputFactor.block(end, begin, behind, size).transpose() *
                  errors.bottomRows(behind);
    for (int64_t p = end - 1; p >= begin; --p) {
      float pivot = inputFactor(p, p), s = deviations[p];
      for (int64_t first = 0; first < numColumns; first += numTaps)
        for (int64_t k = numTaps - 1; k >= 0; --k) {
          double component = 0.0;
          for (int64_t l = k; l < numTaps; ++l)
            component += tapFactor(l, k) * (sums(p - begin, first + l) +
                                            pivot * errors(p, first + l));
          int64_t index = first / numTaps * row + k * numInputs + order[p];
          double x = exact[index];
          double target =
              s > 0.0f ? x - component / (pivot * tapFactor(k, k) * s) : x;
          target = std::clamp(target, std::floor(x), std::ceil(x));
          rounded[index] = roundWithin(target, min, max);
          errors(p, first + k) = s * (rounded[index] - x);
        }
      int64_t before = p - begin;
      sums.topRows(before).noalias() +=
          inputFactor.row(p).segment(begin, before).transpose() * errors.row(p);
    }
  }
  return errors;
}

void WeightRounder::moveSingly(Eigen::Ref<MatrixXf> slope,
                               ArrayRef<double> exact, int64_t min, int64_t max,
                               MutableArrayRef<int8_t> rounded) const {
  // The slope is kept up to date: then a move costs one look to judge and one
  // column of C to make.
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

void WeightRounder::round(ArrayRef<double> exact, int64_t min, int64_t max,
                          MutableArrayRef<int8_t> rounded) const {
  MatrixXf products = inputs * roundInTurn(exact, min, max, rounded);
  int64_t numTaps = taps.rows(), row = inputs.rows() * numTaps;
  for (int64_t o = 0, rows = exact.size() / row; o < rows; ++o) {
    MatrixXf slope = products.middleCols(o * numTaps, numTaps) * taps;
    moveSingly(slope, exact.slice(o * row, row), min, max,
               rounded.slice(o * row, row));
  }
}
