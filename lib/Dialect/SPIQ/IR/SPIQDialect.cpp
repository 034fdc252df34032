//===- SPIQDialect.cpp - The SPIQ dialect ---------------------------------===//
//
// Registers the operations and attributes and names quantized types in printed
// IR.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace spiq;

#include "spiq/Dialect/SPIQ/IR/SPIQDialect.cpp.inc"
#include "spiq/Dialect/SPIQ/IR/SPIQEnums.cpp.inc"
#include "spiq/Dialect/SPIQ/IR/SPIQInterfaces.cpp.inc"

namespace {
/// Prints per-axis types and statistics under short names; they would fill the
/// screen at each use otherwise.
struct SPIQAsmInterface : public OpAsmDialectInterface {
  using OpAsmDialectInterface::OpAsmDialectInterface;

  AliasResult getAlias(Attribute attr, raw_ostream &os) const override {
    if (!isa<ChannelStatsAttr>(attr))
      return AliasResult::NoAlias;
    os << "stats";
    return AliasResult::FinalAlias;
  }

  AliasResult getAlias(Type type, raw_ostream &os) const override {
    auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(type);
    if (!perAxis)
      return AliasResult::NoAlias;
    os << (perAxis.isSigned() ? "i" : "u")
       << perAxis.getStorageTypeIntegralWidth() << "x"
       << perAxis.getScales().size() << "_";
    return AliasResult::FinalAlias;
  }
};
} // namespace

void SPIQDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "spiq/Dialect/SPIQ/IR/SPIQOps.cpp.inc"
      >();
  registerAttributes();
  addInterfaces<SPIQAsmInterface>();
}

Operation *SPIQDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                            Type type, Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}
