//===- Activations.cpp - Import of functions of one variable --------------===//

#include "Elementwise.h"
#include "OpTable.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "llvm/ADT/StringSwitch.h"
#include <limits>

using namespace mlir;
using namespace spiq;
using namespace spiq::onnx_import;

/// The f32 input 0 as it is held, with a rank of at least one.
static FailureOr<std::pair<Value, SmallVector<int64_t>>>
getOperand(NodeImporter &node) {
  if (failed(node.expectFloat(0)))
    return failure();
  SmallVector<int64_t> order = chooseOrder(node, node.getInput(0).getRank());
  return std::pair(node.getForBroadcast(0, order), order);
}

LogicalResult spiq::onnx_import::importRelu(NodeImporter &node) {
  auto operand = getOperand(node);
  if (failed(operand))
    return failure();
  auto [input, order] = *operand;
  Value result = ClampOp::create(
      node.getBuilder(), node.getLoc(), input.getType(), input,
      node.getBuilder().getF32FloatAttr(0.0f), /*clamp_max=*/FloatAttr());
  return setElementwiseResult(node, result, order);
}

//===----------------------------------------------------------------------===//
// Clip
//===----------------------------------------------------------------------===//

/// A bound of Clip: attribute `name` up to operator set 10, then input `index`.
/// Null if it is absent or does not bound; fails if it is not a constant.
static FailureOr<FloatAttr> getBound(NodeImporter &node, size_t index,
                                     StringRef name) {
  std::optional<float> bound;
  if (node.hasInput(index)) {
    FailureOr<ConstantTensor> constant = node.getConstant(index, name);
    if (failed(constant))
      return failure();
    if (constant->getNumElements() != 1 || !constant->isFloat())
      return node.reject("the bound '" + name + "' must be one float");
    bound = static_cast<float>(constant->getDouble(0));
  } else if (node.hasAttribute(name)) {
    bound = node.getFloat(name, 0.0f);
  }
  // The largest floats are the defaults of the attributes.
  if (!bound || std::abs(*bound) >= std::numeric_limits<float>::max())
    return FloatAttr();
  return node.getBuilder().getF32FloatAttr(*bound);
}

/// Clip with bounds that are computed at run time.
static LogicalResult importDynamicClip(NodeImporter &node, Value input,
                                       ArrayRef<int64_t> order) {
  auto type = cast<RankedTensorType>(input.getType());
  for (size_t index : {1, 2}) {
    if (!node.hasInput(index))
      continue;
    if (failed(node.expectFloat(index)))
      return failure();
    if (getNumElements(node.getShape(index)) != 1)
      return node.reject("the bounds must be scalars");
    SmallVector<int64_t> scalarShape(type.getRank(), 1);
    Value bound = node.tensors.reshape(
        node.getInOrder(index,
                        getIdentityOrder(node.getInput(index).getRank())),
        scalarShape);
    bound = node.tensors.broadcast(bound, type.getShape());
    if (index == 1)
      input = arith::MaximumFOp::create(node.getBuilder(), node.getLoc(), input,
                                        bound);
    else
      input = arith::MinimumFOp::create(node.getBuilder(), node.getLoc(), input,
                                        bound);
  }
  return setElementwiseResult(node, input, order);
}

LogicalResult spiq::onnx_import::importClip(NodeImporter &node) {
  auto operand = getOperand(node);
  if (failed(operand))
    return failure();
  auto [input, order] = *operand;
  for (size_t index : {1, 2})
    if (node.hasInput(index) && !node.getInput(index).isConstant())
      return importDynamicClip(node, input, order);
  FailureOr<FloatAttr> low = getBound(node, 1, "min");
  FailureOr<FloatAttr> high = getBound(node, 2, "max");
  if (failed(low) || failed(high))
    return failure();
  if (!*low && !*high)
    return node.setResult(0, node.getInput(0));
  if (*low && *high && low->getValueAsDouble() > high->getValueAsDouble())
    return node.reject("min " + formatNumber(low->getValueAsDouble()) +
                       " is greater than max " +
                       formatNumber(high->getValueAsDouble()));
  Value result = ClampOp::create(node.getBuilder(), node.getLoc(),
                                 input.getType(), input, *low, *high);
  return setElementwiseResult(node, result, order);
}

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

namespace {
/// How an operator maps to `spiq.activation`.
struct ActivationEntry {
  llvm::StringLiteral name;
  ActivationKind kind;
  /// Defaults in ONNX; an operator without the attribute passes zero.
  float alpha, beta;
};
} // namespace

