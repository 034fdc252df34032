//===- Tensor.h - Tensors of a run ------------------------------*- C++ -*-===//
//
// Typed arrays and their .npy files.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_TOOLS_SPIQ_RUN_TENSOR_H
#define SPIQ_TOOLS_SPIQ_RUN_TENSOR_H

#include "spiq/Runtime/ModelABI.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spiq::run {

/// Dense row-major values.
struct Tensor {
  spiq_type type = SPIQ_F32;
  std::vector<int64_t> shape;
  std::vector<uint8_t> bytes;

  template <typename T>
  T *as() {
    return reinterpret_cast<T *>(bytes.data());
  }
  template <typename T>
  const T *as() const {
    return reinterpret_cast<const T *>(bytes.data());
  }
  /// Number of elements.
  size_t size() const;
};

/// Bytes of one element.
size_t getElementBytes(spiq_type type);
/// `f32[1x3x8x8]`, for messages.
std::string describe(spiq_type type, const std::vector<int64_t> &shape);
/// The shape in `info`.
std::vector<int64_t> getShape(const spiq_tensor_info &info);
/// Zeros of the type and shape of `info`.
Tensor createTensor(const spiq_tensor_info &info);

/// The values that the elements of `tensor`, described by `info`, stand for.
std::vector<double> toReal(const Tensor &tensor, const spiq_tensor_info &info);
/// Elements of the type of `info` for f32 values of the same shape; quantized
/// values are rounded half to even and saturated.
Tensor fromReal(const Tensor &real, const spiq_tensor_info &info);

/// Reads a .npy file of f32, i8, u8, i32 or i64 values. Returns none and sets
/// `error` if that fails.
std::optional<Tensor> readNpy(const std::string &path, std::string &error);
/// Writes a .npy file, under a temporary name first. Returns an error or an
/// empty text.
std::string writeNpy(const std::string &path, const Tensor &tensor);

} // namespace spiq::run

#endif // SPIQ_TOOLS_SPIQ_RUN_TENSOR_H
