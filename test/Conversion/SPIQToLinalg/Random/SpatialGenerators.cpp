//===- SpatialGenerators.cpp - Random pooling, concat, resize, pad --------===//
//
// Random operations that move or combine pixels.
//
//===----------------------------------------------------------------------===//

#include "Generators.h"

using namespace mlir;

namespace spiq::test {

void generateConcat(CaseBuilder &builder, Form form) {
  Random &random = builder.random;
  bool isQuantized = form == Form::Integer;
  SmallVector<int64_t> shape;
  for (int64_t dim = 0, rank = random.integer(1, 4); dim < rank; ++dim)
    shape.push_back(random.integer(1, 5));
  int64_t axis = random.integer(0, shape.size() - 1);
  SmallVector<Value> inputs;
  SmallVector<int64_t> resultShape(shape);
  resultShape[axis] = 0;
  for (int64_t index = 0, count = random.integer(1, 4); index < count;
       ++index) {
    shape[axis] = random.integer(1, 5);
    resultShape[axis] += shape[axis];
    inputs.push_back(builder.argument(random.activation(isQuantized, shape)));
  }
  auto type = random.activation(isQuantized, resultShape);
  // The result often keeps the type of an input.
  auto first = cast<RankedTensorType>(inputs[0].getType());
  bool fits = axis + 1 < int64_t(shape.size()) ||
              isa<quant::UniformQuantizedType>(first.getElementType());
  if (fits && random.oneIn(2))
    type = RankedTensorType::get(resultShape, first.getElementType());
  builder.finish(ConcatOp::create(builder.builder, builder.loc, type, inputs,
                                  builder.builder.getI64IntegerAttr(axis)));
}

namespace {
/// A random window over an image; every window holds a pixel.
struct Window {
  SmallVector<int64_t> kernel, strides, dilations, padding, extra, input,
      result;

  Window(Random &random, bool hasDilations, bool isGlobal) {
    input = {random.integer(1, 2)};
    result = {input[0]};
    for (int dim = 0; dim < 2; ++dim) {
      int64_t k = random.integer(1, 4);
      int64_t dilation = hasDilations && random.oneIn(3) ? 2 : 1;
      int64_t stride = random.integer(1, 3);
      // Dilated windows whose taps all fall into padding are invalid.
      int64_t limit = dilation > 1 ? 0 : (k - 1) / 2;
      int64_t low = random.integer(0, limit), high = random.integer(0, limit);
      int64_t size = (k - 1) * dilation + 1 + random.integer(0, 5);
      int64_t more = 0;
      if (isGlobal) {
        k = size;
        low = high = 0;
        dilation = stride = 1;
      } else if (!hasDilations && stride > 1 && random.oneIn(3)) {
        // ceil_mode: as much padding as the last, partial window needs, which
        // must start within the image.
        int64_t room = size + low + high - k;
        more = (stride - room % stride) % stride;
        if ((room + more) / stride * stride >= size + low)
          more = 0;
      }
      kernel.push_back(k);
      strides.push_back(stride);
      dilations.push_back(dilation);
      padding.append({low, high});
      extra.push_back(more);
      input.push_back(size);
      result.push_back(
          (size + low + high + more - (k - 1) * dilation - 1) / stride + 1);
    }
    int64_t channels = random.integer(1, 7);
    input.push_back(channels);
    result.push_back(channels);
  }
};
} // namespace

void generateMaxPool2D(CaseBuilder &builder, Form form) {
  Window window(builder.random, /*hasDilations=*/true, /*isGlobal=*/false);
  auto type = builder.random.activation(form == Form::Integer, window.input);
  Value input = builder.argument(type);
  builder.finish(MaxPool2DOp::create(
      builder.builder, builder.loc,
      RankedTensorType::get(window.result, type.getElementType()), input,
      window.kernel, window.strides, window.padding, window.dilations));
}

void generateAvgPool2D(CaseBuilder &builder, Form form) {
  Random &random = builder.random;
  Window window(random, /*hasDilations=*/false, random.oneIn(4));
  bool isQuantized = form == Form::Integer;
  auto type = random.activation(isQuantized, window.input);
  Value input = builder.argument(type);
  auto resultType =
      random.oneIn(2)
          ? RankedTensorType::get(window.result, type.getElementType())
          : random.activation(isQuantized, window.result);
  builder.finish(AvgPool2DOp::create(
      builder.builder, builder.loc, resultType, input, window.kernel,
      window.strides, window.padding, window.extra, random.oneIn(2)));
}

void generateResize(CaseBuilder &builder, Form form) {
  Random &random = builder.random;
  bool isQuantized = form == Form::Integer;
  auto mode = random.oneIn(2) ? ResizeMode::Nearest : ResizeMode::Linear;
  auto coordinates = static_cast<CoordinateMode>(
      random.integer(0, getMaxEnumValForCoordinateMode()));
  auto nearest = static_cast<NearestMode>(
      random.integer(0, getMaxEnumValForNearestMode()));
  SmallVector<int64_t> input = {random.integer(1, 2)}, result = {input[0]};
  bool isInteger = random.oneIn(2);
  for (int dim = 0; dim < 2; ++dim) {
    input.push_back(random.integer(1, 5));
    result.push_back(isInteger ? input.back() * random.integer(1, 3)
                               : random.integer(1, 11));
  }
  int64_t channels = random.integer(1, 5);
  input.push_back(channels);
  result.push_back(channels);
  auto type = random.activation(isQuantized, input);
  auto resultType = RankedTensorType::get(result, type.getElementType());
  if (mode == ResizeMode::Linear && random.oneIn(2))
    resultType = random.activation(isQuantized, result);
  DenseF32ArrayAttr scales;
  if (random.oneIn(4))
    scales = builder.builder.getDenseF32ArrayAttr(
        {float(random.real(0.5, 3.0)), float(random.real(0.5, 3.0))});
  Value value = builder.argument(type);
  builder.finish(ResizeOp::create(builder.builder, builder.loc, resultType,
                                  mode, value, coordinates, nearest, scales));
}

void generatePad(CaseBuilder &builder, Form form) {
  Random &random = builder.random;
  bool isQuantized = form == Form::Integer;
  SmallVector<int64_t> shape, low, high, result;
  int64_t rank = random.integer(1, 4);
  for (int64_t dim = 0; dim < rank; ++dim) {
    bool isChannel = dim == rank - 1;
    shape.push_back(random.integer(1, 5));
    low.push_back(isQuantized && isChannel ? 0 : random.integer(0, 2));
    high.push_back(isQuantized && isChannel ? 0 : random.integer(0, 2));
    result.push_back(shape[dim] + low[dim] + high[dim]);
  }
  auto type = random.activation(isQuantized, shape);
  Value input = builder.argument(type);
  float value = random.oneIn(2) ? 0.0f : random.real(-3.0, 3.0);
  builder.finish(
      PadOp::create(builder.builder, builder.loc,
                    RankedTensorType::get(result, type.getElementType()), input,
                    low, high, llvm::APFloat(value)));
}

} // namespace spiq::test