static constexpr ActivationEntry kActivations[] = {
    {"Elu", ActivationKind::Elu, 1.0f, 0.0f},
    {"Gelu", ActivationKind::Gelu, 0.0f, 0.0f},
    {"HardSigmoid", ActivationKind::HardSigmoid, 0.2f, 0.5f},
    {"HardSwish", ActivationKind::HardSwish, 0.0f, 0.0f},
    {"LeakyRelu", ActivationKind::LeakyRelu, 0.01f, 0.0f},
    {"Mish", ActivationKind::Mish, 0.0f, 0.0f},
    {"Sigmoid", ActivationKind::Sigmoid, 0.0f, 0.0f},
    {"Softplus", ActivationKind::Softplus, 0.0f, 0.0f},
    {"Tanh", ActivationKind::Tanh, 0.0f, 0.0f},
};

LogicalResult spiq::onnx_import::importActivation(NodeImporter &node) {
  const ActivationEntry *entry =
      llvm::find_if(kActivations, [&](const ActivationEntry &candidate) {
        return candidate.name == node.getOpType();
      });
  if (entry == std::end(kActivations))
    return node.reject("unknown activation");
  if (node.getString("approximate", "none") != "none")
    return node.reject("only approximate = \"none\" is supported");
  auto operand = getOperand(node);
  if (failed(operand))
    return failure();
  auto [input, order] = *operand;
  float alpha = node.getFloat("alpha", entry->alpha);
  float beta = node.getFloat("beta", entry->beta);
  Value result = ActivationOp::create(
      node.getBuilder(), node.getLoc(), input.getType(), entry->kind, input,
      /*slope=*/Value(), APFloat(alpha), APFloat(beta));
  return setElementwiseResult(node, result, order);
}

/// `max(x, 0) + slope * min(x, 0)` for slopes that are not per channel.
static Value buildGeneralPRelu(NodeImporter &node, Value input, Value slope) {
  OpBuilder &builder = node.getBuilder();
  Location loc = node.getLoc();
  Type type = input.getType();
  FloatAttr zero = builder.getF32FloatAttr(0.0f);
  Value positive =
      ClampOp::create(builder, loc, type, input, zero, FloatAttr());
  Value negative =
      ClampOp::create(builder, loc, type, input, FloatAttr(), zero);
  Value scaled = MulOp::create(builder, loc, type, negative, slope, FloatAttr(),
                               FloatAttr());
  return AddOp::create(builder, loc, type, positive, scaled, FloatAttr(),
                       FloatAttr());
}

LogicalResult spiq::onnx_import::importPRelu(NodeImporter &node) {
  auto operand = getOperand(node);
  if (failed(operand) || failed(node.expectFloat(1)))
    return failure();
  auto [input, order] = *operand;
  auto type = cast<RankedTensorType>(input.getType());
  auto shape = getBroadcastShape(node, {0, 1});
  if (failed(shape))
    return failure();
  if (ArrayRef<int64_t>(*shape) != node.getShape(0))
    return node.reject("the slope of shape " + formatShape(node.getShape(1)) +
                       " does not broadcast to the input of shape " +
                       formatShape(node.getShape(0)));
  Value result;
  if (std::optional<ConstantTensor> slope =
          getChannelConstant(node, 1, order, type.getShape().back()))
    result = ActivationOp::create(
        node.getBuilder(), node.getLoc(), type, ActivationKind::PRelu, input,
        node.tensors.constant(*slope), APFloat(0.0f), APFloat(0.0f));
  else
    result = buildGeneralPRelu(node, input, node.getForBroadcast(1, order));
  return setElementwiseResult(node, result, order);
}

//===----------------------------------------------------------------------===//
// Other functions, which stay upstream operations
//===----------------------------------------------------------------------===//

LogicalResult spiq::onnx_import::importUnary(NodeImporter &node) {
  auto operand = getOperand(node);
  if (failed(operand))
    return failure();
  auto [input, order] = *operand;
  OpBuilder &builder = node.getBuilder();
  Location loc = node.getLoc();
  StringRef op = node.getOpType();
  Value result;
  if (op == "Abs")
    result = math::AbsFOp::create(builder, loc, input);
  else if (op == "Ceil")
    result = math::CeilOp::create(builder, loc, input);
  else if (op == "Erf")
    result = math::ErfOp::create(builder, loc, input);
  else if (op == "Exp")
    result = math::ExpOp::create(builder, loc, input);
  else if (op == "Floor")
    result = math::FloorOp::create(builder, loc, input);
  else if (op == "Log")
    result = math::LogOp::create(builder, loc, input);
  else if (op == "Neg")
    result = arith::NegFOp::create(builder, loc, input);
  else if (op == "Round")
    result = math::RoundEvenOp::create(builder, loc, input);
  else if (op == "Sqrt")
    result = math::SqrtOp::create(builder, loc, input);
  else if (op == "Reciprocal")
    result = arith::DivFOp::create(
        builder, loc,
        node.tensors.filled(cast<RankedTensorType>(input.getType()).getShape(),
                            1.0f),
        input);
  else
    return node.reject("unknown function");
  return setElementwiseResult(node, result, order);
}
