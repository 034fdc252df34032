//===- TagLayers.cpp - spiq-tag-layers ------------------------------------===//
//
// Writes what a profile says about an operation to its location.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/IR/LayerTag.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/Dialect/SPIQ/Transforms/Passes.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

using namespace mlir;
using namespace spiq;

namespace spiq {
#define GEN_PASS_DEF_SPIQTAGLAYERS
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"
} // namespace spiq

/// Products that `op` accumulates.
static int64_t countMACs(LinearOpInterface op) {
  auto weights = cast<ShapedType>(op.getWeightsOperand().get().getType());
  // Every input pixel of a transposed convolution meets all weights; of the
  // others, every output element those of its channel.
  if (isa<TransposedConv2DOp>(op)) {
    auto input = cast<ShapedType>(op.getInputOperand().get().getType());
    return input.getNumElements() / input.getShape().back() *
           weights.getNumElements();
  }
  auto output = cast<ShapedType>(op->getResult(0).getType());
  return output.getNumElements() / weights.getDimSize(0) *
         weights.getNumElements();
}

static LayerTag createTag(Operation *op) {
  LayerTag tag;
  tag.op = op->getName().stripDialect().str();
  if (auto linear = dyn_cast<LinearOpInterface>(op)) {
    tag.macs = countMACs(linear);
    tag.isInteger = isa<quant::QuantizedType>(
        getElementTypeOrSelf(linear.getWeightsOperand().get()));
  }
  return tag;
}

namespace {
struct SPIQTagLayersPass
    : public spiq::impl::SPIQTagLayersBase<SPIQTagLayersPass> {
  void runOnOperation() override {
    for (Operation &op : getOperation().getOps())
      if (!op.hasTrait<OpTrait::ConstantLike>())
        op.setLoc(createTag(&op).attach(op.getLoc()));
  }
};
} // namespace
