//===- CorrelationAnalysis.cpp - Correlations of channels -----------------===//
//
// Propagates the correlations of the channels of each value through a network.
//
//===----------------------------------------------------------------------===//

#include "CorrelationAnalysis.h"

#include "ChannelNormalization.h"
#include "ConstantUtils.h"
#include "TensorValue.h"
#include "WeightRounding.h"

#include "llvm/ADT/TypeSwitch.h"

#include <Eigen/Eigenvalues>

#include <cmath>

using namespace mlir;
using namespace spiq;
using Eigen::MatrixXf;
using Eigen::VectorXf;

/// Correlation of neighbouring pixels and of the colours of one pixel in
/// photographs.
static constexpr double inputPixelCorrelation = 0.95, colourCorrelation = 0.9;
/// Images have fewer channels than this.
static constexpr int64_t maxColours = 16;

static int64_t getNumChannels(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape() && type.getRank() > 0
             ? type.getShape().back()
             : 0;
}

static std::shared_ptr<const MatrixXf> share(MatrixXf matrix) {
  return std::make_shared<const MatrixXf>(std::move(matrix));
}

/// Divides a covariance by deviations. Channels that do not vary are correlated
/// with nothing.
static std::shared_ptr<const MatrixXf> normalize(MatrixXf covariance) {
  VectorXf inverse = covariance.diagonal();
  for (float &x : inverse)
    x = x > 0.0f ? 1.0f / std::sqrt(x) : 0.0f;
  covariance = inverse.asDiagonal() * covariance * inverse.asDiagonal();
  covariance.diagonal().setOnes();
  return share(std::move(covariance));
}

CorrelationAnalysis::CorrelationAnalysis(func::FuncOp function,
                                         const StatisticsAnalysis &statistics,
                                         const StatisticsOptions &options)
    : statistics(statistics), options(options) {
  Block &body = function.getBody().front();
  for (Value argument : body.getArguments())
    setInput(argument);
  for (Operation &op : body)
    visit(&op);
}

void CorrelationAnalysis::setInput(Value value) {
  inputs.insert(value);
  int64_t channels = getNumChannels(value);
  if (channels == 0 || channels > maxColours)
    return;
  MatrixXf colours = MatrixXf::Constant(channels, channels, colourCorrelation);
  colours.diagonal().setOnes();
  values[value] = share(std::move(colours));
}

void CorrelationAnalysis::visit(Operation *op) {
  if (op->getNumResults() != 1)
    return;
  Value result = op->getResult(0);
  int64_t channels = getNumChannels(result);
  if (channels == 0 || channels > maxChannels)
    return;
  OpOperand *moved = ChannelMap::getMovedOperand(op);
  bool isMoved = moved || isa<quant::QuantizeCastOp, quant::DequantizeCastOp,
                              quant::StorageCastOp, PadOp>(op);
  if (isMoved && inputs.contains(moved ? moved->get() : op->getOperand(0)))
    return setInput(result);
  if (Matrix matrix = moved ? computeMovement(op, moved->get()) : compute(op))
    values[result] = std::move(matrix);
}

