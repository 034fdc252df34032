//===- FloatLayer.h - Layers on floats at compile time ----------*- C++ -*-===//
//
// Computes convolutions and fully connected layers by matrix products.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_FLOATLAYER_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_FLOATLAYER_H

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/Reference/Tensor.h"

namespace spiq {

/// What the layer `op` accumulates, with these weights and biases in place of
/// its own: without residual, clamp and activation. `input` and the result are
/// laid out as the operands of `op`; orders of summation are those of the
/// matrix library, so the last digits differ between machines.
reference::Tensor accumulateFloats(LinearOpInterface op,
                                   const reference::Tensor &input,
                                   llvm::ArrayRef<float> weights,
                                   llvm::ArrayRef<float> bias);

/// What follows in `op`, a layer without an activation: adds `residual`, unless
/// it is null, to the accumulated `values` and clamps them.
void applyEpilogue(LinearOpInterface op, const reference::Tensor *residual,
                   reference::Tensor &values);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_FLOATLAYER_H
