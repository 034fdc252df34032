//===- Elementwise.cpp - Import of elementwise operators ------------------===//

#include "Elementwise.h"
#include "OpTable.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include <cmath>

using namespace mlir;
using namespace spiq;
using namespace spiq::onnx_import;

//===----------------------------------------------------------------------===//
// Broadcasting
//===----------------------------------------------------------------------===//

SmallVector<int64_t> spiq::onnx_import::chooseOrder(NodeImporter &node,
                                                    int64_t rank) {
  if (rank == 0)
    return {0};
  for (size_t i = 0; i < node.getNumInputs(); ++i) {
    if (!node.hasInput(i))
      continue;
    const ImportedValue &input = node.getInput(i);
    if (!input.value || input.getRank() != rank)
      continue;
    // Images that enter the graph are converted where they are used first.
    if (rank == 4 && isa<BlockArgument>(input.value))
      break;
    return input.order;
  }
  return rank == 4 ? getChannelsLastOrder(rank) : getIdentityOrder(rank);
}

FailureOr<SmallVector<int64_t>>
spiq::onnx_import::getBroadcastShape(NodeImporter &node,
                                     ArrayRef<size_t> inputs) {
  SmallVector<int64_t> shape;
  for (size_t index : inputs) {
    SmallVector<int64_t> next(node.getShape(index));
    if (next.size() > shape.size())
      shape.insert(shape.begin(), next.size() - shape.size(), 1);
    size_t leading = shape.size() - next.size();
    for (size_t i = 0; i < next.size(); ++i) {
      int64_t &dim = shape[leading + i];
      if (dim != next[i] && dim != 1 && next[i] != 1)
        return node.reject("inputs of shape " +
                           formatShape(node.getShape(inputs[0])) + " and " +
                           formatShape(next) + " do not broadcast");
      if (dim == 1)
        dim = next[i];
    }
  }
  return shape;
}

std::optional<ConstantTensor>
spiq::onnx_import::getChannelConstant(NodeImporter &node, size_t index,
                                      ArrayRef<int64_t> order,
                                      int64_t channels) {
  const ImportedValue &input = node.getInput(index);
  if (!input.isConstant())
    return std::nullopt;
  int64_t added = static_cast<int64_t>(order.size()) - input.getRank();
  int64_t channelDim = order.back() - added;
  for (auto [dim, size] : llvm::enumerate(input.shape))
    if (size != 1 && static_cast<int64_t>(dim) != channelDim)
      return std::nullopt;
  ConstantTensor vector =
      input.constant->reshape({input.constant->getNumElements()});
  if (vector.getNumElements() != 1 && vector.getNumElements() != channels)
    return std::nullopt;
  return vector.broadcast({channels});
}