CorrelationAnalysis::Matrix CorrelationAnalysis::compute(Operation *op) {
  auto passOn = [&](Value source) -> Matrix {
    return getNumChannels(source) == getNumChannels(op->getResult(0))
               ? lookup(source)
               : nullptr;
  };
  return llvm::TypeSwitch<Operation *, Matrix>(op)
      .Case([&](LinearOpInterface layer) { return computeLinear(layer); })
      .Case(
          [&](AddOp add) { return computeSum(op, add.getLhs(), add.getRhs()); })
      // The gates of attention scale whole channels.
      .Case([&](MulOp mul) {
        bool isGate = getShapeOf(mul.getRhs()) != getShapeOf(mul.getOutput());
        return passOn(isGate ? mul.getLhs() : mul.getRhs());
      })
      .Case([&](RescaleOp rescale) -> Matrix {
        Matrix input = lookup(rescale.getInput());
        auto multiplier = getConstantFloats(rescale.getMultiplier());
        const ChannelStatistics *result = statistics.lookup(rescale.getInput());
        auto offset = getConstantFloats(rescale.getOffset());
        if (!input || !multiplier || !result || !offset)
          return nullptr;
        VectorXf scale(multiplier->size());
        SmallVector<double> means;
        for (auto [c, m] : llvm::enumerate(*multiplier)) {
          scale[c] = m * (*result)[c].stddev;
          means.push_back(m * (*result)[c].mean + (*offset)[c]);
        }
        return applyFunctionOf(
            op, means, scale.asDiagonal() * *input * scale.asDiagonal());
      })
      .Case<ClampOp, ActivationOp>([&](Operation *function) -> Matrix {
        Value source = function->getOperand(0);
        Matrix input = lookup(source);
        const ChannelStatistics *channels = statistics.lookup(source);
        if (!input || !channels)
          return nullptr;
        SmallVector<double> means;
        for (const ChannelMoments &channel : *channels)
          means.push_back(channel.mean);
        return applyFunctionOf(op, means, getCovariance(*channels, *input));
      })
      .Case([&](ConcatOp concat) { return computeConcat(concat); })
      .Case([&](arith::DivFOp division) -> Matrix {
        return matchChannelNormalization(division) ? lookup(division.getLhs())
                                                   : nullptr;
      })
      .Case<MaxPool2DOp, AvgPool2DOp, ResizeOp, PadOp, quant::QuantizeCastOp,
            quant::DequantizeCastOp>(
          [&](Operation *) { return passOn(op->getOperand(0)); })
      .Default([](Operation *) { return nullptr; });
}

MatrixXf CorrelationAnalysis::getCovariance(const ChannelStatistics &channels,
                                            const MatrixXf &correlation) const {
  VectorXf deviations(channels.size());
  for (auto [c, channel] : llvm::enumerate(channels))
    deviations[c] = channel.stddev;
  return deviations.asDiagonal() * correlation * deviations.asDiagonal();
}

//===----------------------------------------------------------------------===//
// Functions of one value
//===----------------------------------------------------------------------===//

/// How many terms of Mehler's series are kept.
static constexpr int numTerms = 5;

/// Row `n - 1`: `E[f(m + s z) He_n(z)] / sqrt(n!)`, whose squares sum up to the
/// variance of f; the last row holds what is missing.
static Eigen::VectorXd getHermiteCoefficients(function_ref<double(double)> f,
                                              double mean, double stddev) {
  // As wide and as fine as the integration of moments.
  constexpr int steps = 256;
  constexpr double reach = 6.5;
  Eigen::VectorXd coefficients = Eigen::VectorXd::Zero(numTerms + 1);
  double sum = 0.0, squares = 0.0, total = 0.0;
  for (int i = 0; i < steps; ++i) {
    double z = reach * (2.0 * (i + 0.5) / steps - 1.0);
    double weight = getNormalDensity(z), y = f(mean + stddev * z);
    total += weight;
    sum += weight * y;
    squares += weight * y * y;
    // Normalized polynomials: sqrt(n + 1) h[n + 1] = z h[n] - sqrt(n) h[n - 1].
    double previous = 1.0, current = z;
    for (int n = 1; n <= numTerms; ++n) {
      coefficients[n - 1] += weight * y * current;
      double next = (z * current - std::sqrt(n) * previous) / std::sqrt(n + 1);
      previous = std::exchange(current, next);
    }
  }
  coefficients /= total;
  double variance = squares / total - sum * sum / (total * total);
  double known = coefficients.head(numTerms).squaredNorm();
  coefficients[numTerms] = std::max(0.0, variance - known);
  return coefficients;
}

