//===- Linear.cpp - Layers with weights, by plain loops -------------------===//
//
// Convolution, transposed convolution, fully connected layer, batch-norm.
//
//===----------------------------------------------------------------------===//

#include "Operations.h"
#include "Quantization.h"

#include <algorithm>
#include <cmath>

namespace spiq::reference {

namespace {
/// A convolution, or the fully connected layer as a convolution of one pixel.
struct Geometry {
  int64_t batch, height, width, inputs;
  int64_t outputs, kernelHeight, kernelWidth, groupInputs;
  int64_t resultHeight, resultWidth;
  int64_t strides[2] = {1, 1}, dilations[2] = {1, 1}, origin[2] = {0, 0};
  int64_t groups = 1;
  bool isTransposed = false;

  /// The input position along `dim` that output position `out` reads with
  /// kernel index `k`: an input pixel, or none in padding and between pixels.
  std::optional<int64_t> getSource(int dim, int64_t out, int64_t k) const {
    int64_t size = dim == 0 ? height : width;
    int64_t source;
    if (isTransposed) {
      // out = source * stride + k * dilation - origin
      int64_t scaled = out - k * dilations[dim] + origin[dim];
      if (scaled % strides[dim] != 0)
        return std::nullopt;
      source = scaled / strides[dim];
    } else {
      source = out * strides[dim] + k * dilations[dim] - origin[dim];
    }
    if (source < 0 || source >= size)
      return std::nullopt;
    return source;
  }
};
} // namespace

/// Sum over the kernel of weight times input, for one result element. Where
/// there is no pixel the input is `absent(channel)`.
template <typename Sum, typename T>
static Sum accumulate(const Geometry &g, llvm::ArrayRef<T> input,
                      llvm::ArrayRef<T> weights, int64_t n, int64_t y,
                      int64_t x, int64_t o,
                      llvm::function_ref<T(int64_t)> absent) {
  int64_t firstChannel = o / (g.outputs / g.groups) * g.groupInputs;
  Sum sum = 0;
  for (int64_t kh = 0; kh < g.kernelHeight; ++kh)
    for (int64_t kw = 0; kw < g.kernelWidth; ++kw) {
      auto row = g.getSource(0, y, kh), column = g.getSource(1, x, kw);
      const T *w = &weights[((o * g.kernelHeight + kh) * g.kernelWidth + kw) *
                            g.groupInputs];
      if (!row || !column) {
        for (int64_t i = 0; i < g.groupInputs; ++i)
          sum += Sum(w[i]) * Sum(absent(firstChannel + i));
        continue;
      }
      const T *pixel =
          &input[((n * g.height + *row) * g.width + *column) * g.inputs +
                 firstChannel];
      for (int64_t i = 0; i < g.groupInputs; ++i)
        sum += Sum(w[i]) * Sum(pixel[i]);
    }
  return sum;
}

/// Calls `compute(n, y, x, o, index)` for each element of the result.
static void forEachResult(
    const Geometry &g,
    llvm::function_ref<void(int64_t, int64_t, int64_t, int64_t, int64_t)>
        compute) {
  int64_t index = 0;
  for (int64_t n = 0; n < g.batch; ++n)
    for (int64_t y = 0; y < g.resultHeight; ++y)
      for (int64_t x = 0; x < g.resultWidth; ++x)
        for (int64_t o = 0; o < g.outputs; ++o)
          compute(n, y, x, o, index++);
}

namespace {
/// A linear layer with its operands.
struct Layer {
  Geometry geometry;
  mlir::Type inputType, weightType, resultType, residualType;
  const Tensor *input, *weights, *bias, *residual = nullptr;
  ActivationAttr activation;
  Bounds bounds;

  Tensor run() const {
    if (getQuantization(inputType))
      return runInteger();
    return getQuantization(weightType) ? runDynamic() : runFloat();
  }

private:
  llvm::ArrayRef<int64_t> getResultShape() const {
    return llvm::cast<mlir::ShapedType>(resultType).getShape();
  }

  /// y[o] = clamp(bias[o] + sum W[o, k] * x[k])
  Tensor runFloat() const {
    Tensor result = Tensor::ofFloats(getResultShape());
    forEachResult(geometry, [&](int64_t n, int64_t y, int64_t x, int64_t o,
                                int64_t index) {
      double sum =
          accumulate<double, float>(geometry, input->floats, weights->floats, n,
                                    y, x, o, [](int64_t) { return 0.0f; });
      sum += bias->floats[o];
      if (residual)
        sum += residual->floats[index];
      result.floats[index] = bounds.apply(sum);
    });
    return result;
  }

  /// acc[o] = bias[o] + sum Wq[o, k] * q[k], in i32.
  int32_t getAccumulator(const Quantization &type, int64_t n, int64_t y,
                         int64_t x, int64_t o) const {
    int64_t sum = accumulate<int64_t, int32_t>(
        geometry, input->integers, weights->integers, n, y, x, o,
        [&](int64_t c) { return int32_t(type.zeroPoint(c)); });
    return int32_t(sum + bias->integers[o]);
  }

