//===- BitPlan.cpp - How many bits each value gets ------------------------===//
//
// Bits of the weights of each layer and of the values that operations read.
//
//===----------------------------------------------------------------------===//

#include "BitPlan.h"

#include "OpClass.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace spiq;

/// Whether `value` is computed from `source` and not the same.
static bool dependsOn(Value value, Value source) {
  if (value == source)
    return false;
  SmallVector<Value> worklist = {value};
  llvm::DenseSet<Value> seen;
  while (!worklist.empty()) {
    Value next = worklist.pop_back_val();
    if (next == source)
      return true;
    Operation *op = next.getDefiningOp();
    if (!op || !seen.insert(next).second)
      continue;
    worklist.append(op->operand_begin(), op->operand_end());
  }
  return false;
}

/// Whether `layer` is a projection: it gives a residual the shape of the result
/// to which it is added. That result is computed from what the layer reads.
static bool isProjection(LinearOpInterface layer) {
  Value result = layer->getResult(0), input = layer.getInputOperand().get();
  if (auto own = dyn_cast<Conv2DOp>(layer.getOperation());
      own && own.getResidual())
    return dependsOn(own.getResidual(), input);
  if (!result.hasOneUse())
    return false;
  Operation *user = *result.user_begin();
  if (auto add = dyn_cast<AddOp>(user))
    return dependsOn(add.getLhs() == result ? add.getRhs() : add.getLhs(),
                     input);
  auto conv = dyn_cast<Conv2DOp>(user);
  return conv && conv.getResidual() == result &&
         dependsOn(conv.getInput(), input);
}

BitPlan::BitPlan(func::FuncOp function, const BitWidths &bits,
                 const LayerOverrides &overrides)
    : bits(bits), overrides(overrides) {
  Block &body = function.getBody().front();
  llvm::DenseSet<Value> behindLayer;
  for (Operation &op : body) {
    bool isBehind = llvm::any_of(op.getOperands(), [&](Value operand) {
      return behindLayer.contains(operand);
    });
    if (isa<LinearOpInterface>(op) && !isBehind)
      firstOrLast.insert(&op);
    if (auto layer = dyn_cast<LinearOpInterface>(op);
        layer && isProjection(layer))
      projections.insert(&op);
    if (isBehind || isa<LinearOpInterface>(op))
      behindLayer.insert(op.result_begin(), op.result_end());
  }
  llvm::DenseSet<Value> beforeLayer;
  for (Operation &op : llvm::reverse(body)) {
    bool isBefore = llvm::any_of(op.getResults(), [&](Value result) {
      return beforeLayer.contains(result);
    });
    if (isa<LinearOpInterface>(op) && !isBefore)
      firstOrLast.insert(&op);
    if (isBefore || isa<LinearOpInterface>(op))
      beforeLayer.insert(op.operand_begin(), op.operand_end());
  }
  findSmallLayers(function);
}

void BitPlan::findSmallLayers(func::FuncOp function) {
  SmallVector<std::tuple<int64_t, size_t, Operation *>> sizes;
  int64_t total = 0;
  for (auto layer : function.getOps<LinearOpInterface>()) {
    Value weights = layer.getWeightsOperand().get();
    int64_t size = cast<RankedTensorType>(weights.getType()).getNumElements();
    total += size;
    if (!firstOrLast.contains(layer))
      sizes.emplace_back(size, sizes.size(), layer);
  }
  llvm::sort(sizes);
  double left = bits.smallLayers * total;
  for (auto [size, index, layer] : sizes) {
    left -= size;
    if (left < 0.0)
      return;
    small.insert(layer);
  }
}

unsigned BitPlan::getWeightBits(Operation *layer) const {
  if (std::optional<unsigned> chosen = overrides.lookup(layer).weightBits)
    return *chosen;
  return firstOrLast.contains(layer) || small.contains(layer)
             ? std::max(bits.firstLast, bits.weights)
             : bits.weights;
}

unsigned BitPlan::getReaderBits(OpOperand &use) const {
  Operation *user = use.getOwner();
  if (auto layer = dyn_cast<LinearOpInterface>(user);
      layer && &layer.getInputOperand() == &use) {
    unsigned least = 0;
    if (firstOrLast.contains(user))
      least = bits.firstLast;
    else if (projections.contains(user))
      least = bits.elementwise;
    return overrides.lookup(user).activationBits.value_or(
        std::max(least, bits.activations));
  }
  switch (classifyOp(user)) {
  case OpClass::SameType:
  case OpClass::Movement:
  case OpClass::Concat:
    return getActivationBits(user->getResult(0));
  case OpClass::Linear: // the residual
  case OpClass::Requantizing:
    return std::max(bits.elementwise, bits.activations);
  case OpClass::Float:
    return 0;
  }
  llvm_unreachable("unknown class of operations");
}

unsigned BitPlan::getActivationBits(Value value) const {
  unsigned result = 0;
  for (OpOperand &use : value.getUses())
    result = std::max(result, getReaderBits(use));
  return result ? result : bits.activations;
}

void BitPlan::separateReaders(func::FuncOp function) const {
  auto separate = [&](Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!type || !type.getElementType().isF32())
      return;
    unsigned most = getActivationBits(value);
    SmallVector<OpOperand *> uses;
    for (OpOperand &use : value.getUses()) {
      auto layer = dyn_cast<LinearOpInterface>(use.getOwner());
      if (!layer || &layer.getInputOperand() != &use ||
          getReaderBits(use) == most)
        continue;
      uses.push_back(&use);
    }
    if (uses.empty())
      return;
    OpBuilder builder(function.getContext());
    builder.setInsertionPointAfterValue(value);
    Value copy = ClampOp::create(builder, value.getLoc(), type, value,
                                 FloatAttr(), FloatAttr());
    for (OpOperand *use : uses)
      use->set(copy);
  };
  Block &body = function.getBody().front();
  for (BlockArgument argument : body.getArguments())
    separate(argument);
  for (Operation &op : llvm::make_early_inc_range(body))
    for (Value result : op.getResults())
      separate(result);
}
