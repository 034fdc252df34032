//===- OpClass.cpp - How operations treat quantized values ----------------===//
//
// Sorts operations by what they do with the scales of their operands.
//
//===----------------------------------------------------------------------===//

#include "OpClass.h"

#include "ConstantUtils.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/Dialect/SPIQ/Transforms/ChannelMap.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace spiq;

static bool isActivation(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape() && type.getRank() > 0 &&
         (type.getElementType().isF32() || getQuantizedElementType(type));
}

static bool isConstant(Value value) {
  return value && matchPattern(value, m_Constant());
}

/// Whether all numbers that the integer form needs at compile time are known.
static bool hasConstantParameters(Operation *op) {
  if (auto rescale = dyn_cast<RescaleOp>(op))
    return isConstant(rescale.getMultiplier()) &&
           isConstant(rescale.getOffset());
  if (auto activation = dyn_cast<ActivationOp>(op))
    return !activation.getSlope() || isConstant(activation.getSlope());
  return true;
}

/// Whether the constant behind a weight or bias operand can be read; quantized
/// weights are a cast of one.
static bool isParameter(Value value) {
  if (auto cast = value.getDefiningOp<quant::DequantizeCastOp>())
    value = cast.getInput();
  if (auto cast = value.getDefiningOp<quant::StorageCastOp>())
    value = cast.getInput();
  if (auto cast = value.getDefiningOp<quant::QuantizeCastOp>())
    value = cast.getInput();
  return isConstant(value);
}

OpClass spiq::classifyOp(Operation *op) {
  if (op->getNumResults() != 1 || !isActivation(op->getResult(0)))
    return OpClass::Float;
  if (OpOperand *moved = ChannelMap::getMovedOperand(op))
    return isActivation(moved->get()) ? OpClass::Movement : OpClass::Float;
  if (auto linear = dyn_cast<LinearOpInterface>(op))
    return isParameter(linear.getWeightsOperand().get()) &&
                   isParameter(linear.getBiasOperand().get())
               ? OpClass::Linear
               : OpClass::Float;
  if (isa<ConcatOp>(op))
    return OpClass::Concat;
  if (auto resize = dyn_cast<ResizeOp>(op))
    return resize.getMode() == ResizeMode::Nearest ? OpClass::SameType
                                                   : OpClass::Requantizing;
  if (auto pad = dyn_cast<PadOp>(op)) {
    bool padsChannels = pad.getLow().back() != 0 || pad.getHigh().back() != 0;
    return padsChannels || !pad.getValue().isFinite() ? OpClass::Float
                                                      : OpClass::SameType;
  }
  if (isa<MaxPool2DOp>(op))
    return OpClass::SameType;
  if (isa<AddOp, MulOp, ClampOp, RescaleOp, ActivationOp, AvgPool2DOp>(op))
    return hasConstantParameters(op) ? OpClass::Requantizing : OpClass::Float;
  return OpClass::Float;
}

SmallVector<OpOperand *> spiq::getActivationOperands(Operation *op) {
  SmallVector<OpOperand *> operands;
  if (OpOperand *moved = ChannelMap::getMovedOperand(op))
    return {moved};
  if (auto linear = dyn_cast<LinearOpInterface>(op)) {
    operands.push_back(&linear.getInputOperand());
    auto conv = dyn_cast<Conv2DOp>(op);
    if (conv && conv.getResidual())
      operands.push_back(&conv.getResidualMutable()[0]);
    return operands;
  }
  if (isa<RescaleOp, ActivationOp>(op))
    return {&op->getOpOperand(0)};
  for (OpOperand &operand : op->getOpOperands())
    operands.push_back(&operand);
  return operands;
}

bool spiq::selectsElements(Operation *op) {
  OpClass kind = classifyOp(op);
  return kind == OpClass::Movement ||
         (kind == OpClass::SameType && !isa<PadOp>(op));
}

bool spiq::isQuantizedBefore(Value value) {
  Operation *op = value.getDefiningOp();
  while (op && selectsElements(op))
    op = getActivationOperands(op).front()->get().getDefiningOp();
  auto cast = dyn_cast_or_null<quant::DequantizeCastOp>(op);
  return cast &&
         isQuantizedByte(getQuantizedElementType(cast.getInput().getType()));
}
