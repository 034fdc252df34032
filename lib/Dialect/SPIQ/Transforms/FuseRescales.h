//===- FuseRescales.h - Parts of spiq-fuse-rescales -------------*- C++ -*-===//
//
// What the patterns of the pass share.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_FUSERESCALES_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_FUSERESCALES_H

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Pass/Pass.h"

namespace spiq {

/// The quantized value behind `value`; null if it is not dequantized.
mlir::Value getQuantizedSource(mlir::Value value);

/// The type to which all users of `value` quantize it; null if they do not
/// agree, or if one of them reads floats.
mlir::RankedTensorType getQuantizedTarget(mlir::Value value);

/// Replaces the quantizations of `value`, all its users, by `quantized`.
void replaceQuantizations(mlir::PatternRewriter &rewriter, mlir::Value value,
                          mlir::Value quantized);

/// Makes `op`, if it dequantizes what was quantized just before, a cast that
/// canonicalization does not fold. Whether it did.
bool keepCasts(mlir::quant::DequantizeCastOp op);

/// Adds the patterns that let movements move bytes; they count in
/// `numMovements`.
void populateFuseMovementPatterns(mlir::RewritePatternSet &patterns,
                                  mlir::Pass::Statistic &numMovements);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_FUSERESCALES_H
