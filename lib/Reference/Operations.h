//===- Operations.h - Evaluation of single operations -----------*- C++ -*-===//
//
// One function per operation of the dialect; operands come as tensors, types
// and attributes from the operation.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_REFERENCE_OPERATIONS_H
#define SPIQ_LIB_REFERENCE_OPERATIONS_H

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/Reference/Tensor.h"

#include "mlir/Dialect/Quant/IR/Quant.h"

namespace spiq::reference {

using Operands = llvm::ArrayRef<const Tensor *>;

Tensor evaluate(BatchNormOp op, Operands operands);
Tensor evaluate(Conv2DOp op, Operands operands);
Tensor evaluate(TransposedConv2DOp op, Operands operands);
Tensor evaluate(FullyConnectedOp op, Operands operands);

Tensor evaluate(AddOp op, Operands operands);
Tensor evaluate(MulOp op, Operands operands);
Tensor evaluate(ClampOp op, Operands operands);
Tensor evaluate(RescaleOp op, Operands operands);
Tensor evaluate(ActivationOp op, Operands operands);

Tensor evaluate(ConcatOp op, Operands operands);
Tensor evaluate(MaxPool2DOp op, Operands operands);
Tensor evaluate(AvgPool2DOp op, Operands operands);
Tensor evaluate(ResizeOp op, Operands operands);
Tensor evaluate(PadOp op, Operands operands);

Tensor evaluate(mlir::quant::QuantizeCastOp op, Operands operands);
Tensor evaluate(mlir::quant::DequantizeCastOp op, Operands operands);
Tensor evaluate(mlir::quant::StorageCastOp op, Operands operands);

/// The activation of channel `channel` of a layer, by the operations that
/// `#spiq.activation` lists.
float applyActivation(ActivationAttr activation, float x, int64_t channel);

/// Evaluates an operation of `arith`, `math`, `tensor` or `linalg`; none if the
/// operation is not known.
std::optional<Tensor> evaluateUpstream(mlir::Operation *op, Operands operands);

/// Shape of a tensor type.
inline llvm::ArrayRef<int64_t> getShape(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getShape();
}

} // namespace spiq::reference

#endif // SPIQ_LIB_REFERENCE_OPERATIONS_H
