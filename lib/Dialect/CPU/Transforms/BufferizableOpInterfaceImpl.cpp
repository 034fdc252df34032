//===- BufferizableOpInterfaceImpl.cpp - Bufferization of kernels ---------===//
//
// Kernels bufferize in place of their destination; each input becomes a
// read-only buffer. Images that a kernel cannot access as they lie are copied.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/CPU/IR/CPU.h"
#include "spiq/Dialect/CPU/Transforms/Passes.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"

using namespace mlir;
using namespace mlir::bufferization;

/// Whether `kernel` can access an image of type `type` as its operand
/// `operand`: channels are neighbours, and so are the pixels of kernel rows
/// that are read at once.
static bool isAccessible(Operation *kernel, const OpOperand &operand,
                         MemRefType type) {
  auto quantize = dyn_cast<spiq::cpu::QuantizeOp>(kernel);
  bool readsAnyDistance = quantize && &operand == &quantize.getInputMutable();
  if (type.getRank() != 4 || readsAnyDistance)
    return true;
  SmallVector<int64_t> strides;
  int64_t offset, channels = type.getDimSize(3);
  if (failed(type.getStridesAndOffset(strides, offset)) ||
      (channels > 1 && strides[3] != 1))
    return false;
  auto conv = dyn_cast<spiq::cpu::Conv2DOp>(kernel);
  return !conv || &operand != &conv.getInputMutable() ||
         conv.getKernel()[1] == 1 || !conv.hasContiguousRows() ||
         strides[2] == channels;
}

namespace {
template <typename KernelOp>
struct KernelBufferization : public DstBufferizableOpInterfaceExternalModel<
                                 KernelBufferization<KernelOp>, KernelOp> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &state) const {
    // A kernel overwrites every element of its destination.
    return !cast<DestinationStyleOpInterface>(op).isDpsInit(&operand);
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto kernel = cast<DestinationStyleOpInterface>(op);
    if (kernel.hasPureBufferSemantics())
      return success();
    rewriter.setInsertionPoint(op);
    SmallVector<Value> operands, results;
    for (OpOperand &operand : op->getOpOperands()) {
      Value value = operand.get();
      if (isa<TensorType>(value.getType())) {
        FailureOr<Value> buffer = getBuffer(rewriter, value, options, state);
        if (failed(buffer))
          return failure();
        value = *buffer;
        if (kernel.isDpsInit(&operand))
          results.push_back(value);
      }
      operands.push_back(value);
      auto type = cast<MemRefType>(value.getType());
      if (isAccessible(op, operand, type))
        continue;
      FailureOr<Value> dense = options.createAlloc(
          rewriter, op->getLoc(),
          MemRefType::get(type.getShape(), type.getElementType()),
          /*dynShape=*/ValueRange());
      if (failed(dense))
        return failure();
      if (!kernel.isDpsInit(&operand) &&
          failed(options.createMemCpy(rewriter, op->getLoc(), value, *dense)))
        return failure();
      operands.back() = *dense;
    }
    OperationState newOp(op->getLoc(), op->getName());
    newOp.addOperands(operands);
    newOp.addAttributes(op->getAttrs());
    newOp.propertiesAttr = op->getPropertiesAsAttribute();
    auto onBuffers = cast<DestinationStyleOpInterface>(rewriter.create(newOp));
    for (auto [result, init] : llvm::zip(results, onBuffers.getDpsInits()))
      if (result != init &&
          failed(options.createMemCpy(rewriter, op->getLoc(), init, result)))
        return failure();
    replaceOpWithBufferizedValues(rewriter, op, results);
    return success();
  }
};
} // namespace

void spiq::cpu::registerBufferizableOpInterfaceExternalModels(
    DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, CPUDialect *) {
    Conv2DOp::attachInterface<KernelBufferization<Conv2DOp>>(*context);
    DepthwiseConv2DOp::attachInterface<KernelBufferization<DepthwiseConv2DOp>>(
        *context);
    QuantizeOp::attachInterface<KernelBufferization<QuantizeOp>>(*context);
  });
}
