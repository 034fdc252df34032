//===- Tensor.cpp - Tensors of a run ----------------------------*- C++ -*-===//
//
// Typed arrays and quantization.
//
//===----------------------------------------------------------------------===//

#include "Tensor.h"

#include <algorithm>
#include <cmath>

namespace spiq::run {

size_t getElementBytes(spiq_type type) {
  switch (type) {
  case SPIQ_I8:
  case SPIQ_U8:
    return 1;
  case SPIQ_F32:
  case SPIQ_I32:
    return 4;
  case SPIQ_I64:
    return 8;
  }
  return 0;
}

static const char *getTypeName(spiq_type type) {
  static const char *const names[] = {"f32", "i8", "u8", "i32", "i64"};
  return names[type];
}

size_t Tensor::size() const { return bytes.size() / getElementBytes(type); }

std::string describe(spiq_type type, const std::vector<int64_t> &shape) {
  std::string text = std::string(getTypeName(type)) + "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? "x" : "") + std::to_string(shape[i]);
  return text + "]";
}

std::vector<int64_t> getShape(const spiq_tensor_info &info) {
  return {info.shape, info.shape + info.rank};
}

Tensor createTensor(const spiq_tensor_info &info) {
  return {static_cast<spiq_type>(info.type), getShape(info),
          std::vector<uint8_t>(info.bytes)};
}

namespace {
/// Scale and zero point of each element of a tensor.
class Quantization {
public:
  explicit Quantization(const spiq_tensor_info &info) : info(info) {
    for (int32_t dim = info.quantized_axis + 1;
         info.quantized_axis >= 0 && dim < info.rank; ++dim)
      inner *= info.shape[dim];
  }

  bool isQuantized() const { return info.num_scales > 0; }
  double getScale(size_t element) const {
    return info.scales[getChannel(element)];
  }
  int32_t getZeroPoint(size_t element) const {
    return info.zero_points[getChannel(element)];
  }

private:
  size_t getChannel(size_t element) const {
    return info.quantized_axis < 0 ? 0 : element / inner % info.num_scales;
  }

  const spiq_tensor_info &info;
  size_t inner = 1;
};
} // namespace

static double getElement(const Tensor &tensor, size_t i) {
  switch (tensor.type) {
  case SPIQ_F32:
    return tensor.as<float>()[i];
  case SPIQ_I8:
    return tensor.as<int8_t>()[i];
  case SPIQ_U8:
    return tensor.as<uint8_t>()[i];
  case SPIQ_I32:
    return tensor.as<int32_t>()[i];
  case SPIQ_I64:
    return static_cast<double>(tensor.as<int64_t>()[i]);
  }
  return 0;
}

std::vector<double> toReal(const Tensor &tensor, const spiq_tensor_info &info) {
  Quantization quantization(info);
  std::vector<double> values(tensor.size());
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = getElement(tensor, i);
    if (quantization.isQuantized())
      values[i] =
          (values[i] - quantization.getZeroPoint(i)) * quantization.getScale(i);
  }
  return values;
}

Tensor fromReal(const Tensor &real, const spiq_tensor_info &info) {
  Quantization quantization(info);
  Tensor result = createTensor(info);
  for (size_t i = 0, e = real.size(); i < e; ++i) {
    double value = real.as<float>()[i];
    if (quantization.isQuantized())
      value = std::nearbyint(value / quantization.getScale(i)) +
              quantization.getZeroPoint(i);
    switch (result.type) {
    case SPIQ_F32:
      result.as<float>()[i] = static_cast<float>(value);
      break;
    case SPIQ_I8:
      result.as<int8_t>()[i] =
          static_cast<int8_t>(std::clamp(value, -128.0, 127.0));
      break;
    case SPIQ_U8:
      result.as<uint8_t>()[i] =
          static_cast<uint8_t>(std::clamp(value, 0.0, 255.0));
      break;
    case SPIQ_I32:
      result.as<int32_t>()[i] = static_cast<int32_t>(value);
      break;
    case SPIQ_I64:
      result.as<int64_t>()[i] = static_cast<int64_t>(value);
      break;
    }
  }
  return result;
}

} // namespace spiq::run
