//===- Patterns.h - Patterns from TOSA to SPIQ ------------------*- C++ -*-===//
//
// The groups of patterns and what they share: which tensors SPIQ takes, and
// access to constants.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CONVERSION_TOSATOSPIQ_PATTERNS_H
#define SPIQ_LIB_CONVERSION_TOSATOSPIQ_PATTERNS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/PatternMatch.h"

#include <optional>

namespace spiq::tosa_import {

/// Whether `type` is a tensor that SPIQ's float operations take: f32, static,
/// not empty.
bool isFloatTensor(mlir::Type type);

/// Whether all of `types` are such tensors.
bool areFloatTensors(mlir::TypeRange types);

/// The constant f32 tensor `value`; null if it is none.
mlir::DenseFPElementsAttr getConstant(mlir::Value value);

/// The one value of a constant f32 tensor whose elements are all equal.
std::optional<float> getSplat(mlir::Value value);

/// `value` with dimension `i` taken from dimension `permutation[i]`.
mlir::DenseElementsAttr transpose(mlir::DenseFPElementsAttr value,
                                  llvm::ArrayRef<int64_t> permutation);

/// An f32 vector constant.
mlir::Value createVector(mlir::OpBuilder &builder, mlir::Location loc,
                         llvm::ArrayRef<float> values);

/// A constant f32 tensor.
mlir::Value createConstant(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::DenseElementsAttr value);

/// `value` with another static shape of as many elements.
mlir::Value reshape(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value value, llvm::ArrayRef<int64_t> shape);

// On TOSA itself, applied greedily and one group after the other: batch-norm is
// recognised before its parts move apart, other idioms once channels are last.
void populateConstantPatterns(mlir::RewritePatternSet &patterns);
void populateBatchNormPatterns(mlir::RewritePatternSet &patterns);
void populateLayoutPatterns(mlir::RewritePatternSet &patterns);
void populateIdiomPatterns(mlir::RewritePatternSet &patterns);

// From TOSA to SPIQ.
void populateLayerPatterns(mlir::RewritePatternSet &patterns);
void populateElementwisePatterns(mlir::RewritePatternSet &patterns);
void populateSpatialPatterns(mlir::RewritePatternSet &patterns);

} // namespace spiq::tosa_import

#endif // SPIQ_LIB_CONVERSION_TOSATOSPIQ_PATTERNS_H
