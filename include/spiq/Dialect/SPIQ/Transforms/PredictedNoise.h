//===- PredictedNoise.h - Name of the predicted noise -----------*- C++ -*-===//
//
// The attribute that `spiq-predict-noise` attaches.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_TRANSFORMS_PREDICTEDNOISE_H
#define SPIQ_DIALECT_SPIQ_TRANSFORMS_PREDICTEDNOISE_H

#include "llvm/ADT/StringRef.h"

namespace spiq {

/// Attribute of operations and of function results, an f64: the predicted ratio
/// of a value's squares to those of its error, in dB.
constexpr llvm::StringLiteral predictedSQNRName = "spiq.predicted_sqnr";

} // namespace spiq

#endif // SPIQ_DIALECT_SPIQ_TRANSFORMS_PREDICTEDNOISE_H
