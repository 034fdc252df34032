//===- Spatial.cpp - Pooling, concat, resize, pad, by plain loops ---------===//
//
// Operations that move or combine pixels.
//
//===----------------------------------------------------------------------===//

#include "Operations.h"
#include "Quantization.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spiq::reference {

//===----------------------------------------------------------------------===//
// Concatenation and padding
//===----------------------------------------------------------------------===//

Tensor evaluate(ConcatOp op, Operands operands) {
  auto shape = getShape(op.getOutput());
  auto to = getQuantization(op.getOutput().getType());
  Tensor result = to ? Tensor::ofIntegers(shape) : Tensor::ofFloats(shape);
  int64_t axis = op.getAxis(), start = 0;
  for (size_t number = 0; number < operands.size(); ++number) {
    const Tensor *operand = operands[number];
    auto from = getQuantization(op.getInputs()[number].getType());
    int64_t position = 0;
    forEachIndex(operand->shape, [&](llvm::ArrayRef<int64_t> index) {
      llvm::SmallVector<int64_t> target(index);
      target[axis] += start;
      int64_t offset = result.getOffset(target);
      if (!to) {
        result.floats[offset] = operand->floats[position++];
        return;
      }
      int64_t c = index.back(), d = target.back();
      int32_t q = operand->integers[position++];
      float scaled =
          float(q - from->zeroPoint(c)) * float(from->scale(c) / to->scale(d));
      result.integers[offset] = quantizeResult(scaled, *to, d);
    });
    start += operand->shape[axis];
  }
  return result;
}

