//===- CaseBuilder.cpp - Builder of test cases ----------------------------===//
//
// Builds the function around a random operation.
//
//===----------------------------------------------------------------------===//

#include "Generators.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Quant/IR/Quant.h"

using namespace mlir;

namespace spiq::test {

CaseBuilder::CaseBuilder(Random &random)
    : builder(random.context), loc(builder.getUnknownLoc()), random(random),
      module(ModuleOp::create(loc)) {
  builder.setInsertionPointToStart(module->getBody());
  function = func::FuncOp::create(builder, loc, "main",
                                  builder.getFunctionType({}, {}));
  function->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(),
                    builder.getUnitAttr());
  builder.setInsertionPointToStart(function.addEntryBlock());
}

Value CaseBuilder::argument(RankedTensorType type, bool isExtreme) {
  arguments.push_back(random.tensor(type, isExtreme));
  return function.getBody().front().addArgument(type, loc);
}

Value CaseBuilder::constant(RankedTensorType type,
                            const reference::Tensor &value) {
  if (value.isFloat)
    return arith::ConstantOp::create(
        builder, loc, DenseElementsAttr::get(type, ArrayRef(value.floats)));
  if (!getQuantizedElementType(type))
    return arith::ConstantOp::create(
        builder, loc, DenseElementsAttr::get(type, ArrayRef(value.integers)));
  SmallVector<int8_t> bytes(value.integers.begin(), value.integers.end());
  Value stored = arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(type.clone(builder.getI8Type()), ArrayRef(bytes)));
  return quant::StorageCastOp::create(builder, loc, type, stored);
}

Value CaseBuilder::randomConstant(RankedTensorType type, bool isExtreme) {
  return constant(type, random.tensor(type, isExtreme));
}

Value CaseBuilder::randomVector(int64_t size, double low, double high) {
  auto tensor = reference::Tensor::ofFloats({size});
  for (float &value : tensor.floats)
    value = random.real(low, high);
  return constant(RankedTensorType::get(size, builder.getF32Type()), tensor);
}

void CaseBuilder::finish(Value result) {
  func::ReturnOp::create(builder, loc, result);
  function.setType(builder.getFunctionType(
      function.getBody().front().getArgumentTypes(), result.getType()));
}

} // namespace spiq::test
