//===- QuantizedIO.cpp - Quantized inputs and outputs ---------------------===//
//
// Moves the casts at a network's border out of the network.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/Transforms/Passes.h"

using namespace mlir;
using namespace spiq;

namespace spiq {
#define GEN_PASS_DEF_SPIQQUANTIZEDIO
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"
} // namespace spiq

/// Says that a value of the signature is not quantized.
static void emitStaysFloat(func::FuncOp function, StringRef kind,
                           unsigned index, DictionaryAttr attributes,
                           StringRef reason) {
  InFlightDiagnostic diagnostic = emitRemark(function.getLoc()) << kind << " ";
  auto name = attributes ? attributes.getAs<StringAttr>("spiq.name") : nullptr;
  if (name)
    diagnostic << name;
  else
    diagnostic << index;
  diagnostic << " stays f32: " << reason;
}

static bool isFloatTensor(Value value) {
  return getElementTypeOrSelf(value.getType()).isF32();
}

/// The type to which every use of `argument` quantizes it; null if a use reads
/// the f32 values or the uses differ.
static Type getQuantizedTypeOfUses(BlockArgument argument) {
  Type type;
  for (Operation *user : argument.getUsers()) {
    auto cast = dyn_cast<quant::QuantizeCastOp>(user);
    if (!cast || (type && cast.getType() != type))
      return {};
    type = cast.getType();
  }
  return type;
}

namespace {
class SPIQQuantizedIO
    : public spiq::impl::SPIQQuantizedIOBase<SPIQQuantizedIO> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal() || !function.isPublic())
      return;
    Block &body = function.front();
    for (BlockArgument argument : body.getArguments())
      quantizeArgument(function, argument);
    Operation *terminator = body.getTerminator();
    for (OpOperand &operand : terminator->getOpOperands())
      quantizeResult(function, operand);
    function.setType(FunctionType::get(&getContext(), body.getArgumentTypes(),
                                       terminator->getOperandTypes()));
  }

  void quantizeArgument(func::FuncOp function, BlockArgument argument) {
    Type type = getQuantizedTypeOfUses(argument);
    if (!type) {
      unsigned index = argument.getArgNumber();
      if (isFloatTensor(argument) && !argument.use_empty())
        emitStaysFloat(function, "input", index, function.getArgAttrDict(index),
                       "an operation reads its f32 values");
      return;
    }
    for (Operation *user : llvm::make_early_inc_range(argument.getUsers())) {
      user->getResult(0).replaceAllUsesWith(argument);
      user->erase();
    }
    argument.setType(type);
    ++numValues;
  }

  void quantizeResult(func::FuncOp function, OpOperand &operand) {
    auto cast = operand.get().getDefiningOp<quant::DequantizeCastOp>();
    if (!cast) {
      unsigned index = operand.getOperandNumber();
      if (isFloatTensor(operand.get()))
        emitStaysFloat(function, "output", index,
                       function.getResultAttrDict(index),
                       "the network computes it in f32");
      return;
    }
    operand.set(cast.getInput());
    if (cast->use_empty())
      cast.erase();
    ++numValues;
  }
};
} // namespace
