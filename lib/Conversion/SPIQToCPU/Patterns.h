//===- Patterns.h - Patterns of the conversion ------------------*- C++ -*-===//
//
// Declares the groups of patterns that make up the conversion.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CONVERSION_SPIQTOCPU_PATTERNS_H
#define SPIQ_LIB_CONVERSION_SPIQTOCPU_PATTERNS_H

#include "Schedule.h"

#include "mlir/IR/PatternMatch.h"

namespace spiq {

/// Adds the patterns for convolutions and fully connected layers.
void populateConvolutionPatterns(mlir::RewritePatternSet &patterns,
                                 const MachineModel &machine);

/// Adds the pattern for depthwise convolutions, which is tried first.
void populateDepthwisePatterns(mlir::RewritePatternSet &patterns,
                               const MachineModel &machine);

/// Adds the pattern that splits transposed convolutions into convolutions.
void populateTransposedConvolutionPatterns(mlir::RewritePatternSet &patterns);

/// Adds the pattern for the quantization of the network's input.
void populateQuantizePatterns(mlir::RewritePatternSet &patterns,
                              const MachineModel &machine);

} // namespace spiq

#endif // SPIQ_LIB_CONVERSION_SPIQTOCPU_PATTERNS_H
