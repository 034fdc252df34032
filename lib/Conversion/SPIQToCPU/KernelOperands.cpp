//===- KernelOperands.cpp - Operands of kernels ---------------------------===//
//
// Implements casts to storage, padding and constants.
//
//===----------------------------------------------------------------------===//

#include "KernelOperands.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace spiq;

DenseIntElementsAttr spiq::getStoredConstant(Value value) {
  DenseIntElementsAttr bytes;
  auto cast = value.getDefiningOp<quant::StorageCastOp>();
  if (!cast || !matchPattern(cast.getInput(), m_Constant(&bytes)))
    return {};
  return bytes;
}

bool spiq::hasUnsignedStorage(Type type) {
  return !QuantizationView::ofTensor(type).isSigned();
}

Value spiq::castToStorage(ImplicitLocOpBuilder &b, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  if (!getQuantizedElementType(type))
    return value;
  if (auto cast = value.getDefiningOp<quant::StorageCastOp>())
    return cast.getInput();
  return quant::StorageCastOp::create(b, type.clone(b.getI8Type()), value);
}

void spiq::replaceWithStored(PatternRewriter &rewriter, Operation *op,
                             Value value) {
  Type type = op->getResult(0).getType();
  if (getQuantizedElementType(type))
    value = quant::StorageCastOp::create(rewriter, op->getLoc(), type, value);
  rewriter.replaceOp(op, value);
}

template <typename T>
static Value createConstantOf(ImplicitLocOpBuilder &b, ArrayRef<T> values,
                              Type elementType) {
  auto type =
      RankedTensorType::get({static_cast<int64_t>(values.size())}, elementType);
  return arith::ConstantOp::create(b, DenseElementsAttr::get(type, values));
}

Value spiq::createConstant(ImplicitLocOpBuilder &b, ArrayRef<int8_t> values) {
  return createConstantOf(b, values, b.getI8Type());
}

Value spiq::createConstant(ImplicitLocOpBuilder &b, ArrayRef<int32_t> values) {
  return createConstantOf(b, values, b.getI32Type());
}

/// Writes one value per channel to the part of `image` at `offsets`.
static Value fillSlice(ImplicitLocOpBuilder &b, Value image,
                       ArrayRef<int8_t> channelValues,
                       ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes) {
  if (llvm::is_contained(sizes, 0))
    return image;
  auto toAttributes = [&](ArrayRef<int64_t> values) {
    return getAsIndexOpFoldResult(b.getContext(), values);
  };
  SmallVector<OpFoldResult> strides = toAttributes({1, 1, 1, 1});
  Value slice = tensor::ExtractSliceOp::create(b, image, toAttributes(offsets),
                                               toAttributes(sizes), strides);
  if (llvm::all_equal(channelValues)) {
    Value value =
        arith::ConstantOp::create(b, b.getI8IntegerAttr(channelValues.front()));
    slice = linalg::FillOp::create(b, value, slice).getResult(0);
  } else {
    slice = linalg::BroadcastOp::create(b, createConstant(b, channelValues),
                                        slice, ArrayRef<int64_t>{0, 1, 2})
                ->getResult(0);
  }
  return tensor::InsertSliceOp::create(b, slice, image, toAttributes(offsets),
                                       toAttributes(sizes), strides);
}

/// Writes one value per channel to the outer `low` and `high` rows and columns
/// of `image`; the interior stays undefined.
static Value fillBorder(ImplicitLocOpBuilder &b, Value image,
                        ArrayRef<int8_t> channelValues, ArrayRef<int64_t> low,
                        ArrayRef<int64_t> high) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(image.getType()).getShape();
  int64_t images = shape[0], height = shape[1], width = shape[2];
  int64_t channels = shape[3], innerHeight = height - low[1] - high[1];
  auto fill = [&](int64_t row, int64_t column, int64_t rows, int64_t columns) {
    image = fillSlice(b, image, channelValues, {0, row, column, 0},
                      {images, rows, columns, channels});
  };
  fill(0, 0, low[1], width);
  fill(height - high[1], 0, high[1], width);
  fill(low[1], 0, innerHeight, low[2]);
  fill(low[1], width - high[2], innerHeight, high[2]);
  return image;
}

Value spiq::padWithZeroPoint(ImplicitLocOpBuilder &b, Value input,
                             Type quantizedType, ArrayRef<int64_t> low,
                             ArrayRef<int64_t> high) {
  auto isZero = [](int64_t pad) { return pad == 0; };
  if (llvm::all_of(low, isZero) && llvm::all_of(high, isZero))
    return input;
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> shape(type.getShape());
  for (auto [size, before, after] : llvm::zip(shape, low, high))
    size += before + after;
  auto quantization = QuantizationView::ofTensor(quantizedType);
  SmallVector<int8_t> zeroPoints;
  for (int64_t channel = 0; channel < shape.back(); ++channel)
    zeroPoints.push_back(
        static_cast<int8_t>(quantization.getZeroPoint(channel)));

  OpBuilder::InsertPoint here = b.saveInsertionPoint();
  Value source = input;
  while (auto cast = source.getDefiningOp<quant::StorageCastOp>())
    source = cast.getInput();
  if (Operation *producer = source.getDefiningOp())
    b.setInsertionPoint(producer);
  // Not tensor.empty: equal borders would become one, which every layer but one
  // would have to copy.
  Value padded = bufferization::AllocTensorOp::create(
      b, type.clone(shape), /*dynamicSizes=*/ValueRange());
  padded = fillBorder(b, padded, zeroPoints, low, high);
  b.restoreInsertionPoint(here);
  auto attributes = [&](ArrayRef<int64_t> values) {
    return getAsIndexOpFoldResult(b.getContext(), values);
  };
  SmallVector<int64_t> strides(shape.size(), 1);
  return tensor::InsertSliceOp::create(b, input, padded, attributes(low),
                                       attributes(type.getShape()),
                                       attributes(strides));
}
