//===- ModelABI.cpp - The C interface of compiled models --------*- C++ -*-===//
//
// Translates tensor types to the terms of the C interface.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/ModelABI.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

using namespace mlir;

namespace spiq {

static std::optional<ABIType> getABIType(Type type) {
  if (auto quantized = dyn_cast<quant::QuantizedType>(type)) {
    if (quantized.getStorageTypeIntegralWidth() != 8)
      return std::nullopt;
    return quantized.isSigned() ? ABIType::I8 : ABIType::U8;
  }
  if (type.isF32())
    return ABIType::F32;
  if (type.isInteger(8))
    return type.isUnsignedInteger() ? ABIType::U8 : ABIType::I8;
  if (type.isInteger(32))
    return ABIType::I32;
  if (type.isInteger(64))
    return ABIType::I64;
  return std::nullopt;
}

static unsigned getElementBytes(ABIType type) {
  switch (type) {
  case ABIType::I8:
  case ABIType::U8:
    return 1;
  case ABIType::F32:
  case ABIType::I32:
    return 4;
  case ABIType::I64:
    return 8;
  }
  llvm_unreachable("unknown type of the interface");
}

static void describeScales(Type elementType, ABITensor &tensor) {
  if (auto perTensor = dyn_cast<quant::UniformQuantizedType>(elementType)) {
    tensor.scales.push_back(static_cast<float>(perTensor.getScale()));
    tensor.zeroPoints.push_back(perTensor.getZeroPoint());
  }
  if (auto perAxis =
          dyn_cast<quant::UniformQuantizedPerAxisType>(elementType)) {
    tensor.quantizedAxis = perAxis.getQuantizedDimension();
    for (double scale : perAxis.getScales())
      tensor.scales.push_back(static_cast<float>(scale));
    for (int64_t zeroPoint : perAxis.getZeroPoints())
      tensor.zeroPoints.push_back(zeroPoint);
  }
}

std::optional<ABITensor> getABITensor(RankedTensorType type) {
  std::optional<ABIType> elementType = getABIType(type.getElementType());
  if (!elementType || !type.hasStaticShape())
    return std::nullopt;
  ABITensor tensor;
  tensor.type = *elementType;
  tensor.elementBytes = getElementBytes(*elementType);
  tensor.shape.assign(type.getShape().begin(), type.getShape().end());
  tensor.bytes = type.getNumElements() * tensor.elementBytes;
  describeScales(type.getElementType(), tensor);
  return tensor;
}

} // namespace spiq
