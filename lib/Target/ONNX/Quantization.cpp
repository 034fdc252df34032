//===- Quantization.cpp - Import of QuantizeLinear, DequantizeLinear ------===//

#include "Elementwise.h"
#include "OpTable.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;
using namespace spiq::onnx_import;
using ::onnx::TensorProto;

/// Reads scale and zero point (inputs 1 and 2) for values of `type`.
static FailureOr<Quantization> readQuantization(NodeImporter &node,
                                                DataType type) {
  if (node.getInt("block_size", 0) != 0)
    return node.reject("blocked quantization is not supported");
  FailureOr<ConstantTensor> scale = node.getConstant(1, "the scale");
  if (failed(scale))
    return failure();
  Quantization result;
  result.isSigned = type != TensorProto::UINT8;
  result.storageMin = result.isSigned ? -128 : 0;
  result.storageMax = result.isSigned ? 127 : 255;
  for (double value : scale->getDoubles()) {
    if (!std::isfinite(value) || value <= 0.0)
      return node.reject("a scale is " + formatNumber(value) +
                         ", expected a positive number");
    result.scales.push_back(value);
  }
  result.zeroPoints.assign(result.scales.size(), 0);
  if (node.hasInput(2)) {
    FailureOr<ConstantTensor> zero = node.getConstant(2, "the zero point");
    if (failed(zero))
      return failure();
    if (zero->isFloat() || zero->getShape() != scale->getShape())
      return node.reject("the zero point must hold integers and have the shape "
                         "of the scale, " +
                         formatShape(scale->getShape()));
    result.zeroPoints = zero->getInts();
  }
  if (scale->getNumElements() == 1)
    return result;
  int64_t rank = node.getInput(0).getRank();
  FailureOr<int64_t> axis = node.normalizeAxis(node.getInt("axis", 1), rank);
  if (failed(axis))
    return failure();
  if (scale->getRank() != 1 ||
      scale->getNumElements() != node.getShape(0)[*axis])
    return node.reject("the scale has shape " + formatShape(scale->getShape()) +
                       ", but dimension " + Twine(*axis) +
                       " of the input has " + Twine(node.getShape(0)[*axis]));
  result.axis = *axis;
  return result;
}

/// The channel, along the quantized axis, of each element in ONNX's order.
static int64_t getChannel(const Quantization &quantization,
                          ArrayRef<int64_t> shape, int64_t index) {
  if (!quantization.axis)
    return 0;
  int64_t inner = 1;
  for (int64_t dim : shape.drop_front(*quantization.axis + 1))
    inner *= dim;
  return index / inner % shape[*quantization.axis];
}

//===----------------------------------------------------------------------===//
// QuantizeLinear
//===----------------------------------------------------------------------===//

/// The type that QuantizeLinear produces.
static FailureOr<DataType> getQuantizedType(NodeImporter &node) {
  int64_t type = TensorProto::UINT8;
  if (node.hasInput(2))
    type = node.getInput(2).type;
  else if (node.getInt("output_dtype", 0) != 0)
    type = node.getInt("output_dtype", 0);
  if (type != TensorProto::UINT8 && type != TensorProto::INT8)
    return node.reject("quantized type " + getDataTypeName(type) +
                       " is not supported; supported are int8 and uint8");
  return static_cast<DataType>(type);
}

/// Quantizes a constant.
static ConstantTensor quantizeConstant(const ConstantTensor &input,
                                       const Quantization &quantization,
                                       DataType type) {
  std::vector<double> real = input.getDoubles();
  SmallVector<int64_t> stored;
  for (auto [index, value] : llvm::enumerate(real)) {
    int64_t channel = getChannel(quantization, input.getShape(), index);
    double scaled = std::nearbyint(value / quantization.scales[channel]) +
                    static_cast<double>(quantization.zeroPoints[channel]);
    stored.push_back(static_cast<int64_t>(
        std::clamp(scaled, static_cast<double>(quantization.storageMin),
                   static_cast<double>(quantization.storageMax))));
  }
  return ConstantTensor::fromInts(type, input.getShape(), stored);
}

