//===- CPUDialect.cpp - The spiq_cpu dialect ------------------------------===//
//
// Registers operations and attributes; defines the channel order.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/CPU/IR/CPU.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/ADT/bit.h"

using namespace mlir;
using namespace spiq::cpu;

#include "spiq/Dialect/CPU/IR/CPUDialect.cpp.inc"
#include "spiq/Dialect/CPU/IR/CPUEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "spiq/Dialect/CPU/IR/CPUAttributes.cpp.inc"

void CPUDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "spiq/Dialect/CPU/IR/CPUOps.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "spiq/Dialect/CPU/IR/CPUAttributes.cpp.inc"
      >();
}

int64_t spiq::cpu::getChannelInBlock(int64_t numVectors, int64_t lanes,
                                     int64_t vector, int64_t lane) {
  if (numVectors != packedBlockVectors)
    return lanes * vector + lane;
  return 16 * (lane / 4) + 4 * vector + lane % 4;
}

int64_t spiq::cpu::getNumParameterRows(Parameter parameters) {
  return llvm::popcount(static_cast<uint32_t>(parameters));
}

int64_t spiq::cpu::getParameterRow(Parameter parameters, Parameter parameter) {
  uint32_t below = static_cast<uint32_t>(parameter) - 1;
  return llvm::popcount(static_cast<uint32_t>(parameters) & below);
}
