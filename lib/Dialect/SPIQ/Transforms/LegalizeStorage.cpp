//===- LegalizeStorage.cpp - Signed or unsigned stored bytes --------------===//
//
// Shifts storage ranges and zero points by 128, so that all activations are
// stored as the target's dot-product instruction reads them.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/Transforms/Passes.h"

#include "ConstantUtils.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"

#include <limits>

using namespace mlir;
using namespace spiq;

namespace spiq {
#define GEN_PASS_DEF_SPIQLEGALIZESTORAGE
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"
} // namespace spiq

/// The distance between the two storage forms of a byte.
static constexpr int64_t storageShift = 128;

namespace {
class SPIQLegalizeStorage
    : public spiq::impl::SPIQLegalizeStorageBase<SPIQLegalizeStorage> {
public:
  using SPIQLegalizeStorageBase::SPIQLegalizeStorageBase;

  void runOnOperation() override;

private:
  /// The type of the same real values in the wanted storage; null if `type` is
  /// not quantized or stored so already.
  Type getLegalType(Type type) const;
  /// Whether `op` computes the same with its activations in either storage.
  static bool isConvertible(Operation *op);
  /// `value` in the wanted storage.
  Value legalize(OpBuilder &b, Value value);
  LogicalResult legalizeBias(LinearOpInterface layer);
  void legalizeOp(Operation *op);

  bool toUnsigned = true;
  /// Values that operations outside of this pass still see, and the legal
  /// values that they were cast from.
  llvm::DenseMap<Value, Value> legalValues;
  /// The casts of results back to their old storage.
  SmallVector<quant::StorageCastOp> castsBack;
};
} // namespace

Type SPIQLegalizeStorage::getLegalType(Type type) const {
  quant::QuantizedType element = getQuantizedElementType(type);
  if (!element || !isQuantizedByte(element) || element.isSigned() != toUnsigned)
    return {};
  int64_t shift = toUnsigned ? storageShift : -storageShift;
  int64_t min = element.getStorageTypeMin() + shift;
  int64_t max = element.getStorageTypeMax() + shift;
  QuantizationView view(element);
  SmallVector<double> scales;
  SmallVector<int64_t> zeroPoints;
  for (int64_t index = 0; index < view.getNumScales(); ++index) {
    scales.push_back(view.getScale(index));
    zeroPoints.push_back(view.getZeroPoint(index) + shift);
  }
  MLIRContext *context = type.getContext();
  Type legal;
  if (view.getAxis())
    legal = getPerAxisQuantizedType(context, !toUnsigned, min, max, scales,
                                    zeroPoints, *view.getAxis());
  else
    legal = getPerTensorQuantizedType(context, !toUnsigned, min, max,
                                      scales.front(), zeroPoints.front());
  return cast<RankedTensorType>(type).clone(legal);
}

bool SPIQLegalizeStorage::isConvertible(Operation *op) {
  return isa<SPIQDialect>(op->getDialect()) ||
         isa<quant::QuantizeCastOp, quant::DequantizeCastOp>(op);
}

/// Stores the same real values of `value` as `type`: flips the highest bit.
static quant::StorageCastOp shiftStorage(OpBuilder &b, Location loc,
                                         Value value, Type type) {
  auto bytesType = cast<RankedTensorType>(type).clone(b.getI8Type());
  Value bytes = quant::StorageCastOp::create(b, loc, bytesType, value);
  Value highBit = arith::ConstantOp::create(
      b, loc,
      DenseElementsAttr::get(bytesType, static_cast<int8_t>(storageShift)));
  Value flipped = arith::XOrIOp::create(b, loc, bytes, highBit);
  return quant::StorageCastOp::create(b, loc, type, flipped);
}

Value SPIQLegalizeStorage::legalize(OpBuilder &b, Value value) {
  if (Value legal = legalValues.lookup(value))
    return legal;
  Value legal =
      shiftStorage(b, value.getLoc(), value, getLegalType(value.getType()));
  legalValues[value] = legal;
  return legal;
}

/// Every stored input grows by the shift, so each sum of products does by the
/// shift times the sum of its weights.
LogicalResult SPIQLegalizeStorage::legalizeBias(LinearOpInterface layer) {
  auto weights = getConstantStorage(layer.getWeightsOperand().get());
  DenseIntElementsAttr bias;
  if (!weights ||
      !matchPattern(layer.getBiasOperand().get(), m_Constant(&bias)))
    return failure();
  SmallVector<int32_t> shifted;
  int64_t filterSize = weights->size() / bias.getNumElements();
  auto remaining = ArrayRef<int8_t>(*weights);
  for (int32_t value : bias.getValues<int32_t>()) {
    int64_t sum = 0;
    for (int8_t weight : remaining.take_front(filterSize))
      sum += weight;
    remaining = remaining.drop_front(filterSize);
    int64_t result = value - (toUnsigned ? storageShift : -storageShift) * sum;
    if (result < std::numeric_limits<int32_t>::min() ||
        result > std::numeric_limits<int32_t>::max())
      return failure();
    shifted.push_back(result);
  }
  OpBuilder b(layer);
  layer.getBiasOperand().set(arith::ConstantOp::create(
      b, layer.getLoc(),
      DenseElementsAttr::get(bias.getType(), ArrayRef(shifted))));
  return success();
}

void SPIQLegalizeStorage::legalizeOp(Operation *op) {
  if (!isConvertible(op))
    return;
  auto layer = dyn_cast<LinearOpInterface>(op);
  if (layer && getLegalType(layer.getInputOperand().get().getType()) &&
      failed(legalizeBias(layer))) {
    ++numSkipped;
    return;
  }
  OpBuilder b(op);
  for (OpOperand &operand : op->getOpOperands()) {
    if (layer && &operand == &layer.getWeightsOperand())
      continue;
    if (getLegalType(operand.get().getType()))
      operand.set(legalize(b, operand.get()));
  }
  b.setInsertionPointAfter(op);
  for (OpResult result : op->getResults()) {
    Type oldType = result.getType();
    Type legalType = getLegalType(oldType);
    if (!legalType)
      continue;
    result.setType(legalType);
    quant::StorageCastOp old = shiftStorage(b, op->getLoc(), result, oldType);
    Operation *castToBytes =
        old.getInput().getDefiningOp()->getOperand(0).getDefiningOp();
    result.replaceAllUsesExcept(old, castToBytes);
    castsBack.push_back(old);
    legalValues[old] = result;
    ++numValues;
  }
}

void SPIQLegalizeStorage::runOnOperation() {
  if (storage != "unsigned" && storage != "signed") {
    getOperation().emitError()
        << "unknown storage '" << storage << "'; expected unsigned or signed";
    return signalPassFailure();
  }
  toUnsigned = storage == "unsigned";
  legalValues.clear();
  SmallVector<Operation *> ops;
  getOperation()->walk([&](Operation *op) { ops.push_back(op); });
  for (Operation *op : ops)
    legalizeOp(op);
  // Nothing reads the old storage of values between convertible operations.
  for (quant::StorageCastOp cast : castsBack) {
    if (!cast->use_empty())
      continue;
    Operation *flip = cast.getInput().getDefiningOp();
    Operation *castToBytes = flip->getOperand(0).getDefiningOp();
    cast.erase();
    flip->erase();
    castToBytes->erase();
  }
  castsBack.clear();
  legalValues.clear();
}
