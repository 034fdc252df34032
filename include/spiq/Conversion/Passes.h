//===- Passes.h - Conversions to and from SPIQ ------------------*- C++ -*-===//
//
// Registers the passes that convert between SPIQ and other dialects.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CONVERSION_PASSES_H
#define SPIQ_CONVERSION_PASSES_H

#include "spiq/Conversion/SPIQToCPU/SPIQToCPU.h"
#include "spiq/Conversion/SPIQToLinalg/SPIQToLinalg.h"
#include "spiq/Conversion/TosaToSPIQ/TosaToSPIQ.h"

namespace spiq {

/// Registers every conversion pass under its command line name.
#define GEN_PASS_REGISTRATION
#include "spiq/Conversion/Passes.h.inc"

} // namespace spiq

#endif // SPIQ_CONVERSION_PASSES_H
