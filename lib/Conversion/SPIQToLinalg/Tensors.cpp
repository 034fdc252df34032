//===- Tensors.cpp - Reshaping, padding and weight layouts ----------------===//
//
// Implements the helpers that rearrange tensors.
//
//===----------------------------------------------------------------------===//

#include "Tensors.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/IR/Matchers.h"

#include <cstring>

using namespace mlir;

namespace spiq {

ArrayRef<int64_t> getShape(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getShape();
}

Type getElementType(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getElementType();
}

//===----------------------------------------------------------------------===//
// Reshape
//===----------------------------------------------------------------------===//

Value reshape(OpBuilder &builder, Location loc, Value tensor,
              ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (type.getShape() == shape)
    return tensor;
  auto result = RankedTensorType::get(shape, type.getElementType());
  auto reassociation = getReassociationIndicesForReshape(type, result);
  if (!reassociation) {
    Value vector = reshape(builder, loc, tensor, type.getNumElements());
    return reshape(builder, loc, vector, shape);
  }
  if (type.getRank() > result.getRank())
    return tensor::CollapseShapeOp::create(builder, loc, result, tensor,
                                           *reassociation);
  return tensor::ExpandShapeOp::create(builder, loc, result, tensor,
                                       *reassociation);
}

//===----------------------------------------------------------------------===//
// Padding
//===----------------------------------------------------------------------===//

Value createFilled(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape,
                   Value scalar) {
  Value init = tensor::EmptyOp::create(builder, loc, shape, scalar.getType());
  return linalg::FillOp::create(builder, loc, scalar, init).getResult(0);
}

Value createZeros(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape,
                  Type elementType) {
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(elementType));
  return createFilled(builder, loc, shape, zero);
}

PaddingValue PaddingValue::zero(OpBuilder &builder, Location loc,
                                Type elementType) {
  PaddingValue value;
  value.scalar =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(elementType));
  return value;
}

PaddingValue PaddingValue::stored(OpBuilder &builder, Location loc,
                                  int64_t numChannels,
                                  llvm::function_ref<int64_t(int64_t)> get) {
  SmallVector<int8_t> bytes;
  for (int64_t channel = 0; channel < numChannels; ++channel)
    bytes.push_back(static_cast<int8_t>(get(channel)));
  PaddingValue value;
  if (llvm::all_equal(bytes)) {
    value.scalar = arith::ConstantOp::create(
        builder, loc, builder.getI8IntegerAttr(bytes.front()));
    return value;
  }
  auto type = RankedTensorType::get(numChannels, builder.getI8Type());
  value.perChannel = arith::ConstantOp::create(
      builder, loc, DenseElementsAttr::get(type, ArrayRef(bytes)));
  return value;
}

PaddingValue PaddingValue::zeroPoint(OpBuilder &builder, Location loc,
                                     int64_t numChannels,
                                     const QuantizationView &view) {
  return stored(builder, loc, numChannels,
                [&](int64_t channel) { return view.getZeroPoint(channel); });
}

Value createPaddingTensor(OpBuilder &builder, Location loc,
                          ArrayRef<int64_t> shape, const PaddingValue &value) {
  if (value.scalar)
    return createFilled(builder, loc, shape, value.scalar);
  int64_t rank = shape.size();
  Value init = tensor::EmptyOp::create(builder, loc, shape,
                                       getElementType(value.perChannel));
  return linalg::BroadcastOp::create(
             builder, loc, value.perChannel, init,
             llvm::to_vector(llvm::seq<int64_t>(0, rank - 1)))
      ->getResult(0);
}

static SmallVector<OpFoldResult> toAttributes(OpBuilder &builder,
                                              ArrayRef<int64_t> values) {
  return getAsIndexOpFoldResult(builder.getContext(), values);
}

Value pad(OpBuilder &builder, Location loc, Value tensor, ArrayRef<int64_t> low,
          ArrayRef<int64_t> high, const PaddingValue &value) {
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<int64_t> shape(type.getShape());
  for (auto [size, before, after] : llvm::zip(shape, low, high))
    size += before + after;
  if (ArrayRef(shape) == type.getShape())
    return tensor;
  if (value.scalar)
    return tensor::PadOp::create(
        builder, loc, RankedTensorType::get(shape, type.getElementType()),
        tensor, toAttributes(builder, low), toAttributes(builder, high),
        value.scalar);
  // tensor.pad with a value per channel has no efficient lowering upstream.
  Value around = createPaddingTensor(builder, loc, shape, value);
  SmallVector<int64_t> ones(type.getRank(), 1);
  return tensor::InsertSliceOp::create(
      builder, loc, tensor, around, toAttributes(builder, low),
      toAttributes(builder, type.getShape()), toAttributes(builder, ones));
}

