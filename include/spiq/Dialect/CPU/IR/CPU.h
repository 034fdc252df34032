//===- CPU.h - The spiq_cpu dialect -----------------------------*- C++ -*-===//
//
// Declares the dialect of native kernels and the order in which kernels store
// channels.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_CPU_IR_CPU_H
#define SPIQ_DIALECT_CPU_IR_CPU_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "spiq/Dialect/CPU/IR/DepthwiseTile.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "spiq/Dialect/CPU/IR/CPUDialect.h.inc"
#include "spiq/Dialect/CPU/IR/CPUEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "spiq/Dialect/CPU/IR/CPUAttributes.h.inc"

#define GET_OP_CLASSES
#include "spiq/Dialect/CPU/IR/CPUOps.h.inc"

namespace spiq::cpu {

/// Number of vectors in a block whose channels are in packed order.
constexpr int64_t packedBlockVectors = 4;
/// Largest number of vectors in a block.
constexpr int64_t maxBlockVectors = 16;

/// Channel, within its block, at lane `lane` of vector `vector` of a block of
/// `numVectors` vectors of `lanes` lanes (the dialect's channel order).
int64_t getChannelInBlock(int64_t numVectors, int64_t lanes, int64_t vector,
                          int64_t lane);

/// Number of parameters in a set: the rows of a parameter tensor.
int64_t getNumParameterRows(Parameter parameters);

/// Row of `parameter` in the parameter tensors of the set `parameters`, which
/// contains it.
int64_t getParameterRow(Parameter parameters, Parameter parameter);

} // namespace spiq::cpu

#endif // SPIQ_DIALECT_CPU_IR_CPU_H
