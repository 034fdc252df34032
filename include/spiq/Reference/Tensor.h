//===- Tensor.h - Values of the reference interpreter -----------*- C++ -*-===//
//
// A dense row-major tensor of f32 values or of integers.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_REFERENCE_TENSOR_H
#define SPIQ_REFERENCE_TENSOR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <vector>

namespace spiq::reference {

/// A tensor of `floats` or `integers`; the other is empty. Integers are
/// logical values: a tensor with unsigned storage holds 0 to 255, one of
/// signless i8 holds -128 to 127.
struct Tensor {
  llvm::SmallVector<int64_t> shape;
  std::vector<float> floats;
  std::vector<int32_t> integers;
  bool isFloat = true;

  /// A tensor of zeros.
  static Tensor ofFloats(llvm::ArrayRef<int64_t> shape);
  static Tensor ofIntegers(llvm::ArrayRef<int64_t> shape);

  int64_t getRank() const { return shape.size(); }
  int64_t getNumElements() const;
  /// Size of the last dimension; 1 for a scalar.
  int64_t getNumChannels() const { return shape.empty() ? 1 : shape.back(); }
  /// Row-major position of `index`.
  int64_t getOffset(llvm::ArrayRef<int64_t> index) const;
};

/// Calls `visit` with each index of `shape`, in row-major order.
void forEachIndex(llvm::ArrayRef<int64_t> shape,
                  llvm::function_ref<void(llvm::ArrayRef<int64_t>)> visit);

} // namespace spiq::reference

#endif // SPIQ_REFERENCE_TENSOR_H
