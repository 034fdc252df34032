//===- LayerActivation.cpp - Activations that layers compute --------------===//
//
// Implements the search for activations that layers can compute.
//
//===----------------------------------------------------------------------===//

#include "LayerActivation.h"

#include "ConstantUtils.h"
#include "OpClass.h"

using namespace mlir;
using namespace spiq;

ActivationAttr spiq::getLayerActivation(ActivationOp op) {
  if (!ActivationAttr::hasFormula(op.getKind()))
    return {};
  SmallVector<float> parameters;
  float alpha = op.getAlpha().convertToFloat();
  if (op.getKind() == ActivationKind::LeakyRelu)
    parameters = {alpha};
  if (op.getKind() == ActivationKind::HardSigmoid)
    parameters = {alpha, op.getBeta().convertToFloat()};
  if (Value slope = op.getSlope()) {
    auto values = getConstantFloats(slope);
    if (!values)
      return {};
    llvm::append_range(parameters, *values);
  }
  if (!llvm::all_of(parameters,
                    [](float value) { return std::isfinite(value); }))
    return {};
  MLIRContext *context = op.getContext();
  return ActivationAttr::get(context, op.getKind(),
                             parameters.empty()
                                 ? DenseF32ArrayAttr()
                                 : DenseF32ArrayAttr::get(context, parameters));
}

ActivationOp spiq::getMergeableActivation(Operation *op) {
  if (!isa<Conv2DOp, FullyConnectedOp, RescaleOp>(op) ||
      classifyOp(op) == OpClass::Float || !op->hasOneUse() ||
      op->hasAttr("clamp_min") || op->hasAttr("clamp_max"))
    return {};
  if (auto conv = dyn_cast<Conv2DOp>(op))
    if (conv.getResidual())
      return {};
  auto activation = dyn_cast<ActivationOp>(*op->user_begin());
  if (!activation || !getLayerActivation(activation))
    return {};
  return activation;
}