Tensor evaluate(PadOp op, Operands operands) {
  const Tensor &input = *operands[0];
  auto shape = getShape(op.getOutput());
  auto type = getQuantization(op.getOutput().getType());
  float value = op.getValue().convertToFloat();
  Tensor result = type ? Tensor::ofIntegers(shape) : Tensor::ofFloats(shape);
  int64_t position = 0;
  forEachIndex(shape, [&](llvm::ArrayRef<int64_t> index) {
    llvm::SmallVector<int64_t> source(index);
    bool isInside = true;
    for (size_t dim = 0; dim < shape.size(); ++dim) {
      source[dim] -= op.getLow()[dim];
      isInside &= source[dim] >= 0 && source[dim] < input.shape[dim];
    }
    if (type)
      result.integers[position] =
          isInside ? input.integers[input.getOffset(source)]
                   : quantizeExactly(value, *type, index.back());
    else
      result.floats[position] =
          isInside ? input.floats[input.getOffset(source)] : value;
    ++position;
  });
  return result;
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

/// Calls `visit(row, column)` for each position of the window at (`y`, `x`),
/// inside of the image or not.
template <typename OpT>
static void forEachTap(OpT op, llvm::ArrayRef<int64_t> dilations, int64_t y,
                       int64_t x,
                       llvm::function_ref<void(int64_t, int64_t)> visit) {
  for (int64_t kh = 0; kh < op.getKernel()[0]; ++kh)
    for (int64_t kw = 0; kw < op.getKernel()[1]; ++kw)
      visit(y * op.getStrides()[0] + kh * dilations[0] - op.getPadding()[0],
            x * op.getStrides()[1] + kw * dilations[1] - op.getPadding()[2]);
}

static bool isInside(const Tensor &image, int64_t row, int64_t column) {
  return row >= 0 && row < image.shape[1] && column >= 0 &&
         column < image.shape[2];
}

Tensor evaluate(MaxPool2DOp op, Operands operands) {
  const Tensor &input = *operands[0];
  auto shape = getShape(op.getOutput());
  Tensor result =
      input.isFloat ? Tensor::ofFloats(shape) : Tensor::ofIntegers(shape);
  int64_t position = 0;
  forEachIndex(shape, [&](llvm::ArrayRef<int64_t> index) {
    float best = -std::numeric_limits<float>::infinity();
    int32_t bestInteger = std::numeric_limits<int32_t>::min();
    forEachTap(op, op.getDilations(), index[1], index[2],
               [&](int64_t row, int64_t column) {
                 if (!isInside(input, row, column))
                   return;
                 int64_t offset =
                     input.getOffset({index[0], row, column, index[3]});
                 if (input.isFloat)
                   best = std::max(best, input.floats[offset]);
                 else
                   bestInteger = std::max(bestInteger, input.integers[offset]);
               });
    if (input.isFloat)
      result.floats[position++] = best;
    else
      result.integers[position++] = bestInteger;
  });
  return result;
}

Tensor evaluate(AvgPool2DOp op, Operands operands) {
  const Tensor &input = *operands[0];
  auto shape = getShape(op.getOutput());
  auto from = getQuantization(op.getInput().getType());
  auto to = getQuantization(op.getOutput().getType());
  Tensor result = to ? Tensor::ofIntegers(shape) : Tensor::ofFloats(shape);
  int64_t position = 0;
  forEachIndex(shape, [&](llvm::ArrayRef<int64_t> index) {
    double sum = 0.0;
    int64_t integerSum = 0, divisor = 0, c = index[3];
    forEachTap(op, {1, 1}, index[1], index[2],
               [&](int64_t row, int64_t column) {
                 bool inside = isInside(input, row, column);
                 bool inPadding = row < input.shape[1] + op.getPadding()[1] &&
                                  column < input.shape[2] + op.getPadding()[3];
                 if (inside || (op.getCountIncludePad() && inPadding))
                   ++divisor;
                 if (!inside)
                   return;
                 int64_t offset = input.getOffset({index[0], row, column, c});
                 if (from)
                   integerSum += input.integers[offset] - from->zeroPoint(c);
                 else
                   sum += input.floats[offset];
               });
    if (!from) {
      result.floats[position++] = sum / divisor;
      return;
    }
    if (!to) {
      result.floats[position++] =
          float(integerSum) * float(from->scale(c) / divisor);
      return;
    }
    float multiplier = float(from->scale(c) / (to->scale(c) * divisor));
    result.integers[position++] =
        quantizeResult(float(integerSum) * multiplier, *to, c);
  });
  return result;
}

//===----------------------------------------------------------------------===//
// Resize
//===----------------------------------------------------------------------===//

static double getCoordinate(ResizeOp op, int dim, int64_t out) {
  double in = getShape(op.getInput())[dim + 1];
  double size = getShape(op.getOutput())[dim + 1];
  double scale = op.getScales() ? (*op.getScales())[dim] : size / in;
  switch (op.getCoordinateMode()) {
  case CoordinateMode::HalfPixel:
    return (out + 0.5) / scale - 0.5;
  case CoordinateMode::PytorchHalfPixel:
    return size > 1 ? (out + 0.5) / scale - 0.5 : 0.0;
  case CoordinateMode::AlignCorners:
    return size > 1 ? out * (in - 1) / (size - 1) : 0.0;
  case CoordinateMode::Asymmetric:
    return out / scale;
  }
  llvm_unreachable("all modes are handled");
}

static double limitCoordinate(ResizeOp op, int dim, double coordinate) {
  double last = getShape(op.getInput())[dim + 1] - 1;
  return std::min(std::max(coordinate, 0.0), last);
}

static int64_t getNearest(ResizeOp op, int dim, int64_t out) {
  double coordinate = getCoordinate(op, dim, out);
  double below = std::floor(coordinate);
  double rounded = below;
  switch (op.getNearestMode()) {
  case NearestMode::RoundPreferFloor:
    rounded = coordinate - below > 0.5 ? below + 1 : below;
    break;
  case NearestMode::RoundPreferCeil:
    rounded = coordinate - below >= 0.5 ? below + 1 : below;
    break;
  case NearestMode::Floor:
    break;
  case NearestMode::Ceil:
    rounded = std::ceil(coordinate);
    break;
  }
  return int64_t(limitCoordinate(op, dim, rounded));
}

static Tensor resizeNearest(ResizeOp op, const Tensor &input) {
  auto shape = getShape(op.getOutput());
  Tensor result =
      input.isFloat ? Tensor::ofFloats(shape) : Tensor::ofIntegers(shape);
  int64_t position = 0;
  forEachIndex(shape, [&](llvm::ArrayRef<int64_t> index) {
    int64_t offset = input.getOffset({index[0], getNearest(op, 0, index[1]),
                                      getNearest(op, 1, index[2]), index[3]});
    if (input.isFloat)
      result.floats[position++] = input.floats[offset];
    else
      result.integers[position++] = input.integers[offset];
  });
  return result;
}

static Tensor resizeLinear(ResizeOp op, const Tensor &input) {
  auto shape = getShape(op.getOutput());
  auto from = getQuantization(op.getInput().getType());
  auto to = getQuantization(op.getOutput().getType());
  Tensor result = to ? Tensor::ofIntegers(shape) : Tensor::ofFloats(shape);
  int64_t position = 0;
  forEachIndex(shape, [&](llvm::ArrayRef<int64_t> index) {
    int64_t c = index[3];
    double row = limitCoordinate(op, 0, getCoordinate(op, 0, index[1]));
    double column = limitCoordinate(op, 1, getCoordinate(op, 1, index[2]));
    int64_t y = int64_t(row), x = int64_t(column);
    int64_t y1 = std::min(y + 1, input.shape[1] - 1);
    int64_t x1 = std::min(x + 1, input.shape[2] - 1);
    float fh = float(row - y), fw = float(column - x);
    auto pixel = [&](int64_t h, int64_t w) -> float {
      int64_t offset = input.getOffset({index[0], h, w, c});
      if (!to)
        return input.floats[offset];
      return float(input.integers[offset] - from->zeroPoint(c)) *
             float(from->scale(c) / to->scale(c));
    };
    auto blend = [](float a, float b, float f) {
      float first = a * (1.0f - f), second = b * f;
      return first + second;
    };
    float top = blend(pixel(y, x), pixel(y, x1), fw);
    float bottom = blend(pixel(y1, x), pixel(y1, x1), fw);
    float value = blend(top, bottom, fh);
    if (to)
      result.integers[position++] = quantizeResult(value, *to, c);
    else
      result.floats[position++] = value;
  });
  return result;
}

Tensor evaluate(ResizeOp op, Operands operands) {
  return op.getMode() == ResizeMode::Nearest ? resizeNearest(op, *operands[0])
                                             : resizeLinear(op, *operands[0]);
}

} // namespace spiq::reference
