//===- TosaToSPIQ.h - Conversion of TOSA to SPIQ ----------------*- C++ -*-===//
//
// The door for networks that come from torch-mlir or TensorFlow Lite.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CONVERSION_TOSATOSPIQ_TOSATOSPIQ_H
#define SPIQ_CONVERSION_TOSATOSPIQ_TOSATOSPIQ_H

#include "mlir/IR/PatternMatch.h"
#include "mlir/Pass/Pass.h"

namespace spiq {

#define GEN_PASS_DECL_CONVERTTOSATOSPIQ
#include "spiq/Conversion/Passes.h.inc"

/// Adds patterns that convert f32 operations of TOSA to SPIQ, one by one.
void populateTosaToSPIQPatterns(mlir::RewritePatternSet &patterns);

} // namespace spiq

#endif // SPIQ_CONVERSION_TOSATOSPIQ_TOSATOSPIQ_H
