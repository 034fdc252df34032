//===- KernelBuilder.cpp - Helpers to emit loops of kernels ---------------===//
//
// Implements the emission helpers.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace spiq::cpu {

Value KernelBuilder::index(int64_t value) {
  return arith::ConstantIndexOp::create(*this, value);
}

Value KernelBuilder::add(Value lhs, Value rhs) {
  return createOrFold<arith::AddIOp>(lhs, rhs);
}

Value KernelBuilder::mul(Value lhs, int64_t rhs) {
  return createOrFold<arith::MulIOp>(lhs, index(rhs));
}

Value KernelBuilder::min(Value lhs, int64_t rhs) {
  return createOrFold<arith::MinSIOp>(lhs, index(rhs));
}

Value KernelBuilder::getAddress(const FlatBuffer &buffer, Value offset) {
  Value index = arith::IndexCastOp::create(*this, getI64Type(), offset);
  return LLVM::GEPOp::create(*this, buffer.pointer.getType(),
                             buffer.elementType, buffer.pointer,
                             ArrayRef<LLVM::GEPArg>{index});
}

/// Vectors are aligned like their elements only.
static unsigned getAlignment(Type elementType) {
  return elementType.getIntOrFloatBitWidth() / 8;
}

Value KernelBuilder::load(const FlatBuffer &buffer, Value offset,
                          int64_t count) {
  auto type = VectorType::get(count, buffer.elementType);
  return LLVM::LoadOp::create(*this, type, getAddress(buffer, offset),
                              getAlignment(buffer.elementType));
}

void KernelBuilder::prefetch(const FlatBuffer &buffer, Value offset,
                             int64_t bytes) {
  constexpr int64_t lineBytes = 64;
  for (int64_t line = 0; line < bytes; line += lineBytes)
    LLVM::Prefetch::create(*this, getAddress(buffer, add(offset, line)),
                           /*rw=*/0, /*hint=*/3, /*cache=*/1);
}

void KernelBuilder::store(Value value, const FlatBuffer &buffer, Value offset) {
  LLVM::StoreOp::create(*this, value, getAddress(buffer, offset),
                        getAlignment(buffer.elementType));
}

void KernelBuilder::storePrefix(Value value, const FlatBuffer &buffer,
                                Value offset, int64_t count) {
  int64_t size = cast<VectorType>(value.getType()).getDimSize(0);
  if (count >= size)
    return store(value, buffer, offset);
  int64_t done = 0;
  while (done < count) {
    int64_t piece = llvm::bit_floor(static_cast<uint64_t>(count - done));
    Value part = vector::ExtractStridedSliceOp::create(
        *this, value, ArrayRef<int64_t>{done}, ArrayRef<int64_t>{piece},
        ArrayRef<int64_t>{1});
    store(part, buffer, add(offset, done));
    done += piece;
  }
}

Value KernelBuilder::broadcastDword(const FlatBuffer &buffer, Value offset,
                                    int64_t lanes) {
  Value bytes = load(buffer, offset, 4);
  Value dword = bitcast(bytes, getI32Type());
  Value lanesOfDword = vector::BroadcastOp::create(
      *this, VectorType::get(lanes, getI32Type()), dword);
  return bitcast(lanesOfDword, getI8Type());
}

Value KernelBuilder::bitcast(Value vector, Type elementType) {
  auto type = cast<VectorType>(vector.getType());
  int64_t bits = type.getDimSize(0) * type.getElementTypeBitWidth();
  auto result =
      VectorType::get(bits / elementType.getIntOrFloatBitWidth(), elementType);
  if (result == type)
    return vector;
  return vector::BitCastOp::create(*this, result, vector);
}

void KernelBuilder::fence(MutableArrayRef<Value> vectors) {
  // An empty instruction with all of its operands as results.
  std::string outputs, inputs;
  for (size_t index = 0; index < vectors.size(); ++index) {
    outputs += "=v,";
    inputs += (index == 0 ? "" : ",") + std::to_string(index);
  }
  SmallVector<Type> types(vectors.size(), vectors.front().getType());
  Type resultType = types.size() == 1
                        ? types.front()
                        : LLVM::LLVMStructType::getLiteral(getContext(), types);
  Value results =
      LLVM::InlineAsmOp::create(
          *this, resultType, ValueRange(vectors), getStringAttr(""),
          getStringAttr(outputs + inputs), /*has_side_effects=*/UnitAttr(),
          /*is_align_stack=*/UnitAttr(),
          LLVM::TailCallKindAttr::get(getContext(),
                                      LLVM::tailcallkind::TailCallKind::None),
          LLVM::AsmDialectAttr(), ArrayAttr())
          .getResult(0);
  if (vectors.size() == 1) {
    vectors.front() = results;
    return;
  }
  for (auto [index, vector] : llvm::enumerate(vectors))
    vector = LLVM::ExtractValueOp::create(*this, results,
                                          static_cast<int64_t>(index));
}

Value KernelBuilder::splat(int64_t lanes, int32_t value) {
  auto type = VectorType::get(lanes, getI32Type());
  return arith::ConstantOp::create(*this, DenseElementsAttr::get(type, value));
}

Value KernelBuilder::splat(int64_t lanes, float value) {
  auto type = VectorType::get(lanes, getF32Type());
  return arith::ConstantOp::create(*this, DenseElementsAttr::get(type, value));
}

SmallVector<Value> KernelBuilder::loop(
    Value begin, Value end, int64_t step, ValueRange inits,
    llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  std::optional<int64_t> low = getConstantIntValue(begin);
  std::optional<int64_t> high = getConstantIntValue(end);
  if (low && high && *high - *low <= step)
    return *high > *low ? body(begin, inits) : SmallVector<Value>(inits);
  auto forOp = scf::ForOp::create(*this, begin, end, index(step), inits);
  OpBuilder::InsertionGuard guard(*this);
  if (inits.empty())
    setInsertionPoint(forOp.getBody()->getTerminator());
  else
    setInsertionPointToStart(forOp.getBody());
  SmallVector<Value> results =
      body(forOp.getInductionVar(), forOp.getRegionIterArgs());
  if (!inits.empty())
    scf::YieldOp::create(*this, results);
  return SmallVector<Value>(forOp.getResults());
}

} // namespace spiq::cpu
