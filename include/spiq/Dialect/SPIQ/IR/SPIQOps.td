//===- SPIQOps.td - Operations of the SPIQ dialect ---------*- tablegen -*-===//
//
// Collects the operations of the dialect, grouped by kind.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_IR_SPIQOPS_TD
#define SPIQ_DIALECT_SPIQ_IR_SPIQOPS_TD

include "spiq/Dialect/SPIQ/IR/SPIQConvolutionOps.td"
include "spiq/Dialect/SPIQ/IR/SPIQElementwiseOps.td"
include "spiq/Dialect/SPIQ/IR/SPIQSpatialOps.td"

#endif // SPIQ_DIALECT_SPIQ_IR_SPIQOPS_TD
