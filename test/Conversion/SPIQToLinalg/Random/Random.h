//===- Random.h - Random types and tensors ----------------------*- C++ -*-===//
//
// A reproducible source of shapes, quantized types and tensors.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_TEST_CONVERSION_SPIQTOLINALG_RANDOM_RANDOM_H
#define SPIQ_TEST_CONVERSION_SPIQTOLINALG_RANDOM_RANDOM_H

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/Reference/Tensor.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

#include <optional>
#include <random>

namespace spiq::test {

/// How a generated operation computes.
enum class Form { Float, Integer, Dequantized, Dynamic };

class Random {
public:
  Random(mlir::MLIRContext *context, uint64_t seed)
      : context(context), engine(seed), isPowerOfTwo(oneIn(3)) {}

  /// An integer in [`low`, `high`].
  int64_t integer(int64_t low, int64_t high);
  /// True once in `n` times on average.
  bool oneIn(int64_t n) { return integer(1, n) == 1; }
  double real(double low, double high);

  /// A tensor type of activations: f32, or a random quantized type along the
  /// last dimension. `scale` is the magnitude of its scales.
  mlir::RankedTensorType activation(bool isQuantized,
                                    llvm::ArrayRef<int64_t> shape,
                                    double scale = 0.05);
  /// A quantized type with `count` scales along `axis`, or one in all.
  mlir::Type quantized(int64_t count, int64_t axis, double scale);
  /// A weight type: signed, zero point 0, one scale per output channel or one.
  mlir::Type weight(int64_t numOutputs, double scale);
  /// Bounds of a fused activation: none, ReLU, ReLU6 or anything.
  std::pair<mlir::FloatAttr, mlir::FloatAttr> clamp();

  /// A fused activation of a layer with `count` channels, or none.
  ActivationAttr function(int64_t count);

  /// A value of `type`; `isExtreme` prefers the ends of the range.
  reference::Tensor tensor(mlir::RankedTensorType type, bool isExtreme = false);

  mlir::MLIRContext *context;

private:
  double scaleNear(double magnitude);

  std::mt19937_64 engine;
  /// Whether all scales are powers of two, which makes exact ties common.
  bool isPowerOfTwo;
};

} // namespace spiq::test

#endif // SPIQ_TEST_CONVERSION_SPIQTOLINALG_RANDOM_RANDOM_H