  Tensor runInteger() const {
    Quantization from = *getQuantization(inputType);
    Quantization weight = *getQuantization(weightType);
    auto to = getQuantization(resultType);
    if (!to)
      return runDequantized(from, weight);
    auto addend = getQuantization(residualType ? residualType : inputType);
    Tensor result = Tensor::ofIntegers(getResultShape());
    forEachResult(geometry, [&](int64_t n, int64_t y, int64_t x, int64_t o,
                                int64_t index) {
      float multiplier =
          float(weight.scale(o) / (activation ? 1.0 : to->scale(o)));
      float scaled = float(getAccumulator(from, n, y, x, o)) * multiplier;
      if (activation)
        scaled =
            applyActivation(activation, scaled, o) * float(1.0 / to->scale(o));
      if (residual) {
        float residualMultiplier = float(addend->scale(o) / to->scale(o));
        float offset =
            float(residual->integers[index] - int32_t(addend->zeroPoint(o)));
        float term = offset * residualMultiplier;
        scaled = scaled + term;
      }
      result.integers[index] = quantizeResult(scaled, *to, o, bounds);
    });
    return result;
  }

  /// y[o] = clamp(f32(acc[o]) * f32(t[o]))
  Tensor runDequantized(const Quantization &from,
                        const Quantization &weight) const {
    Tensor result = Tensor::ofFloats(getResultShape());
    forEachResult(geometry, [&](int64_t n, int64_t y, int64_t x, int64_t o,
                                int64_t index) {
      float real =
          float(getAccumulator(from, n, y, x, o)) * float(weight.scale(o));
      if (residual)
        real = real + residual->floats[index];
      result.floats[index] = bounds.apply(real);
    });
    return result;
  }

  /// y[o] = clamp(f32(acc[o]) * (s * f32(t[o])) + bias[o])
  Tensor runDynamic() const {
    Quantization weight = *getQuantization(weightType);
    float low = 0.0f, high = 0.0f;
    for (float x : input->floats) {
      low = std::min(low, x);
      high = std::max(high, x);
    }
    float scale = (high - low) / 255.0f;
    if (scale == 0.0f)
      scale = 1.0f;
    float zeroPoint = std::nearbyintf(-low / scale);
    // q - z, so that padding counts as zero.
    std::vector<int32_t> centred;
    for (float x : input->floats) {
      float q = std::nearbyintf(x / scale) + zeroPoint;
      centred.push_back(int32_t(std::clamp(q, 0.0f, 255.0f)) -
                        int32_t(zeroPoint));
    }
    Tensor result = Tensor::ofFloats(getResultShape());
    forEachResult(geometry, [&](int64_t n, int64_t y, int64_t x, int64_t o,
                                int64_t index) {
      int64_t acc =
          accumulate<int64_t, int32_t>(geometry, centred, weights->integers, n,
                                       y, x, o, [](int64_t) { return 0; });
      float multiplier = scale * float(weight.scale(o));
      float product = float(int32_t(acc)) * multiplier;
      float real = product + bias->floats[o];
      if (residual)
        real = real + residual->floats[index];
      result.floats[index] = bounds.apply(real);
    });
    return result;
  }
};
} // namespace

template <typename OpT>
static Layer getLayer(OpT op, Operands operands) {
  Layer layer;
  layer.inputType = op.getInput().getType();
  layer.weightType = op.getWeights().getType();
  layer.resultType = op.getOutput().getType();
  layer.input = operands[0];
  layer.weights = operands[1];
  layer.bias = operands[2];
  layer.bounds = Bounds::of(op.getClampMin(), op.getClampMax());
  return layer;
}

template <typename OpT>
static Geometry getConvolution(OpT op) {
  auto in = getShape(op.getInput()), w = getShape(op.getWeights()),
       out = getShape(op.getOutput());
  Geometry g = {in[0], in[1], in[2], in[3],  w[0],
                w[1],  w[2],  w[3],  out[1], out[2]};
  for (int dim = 0; dim < 2; ++dim) {
    g.strides[dim] = op.getStrides()[dim];
    g.dilations[dim] = op.getDilations()[dim];
    g.origin[dim] = op.getPadding()[2 * dim];
  }
  g.groups = op.getGroups();
  return g;
}

Tensor evaluate(Conv2DOp op, Operands operands) {
  Layer layer = getLayer(op, operands);
  layer.geometry = getConvolution(op);
  layer.activation = op.getActivationAttr();
  if (op.getResidual()) {
    layer.residualType = op.getResidual().getType();
    layer.residual = operands[3];
  }
  return layer.run();
}

Tensor evaluate(TransposedConv2DOp op, Operands operands) {
  Layer layer = getLayer(op, operands);
  layer.geometry = getConvolution(op);
  layer.geometry.isTransposed = true;
  return layer.run();
}

Tensor evaluate(FullyConnectedOp op, Operands operands) {
  Layer layer = getLayer(op, operands);
  layer.activation = op.getActivationAttr();
  auto in = getShape(op.getInput()), w = getShape(op.getWeights());
  layer.geometry = {in[0], 1, 1, in[1], w[0], 1, 1, w[1], 1, 1};
  return layer.run();
}

Tensor evaluate(BatchNormOp op, Operands operands) {
  const Tensor &input = *operands[0];
  Tensor result = Tensor::ofFloats(input.shape);
  double epsilon = op.getEpsilon().convertToFloat();
  for (size_t index = 0; index < input.floats.size(); ++index) {
    int64_t c = index % input.getNumChannels();
    double scale = operands[1]->floats[c], bias = operands[2]->floats[c],
           mean = operands[3]->floats[c], variance = operands[4]->floats[c];
    result.floats[index] =
        scale * (input.floats[index] - mean) / std::sqrt(variance + epsilon) +
        bias;
  }
  return result;
}

} // namespace spiq::reference
