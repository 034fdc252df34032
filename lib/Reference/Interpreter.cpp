//===- Interpreter.cpp - Reference semantics of SPIQ ----------------------===//
//
// Walks a function and evaluates each operation.
//
//===----------------------------------------------------------------------===//

#include "spiq/Reference/Interpreter.h"

#include "Operations.h"
#include "Quantization.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace spiq::reference {

std::optional<Tensor> evaluate(Operation *op, Operands operands) {
  // Scalars only fill tensors.
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    if (auto value = dyn_cast<FloatAttr>(constant.getValue())) {
      Tensor scalar = Tensor::ofFloats({});
      scalar.floats[0] = value.getValueAsDouble();
      return scalar;
    }
  if (op->getNumResults() != 1 ||
      !isa<RankedTensorType>(op->getResult(0).getType()))
    return std::nullopt;
  return TypeSwitch<Operation *, std::optional<Tensor>>(op)
      .Case<BatchNormOp, Conv2DOp, TransposedConv2DOp, FullyConnectedOp, AddOp,
            MulOp, ClampOp, RescaleOp, ActivationOp, ConcatOp, MaxPool2DOp,
            AvgPool2DOp, ResizeOp, PadOp, quant::QuantizeCastOp,
            quant::DequantizeCastOp, quant::StorageCastOp>(
          [&](auto op) { return reference::evaluate(op, operands); })
      .Default([&](Operation *op) { return evaluateUpstream(op, operands); });
}

namespace {
/// The values of one call of a function.
class Frame {
public:
  LogicalResult bindArguments(func::FuncOp function,
                              ArrayRef<Tensor> arguments);
  FailureOr<SmallVector<Tensor>> run(func::FuncOp function);

private:
  LogicalResult evaluateOperation(Operation *op);
  LogicalResult evaluateCall(func::CallOp op);
  SmallVector<const Tensor *> getOperands(Operation *op) const;
  /// Frees the operands of `op` that nothing needs any more.
  void release(Operation *op);

  DenseMap<Value, Tensor> values;
};
} // namespace

LogicalResult Frame::bindArguments(func::FuncOp function,
                                   ArrayRef<Tensor> arguments) {
  if (arguments.size() != function.getNumArguments())
    return function.emitError() << "expects " << function.getNumArguments()
                                << " arguments, got " << arguments.size();
  for (auto [index, argument] : llvm::enumerate(arguments)) {
    auto type = dyn_cast<RankedTensorType>(function.getArgumentTypes()[index]);
    if (!type || type.getShape() != ArrayRef(argument.shape) ||
        type.getElementType().isF32() != argument.isFloat)
      return function.emitError()
             << "argument #" << index << " does not fit type "
             << function.getArgumentTypes()[index];
    values[function.getArgument(index)] = argument;
  }
  return success();
}

SmallVector<const Tensor *> Frame::getOperands(Operation *op) const {
  SmallVector<const Tensor *> operands;
  for (Value operand : op->getOperands())
    operands.push_back(&values.find(operand)->second);
  return operands;
}

LogicalResult Frame::evaluateCall(func::CallOp op) {
  auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
      op, op.getCalleeAttr());
  assert(callee && "calls are verified");
  SmallVector<Tensor> arguments;
  for (const Tensor *operand : getOperands(op))
    arguments.push_back(*operand);
  auto results = evaluate(callee, arguments);
  if (failed(results))
    return failure();
  for (auto [value, result] : llvm::zip(op.getResults(), *results))
    values[value] = std::move(result);
  return success();
}

LogicalResult Frame::evaluateOperation(Operation *op) {
  if (auto call = dyn_cast<func::CallOp>(op))
    return evaluateCall(call);
  std::optional<Tensor> result = reference::evaluate(op, getOperands(op));
  if (!result)
    return op->emitOpError("is not known to the reference interpreter");
  values[op->getResult(0)] = std::move(*result);
  return success();
}

void Frame::release(Operation *op) {
  for (Value operand : op->getOperands()) {
    bool isNeeded = llvm::any_of(operand.getUsers(), [&](Operation *user) {
      return user != op && op->isBeforeInBlock(user);
    });
    if (!isNeeded)
      values.erase(operand);
  }
}

FailureOr<SmallVector<Tensor>> Frame::run(func::FuncOp function) {
  if (!function.getBody().hasOneBlock())
    return function.emitError("expects a body of one block");
  for (Operation &op : function.getBody().front().without_terminator()) {
    if (failed(evaluateOperation(&op)))
      return failure();
    release(&op);
  }
  SmallVector<Tensor> results;
  for (const Tensor *result :
       getOperands(function.getBody().front().getTerminator()))
    results.push_back(*result);
  return results;
}

FailureOr<SmallVector<Tensor>> evaluate(func::FuncOp function,
                                        ArrayRef<Tensor> arguments) {
  Frame frame;
  if (failed(frame.bindArguments(function, arguments)))
    return failure();
  return frame.run(function);
}

} // namespace spiq::reference
