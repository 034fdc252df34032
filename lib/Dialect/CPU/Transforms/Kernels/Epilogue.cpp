//===- Epilogue.cpp - From accumulators to stored outputs -----------------===//
//
// Emits the requantization and the store of accumulators.
//
//===----------------------------------------------------------------------===//

#include "Epilogue.h"

#include "spiq/Dialect/SPIQ/IR/ActivationFormula.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace spiq::cpu {

/// Vectors whose activations are computed together: formulas are chains of
/// operations that wait for one another.
static constexpr int64_t alternatingVectors = 8;

Value Epilogue::loadRow(KernelBuilder &b, Parameter parameter,
                        Value tableOffset, int64_t vector) const {
  int64_t row = vector * getNumParameterRows(parameters) +
                getParameterRow(parameters, parameter);
  return b.load(table, b.add(tableOffset, row * lanes), lanes);
}

/// Expands the bytes of one vector of a block to i32: lane `l` of the result is
/// the stored value of the channel at `(vector, l)`.
static Value expandBytes(KernelBuilder &b, Value bytes, int64_t numVectors,
                         int64_t vector, int64_t lanes, bool isSigned) {
  int64_t size = cast<VectorType>(bytes.getType()).getDimSize(0);
  auto zero = arith::ConstantOp::create(
      b, DenseElementsAttr::get(cast<VectorType>(bytes.getType()), int8_t{0}));
  SmallVector<int64_t> mask(4 * lanes, size);
  // Signed bytes go to the top of their lane and come down again.
  for (int64_t lane = 0; lane < lanes; ++lane)
    mask[4 * lane + (isSigned ? 3 : 0)] =
        getChannelInBlock(numVectors, lanes, vector, lane);
  Value spread = b.bitcast(vector::ShuffleOp::create(b, bytes, zero, mask),
                           b.getI32Type());
  if (!isSigned)
    return spread;
  return arith::ShRSIOp::create(b, spread, b.splat(lanes, 24));
}

/// Loads the residual's `count` bytes, padded with undefined bytes to `size`.
/// Reads nothing behind the last valid byte.
static Value loadBytes(KernelBuilder &b, const FlatBuffer &buffer, Value offset,
                       int64_t count, int64_t size) {
  if (count >= size)
    return b.load(buffer, offset, size);
  auto type = VectorType::get(size, b.getI8Type());
  Value result =
      arith::ConstantOp::create(b, DenseElementsAttr::get(type, int8_t{0}));
  for (int64_t done = 0; done < count;) {
    int64_t piece = llvm::bit_floor(static_cast<uint64_t>(count - done));
    Value part = b.load(buffer, b.add(offset, done), piece);
    result = vector::InsertStridedSliceOp::create(
        b, part, result, ArrayRef<int64_t>{done}, ArrayRef<int64_t>{1});
    done += piece;
  }
  return result;
}

Value Epilogue::emitPack(KernelBuilder &b, ArrayRef<Value> rounded,
                         Value tableOffset) const {
  SmallVector<Value, 2> zeroPoints;
  if (has(Parameter::ZeroPoint))
    for (int64_t vector : {0, 2})
      zeroPoints.push_back(
          b.bitcast(loadRow(b, Parameter::ZeroPoint, tableOffset, vector),
                    b.getI16Type()));
  Value bytes =
      PackOp::create(b, VectorType::get(4 * lanes, b.getI8Type()), rounded[0],
                     rounded[1], rounded[2], rounded[3], zeroPoints, isSigned);
  auto bound = [&](Parameter parameter) {
    return b.bitcast(loadRow(b, parameter, tableOffset, 0), b.getI8Type());
  };
  if (has(Parameter::Min)) {
    Value min = bound(Parameter::Min);
    bytes = isSigned ? arith::MaxSIOp::create(b, bytes, min).getResult()
                     : arith::MaxUIOp::create(b, bytes, min).getResult();
  }
  if (has(Parameter::Max)) {
    Value max = bound(Parameter::Max);
    bytes = isSigned ? arith::MinSIOp::create(b, bytes, max).getResult()
                     : arith::MinUIOp::create(b, bytes, max).getResult();
  }
  return bytes;
}

