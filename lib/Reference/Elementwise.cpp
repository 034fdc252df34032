//===- Elementwise.cpp - Elementwise operations, by plain loops -----------===//
//
// Addition, multiplication, clamp, rescale, activations and quant casts.
//
//===----------------------------------------------------------------------===//

#include "Operations.h"
#include "Quantization.h"

#include <algorithm>
#include <cmath>

namespace spiq::reference {

//===----------------------------------------------------------------------===//
// Binary operations
//===----------------------------------------------------------------------===//

/// Position in `tensor` of the element that is broadcast to `index`.
static int64_t getBroadcastOffset(const Tensor &tensor,
                                  llvm::ArrayRef<int64_t> index) {
  int64_t offset = 0;
  for (int64_t dim = 0; dim < tensor.getRank(); ++dim)
    offset =
        offset * tensor.shape[dim] + (tensor.shape[dim] == 1 ? 0 : index[dim]);
  return offset;
}

template <typename OpT>
static Tensor evaluateBinary(
    OpT op, Operands operands,
    llvm::function_ref<float(float, float)> computeFloat,
    llvm::function_ref<float(int64_t, int64_t, double, double, double)>
        computeScaled) {
  const Tensor &lhs = *operands[0], &rhs = *operands[1];
  auto shape = getShape(op.getOutput());
  Bounds bounds = Bounds::of(op.getClampMin(), op.getClampMax());
  auto to = getQuantization(op.getOutput().getType());
  Tensor result = to ? Tensor::ofIntegers(shape) : Tensor::ofFloats(shape);
  auto left = getQuantization(op.getLhs().getType());
  auto right = getQuantization(op.getRhs().getType());
  int64_t position = 0;
  forEachIndex(shape, [&](llvm::ArrayRef<int64_t> index) {
    int64_t l = getBroadcastOffset(lhs, index);
    int64_t r = getBroadcastOffset(rhs, index);
    if (!to) {
      result.floats[position++] =
          bounds.apply(computeFloat(lhs.floats[l], rhs.floats[r]));
      return;
    }
    int64_t c = index.empty() ? 0 : index.back();
    int64_t cl = lhs.getNumChannels() == 1 ? 0 : c;
    int64_t cr = rhs.getNumChannels() == 1 ? 0 : c;
    float scaled =
        computeScaled(lhs.integers[l] - left->zeroPoint(cl),
                      rhs.integers[r] - right->zeroPoint(cr), left->scale(cl),
                      right->scale(cr), to->scale(c));
    result.integers[position++] = quantizeResult(scaled, *to, c, bounds);
  });
  return result;
}

Tensor evaluate(AddOp op, Operands operands) {
  return evaluateBinary(
      op, operands, [](float l, float r) { return l + r; },
      [](int64_t l, int64_t r, double sl, double sr, double sy) {
        float left = float(l) * float(sl / sy);
        float right = float(r) * float(sr / sy);
        return left + right;
      });
}

Tensor evaluate(MulOp op, Operands operands) {
  return evaluateBinary(
      op, operands, [](float l, float r) { return l * r; },
      [](int64_t l, int64_t r, double sl, double sr, double sy) {
        return float(l * r) * float(sl * sr / sy);
      });
}

//===----------------------------------------------------------------------===//
// Unary operations
//===----------------------------------------------------------------------===//

/// Applies `compute(element index, channel)` everywhere.
template <typename T>
static void forEachElement(const Tensor &input, std::vector<T> &result,
                           llvm::function_ref<T(int64_t, int64_t)> compute) {
  for (int64_t index = 0; index < input.getNumElements(); ++index)
    result[index] = compute(index, index % input.getNumChannels());
}

Tensor evaluate(ClampOp op, Operands operands) {
  const Tensor &input = *operands[0];
  Bounds bounds = Bounds::of(op.getClampMin(), op.getClampMax());
  auto to = getQuantization(op.getOutput().getType());
  if (!to) {
    Tensor result = Tensor::ofFloats(input.shape);
    forEachElement<float>(input, result.floats, [&](int64_t i, int64_t) {
      return bounds.apply(input.floats[i]);
    });
    return result;
  }
  auto from = getQuantization(op.getInput().getType());
  Tensor result = Tensor::ofIntegers(input.shape);
  forEachElement<int32_t>(input, result.integers, [&](int64_t i, int64_t c) {
    float offset = float(input.integers[i] - from->zeroPoint(c));
    return quantizeResult(offset * float(from->scale(c) / to->scale(c)), *to, c,
                          bounds);
  });
  return result;
}

Tensor evaluate(RescaleOp op, Operands operands) {
  const Tensor &input = *operands[0];
  const auto &m = operands[1]->floats, &b = operands[2]->floats;
  Bounds bounds = Bounds::of(op.getClampMin(), op.getClampMax());
  auto to = getQuantization(op.getOutput().getType());
  if (!to) {
    Tensor result = Tensor::ofFloats(input.shape);
    forEachElement<float>(input, result.floats, [&](int64_t i, int64_t c) {
      float product = m[c] * input.floats[i];
      return bounds.apply(product + b[c]);
    });
    return result;
  }
  auto from = getQuantization(op.getInput().getType());
  Tensor result = Tensor::ofIntegers(input.shape);
  ActivationAttr activation = op.getActivationAttr();
  forEachElement<int32_t>(input, result.integers, [&](int64_t i, int64_t c) {
    double scale = activation ? 1.0 : to->scale(c);
    float offset = float(input.integers[i] - from->zeroPoint(c));
    float product = offset * float(m[c] * from->scale(c) / scale);
    float scaled = product + float(b[c] / scale);
    if (activation)
      scaled =
          applyActivation(activation, scaled, c) * float(1.0 / to->scale(c));
    return quantizeResult(scaled, *to, c, bounds);
  });
  return result;
}

/// The function of an activation, in double precision.
static double activate(ActivationOp op, double x, double slope) {
  double alpha = op.getAlpha().convertToFloat();
  double beta = op.getBeta().convertToFloat();
  switch (op.getKind()) {
  case ActivationKind::LeakyRelu:
    return x < 0 ? alpha * x : x;
  case ActivationKind::PRelu:
    return x < 0 ? slope * x : x;
  case ActivationKind::Sigmoid:
    return 1 / (1 + std::exp(-x));
  case ActivationKind::HardSigmoid:
    return std::min(std::max(alpha * x + beta, 0.0), 1.0);
  case ActivationKind::Tanh:
    return std::tanh(x);
  case ActivationKind::Silu:
    return x / (1 + std::exp(-x));
  case ActivationKind::HardSwish:
    return x * std::min(std::max(x / 6 + 0.5, 0.0), 1.0);
  case ActivationKind::Elu:
    return x < 0 ? alpha * (std::exp(x) - 1) : x;
  case ActivationKind::Gelu:
    return x / 2 * (1 + std::erf(x / std::sqrt(2.0)));
  case ActivationKind::Mish:
    return x * std::tanh(std::log(1 + std::exp(x)));
  case ActivationKind::Softplus:
    return std::log(1 + std::exp(x));
  }
  llvm_unreachable("all kinds are handled");
}

Tensor evaluate(ActivationOp op, Operands operands) {
  const Tensor &input = *operands[0];
  auto getSlope = [&](int64_t c) {
    return operands.size() > 1 ? double(operands[1]->floats[c]) : 0.0;
  };
  auto to = getQuantization(op.getOutput().getType());
  if (!to) {
    Tensor result = Tensor::ofFloats(input.shape);
    forEachElement<float>(input, result.floats, [&](int64_t i, int64_t c) {
      return activate(op, input.floats[i], getSlope(c));
    });
    return result;
  }
  auto from = getQuantization(op.getInput().getType());
  Tensor result = Tensor::ofIntegers(input.shape);
  forEachElement<int32_t>(input, result.integers, [&](int64_t i, int64_t c) {
    double x = from->scale(c) * double(input.integers[i] - from->zeroPoint(c));
    return quantizeExactly(activate(op, x, getSlope(c)), *to, c);
  });
  return result;
}

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

/// Calls `visit(position, channel)` for each element; the channel is the index
/// along the quantized axis.
static void forEachChannel(const Tensor &tensor, const Quantization &type,
                           llvm::function_ref<void(int64_t, int64_t)> visit) {
  int64_t position = 0;
  forEachIndex(tensor.shape, [&](llvm::ArrayRef<int64_t> index) {
    visit(position++, type.axis < 0 ? 0 : index[type.axis]);
  });
}

Tensor evaluate(mlir::quant::QuantizeCastOp op, Operands operands) {
  const Tensor &input = *operands[0];
  Quantization type = *getQuantization(op.getType());
  Tensor result = Tensor::ofIntegers(input.shape);
  forEachChannel(input, type, [&](int64_t i, int64_t c) {
    float scaled = input.floats[i] / float(type.scale(c));
    result.integers[i] = quantizeResult(scaled, type, c);
  });
  return result;
}

Tensor evaluate(mlir::quant::DequantizeCastOp op, Operands operands) {
  const Tensor &input = *operands[0];
  Quantization type = *getQuantization(op.getInput().getType());
  Tensor result = Tensor::ofFloats(input.shape);
  forEachChannel(input, type, [&](int64_t i, int64_t c) {
    result.floats[i] =
        float(input.integers[i] - type.zeroPoint(c)) * float(type.scale(c));
  });
  return result;
}

Tensor evaluate(mlir::quant::StorageCastOp op, Operands operands) {
  Tensor result = *operands[0];
  auto to = getQuantization(op.getType());
  for (int32_t &value : result.integers)
    value =
        to && !to->isSigned ? int32_t(uint8_t(value)) : int32_t(int8_t(value));
  return result;
}

} // namespace spiq::reference
