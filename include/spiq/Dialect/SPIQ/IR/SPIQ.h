//===- SPIQ.h - The SPIQ dialect --------------------------------*- C++ -*-===//
//
// Declares the dialect, its attributes, interfaces and operations.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_IR_SPIQ_H
#define SPIQ_DIALECT_SPIQ_IR_SPIQ_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "spiq/Dialect/SPIQ/IR/QuantizedTypes.h"
#include "spiq/Dialect/SPIQ/IR/TensorShape.h"

#include "spiq/Dialect/SPIQ/IR/SPIQDialect.h.inc"
#include "spiq/Dialect/SPIQ/IR/SPIQEnums.h.inc"
#include "spiq/Dialect/SPIQ/IR/SPIQInterfaces.h.inc"

#define GET_ATTRDEF_CLASSES
#include "spiq/Dialect/SPIQ/IR/SPIQAttributes.h.inc"

#define GET_OP_CLASSES
#include "spiq/Dialect/SPIQ/IR/SPIQOps.h.inc"

#endif // SPIQ_DIALECT_SPIQ_IR_SPIQ_H
