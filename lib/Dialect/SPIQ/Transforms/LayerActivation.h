//===- LayerActivation.h - Activations that layers compute ------*- C++ -*-===//
//
// Finds activations that the operation in front of them computes before it
// rounds its result.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_LAYERACTIVATION_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_LAYERACTIVATION_H

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

namespace spiq {

/// The function of `op` as an attribute of a layer; null if it has no formula
/// or its slopes are not known.
ActivationAttr getLayerActivation(ActivationOp op);

/// The activation that alone reads the f32 result of `op`, if the integer form
/// of `op` can compute it; null otherwise.
ActivationOp getMergeableActivation(mlir::Operation *op);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_LAYERACTIVATION_H
