//===- ImportedValue.cpp - A value of the ONNX graph ----------------------===//

#include "ImportedValue.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "spiq/Dialect/SPIQ/IR/QuantizedTypes.h"

using namespace mlir;
using namespace spiq::onnx_import;

quant::QuantizedType Quantization::getType(MLIRContext *context,
                                           ArrayRef<int64_t> order) const {
  if (!axis)
    return getPerTensorQuantizedType(context, isSigned, storageMin, storageMax,
                                     scales.front(), zeroPoints.front());
  return getPerAxisQuantizedType(
      context, isSigned, storageMin, storageMax, scales, zeroPoints,
      static_cast<int32_t>(invertOrder(order)[*axis]));
}

Value spiq::onnx_import::materialize(const TensorBuilder &tensors,
                                     const ImportedValue &value,
                                     ArrayRef<int64_t> order) {
  if (!value.value) {
    Value constant = tensors.constant(value.constant->transpose(order));
    if (!value.quantization)
      return constant;
    auto type = cast<RankedTensorType>(constant.getType());
    OpBuilder &builder = tensors.getBuilder();
    Value stored = quant::StorageCastOp::create(
        builder, tensors.getLoc(),
        type.clone(value.quantization->getType(builder.getContext(), order)),
        constant);
    return quant::DequantizeCastOp::create(
        builder, tensors.getLoc(), type.clone(builder.getF32Type()), stored);
  }
  if (value.order == order)
    return value.value;
  for (const auto &[otherOrder, other] : value.reordered)
    if (ArrayRef<int64_t>(otherOrder) == order)
      return other;
  // Both orders map to ONNX's dimensions; compose them.
  SmallVector<int64_t> position = invertOrder(value.order);
  Value result = tensors.transpose(value.value, applyOrder(position, order));
  value.reordered.push_back({llvm::to_vector(order), result});
  return result;
}
