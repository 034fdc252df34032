//===- TensorShape.cpp - Shapes the dialect computes with -----------------===//
//
// Implements the limits on tensor shapes.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/IR/TensorShape.h"

bool spiq::isComputableShape(llvm::ArrayRef<int64_t> shape) {
  int64_t elements = 1;
  for (int64_t size : shape) {
    // A dynamic size is negative.
    if (size < 1 || size > maxTensorElements / elements)
      return false;
    elements *= size;
  }
  return true;
}
