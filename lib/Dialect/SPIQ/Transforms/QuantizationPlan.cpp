//===- QuantizationPlan.cpp - What is quantized, and what shares ----------===//
//
// Decides which values of a network are stored in integers and which of them
// share their scales.
//
//===----------------------------------------------------------------------===//

#include "QuantizationPlan.h"

#include "ChannelNormalization.h"
#include "ConstantUtils.h"
#include "LayerActivation.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace mlir;
using namespace spiq;

static RankedTensorType getTensorType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

QuantizationPlan::QuantizationPlan(func::FuncOp function,
                                   const StatisticsAnalysis &statistics,
                                   const BitPlan &bits, const Options &options)
    : statistics(statistics), bits(bits), options(options) {
  Block &body = function.getBody().front();
  findWanted(body);
  if (options.results)
    findWantedAsResult(body);
  for (BlockArgument argument : body.getArguments())
    if (wanted.contains(argument))
      assign(argument);
  for (Operation &op : body) {
    if (op.getNumResults() == 1 && wanted.contains(op.getResult(0)))
      assign(op.getResult(0));
    auto layer = dyn_cast<LinearOpInterface>(&op);
    if (!layer || classifyOp(&op) != OpClass::Linear ||
        bits.getOverrides().lookup(&op).isFloat)
      continue;
    Value input = layer.getInputOperand().get();
    if (values.contains(input))
      integerLayers.push_back(layer);
    else if (!getQuantizedElementType(input.getType()) &&
             !isQuantizedBefore(input))
      dynamicLayers.push_back(layer);
  }
}

const QuantizationRoot &
QuantizationPlan::getRootOfChannel(int64_t channel) const {
  const auto *it = llvm::upper_bound(
      roots, channel, [](int64_t c, const QuantizationRoot &root) {
        return c < root.firstChannel;
      });
  return *std::prev(it);
}

SmallVector<int64_t> QuantizationPlan::getChannels(Value value) const {
  const auto *it = values.find(value);
  if (it == values.end())
    return {};
  return it->second.getLabels(getTensorType(value).getRank() - 1)
      .value_or(SmallVector<int64_t>());
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

bool QuantizationPlan::isKnown(Value value) const {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getElementType().isF32() && statistics.lookup(value);
}

bool QuantizationPlan::isWantedBy(OpOperand &use) const {
  Operation *user = use.getOwner();
  OpClass kind = classifyOp(user);
  if (kind == OpClass::Float || bits.getOverrides().lookup(user).isFloat)
    return false;
  SmallVector<OpOperand *> operands = getActivationOperands(user);
  if (!llvm::is_contained(operands, &use))
    return false;
  if (kind == OpClass::Linear && operands.front() == &use)
    return true;
  if (isa<AvgPool2DOp>(user) && isNormalizedForLayer(user->getResult(0)))
    return true;
  return (wanted.contains(user->getResult(0)) || isMerged(user)) &&
         llvm::all_of(operands, [&](OpOperand *operand) {
           return isKnown(operand->get()) || isQuantizedBefore(operand->get());
         });
}

/// Whether `value`, an average, is divided by its largest magnitude and then
/// quantized: it sums integers, but need not be rounded itself.
bool QuantizationPlan::isNormalizedForLayer(Value value) const {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    if (user->getNumResults() != 1)
      return false;
    Value result = user->getResult(0);
    if (ChannelMap::getMovedOperand(user) || isa<RescaleOp>(user))
      return isNormalizedForLayer(result);
    return wanted.contains(result) && matchChannelNormalization(result);
  });
}

/// Whether `op` computes the activation behind it before it rounds, so that its
/// own result is not stored.
bool QuantizationPlan::isMerged(Operation *op) const {
  ActivationOp activation = getMergeableActivation(op);
  return activation && wanted.contains(activation.getOutput()) &&
         !bits.getOverrides().lookup(op).isFloat &&
         !bits.getOverrides().lookup(activation).isFloat &&
         isKnown(getActivationOperands(op).front()->get());
}

/// Marks the values that an operation in integer form reads. Integer forms
/// begin at layers and are followed backwards.
void QuantizationPlan::findWanted(Block &body) {
  auto visit = [&](Value value) {
    if (value.getDefiningOp() && isMerged(value.getDefiningOp()))
      return;
    if (isKnown(value) && !isQuantizedBefore(value) &&
        llvm::any_of(value.getUses(),
                     [&](OpOperand &use) { return isWantedBy(use); }))
      wanted.insert(value);
  };
  for (Operation &op : llvm::reverse(body))
    if (op.getNumResults() == 1)
      visit(op.getResult(0));
  for (BlockArgument argument : body.getArguments())
    visit(argument);
}

/// Marks the results of the function. What computes them stays f32, so that
/// they are rounded once; only what keeps types is followed backwards.
void QuantizationPlan::findWantedAsResult(Block &body) {
  for (Value value : body.getTerminator()->getOperands()) {
    while (isKnown(value) && value.getDefiningOp() &&
           !isQuantizedBefore(value) && wanted.insert(value).second) {
      wantedAsResult.insert(value);
      OpClass kind = classifyOp(value.getDefiningOp());
      if (kind != OpClass::SameType && kind != OpClass::Movement)
        break;
      Value operand =
          getActivationOperands(value.getDefiningOp()).front()->get();
      if (!operand.hasOneUse())
        break;
      value = operand;
    }
  }
}

