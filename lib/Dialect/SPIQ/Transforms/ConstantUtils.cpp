//===- ConstantUtils.cpp - Constant tensors -------------------------------===//
//
// Reading and creating the constant tensors of layers.
//
//===----------------------------------------------------------------------===//

#include "ConstantUtils.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace spiq {

template <typename T>
static std::optional<SmallVector<T, 0>> getElements(Value value) {
  ElementsAttr attr;
  if (!matchPattern(value, m_Constant(&attr)))
    return std::nullopt;
  if (auto dense = dyn_cast<DenseElementsAttr>(attr)) {
    auto values = dense.tryGetValues<T>();
    if (failed(values))
      return std::nullopt;
    return SmallVector<T, 0>(values->begin(), values->end());
  }
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    size_t size = resource.getNumElements();
    if (!blob || blob->getData().size() != size * sizeof(T))
      return std::nullopt;
    ArrayRef<T> data = blob->getDataAs<T>();
    return SmallVector<T, 0>(data.begin(), data.end());
  }
  return std::nullopt;
}

static bool hasElementType(Value value, function_ref<bool(Type)> predicate) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && predicate(type.getElementType());
}

std::optional<SmallVector<float, 0>> getConstantFloats(Value value) {
  if (!hasElementType(value, [](Type type) { return type.isF32(); }))
    return std::nullopt;
  return getElements<float>(value);
}

std::optional<SmallVector<int8_t, 0>> getConstantStorage(Value value) {
  if (auto cast = value.getDefiningOp<quant::StorageCastOp>())
    value = cast.getInput();
  if (!hasElementType(value, [](Type type) { return type.isInteger(8); }))
    return std::nullopt;
  return getElements<int8_t>(value);
}

Value createFloats(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape,
                   ArrayRef<float> values) {
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  return arith::ConstantOp::create(builder, loc,
                                   DenseElementsAttr::get(type, values));
}

Value createFloats(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape,
                   ArrayRef<double> values) {
  SmallVector<float, 0> rounded(values.begin(), values.end());
  return createFloats(builder, loc, shape, ArrayRef<float>(rounded));
}

std::optional<SmallVector<double>>
getPerChannelConstant(Value value, RankedTensorType type) {
  auto valueType = dyn_cast<RankedTensorType>(value.getType());
  if (!valueType || valueType.getRank() != type.getRank() ||
      type.getRank() == 0)
    return std::nullopt;
  if (llvm::any_of(valueType.getShape().drop_back(),
                   [](int64_t size) { return size != 1; }))
    return std::nullopt;
  std::optional<SmallVector<float, 0>> values = getConstantFloats(value);
  if (!values)
    return std::nullopt;
  int64_t channels = type.getShape().back();
  if (values->size() == 1)
    return SmallVector<double>(channels, values->front());
  return SmallVector<double>(values->begin(), values->end());
}

} // namespace spiq