LogicalResult spiq::onnx_import::setElementwiseResult(NodeImporter &node,
                                                      Value result,
                                                      ArrayRef<int64_t> order) {
  // Scalars were computed as vectors.
  bool isScalar = true;
  for (size_t i = 0; i < node.getNumInputs(); ++i)
    isScalar &= !node.hasInput(i) || node.getInput(i).getRank() == 0;
  if (isScalar)
    return node.setResult(0, node.tensors.reshape(result, {}), {});
  return node.setResult(0, result, order);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

namespace {
/// A binary operator with its operands in a common order and rank.
struct Binary {
  SmallVector<int64_t> order;
  RankedTensorType type;
};
} // namespace

static FailureOr<Binary> prepareBinary(NodeImporter &node, size_t lhs,
                                       size_t rhs) {
  if (failed(node.expectFloat(lhs)) || failed(node.expectFloat(rhs)))
    return failure();
  auto shape = getBroadcastShape(node, {lhs, rhs});
  if (failed(shape))
    return failure();
  Binary binary;
  binary.order = chooseOrder(node, shape->size());
  if (shape->empty())
    shape->push_back(1);
  if (!getNumElements(*shape))
    return node.reject("the result of shape " + formatShape(*shape) +
                       " is too large");
  binary.type = node.tensors.getFloatType(applyOrder(*shape, binary.order));
  return binary;
}

/// The operand broadcast to the type of the result, for upstream operations.
static Value getBroadcast(NodeImporter &node, size_t index,
                          const Binary &binary) {
  return node.tensors.broadcast(node.getForBroadcast(index, binary.order),
                                binary.type.getShape());
}

/// `multiplier[c] * x + offset[c]`, if input `index` has the result's shape.
static Value buildRescale(NodeImporter &node, size_t index,
                          const Binary &binary, ArrayRef<float> multiplier,
                          ArrayRef<float> offset) {
  return RescaleOp::create(
      node.getBuilder(), node.getLoc(), binary.type,
      node.getForBroadcast(index, binary.order),
      node.tensors.vector(multiplier), node.tensors.vector(offset),
      /*clamp_min=*/FloatAttr(), /*clamp_max=*/FloatAttr(),
      /*activation=*/ActivationAttr(), /*stats=*/ChannelStatsAttr());
}

/// If input `constant` is a constant per channel and the other input has the
/// shape of the result: the values of the constant.
static std::optional<std::vector<float>>
matchChannelOperand(NodeImporter &node, size_t constant, const Binary &binary) {
  size_t other = 1 - constant;
  if (node.getInput(other).isConstant())
    return std::nullopt;
  ArrayRef<int64_t> shape = node.getShape(other);
  SmallVector<int64_t> held(binary.type.getShape());
  if (static_cast<int64_t>(shape.size()) != binary.type.getRank() ||
      applyOrder(shape, binary.order) != held)
    return std::nullopt;
  auto vector = getChannelConstant(node, constant, binary.order, held.back());
  if (!vector)
    return std::nullopt;
  return vector->getFloats();
}

static std::vector<float> repeat(float value, size_t count) {
  return std::vector<float>(count, value);
}

/// A fully connected layer without bias, exported as MatMul and Add, takes the
/// summand as its bias. Null if the input is no such layer.
static Value buildBiasedLayer(NodeImporter &node, size_t index,
                              const Binary &binary, ArrayRef<float> bias) {
  if (binary.type.getRank() != 2)
    return nullptr;
  Value input = node.getForBroadcast(index, binary.order);
  auto layer = input.getDefiningOp<FullyConnectedOp>();
  if (!layer || !matchPattern(layer.getBias(), m_AnyZeroFloat()))
    return nullptr;
  return FullyConnectedOp::create(
      node.getBuilder(), node.getLoc(), layer.getType(), layer.getInput(),
      layer.getWeights(), node.tensors.vector(bias), FloatAttr(), FloatAttr(),
      ActivationAttr(), ChannelStatsAttr());
}

LogicalResult spiq::onnx_import::importAdd(NodeImporter &node) {
  FailureOr<Binary> binary = prepareBinary(node, 0, 1);
  if (failed(binary))
    return failure();
  for (size_t constant : {1, 0})
    if (auto offset = matchChannelOperand(node, constant, *binary)) {
      Value result = buildBiasedLayer(node, 1 - constant, *binary, *offset);
      if (!result)
        result = buildRescale(node, 1 - constant, *binary,
                              repeat(1.0f, offset->size()), *offset);
      return setElementwiseResult(node, result, binary->order);
    }
  Value result = AddOp::create(node.getBuilder(), node.getLoc(), binary->type,
                               node.getForBroadcast(0, binary->order),
                               node.getForBroadcast(1, binary->order),
                               FloatAttr(), FloatAttr());
  return setElementwiseResult(node, result, binary->order);
}

LogicalResult spiq::onnx_import::importSub(NodeImporter &node) {
  FailureOr<Binary> binary = prepareBinary(node, 0, 1);
  if (failed(binary))
    return failure();
  if (auto subtrahend = matchChannelOperand(node, 1, *binary)) {
    std::vector<float> offset;
    for (float value : *subtrahend)
      offset.push_back(-value);
    Value result =
        buildRescale(node, 0, *binary, repeat(1.0f, offset.size()), offset);
    return setElementwiseResult(node, result, binary->order);
  }
  if (auto minuend = matchChannelOperand(node, 0, *binary)) {
    Value result = buildRescale(node, 1, *binary,
                                repeat(-1.0f, minuend->size()), *minuend);
    return setElementwiseResult(node, result, binary->order);
  }
  Value result = arith::SubFOp::create(node.getBuilder(), node.getLoc(),
                                       getBroadcast(node, 0, *binary),
                                       getBroadcast(node, 1, *binary));
  return setElementwiseResult(node, result, binary->order);
}

//===----------------------------------------------------------------------===//
// Products, and activations spelled with them
//===----------------------------------------------------------------------===//

/// Whether every element of the constant `value` is `expected`, but for
/// rounding.
static bool isFilledWith(Value value, float expected) {
  DenseFPElementsAttr elements;
  return matchPattern(value, m_Constant(&elements)) &&
         llvm::all_of(elements.getValues<float>(), [&](float element) {
           return std::abs(element - expected) <= 1e-6f * std::abs(expected);
         });
}

static Value buildActivation(NodeImporter &node, ActivationKind kind,
                             Value input, float alpha = 0.0f,
                             float beta = 0.0f) {
  return ActivationOp::create(node.getBuilder(), node.getLoc(), input.getType(),
                              kind, input, /*slope=*/Value(), APFloat(alpha),
                              APFloat(beta));
}

/// Recognizes `clamp(x + 3, 0, 6)` and returns `x`.
static Value matchShiftedRelu6(Value value) {
  auto clamp = value.getDefiningOp<ClampOp>();
  if (!clamp || !clamp.getClampMin() || !clamp.getClampMax() ||
      !clamp.getClampMin()->isZero() ||
      clamp.getClampMax()->convertToFloat() != 6.0f)
    return nullptr;
  auto shift = clamp.getInput().getDefiningOp<RescaleOp>();
  if (!shift || !isFilledWith(shift.getMultiplier(), 1.0f) ||
      !isFilledWith(shift.getOffset(), 3.0f))
    return nullptr;
  return shift.getInput();
}

/// Recognizes products `x * gate(x)` that are an activation. Null otherwise.
static Value matchSelfGated(NodeImporter &node, Value input, Value gate) {
  auto activation = gate.getDefiningOp<ActivationOp>();
  if (!activation)
    return nullptr;
  ActivationKind kind = activation.getKind();
  if (activation.getInput() == input && kind == ActivationKind::Sigmoid)
    return buildActivation(node, ActivationKind::Silu, input);
  if (activation.getInput() == input && kind == ActivationKind::HardSigmoid &&
      std::abs(activation.getAlpha().convertToFloat() - 1.0f / 6.0f) < 1e-6f &&
      activation.getBeta().convertToFloat() == 0.5f)
    return buildActivation(node, ActivationKind::HardSwish, input);
  auto inner = activation.getInput().getDefiningOp<ActivationOp>();
  if (inner && inner.getInput() == input && kind == ActivationKind::Tanh &&
      inner.getKind() == ActivationKind::Softplus)
    return buildActivation(node, ActivationKind::Mish, input);
  return nullptr;
}

/// Multiplies input `index` with a constant per channel. A sixth of
/// `clamp(x + 3, 0, 6)` is a hard sigmoid, a sixth of `x` times that a hard
/// swish.
static Value buildScaled(NodeImporter &node, size_t index, const Binary &binary,
                         ArrayRef<float> factors) {
  bool isSixth = llvm::all_of(factors, [](float factor) {
    return std::abs(factor - 1.0f / 6.0f) < 1e-6f;
  });
  if (isSixth) {
    Value input = node.getForBroadcast(index, binary.order);
    if (Value source = matchShiftedRelu6(input))
      return buildActivation(node, ActivationKind::HardSigmoid, source,
                             1.0f / 6.0f, 0.5f);
    if (auto product = input.getDefiningOp<MulOp>())
      for (auto [x, gate] : {std::pair(product.getLhs(), product.getRhs()),
                             std::pair(product.getRhs(), product.getLhs())})
        if (matchShiftedRelu6(gate) == x)
          return buildActivation(node, ActivationKind::HardSwish, x);
  }
  return buildRescale(node, index, binary, factors,
                      repeat(0.0f, factors.size()));
}

LogicalResult spiq::onnx_import::importMul(NodeImporter &node) {
  FailureOr<Binary> binary = prepareBinary(node, 0, 1);
  if (failed(binary))
    return failure();
  for (size_t constant : {1, 0})
    if (auto factors = matchChannelOperand(node, constant, *binary))
      return setElementwiseResult(
          node, buildScaled(node, 1 - constant, *binary, *factors),
          binary->order);
  Value lhs = node.getForBroadcast(0, binary->order);
  Value rhs = node.getForBroadcast(1, binary->order);
  Value result = matchSelfGated(node, lhs, rhs);
  if (!result)
    result = matchSelfGated(node, rhs, lhs);
  if (!result)
    result = MulOp::create(node.getBuilder(), node.getLoc(), binary->type, lhs,
                           rhs, FloatAttr(), FloatAttr());
  return setElementwiseResult(node, result, binary->order);
}

LogicalResult spiq::onnx_import::importDiv(NodeImporter &node) {
  FailureOr<Binary> binary = prepareBinary(node, 0, 1);
  if (failed(binary))
    return failure();
  auto divisor = matchChannelOperand(node, 1, *binary);
  if (divisor && !llvm::is_contained(*divisor, 0.0f)) {
    std::vector<float> factors;
    for (float value : *divisor)
      factors.push_back(1.0f / value);
    return setElementwiseResult(node, buildScaled(node, 0, *binary, factors),
                                binary->order);
  }
  Value result = arith::DivFOp::create(node.getBuilder(), node.getLoc(),
                                       getBroadcast(node, 0, *binary),
                                       getBroadcast(node, 1, *binary));
  return setElementwiseResult(node, result, binary->order);
}

LogicalResult spiq::onnx_import::importPow(NodeImporter &node) {
  node.makeFloat(1); // exponents may be integers
  FailureOr<Binary> binary = prepareBinary(node, 0, 1);
  if (failed(binary))
    return failure();
  auto exponent = matchChannelOperand(node, 1, *binary);
  auto isAlways = [&](float value) {
    return exponent &&
           llvm::all_of(*exponent, [&](float e) { return e == value; });
  };
  Value result;
  if (isAlways(2.0f)) {
    Value input = node.getForBroadcast(0, binary->order);
    result = MulOp::create(node.getBuilder(), node.getLoc(), binary->type,
                           input, input, FloatAttr(), FloatAttr());
  } else if (isAlways(0.5f)) {
    result = math::SqrtOp::create(node.getBuilder(), node.getLoc(),
                                  node.getForBroadcast(0, binary->order));
  } else {
    result = math::PowFOp::create(node.getBuilder(), node.getLoc(),
                                  getBroadcast(node, 0, *binary),
                                  getBroadcast(node, 1, *binary));
  }
  return setElementwiseResult(node, result, binary->order);
}

//===----------------------------------------------------------------------===//
// Any number of inputs
//===----------------------------------------------------------------------===//

/// Combines all inputs pairwise, from left to right.
template <typename Combine>
static LogicalResult importVariadic(NodeImporter &node, Combine combine) {
  SmallVector<size_t> indices;
  for (size_t i = 0; i < node.getNumInputs(); ++i) {
    if (!node.hasInput(i) || failed(node.expectFloat(i)))
      return node.reject("input " + Twine(i) + " is missing");
    indices.push_back(i);
  }
  auto shape = getBroadcastShape(node, indices);
  if (failed(shape))
    return failure();
  SmallVector<int64_t> order = chooseOrder(node, shape->size());
  if (shape->empty())
    shape->push_back(1);
  if (!getNumElements(*shape))
    return node.reject("the result of shape " + formatShape(*shape) +
                       " is too large");
  SmallVector<int64_t> held = applyOrder(*shape, order);
  Value result;
  for (size_t index : indices) {
    Value next =
        node.tensors.broadcast(node.getForBroadcast(index, order), held);
    result = result ? combine(result, next) : next;
  }
  return setElementwiseResult(node, result, order);
}

LogicalResult spiq::onnx_import::importSum(NodeImporter &node) {
  return importVariadic(node, [&](Value lhs, Value rhs) -> Value {
    return AddOp::create(node.getBuilder(), node.getLoc(), lhs.getType(), lhs,
                         rhs, FloatAttr(), FloatAttr());
  });
}

LogicalResult spiq::onnx_import::importMinMax(NodeImporter &node) {
  bool isMax = node.getOpType() == "Max";
  return importVariadic(node, [&](Value lhs, Value rhs) -> Value {
    if (isMax)
      return arith::MaximumFOp::create(node.getBuilder(), node.getLoc(), lhs,
                                       rhs);
    return arith::MinimumFOp::create(node.getBuilder(), node.getLoc(), lhs,
                                     rhs);
  });
}
