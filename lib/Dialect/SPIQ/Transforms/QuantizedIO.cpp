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
    for (BlockArgument argument : body.getArguments()) {
      Type type = getQuantizedTypeOfUses(argument);
      if (!type)
        continue;
      for (Operation *user : llvm::make_early_inc_range(argument.getUsers())) {
        user->getResult(0).replaceAllUsesWith(argument);
        user->erase();
      }
      argument.setType(type);
      ++numValues;
    }
    Operation *terminator = body.getTerminator();
    for (OpOperand &operand : terminator->getOpOperands()) {
      auto cast = operand.get().getDefiningOp<quant::DequantizeCastOp>();
      if (!cast)
        continue;
      operand.set(cast.getInput());
      if (cast->use_empty())
        cast.erase();
      ++numValues;
    }
    function.setType(FunctionType::get(&getContext(), body.getArgumentTypes(),
                                       terminator->getOperandTypes()));
  }
};
} // namespace