Value padImage(OpBuilder &builder, Location loc, Value image,
               ArrayRef<int64_t> padding, const PaddingValue &value) {
  return pad(builder, loc, image, {0, padding[0], padding[2], 0},
             {0, padding[1], padding[3], 0}, value);
}

//===----------------------------------------------------------------------===//
// Rearrangement
//===----------------------------------------------------------------------===//

/// The linear position in a row-major tensor of `shape` that `map` reads for a
/// result position.
static int64_t getLinearPosition(ArrayRef<int64_t> shape, AffineMap map,
                                 ArrayRef<int64_t> position) {
  int64_t linear = 0;
  for (auto [size, index] : llvm::zip(shape, map.compose(position)))
    linear = linear * size + index;
  return linear;
}

/// Copies elements of `elementSize` bytes. The map is linear, so that the
/// source moves by a constant stride along each result dimension.
static std::vector<char> rearrangeBytes(ArrayRef<char> source,
                                        ArrayRef<int64_t> sourceShape,
                                        ArrayRef<int64_t> shape, AffineMap map,
                                        size_t elementSize) {
  SmallVector<int64_t> position(shape.size(), 0), strides;
  int64_t offset = getLinearPosition(sourceShape, map, position);
  for (size_t dim = 0; dim < shape.size(); ++dim) {
    position[dim] = 1;
    strides.push_back(getLinearPosition(sourceShape, map, position) - offset);
    position[dim] = 0;
  }
  int64_t count = ShapedType::getNumElements(shape);
  std::vector<char> result(count * elementSize);
  for (int64_t index = 0; index < count; ++index) {
    std::memcpy(result.data() + index * elementSize,
                source.data() + offset * elementSize, elementSize);
    for (size_t dim = shape.size(); dim-- > 0;) {
      offset += strides[dim];
      if (++position[dim] < shape[dim])
        break;
      offset -= strides[dim] * shape[dim];
      position[dim] = 0;
    }
  }
  return result;
}

static DenseElementsAttr rearrangeConstant(DenseElementsAttr values,
                                           ArrayRef<int64_t> shape,
                                           AffineMap map) {
  auto type = cast<RankedTensorType>(values.getType());
  auto result = RankedTensorType::get(shape, type.getElementType());
  if (values.isSplat())
    return values.resizeSplat(result);
  std::vector<char> bytes =
      rearrangeBytes(values.getRawData(), type.getShape(), shape, map,
                     type.getElementTypeBitWidth() / 8);
  return DenseElementsAttr::getFromRawBuffer(result, bytes);
}

/// Rearrangement at run time.
static Value gather(OpBuilder &builder, Location loc, Value tensor,
                    ArrayRef<int64_t> shape, AffineMap map) {
  int64_t rank = shape.size();
  Value init =
      tensor::EmptyOp::create(builder, loc, shape, getElementType(tensor));
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  auto op = linalg::GenericOp::create(
      builder, loc, init.getType(), ValueRange(), init,
      builder.getMultiDimIdentityMap(rank), iterators,
      [&](OpBuilder &nested, Location nestedLoc, ValueRange) {
        SmallVector<OpFoldResult> position;
        for (int64_t dim = 0; dim < rank; ++dim)
          position.push_back(
              linalg::IndexOp::create(nested, nestedLoc, dim).getResult());
        SmallVector<Value> source;
        for (AffineExpr expr : map.getResults())
          source.push_back(getValueOrCreateConstantIndexOp(
              nested, nestedLoc,
              affine::makeComposedFoldedAffineApply(
                  nested, nestedLoc, AffineMap::get(rank, 0, expr), position)));
        Value element =
            tensor::ExtractOp::create(nested, nestedLoc, tensor, source);
        linalg::YieldOp::create(nested, nestedLoc, element);
      });
  return op.getResult(0);
}

Value rearrange(OpBuilder &builder, Location loc, Value tensor,
                ArrayRef<int64_t> shape, AffineMap map) {
  DenseElementsAttr values;
  if (!matchPattern(tensor, m_Constant(&values)))
    return gather(builder, loc, tensor, shape, map);
  return arith::ConstantOp::create(builder, loc,
                                   rearrangeConstant(values, shape, map));
}

} // namespace spiq