SmallVector<Value> Epilogue::emitReals(KernelBuilder &b,
                                       ValueRange accumulators,
                                       Value tableOffset,
                                       Value residualBytes) const {
  auto floatType = VectorType::get(lanes, b.getF32Type());
  auto toFloat = [&](Value value) -> Value {
    return arith::SIToFPOp::create(b, floatType, value);
  };
  int64_t numVectors = accumulators.size();
  SmallVector<Value> reals;
  for (auto [vector, accumulator] : llvm::enumerate(accumulators)) {
    auto row = [&, vector = static_cast<int64_t>(vector)](Parameter parameter) {
      return loadRow(b, parameter, tableOffset, vector);
    };
    Value multiplier = b.bitcast(row(Parameter::Multiplier), b.getF32Type());
    Value real = arith::MulFOp::create(b, toFloat(accumulator), multiplier);
    if (residualBytes) {
      Value stored =
          expandBytes(b, residualBytes, numVectors, vector, lanes, isSigned);
      if (has(Parameter::ResidualZeroPoint))
        stored =
            arith::SubIOp::create(b, stored, row(Parameter::ResidualZeroPoint));
      Value scale =
          b.bitcast(row(Parameter::ResidualMultiplier), b.getF32Type());
      Value term = arith::MulFOp::create(b, toFloat(stored), scale);
      real = arith::AddFOp::create(b, real, term);
    }
    reals.push_back(real);
  }
  return reals;
}

void Epilogue::emitActivation(KernelBuilder &b, MutableArrayRef<Value> reals,
                              int64_t numVectors, Value tableOffset) const {
  if (!activation)
    return;
  auto getRows = [&](Parameter parameter) {
    SmallVector<Value> rows;
    for (size_t index = 0; index < reals.size(); ++index)
      rows.push_back(
          b.bitcast(loadRow(b, parameter, tableOffset, index % numVectors),
                    b.getF32Type()));
    return rows;
  };
  SmallVector<Value> slopes;
  if (activation.hasSlope())
    slopes = getRows(Parameter::Slope);
  // Each formula is a chain of operations that wait for one another. LLVM would
  // compute one after the other, to save registers, and the processor looks
  // ahead over few of them. Sixteen registers have no room for several.
  auto fence = [&](MutableArrayRef<Value> values) { b.fence(values); };
  bool alternates = lanes == 16;
  createActivations(
      b, b.getLoc(), activation, reals, slopes,
      alternates ? llvm::function_ref<void(MutableArrayRef<Value>)>(fence)
                 : nullptr);
  for (auto [real, scale] :
       llvm::zip_equal(reals, getRows(Parameter::OutputMultiplier)))
    real = arith::MulFOp::create(b, real, scale);
}

SmallVector<Value> Epilogue::emitRounded(KernelBuilder &b,
                                         ArrayRef<Value> reals,
                                         Value tableOffset) const {
  auto intType = VectorType::get(lanes, b.getI32Type());
  SmallVector<Value> results;
  for (auto [vector, real] : llvm::enumerate(reals)) {
    auto row = [&, vector = static_cast<int64_t>(vector)](Parameter parameter) {
      return loadRow(b, parameter, tableOffset, vector);
    };
    Value rounded = LLVM::LrintOp::create(b, intType, real);
    if (reals.size() != packedBlockVectors) {
      if (has(Parameter::ZeroPoint))
        rounded = arith::AddIOp::create(b, rounded, row(Parameter::ZeroPoint));
      if (has(Parameter::Min))
        rounded = arith::MaxSIOp::create(b, rounded, row(Parameter::Min));
      if (has(Parameter::Max))
        rounded = arith::MinSIOp::create(b, rounded, row(Parameter::Max));
    }
    results.push_back(rounded);
  }
  return results;
}

