//===- Tensor.cpp - Values of the reference interpreter -------------------===//
//
// Implements dense tensors.
//
//===----------------------------------------------------------------------===//

#include "spiq/Reference/Tensor.h"

namespace spiq::reference {

Tensor Tensor::ofFloats(llvm::ArrayRef<int64_t> shape) {
  Tensor tensor;
  tensor.shape.assign(shape.begin(), shape.end());
  tensor.floats.resize(tensor.getNumElements());
  return tensor;
}

Tensor Tensor::ofIntegers(llvm::ArrayRef<int64_t> shape) {
  Tensor tensor;
  tensor.shape.assign(shape.begin(), shape.end());
  tensor.integers.resize(tensor.getNumElements());
  tensor.isFloat = false;
  return tensor;
}

int64_t Tensor::getNumElements() const {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

int64_t Tensor::getOffset(llvm::ArrayRef<int64_t> index) const {
  int64_t offset = 0;
  for (size_t dim = 0; dim < shape.size(); ++dim)
    offset = offset * shape[dim] + index[dim];
  return offset;
}

void forEachIndex(llvm::ArrayRef<int64_t> shape,
                  llvm::function_ref<void(llvm::ArrayRef<int64_t>)> visit) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  llvm::SmallVector<int64_t> index(shape.size(), 0);
  for (int64_t step = 0; step < count; ++step) {
    visit(index);
    for (size_t dim = shape.size(); dim-- > 0;) {
      if (++index[dim] < shape[dim])
        break;
      index[dim] = 0;
    }
  }
}

} // namespace spiq::reference
