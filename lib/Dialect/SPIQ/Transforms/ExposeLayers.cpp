//===- ExposeLayers.cpp - spiq-expose-layers ------------------------------===//
//
// Returns the values inside of a network next to its results.
//
//===----------------------------------------------------------------------===//

#include "ValueName.h"

#include "spiq/Dialect/SPIQ/IR/QuantizedTypes.h"
#include "spiq/Dialect/SPIQ/Transforms/Passes.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace spiq;

namespace spiq {
#define GEN_PASS_DEF_SPIQEXPOSELAYERS
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"
} // namespace spiq

/// The value that `op` computes for the network, null for anything else.
static Value getLayerValue(Operation &op) {
  if (!isa_and_nonnull<SPIQDialect>(op.getDialect()) || op.getNumResults() != 1)
    return {};
  Value value = op.getResult(0);
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape())
    return {};
  return type.getElementType().isF32() || isQuantizedByte(type.getElementType())
             ? value
             : Value();
}

/// The real values of `value`: itself, or its dequantization.
static Value getRealValue(OpBuilder &builder, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getElementType().isF32())
    return value;
  return quant::DequantizeCastOp::create(
      builder, value.getLoc(), type.clone(builder.getF32Type()), value);
}

namespace {
struct ExposeLayersPass
    : public spiq::impl::SPIQExposeLayersBase<ExposeLayersPass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal() || !function.isPublic())
      return;
    Block &body = function.front();
    Operation *terminator = body.getTerminator();
    // A result returned twice would be computed or copied once more.
    llvm::SmallSetVector<Value, 4> returned;
    for (Value result : terminator->getOperands()) {
      returned.insert(result);
      if (auto cast = result.getDefiningOp<quant::DequantizeCastOp>())
        returned.insert(cast.getInput());
    }
    OpBuilder builder(terminator);
    SmallVector<Value> results(terminator->getOperands());
    llvm::StringSet<> names;
    for (Operation &op : llvm::make_early_inc_range(body)) {
      Value value = getLayerValue(op);
      StringRef name = value ? getValueName(op.getLoc()) : StringRef();
      if (name.empty() || returned.contains(value) ||
          !names.insert(name).second)
        continue;
      Value real = getRealValue(builder, value);
      auto attributes = builder.getDictionaryAttr(builder.getNamedAttr(
          "spiq.name", builder.getStringAttr(exposedPrefix + name)));
      if (failed(function.insertResult(results.size(), real.getType(),
                                       attributes)))
        return signalPassFailure();
      results.push_back(real);
      ++numLayers;
    }
    terminator->setOperands(results);
  }
};
} // namespace