CorrelationAnalysis::Matrix
CorrelationAnalysis::applyFunctionOf(Operation *op, ArrayRef<double> means,
                                     MatrixXf covariance) const {
  auto min = op->getAttrOfType<FloatAttr>("clamp_min");
  auto max = op->getAttrOfType<FloatAttr>("clamp_max");
  auto activation = dyn_cast<ActivationOp>(op);
  if (!min && !max && !activation)
    return normalize(std::move(covariance));
  std::optional<SmallVector<float, 0>> slopes;
  if (activation && activation.getSlope() &&
      !(slopes = getConstantFloats(activation.getSlope())))
    return nullptr;
  int64_t channels = means.size();
  MatrixXf coefficients(numTerms, channels);
  VectorXf rest(channels);
  for (int64_t c = 0; c < channels; ++c) {
    double slope = slopes ? (*slopes)[c] : 0.0;
    auto f = [&](double x) {
      if (activation)
        return evaluateActivation(activation.getKind(), x,
                                  activation.getAlpha().convertToFloat(),
                                  activation.getBeta().convertToFloat(), slope);
      if (min)
        x = std::max(x, min.getValueAsDouble());
      return max ? std::min(x, max.getValueAsDouble()) : x;
    };
    double stddev = std::sqrt(std::max(0.0f, covariance(c, c)));
    Eigen::VectorXf all =
        getHermiteCoefficients(f, means[c], stddev).cast<float>();
    coefficients.col(c) = all.head(numTerms);
    rest[c] = all[numTerms];
  }
  Matrix correlation = normalize(std::move(covariance));
  MatrixXf result = MatrixXf::Zero(channels, channels);
  for (int64_t c = 0; c < channels; ++c) {
    VectorXf power = correlation->col(c);
    for (int n = 0; n < numTerms; ++n) {
      result.col(c).array() += coefficients(n, c) *
                               coefficients.row(n).transpose().array() *
                               power.array();
      power.array() *= correlation->col(c).array();
    }
  }
  result.diagonal() += rest;
  return normalize(std::move(result));
}

//===----------------------------------------------------------------------===//
// Operations with several operands or channels
//===----------------------------------------------------------------------===//

CorrelationAnalysis::Matrix
CorrelationAnalysis::computeLinear(LinearOpInterface op) {
  Value source = op.getInputOperand().get();
  Matrix input = lookup(source);
  const ChannelStatistics *channels = statistics.lookup(source);
  const ChannelStatistics *sums = statistics.lookupAccumulated(op);
  auto weights = getConstantFloats(op.getWeightsOperand().get());
  if (!input || !channels || !sums || !weights)
    return nullptr;
  ArrayRef<int64_t> shape = getShapeOf(op.getWeightsOperand().get());
  int64_t outputs = shape.front(), own = shape.back();
  int64_t numTaps = weights->size() / (outputs * own);
  MatrixXf taps = MatrixXf::Ones(1, 1);
  if (shape.size() == 4) {
    auto conv = dyn_cast<Conv2DOp>(op.getOperation());
    taps = getTapCorrelation(
        shape[1], shape[2], conv ? conv.getDilations()[0] : 1,
        conv ? conv.getDilations()[1] : 1,
        inputs.contains(source) ? inputPixelCorrelation : neighbourCorrelation);
  }
  // sum_kl R_kl W_k C W_l' is a sum over the eigenvectors of R, the largest of
  // which hold nearly all of it.
  constexpr double wantedShare = 0.9;
  Eigen::SelfAdjointEigenSolver<MatrixXf> solver(taps);
  MatrixXf inputCovariance = getCovariance(*channels, *input);
  MatrixXf covariance = MatrixXf::Zero(outputs, outputs);
  double share = 0.0;
  for (int64_t e = numTaps - 1; e >= 0 && share < wantedShare; --e) {
    float eigenvalue = solver.eigenvalues()[e];
    share += eigenvalue / numTaps;
    MatrixXf mixed = MatrixXf::Zero(outputs, input->rows());
    for (int64_t o = 0; o < outputs; ++o)
      for (int64_t k = 0; k < numTaps; ++k)
        for (int64_t i = 0; i < own; ++i)
          mixed(o, op.getInputChannel(o, i)) +=
              solver.eigenvectors()(k, e) *
              (*weights)[(o * numTaps + k) * own + i];
    MatrixXf product = mixed * inputCovariance;
    covariance.noalias() += eigenvalue * product * mixed.transpose();
  }
  covariance = getCovariance(*sums, *normalize(std::move(covariance)));
  SmallVector<double> means;
  for (const ChannelMoments &sum : *sums)
    means.push_back(sum.mean);
  auto conv = dyn_cast<Conv2DOp>(op.getOperation());
  if (conv && conv.getResidual()) {
    Matrix residual = lookup(conv.getResidual());
    const ChannelStatistics *added = statistics.lookup(conv.getResidual());
    if (!residual || !added)
      return nullptr;
    covariance += getCovariance(*added, *residual);
    for (auto [c, channel] : llvm::enumerate(*added)) {
      means[c] += channel.mean;
      covariance(c, c) += 2.0 * options.residualCorrelation * channel.stddev *
                          (*sums)[c].stddev;
    }
  }
  return applyFunctionOf(op, means, std::move(covariance));
}

