//===- Kernels.cpp - Bodies of kernel functions ---------------------------===//
//
// Dispatches on the kind of kernel.
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace spiq::cpu {

SmallVector<int64_t> getImageStrides(Value image) {
  auto type = cast<MemRefType>(image.getType());
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(type.getStridesAndOffset(strides, offset)))
    strides.assign(type.getRank(), ShapedType::kDynamic);
  return strides;
}

bool isKernel(Operation *op) {
  return isa<Conv2DOp, DepthwiseConv2DOp, QuantizeOp>(op);
}

LogicalResult emitAnyKernel(Operation *op, KernelBuilder &b,
                            ArrayRef<FlatBuffer> buffers, Value begin,
                            Value end) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case<Conv2DOp, DepthwiseConv2DOp, QuantizeOp>([&](auto kernel) {
        return emitKernel(kernel, b, buffers, begin, end);
      })
      .Default([](Operation *) { return failure(); });
}

int64_t getNumWorkUnitsOfAny(Operation *op) {
  return llvm::TypeSwitch<Operation *, int64_t>(op)
      .Case<Conv2DOp, DepthwiseConv2DOp, QuantizeOp>(
          [](auto kernel) { return getNumWorkUnits(kernel); })
      .Default([](Operation *) { return 0; });
}

} // namespace spiq::cpu