int64_t Epilogue::getGroupSize(int64_t numVectors) const {
  return activation && lanes == 16
             ? llvm::divideCeil(alternatingVectors, numVectors)
             : 1;
}

SmallVector<Value> Epilogue::emitBytes(KernelBuilder &b,
                                       ValueRange accumulators,
                                       Value tableOffset) const {
  constexpr size_t numVectors = packedBlockVectors;
  SmallVector<Value> bytes;
  while (!accumulators.empty()) {
    size_t size =
        std::min(accumulators.size(), numVectors * getGroupSize(numVectors));
    SmallVector<Value> reals;
    for (size_t begin = 0; begin < size; begin += numVectors)
      reals.append(emitReals(b, accumulators.slice(begin, numVectors),
                             tableOffset, Value()));
    emitActivation(b, reals, numVectors, tableOffset);
    for (size_t begin = 0; begin < size; begin += numVectors)
      bytes.push_back(emitPack(
          b,
          emitRounded(b, ArrayRef(reals).slice(begin, numVectors), tableOffset),
          tableOffset));
    accumulators = accumulators.drop_front(size);
  }
  return bytes;
}

void Epilogue::emitStore(KernelBuilder &b, ArrayRef<Value> reals,
                         Value tableOffset, Value outputOffset,
                         int64_t validChannels) const {
  auto store = [&](Value value, int64_t vector) {
    int64_t begin = vector * lanes;
    if (begin < validChannels)
      b.storePrefix(value, output, b.add(outputOffset, begin),
                    std::min(lanes, validChannels - begin));
  };
  if (isFloatOutput()) {
    for (auto [vector, value] : llvm::enumerate(reals)) {
      Value real = value;
      if (clampMin)
        real = arith::MaximumFOp::create(b, real, b.splat(lanes, *clampMin));
      if (clampMax)
        real = arith::MinimumFOp::create(b, real, b.splat(lanes, *clampMax));
      store(real, vector);
    }
    return;
  }
  SmallVector<Value> rounded = emitRounded(b, reals, tableOffset);
  if (reals.size() == packedBlockVectors) {
    b.storePrefix(emitPack(b, rounded, tableOffset), output, outputOffset,
                  validChannels);
    return;
  }
  for (auto [vector, value] : llvm::enumerate(rounded)) {
    value =
        arith::MaxSIOp::create(b, value, b.splat(lanes, isSigned ? -128 : 0));
    value =
        arith::MinSIOp::create(b, value, b.splat(lanes, isSigned ? 127 : 255));
    store(arith::TruncIOp::create(b, VectorType::get(lanes, b.getI8Type()),
                                  value),
          vector);
  }
}

void Epilogue::emit(KernelBuilder &b, ArrayRef<Pixel> pixels, Value tableOffset,
                    int64_t validChannels) const {
  while (!pixels.empty()) {
    int64_t numVectors = pixels.front().accumulators.size();
    ArrayRef<Pixel> group = pixels.take_front(getGroupSize(numVectors));
    SmallVector<Value> reals;
    for (const Pixel &pixel : group) {
      Value residualBytes;
      if (residual)
        residualBytes = loadBytes(b, residual, pixel.residualOffset,
                                  validChannels, numVectors * lanes);
      reals.append(
          emitReals(b, pixel.accumulators, tableOffset, residualBytes));
    }
    emitActivation(b, reals, numVectors, tableOffset);
    for (auto [index, pixel] : llvm::enumerate(group))
      emitStore(b, ArrayRef(reals).slice(index * numVectors, numVectors),
                tableOffset, pixel.outputOffset, validChannels);
    pixels = pixels.drop_front(group.size());
  }
}

} // namespace spiq::cpu
