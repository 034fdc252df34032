//===- InputEstimate.h - Statistics of inputs from batch-norm ---*- C++ -*-===//
//
// Infers how a network's inputs were scaled in training from what the first
// batch-norm remembers.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_INPUTESTIMATE_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_INPUTESTIMATE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace spiq {

/// Attaches `spiq.stats` to each argument of `function` that has none and that
/// a convolution reads whose result a batch-norm normalizes.
///
/// With running mean mu[o] and variance v[o] of the convolution's result:
///   mu[o] = bias[o] + sum_c m[c] sum_k W[o, k, c]      least squares for m,
///   v[o]  = s^2 w_o^T R w_o                            least squares for s^2,
/// where R is the correlation of pixels of a typical photograph: it falls
/// exponentially with their distance, and colours are correlated. Pixels are
/// bounded; the bounds are taken to be 2.5 deviations from the mean. With
/// `detectsBytes`, images that look like bytes of photographs behind one of the
/// usual kinds of preprocessing (`PixelConventions.h`) get the bounds of that,
/// and the attribute `spiq.bytes` if they are known byte by byte. Nothing looks
/// like a photograph whose v[o] follow s^2 w_o^T w_o, independent pixels, more
/// closely.
///
/// Returns the number of arguments described.
unsigned estimateInputStatistics(mlir::func::FuncOp function,
                                 bool detectsBytes);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_INPUTESTIMATE_H
