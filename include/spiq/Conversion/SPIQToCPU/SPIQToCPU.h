//===- SPIQToCPU.h - Native kernels for quantized operations ----*- C++ -*-===//
//
// Declares the conversion of quantized operations to native kernels.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CONVERSION_SPIQTOCPU_SPIQTOCPU_H
#define SPIQ_CONVERSION_SPIQTOCPU_SPIQTOCPU_H

#include "mlir/Pass/Pass.h"

namespace spiq {

#define GEN_PASS_DECL_CONVERTSPIQTOCPU
#define GEN_PASS_DECL_SPIQSCHEDULELAYERS
#include "spiq/Conversion/Passes.h.inc"

} // namespace spiq

#endif // SPIQ_CONVERSION_SPIQTOCPU_SPIQTOCPU_H
