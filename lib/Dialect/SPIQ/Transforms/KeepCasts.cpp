//===- KeepCasts.cpp - spiq-keep-casts --------------------------*- C++ -*-===//
//
// Keeps the casts of networks that are quantized already from being folded.
//
//===----------------------------------------------------------------------===//

#include "FuseRescales.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/Dialect/SPIQ/Transforms/Passes.h"

#include "mlir/Dialect/Quant/IR/Quant.h"

namespace spiq {
#define GEN_PASS_DEF_SPIQKEEPCASTS
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"
} // namespace spiq

using namespace mlir;
using namespace spiq;

/// A type with the same scales and zero points, but other limits.
static quant::QuantizedType getWithOtherLimits(quant::QuantizedType type) {
  QuantizationView view(type);
  int64_t min = view.isSigned() ? -128 : 0, max = min + 255;
  if (view.getStorageMin() == min && view.getStorageMax() == max)
    --max;
  MLIRContext *context = type.getContext();
  if (auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(type))
    return getPerAxisQuantizedType(context, view.isSigned(), min, max,
                                   perAxis.getScales(), perAxis.getZeroPoints(),
                                   perAxis.getQuantizedDimension());
  return getPerTensorQuantizedType(context, view.isSigned(), min, max,
                                   view.getScale(0), view.getZeroPoint(0));
}

bool spiq::keepCasts(quant::DequantizeCastOp op) {
  if (!op.getInput().getDefiningOp<quant::QuantizeCastOp>())
    return false;
  auto type = dyn_cast<RankedTensorType>(op.getInput().getType());
  quant::QuantizedType elements =
      getQuantizedElementType(op.getInput().getType());
  if (!type || !isQuantizedByte(elements))
    return false;
  OpBuilder builder(op);
  Value stored = quant::StorageCastOp::create(
      builder, op.getLoc(), type.clone(elements.getStorageType()),
      op.getInput());
  op.getInputMutable().assign(quant::StorageCastOp::create(
      builder, op.getLoc(), type.clone(getWithOtherLimits(elements)), stored));
  return true;
}

namespace {
struct KeepCastsPass : public spiq::impl::SPIQKeepCastsBase<KeepCastsPass> {
  using SPIQKeepCastsBase::SPIQKeepCastsBase;

  void runOnOperation() override {
    getOperation().walk(
        [&](quant::DequantizeCastOp op) { numKept += keepCasts(op); });
  }
};
} // namespace
