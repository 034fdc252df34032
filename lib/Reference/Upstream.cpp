//===- Upstream.cpp - Operations of upstream dialects ---------------------===//
//
// Evaluates what imported networks contain beside SPIQ operations: elementwise
// arith and math, reshapes and slices, transpose, reductions, products.
//
//===----------------------------------------------------------------------===//

#include "Operations.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace spiq::reference {

//===----------------------------------------------------------------------===//
// Constants and elementwise operations
//===----------------------------------------------------------------------===//

static std::optional<Tensor> evaluateConstant(arith::ConstantOp op) {
  auto values = dyn_cast<DenseElementsAttr>(op.getValue());
  auto type = dyn_cast<RankedTensorType>(op.getType());
  if (!values || !type)
    return std::nullopt;
  if (type.getElementType().isF32()) {
    Tensor result = Tensor::ofFloats(type.getShape());
    llvm::copy(values.getValues<float>(), result.floats.begin());
    return result;
  }
  if (!type.getElementType().isInteger(8) &&
      !type.getElementType().isInteger(32))
    return std::nullopt;
  Tensor result = Tensor::ofIntegers(type.getShape());
  for (auto [value, integer] :
       llvm::zip(values.getValues<APInt>(), result.integers))
    integer = int32_t(value.getSExtValue());
  return result;
}

static std::optional<float> computeUnary(Operation *op, float x) {
  return TypeSwitch<Operation *, std::optional<float>>(op)
      .Case([&](arith::NegFOp) { return -x; })
      .Case([&](math::AbsFOp) { return std::abs(x); })
      .Case([&](math::CeilOp) { return std::ceil(x); })
      .Case([&](math::FloorOp) { return std::floor(x); })
      .Case([&](math::RoundEvenOp) { return std::nearbyint(x); })
      .Case([&](math::SqrtOp) { return std::sqrt(x); })
      .Case([&](math::ExpOp) { return std::exp(x); })
      .Case([&](math::LogOp) { return std::log(x); })
      .Case([&](math::ErfOp) { return std::erf(x); })
      .Default(std::nullopt);
}

static std::optional<float> computeBinary(Operation *op, float l, float r) {
  return TypeSwitch<Operation *, std::optional<float>>(op)
      .Case([&](arith::AddFOp) { return l + r; })
      .Case([&](arith::SubFOp) { return l - r; })
      .Case([&](arith::MulFOp) { return l * r; })
      .Case([&](arith::DivFOp) { return l / r; })
      .Case([&](arith::MaximumFOp) { return std::max(l, r); })
      .Case([&](arith::MinimumFOp) { return std::min(l, r); })
      .Case([&](math::PowFOp) { return std::pow(l, r); })
      .Default(std::nullopt);
}