bool QuantizationPlan::isAcceptable(Value value, const ChannelMap &map) const {
  return llvm::all_of(value.getUses(), [&](OpOperand &use) {
    if (classifyOp(use.getOwner()) == OpClass::Movement ||
        use.getOwner()->hasTrait<OpTrait::IsTerminator>())
      return true;
    // Operations of the dialect and dequantization need channels that are last.
    return map.getLabels(map.getShape().size() - 1).has_value();
  });
}

std::optional<ChannelMap> QuantizationPlan::deriveConcat(ConcatOp op) const {
  ArrayRef<int64_t> shape = getTensorType(op.getOutput()).getShape();
  int64_t last = shape.size() - 1;
  if (options.perTensor || wantedAsResult.contains(op.getOutput()) ||
      op.getAxis() != static_cast<uint64_t>(last))
    return std::nullopt;
  SmallVector<int64_t> labels;
  for (Value input : op.getInputs()) {
    SmallVector<int64_t> part = getChannels(input);
    if (part.empty())
      return std::nullopt;
    labels.append(part);
  }
  unsigned first = getRootOfChannel(labels.front()).bits;
  if (llvm::any_of(labels, [&](int64_t channel) {
        const QuantizationRoot &root = getRootOfChannel(channel);
        return root.bits != first || root.hasOneScale();
      }))
    return std::nullopt;
  return ChannelMap(shape, last, labels);
}

/// The channels of the result of `op` if it has no scales of its own.
std::optional<ChannelMap> QuantizationPlan::derive(Operation *op) const {
  OpClass kind = classifyOp(op);
  if (kind == OpClass::Float || bits.getOverrides().lookup(op).isFloat)
    return std::nullopt;
  if (auto concat = dyn_cast<ConcatOp>(op))
    return deriveConcat(concat);
  if (kind != OpClass::SameType && kind != OpClass::Movement)
    return std::nullopt;
  const auto *it = values.find(getActivationOperands(op).front()->get());
  if (it == values.end())
    return std::nullopt;
  if (kind == OpClass::Movement)
    return it->second.getResultOf(op);
  ArrayRef<int64_t> shape = getTensorType(op->getResult(0)).getShape();
  std::optional<SmallVector<int64_t>> labels =
      it->second.getLabels(shape.size() - 1);
  if (!labels)
    return std::nullopt;
  return ChannelMap(shape, shape.size() - 1, *labels);
}

/// The features that make up a logit appear together: what they add to a result
/// is correlated, where a sum inside of the network averages over many. With
/// the correlation r, the deviation of `sum w[c] x[c]` is the root of
/// `(1 - r) sum (w[c] s[c])^2 + r (sum |w[c] s[c]|)^2`.
void QuantizationPlan::widenResult(QuantizationRoot &root) const {
  constexpr double correlation = 0.1;
  Operation *op = root.value.getDefiningOp();
  // Factor and bias of a layer that reads normalized values lie behind it.
  while (op && servesNormalization(op))
    op = op->getOperand(0).getDefiningOp();
  auto layer = dyn_cast_or_null<LinearOpInterface>(op);
  if (!layer)
    return;
  auto weights = getConstantFloats(layer.getWeightsOperand().get());
  const ChannelStatistics *inputs =
      statistics.lookup(layer.getInputOperand().get());
  if (!weights || !inputs)
    return;
  int64_t columns =
      getTensorType(layer.getWeightsOperand().get()).getShape().back();
  int64_t row = weights->size() / root.channels.size();
  for (auto [o, channel] : llvm::enumerate(root.channels)) {
    double sum = 0.0, squares = 0.0;
    for (int64_t k = 0; k < row; ++k) {
      int64_t c = layer.getInputChannel(o, k % columns);
      double part = std::abs((*weights)[o * row + k] * (*inputs)[c].stddev);
      sum += part;
      squares += part * part;
    }
    if (squares == 0.0)
      continue;
    double factor =
        std::sqrt(1.0 - correlation + correlation * sum * sum / squares);
    channel.stddev *= factor;
    channel.upperTail *= factor;
    channel.lowerTail *= factor;
  }
}

void QuantizationPlan::assign(Value value) {
  if (Operation *op = value.getDefiningOp()) {
    std::optional<ChannelMap> map = derive(op);
    if (map && isAcceptable(value, *map)) {
      values.insert({value, std::move(*map)});
      return;
    }
  }
  QuantizationRoot root;
  root.value = value;
  root.firstChannel = numChannels;
  root.bits = bits.getActivationBits(value);
  root.isResult = wantedAsResult.contains(value);
  root.isNormalized = matchChannelNormalization(value).has_value();
  ChannelMap map;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    // Its channels need not be last: it may be transposed first.
    map = statistics.getArgumentMap(argument);
    root.channels = statistics.getArgumentChannels(argument);
  } else {
    map = ChannelMap::getIdentity(getTensorType(value).getShape());
    root.channels = *statistics.lookup(value);
  }
  if (root.isResult) {
    root.bits = bits.getResultBits();
    widenResult(root);
  }
  values.insert({value, map.offsetLabels(numChannels)});
  numChannels += root.channels.size();
  roots.push_back(std::move(root));
}
