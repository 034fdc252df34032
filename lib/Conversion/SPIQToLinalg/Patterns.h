//===- Patterns.h - Pattern groups of the lowering --------------*- C++ -*-===//
//
// Each function adds the patterns of one family of operations.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CONVERSION_SPIQTOLINALG_PATTERNS_H
#define SPIQ_LIB_CONVERSION_SPIQTOLINALG_PATTERNS_H

#include "mlir/Transforms/DialectConversion.h"
#include "llvm/ADT/APFloat.h"

#include <optional>

namespace spiq {

void populateActivationPatterns(const mlir::TypeConverter &converter,
                                mlir::RewritePatternSet &patterns);
void populateDataMovementPatterns(const mlir::TypeConverter &converter,
                                  mlir::RewritePatternSet &patterns);
void populateElementwisePatterns(const mlir::TypeConverter &converter,
                                 mlir::RewritePatternSet &patterns);
void populateLinearPatterns(const mlir::TypeConverter &converter,
                            mlir::RewritePatternSet &patterns);
void populatePoolingPatterns(const mlir::TypeConverter &converter,
                             mlir::RewritePatternSet &patterns);
void populateQuantPatterns(const mlir::TypeConverter &converter,
                           mlir::RewritePatternSet &patterns);
void populateResizePatterns(const mlir::TypeConverter &converter,
                            mlir::RewritePatternSet &patterns);

/// The value of an optional f32 attribute.
inline std::optional<float> toFloat(std::optional<llvm::APFloat> value) {
  if (!value)
    return std::nullopt;
  return value->convertToFloat();
}

} // namespace spiq

#endif // SPIQ_LIB_CONVERSION_SPIQTOLINALG_PATTERNS_H