LogicalResult spiq::onnx_import::importQuantizeLinear(NodeImporter &node) {
  if (failed(node.expectFloat(0)))
    return failure();
  FailureOr<DataType> type = getQuantizedType(node);
  if (failed(type))
    return failure();
  FailureOr<Quantization> quantization = readQuantization(node, *type);
  if (failed(quantization))
    return failure();
  const ImportedValue &input = node.getInput(0);
  if (input.isConstant())
    return node.setResult(
        0, quantizeConstant(*input.constant, *quantization, *type));
  SmallVector<int64_t> order = input.getRank() == 0
                                   ? SmallVector<int64_t>()
                                   : chooseOrder(node, input.getRank());
  Value value = node.getInOrder(0, order);
  auto floatType = cast<RankedTensorType>(value.getType());
  Value result =
      quant::QuantizeCastOp::create(node.getBuilder(), node.getLoc(),
                                    floatType.clone(quantization->getType(
                                        node.getBuilder().getContext(), order)),
                                    value);
  return node.setResult(0, result, order, *type);
}

//===----------------------------------------------------------------------===//
// DequantizeLinear
//===----------------------------------------------------------------------===//

/// Moves the zero points of stored integers to zero if the integers fit signed
/// bytes then: layers multiply with those as they are.
static void moveZeroPoints(ArrayRef<int64_t> shape,
                           SmallVectorImpl<int64_t> &stored,
                           Quantization &quantization) {
  SmallVector<int64_t> moved;
  for (auto [index, value] : llvm::enumerate(stored)) {
    int64_t channel = getChannel(quantization, shape, index);
    moved.push_back(value - quantization.zeroPoints[channel]);
    if (!llvm::isInt<8>(moved.back()))
      return;
  }
  stored = std::move(moved);
  quantization.isSigned = true;
  quantization.storageMin = -128;
  quantization.storageMax = 127;
  quantization.zeroPoints.assign(quantization.zeroPoints.size(), 0);
}

/// A constant becomes a float constant if its integers are wide (a bias), else
/// it stays quantized until it is used, so that its type can be seen.
static LogicalResult dequantizeConstant(NodeImporter &node,
                                        Quantization quantization) {
  const ImportedValue &input = node.getInput(0);
  ImportedValue result = input;
  result.type = TensorProto::FLOAT;
  SmallVector<int64_t> stored = input.constant->getInts();
  if (input.type == TensorProto::INT32) {
    std::vector<float> real;
    for (auto [index, value] : llvm::enumerate(stored)) {
      int64_t channel = getChannel(quantization, input.shape, index);
      real.push_back(static_cast<float>(
          quantization.scales[channel] *
          static_cast<double>(value - quantization.zeroPoints[channel])));
    }
    result.constant = ConstantTensor::fromFloats(input.shape, real);
    return node.setResult(0, std::move(result));
  }
  moveZeroPoints(input.shape, stored, quantization);
  if (quantization.isSigned)
    result.constant =
        ConstantTensor::fromInts(TensorProto::INT8, input.shape, stored);
  // Symmetric weights leave -128 out, as the dialect's own weights do.
  if (quantization.isSigned && !llvm::is_contained(stored, -128))
    quantization.storageMin = -127;
  result.quantization = std::move(quantization);
  return node.setResult(0, std::move(result));
}

LogicalResult spiq::onnx_import::importDequantizeLinear(NodeImporter &node) {
  const ImportedValue &input = node.getInput(0);
  if (input.type != TensorProto::INT8 && input.type != TensorProto::UINT8 &&
      !(input.type == TensorProto::INT32 && input.isConstant()))
    return node.reject("the input holds " + getDataTypeName(input.type) +
                       " values; supported are int8 and uint8, and int32 for "
                       "constants");
  FailureOr<Quantization> quantization = readQuantization(node, input.type);
  if (failed(quantization))
    return failure();
  if (input.isConstant())
    return dequantizeConstant(node, *quantization);
  auto [value, order] = node.getAsHeld(0);
  auto type = cast<RankedTensorType>(value.getType());
  OpBuilder &builder = node.getBuilder();
  Type expected = quantization->getType(builder.getContext(), order);
  if (type.getElementType() != expected) {
    // Other scales than the value was quantized with: only the bytes count.
    if (auto own = dyn_cast<quant::QuantizedType>(type.getElementType()))
      value = quant::StorageCastOp::create(
          builder, node.getLoc(), type.clone(own.getStorageType()), value);
    value = quant::StorageCastOp::create(builder, node.getLoc(),
                                         type.clone(expected), value);
  }
  Value result = quant::DequantizeCastOp::create(
      builder, node.getLoc(), type.clone(builder.getF32Type()), value);
  return node.setResult(0, result, order);
}
