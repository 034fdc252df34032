//===- BufferizableOpInterfaceImpl.cpp - Bufferization of kernels ---------===//
//
// Kernels bufferize in place of their destination; each input becomes a
// read-only buffer.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/CPU/IR/CPU.h"
#include "spiq/Dialect/CPU/Transforms/Passes.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"

using namespace mlir;
using namespace mlir::bufferization;

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
    }
    OperationState newOp(op->getLoc(), op->getName());
    newOp.addOperands(operands);
    newOp.addAttributes(op->getAttrs());
    newOp.propertiesAttr = op->getPropertiesAsAttribute();
    rewriter.create(newOp);
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
