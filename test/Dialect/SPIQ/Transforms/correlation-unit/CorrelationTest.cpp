//===- CorrelationTest.cpp - Propagated correlations against sampling -----===//
//
// Compares the correlations of the channels of small networks with those of
// random samples.
//
//===----------------------------------------------------------------------===//

#include "CorrelationAnalysis.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Parser/Parser.h"

#include <cmath>
#include <cstdio>
#include <functional>
#include <random>

using namespace mlir;
using namespace spiq;
using Eigen::MatrixXd;
using Eigen::VectorXd;

static int numFailures = 0;

/// A layer that reads three colours, and functions of its result.
static constexpr llvm::StringLiteral network = R"(
func.func @f(%x: tensor<1x4x4x3xf32> {spiq.stats = #spiq.channel_stats<
    mean = [0.1, -0.2, 0.3], stddev = [1.0, 0.8, 1.2]>}) -> tensor<1x4x4x3xf32> {
  %w = arith.constant dense<[[[[1.0, -0.5, 0.25]]], [[[0.5, 0.5, -1.5]]],
    [[[-0.75, 2.0, 0.5]]]]> : tensor<3x1x1x3xf32>
  %b = arith.constant dense<[0.2, -0.1, 0.4]> : tensor<3xf32>
  %linear = spiq.conv_2d %x, %w, %b {stats = #spiq.channel_stats<
      mean = [0.475, -0.6, -0.075], stddev = [0.9067, 1.0714, 1.6]>}
    : (tensor<1x4x4x3xf32>, tensor<3x1x1x3xf32>, tensor<3xf32>) -> tensor<1x4x4x3xf32>
  %relu = spiq.clamp %linear {clamp_min = 0.0 : f32} : (tensor<1x4x4x3xf32>) -> tensor<1x4x4x3xf32>
  %sigmoid = spiq.activation sigmoid %linear : (tensor<1x4x4x3xf32>) -> tensor<1x4x4x3xf32>
  return %relu : tensor<1x4x4x3xf32>
}
)";

/// The correlations of `f` of the layer's results over samples of the input.
static MatrixXd
sample(const std::function<VectorXd(const VectorXd &)> &function) {
  MatrixXd colours = MatrixXd::Constant(3, 3, 0.9);
  colours.diagonal().setOnes();
  MatrixXd factor = MatrixXd::Zero(3, 3);
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j <= i; ++j) {
      double rest =
          colours(i, j) - factor.row(i).head(j).dot(factor.row(j).head(j));
      factor(i, j) = i == j ? std::sqrt(rest) : rest / factor(j, j);
    }
  MatrixXd weights(3, 3);
  weights << 1.0, -0.5, 0.25, 0.5, 0.5, -1.5, -0.75, 2.0, 0.5;
  VectorXd bias(3), mean(3), deviation(3);
  bias << 0.2, -0.1, 0.4;
  mean << 0.1, -0.2, 0.3;
  deviation << 1.0, 0.8, 1.2;
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  constexpr int count = 400000;
  VectorXd sum = VectorXd::Zero(3);
  MatrixXd products = MatrixXd::Zero(3, 3);
  for (int i = 0; i < count; ++i) {
    VectorXd z(3);
    for (double &value : z)
      value = normal(random);
    VectorXd x = mean + deviation.cwiseProduct(factor * z);
    VectorXd y = function(weights * x + bias);
    sum += y;
    products += y * y.transpose();
  }
  MatrixXd covariance =
      products / count - sum * sum.transpose() / (double(count) * count);
  VectorXd scale = covariance.diagonal().cwiseSqrt().cwiseInverse();
  return scale.asDiagonal() * covariance * scale.asDiagonal();
}

static void expectNear(const char *what, const Eigen::MatrixXf *actual,
                       const MatrixXd &expected, double tolerance) {
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) {
      double value = actual ? (*actual)(i, j) : NAN;
      if (std::abs(value - expected(i, j)) <= tolerance)
        continue;
      std::printf("FAILED: %s (%d, %d): got %.4f, expected %.4f\n", what, i, j,
                  value, expected(i, j));
      ++numFailures;
    }
}

int main() {
  DialectRegistry registry;
  registry.insert<SPIQDialect, func::FuncDialect, arith::ArithDialect,
                  tensor::TensorDialect, quant::QuantDialect>();
  MLIRContext context(registry);
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(network, &context);
  if (!module)
    return 1;
  auto function = *module->getOps<func::FuncOp>().begin();
  FailureOr<StatisticsAnalysis> statistics =
      StatisticsAnalysis::create(function, {});
  if (failed(statistics))
    return 1;
  CorrelationAnalysis correlations(function, *statistics, {});
  for (Operation &op : function.getBody().front()) {
    if (op.getNumResults() != 1)
      continue;
    const Eigen::MatrixXf *actual = correlations.lookup(op.getResult(0)).get();
    if (isa<Conv2DOp>(op))
      expectNear("layer", actual, sample([](const VectorXd &x) { return x; }),
                 0.01);
    else if (isa<ClampOp>(op))
      expectNear("ReLU", actual,
                 sample([](const VectorXd &x) { return x.cwiseMax(0.0); }),
                 0.02);
    else if (isa<ActivationOp>(op))
      expectNear("sigmoid", actual, sample([](const VectorXd &x) {
                   return VectorXd((1.0 + (-x.array()).exp()).inverse());
                 }),
                 0.01);
  }
  if (numFailures == 0)
    std::printf("all checks passed\n");
  return numFailures != 0;
}