static std::optional<Tensor> evaluateElementwise(Operation *op,
                                                 Operands operands) {
  Tensor result = *operands[0];
  if (!result.isFloat || operands.size() > 2)
    return std::nullopt;
  for (size_t index = 0; index < result.floats.size(); ++index) {
    float x = result.floats[index];
    auto value = operands.size() == 1
                     ? computeUnary(op, x)
                     : computeBinary(op, x, operands[1]->floats[index]);
    if (!value)
      return std::nullopt;
    result.floats[index] = *value;
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Data movement
//===----------------------------------------------------------------------===//

static Tensor reshape(const Tensor &input, ArrayRef<int64_t> shape) {
  Tensor result = input;
  result.shape.assign(shape.begin(), shape.end());
  return result;
}

/// A tensor of `shape` whose elements are read from `getSource(index)`.
static Tensor
gather(const Tensor &input, ArrayRef<int64_t> shape,
       llvm::function_ref<SmallVector<int64_t>(ArrayRef<int64_t>)> getSource) {
  Tensor result =
      input.isFloat ? Tensor::ofFloats(shape) : Tensor::ofIntegers(shape);
  int64_t position = 0;
  forEachIndex(shape, [&](ArrayRef<int64_t> index) {
    int64_t offset = input.getOffset(getSource(index));
    if (input.isFloat)
      result.floats[position++] = input.floats[offset];
    else
      result.integers[position++] = input.integers[offset];
  });
  return result;
}

static std::optional<Tensor> evaluateSlice(tensor::ExtractSliceOp op,
                                           const Tensor &input) {
  if (op.getType().getRank() != op.getSourceType().getRank() ||
      !op.getOffsets().empty() || !op.getStrides().empty())
    return std::nullopt;
  return gather(input, op.getType().getShape(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source;
    for (auto [i, offset, stride] :
         llvm::zip(index, op.getStaticOffsets(), op.getStaticStrides()))
      source.push_back(offset + i * stride);
    return source;
  });
}

static Tensor evaluateTranspose(linalg::TransposeOp op, const Tensor &input) {
  return gather(input, getShape(op.getInit()), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(index.size());
    for (auto [dim, from] : llvm::enumerate(op.getPermutation()))
      source[from] = index[dim];
    return source;
  });
}

static Tensor evaluateBroadcast(linalg::BroadcastOp op, const Tensor &input) {
  return gather(input, getShape(op.getInit()), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source;
    for (auto [dim, i] : llvm::enumerate(index))
      if (!llvm::is_contained(op.getDimensions(), int64_t(dim)))
        source.push_back(i);
    return source;
  });
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

static Tensor evaluateSoftmax(linalg::SoftmaxOp op, const Tensor &input) {
  Tensor result = Tensor::ofFloats(input.shape);
  int64_t axis = op.getDimension(), size = input.shape[axis], stride = 1;
  for (int64_t dim = axis + 1; dim < input.getRank(); ++dim)
    stride *= input.shape[dim];
  for (int64_t index = 0; index < input.getNumElements(); ++index) {
    if (index / stride % size != 0)
      continue;
    double sum = 0.0, max = input.floats[index];
    for (int64_t i = 0; i < size; ++i)
      max = std::max(max, double(input.floats[index + i * stride]));
    for (int64_t i = 0; i < size; ++i)
      sum += std::exp(input.floats[index + i * stride] - max);
    for (int64_t i = 0; i < size; ++i)
      result.floats[index + i * stride] =
          std::exp(input.floats[index + i * stride] - max) / sum;
  }
  return result;
}

/// Reductions by one commutative operation, in the order of the elements.
static std::optional<Tensor> evaluateReduce(linalg::ReduceOp op,
                                            Operands operands) {
  Block &body = op.getCombiner().front();
  Operation *step = &body.front();
  if (operands.size() != 2 || !operands[0]->isFloat ||
      !isa<arith::AddFOp, arith::MulFOp, arith::MaximumFOp, arith::MinimumFOp>(
          step) ||
      step->getNextNode() != body.getTerminator() ||
      !std::is_permutation(step->operand_begin(), step->operand_end(),
                           body.args_begin(), body.args_end()))
    return std::nullopt;
  const Tensor &input = *operands[0];
  Tensor result = *operands[1];
  int64_t position = 0;
  forEachIndex(input.shape, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> kept;
    for (auto [dim, i] : llvm::enumerate(index))
      if (!llvm::is_contained(op.getDimensions(), int64_t(dim)))
        kept.push_back(i);
    float &value = result.floats[result.getOffset(kept)];
    value = *computeBinary(step, input.floats[position++], value);
  });
  return result;
}

/// `init` + lhs * rhs of the last two dimensions, for each matrix.
static Tensor multiplyMatrices(const Tensor &lhs, const Tensor &rhs,
                               Tensor init) {
  int64_t rank = lhs.getRank();
  int64_t rows = lhs.shape[rank - 2], inner = lhs.shape[rank - 1];
  int64_t columns = rhs.shape[rank - 1];
  for (int64_t index = 0; index < init.getNumElements(); ++index) {
    int64_t matrix = index / (rows * columns);
    int64_t row = index / columns % rows, column = index % columns;
    double sum = init.floats[index];
    for (int64_t k = 0; k < inner; ++k)
      sum += double(lhs.floats[(matrix * rows + row) * inner + k]) *
             rhs.floats[(matrix * inner + k) * columns + column];
    init.floats[index] = sum;
  }
  return init;
}

static Tensor fill(Operation *op, const Tensor &value) {
  Tensor result = Tensor::ofFloats(getShape(op->getResult(0)));
  llvm::fill(result.floats, value.floats[0]);
  return result;
}

std::optional<Tensor> evaluateUpstream(Operation *op, Operands operands) {
  return TypeSwitch<Operation *, std::optional<Tensor>>(op)
      .Case([](arith::ConstantOp op) { return evaluateConstant(op); })
      .Case<tensor::CollapseShapeOp, tensor::ExpandShapeOp>([&](auto op) {
        return reshape(*operands[0], getShape(op.getResult()));
      })
      .Case([&](tensor::ExtractSliceOp op) {
        return evaluateSlice(op, *operands[0]);
      })
      .Case([](tensor::EmptyOp op) {
        return Tensor::ofFloats(op.getType().getShape());
      })
      .Case([&](linalg::TransposeOp op) {
        return evaluateTranspose(op, *operands[0]);
      })
      .Case([&](linalg::BroadcastOp op) {
        return evaluateBroadcast(op, *operands[0]);
      })
      .Case([&](linalg::SoftmaxOp op) {
        return evaluateSoftmax(op, *operands[0]);
      })
      .Case([&](linalg::ReduceOp op) { return evaluateReduce(op, operands); })
      .Case<linalg::MatmulOp, linalg::BatchMatmulOp>([&](auto) {
        return multiplyMatrices(*operands[0], *operands[1], *operands[2]);
      })
      .Case([&](linalg::FillOp op) { return fill(op, *operands[0]); })
      .Default([&](Operation *op) -> std::optional<Tensor> {
        if (operands.empty())
          return std::nullopt;
        return evaluateElementwise(op, operands);
      });
}

} // namespace spiq::reference
