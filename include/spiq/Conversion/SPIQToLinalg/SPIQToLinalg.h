//===- SPIQToLinalg.h - Lowering of SPIQ to linalg --------------*- C++ -*-===//
//
// Declares the portable lowering: SPIQ operations and quantized types to linalg
// on tensors of f32, i8 and i32.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CONVERSION_SPIQTOLINALG_SPIQTOLINALG_H
#define SPIQ_CONVERSION_SPIQTOLINALG_SPIQTOLINALG_H

#include "mlir/Pass/Pass.h"
#include "mlir/Transforms/DialectConversion.h"

#include <memory>

namespace spiq {

#define GEN_PASS_DECL_CONVERTSPIQTOLINALG
#include "spiq/Conversion/Passes.h.inc"

/// Maps statically shaped tensors of quantized bytes to tensors of signless i8
/// of the same shape, and leaves every other type alone. A quantized type that
/// the dialect does not compute with has no conversion.
class QuantizedTypeConverter : public mlir::TypeConverter {
public:
  QuantizedTypeConverter();
};

/// Adds the patterns that lower `spiq` operations and `quant` casts. They
/// expect a `QuantizedTypeConverter`.
void populateSPIQToLinalgPatterns(const mlir::TypeConverter &converter,
                                  mlir::RewritePatternSet &patterns);

} // namespace spiq

#endif // SPIQ_CONVERSION_SPIQTOLINALG_SPIQTOLINALG_H