CorrelationAnalysis::Matrix
CorrelationAnalysis::computeSum(Operation *op, Value lhs, Value rhs) {
  Matrix left = lookup(lhs), right = lookup(rhs);
  const ChannelStatistics *x = statistics.lookup(lhs);
  const ChannelStatistics *y = statistics.lookup(rhs);
  if (!left || !right || !x || !y || x->size() != y->size())
    return nullptr;
  MatrixXf covariance = getCovariance(*x, *left) + getCovariance(*y, *right);
  SmallVector<double> means;
  for (auto [c, channels] : llvm::enumerate(llvm::zip(*x, *y))) {
    auto [a, b] = channels;
    means.push_back(a.mean + b.mean);
    covariance(c, c) += 2.0 * options.residualCorrelation * a.stddev * b.stddev;
  }
  return applyFunctionOf(op, means, std::move(covariance));
}

CorrelationAnalysis::Matrix CorrelationAnalysis::computeConcat(ConcatOp op) {
  int64_t channels = getNumChannels(op.getOutput());
  if (op.getAxis() + 1 != getShapeOf(op.getOutput()).size())
    return lookup(op.getInputs().front());
  MatrixXf result = MatrixXf::Identity(channels, channels);
  int64_t offset = 0;
  for (Value input : op.getInputs()) {
    int64_t size = getNumChannels(input);
    if (Matrix part = lookup(input))
      result.block(offset, offset, size, size) = *part;
    offset += size;
  }
  return share(std::move(result));
}

CorrelationAnalysis::Matrix CorrelationAnalysis::computeMovement(Operation *op,
                                                                 Value source) {
  Matrix input = lookup(source);
  if (!input)
    return nullptr;
  ChannelMap map = ChannelMap::getIdentity(getShapeOf(source)).getResultOf(op);
  std::optional<SmallVector<int64_t>> labels =
      map.getLabels(map.getShape().size() - 1);
  if (!labels)
    return nullptr;
  // A flattening lays several pixels of a channel side by side.
  SmallVector<int64_t> seen(input->rows(), 0), pixel;
  for (int64_t label : *labels)
    pixel.push_back(seen[label]++);
  MatrixXf result(labels->size(), labels->size());
  for (auto [a, from] : llvm::enumerate(*labels))
    for (auto [b, to] : llvm::enumerate(*labels))
      result(a, b) = (*input)(from, to) *
                     (pixel[a] == pixel[b] ? 1.0 : neighbourCorrelation);
  return share(std::move(result));
}
