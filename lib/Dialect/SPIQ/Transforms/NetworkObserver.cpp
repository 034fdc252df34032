//===- NetworkObserver.cpp - What values a network takes ------------------===//
//
// Cuts a network behind its layers into functions, runs one after the other on
// all inputs and describes their results.
//
//===----------------------------------------------------------------------===//

#include "NetworkObserver.h"

#include "BatchNormMatch.h"
#include "TensorValue.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/CallInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace spiq;

/// Operations that are repeated in each segment that reads them.
static bool isCheap(Operation *op) {
  return op && op->getNumOperands() == 0 && op->getNumRegions() == 0;
}

/// Bytes of a tensor that can be passed between segments.
static std::optional<size_t> getNumBytes(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return std::nullopt;
  if (getQuantizedElementType(tensor))
    return tensor.getNumElements();
  if (!tensor.getElementType().isIntOrFloat() ||
      tensor.getElementTypeBitWidth() % 8 != 0)
    return std::nullopt;
  return tensor.getNumElements() * tensor.getElementTypeBitWidth() / 8;
}

/// Whether `op` adds a residual or clamps behind its accumulation.
static bool hasEpilogue(Operation *op) {
  auto conv = dyn_cast<Conv2DOp>(op);
  return (conv && conv.getResidual()) || op->hasAttr("clamp_min") ||
         op->hasAttr("clamp_max");
}

//===----------------------------------------------------------------------===//
// Segments
//===----------------------------------------------------------------------===//

/// A function made of some operations of the network.
class NetworkObserver::Segment {
public:
  explicit Segment(func::FuncOp network) : builder(network.getContext()) {
    Location loc = network.getLoc();
    module = ModuleOp::create(loc);
    builder.setInsertionPointToStart(module->getBody());
    function = func::FuncOp::create(builder, loc, "segment",
                                    builder.getFunctionType({}, {}));
    body = function.addEntryBlock();
    builder.setInsertionPointToStart(body);
  }

  bool isEmpty() const { return results.empty() && !accumulating; }

  void add(Operation *op) {
    cloneOperation(op);
    results.insert(op->result_begin(), op->result_end());
  }

  /// Adds `op` without residual and clamp, as the last operation.
  void addAccumulation(Operation *op) {
    Operation *copy = cloneOperation(op);
    copy->removeAttr("clamp_min");
    copy->removeAttr("clamp_max");
    if (auto conv = dyn_cast<Conv2DOp>(copy))
      conv.getResidualMutable().clear();
    accumulating = op;
    accumulatedResult = copy->getResult(0);
  }

  /// Adds residual and clamp of `op` as the first operation.
  void addEpilogue(Operation *op) {
    Location loc = op->getLoc();
    Value result = op->getResult(0);
    Value value = body->addArgument(result.getType(), loc);
    Operation *epilogue;
    if (auto conv = dyn_cast<Conv2DOp>(op); conv && conv.getResidual()) {
      import(conv.getResidual());
      epilogue = AddOp::create(builder, loc, result.getType(), value,
                               mapping.lookup(conv.getResidual()),
                               /*clamp_min=*/FloatAttr(),
                               /*clamp_max=*/FloatAttr());
    } else {
      epilogue = ClampOp::create(builder, loc, result.getType(), value,
                                 /*clamp_min=*/FloatAttr(),
                                 /*clamp_max=*/FloatAttr());
    }
    for (StringRef name : {"clamp_min", "clamp_max"})
      if (Attribute bound = op->getAttr(name))
        epilogue->setAttr(name, bound);
    mapping.map(result, epilogue->getResult(0));
    results.insert(result);
    finishing = op;
  }

  /// Makes `outputs`, and the accumulated result if there is one behind them,
  /// the results of the function.
  void finish(ArrayRef<Value> outputs) {
    SmallVector<Value> returned;
    for (Value output : outputs)
      returned.push_back(mapping.lookup(output));
    if (accumulating)
      returned.push_back(accumulatedResult);
    func::ReturnOp::create(builder, function.getLoc(), returned);
    function.setType(
        builder.getFunctionType(body->getArgumentTypes(), TypeRange(returned)));
  }

  OwningOpRef<ModuleOp> module;
  /// Values of the network that the arguments stand for, behind the accumulated
  /// result of `finishing`.
  SmallVector<Value> imports;
  /// Values of the network that the segment computes.
  llvm::SetVector<Value> results;
  /// The layer whose epilogue comes first, and the one whose epilogue follows
  /// in the next segment.
  Operation *finishing = nullptr;
  Operation *accumulating = nullptr;

private:
  Operation *cloneOperation(Operation *op) {
    for (Value operand : op->getOperands())
      import(operand);
    llvm::SetVector<Value> captured;
    getUsedValuesDefinedAbove(op->getRegions(), captured);
    for (Value value : captured)
      import(value);
    return builder.clone(*op, mapping);
  }

  void import(Value value) {
    if (mapping.contains(value))
      return;
    if (Operation *op = value.getDefiningOp(); isCheap(op)) {
      builder.clone(*op, mapping);
      return;
    }
    mapping.map(value, body->addArgument(value.getType(), value.getLoc()));
    imports.push_back(value);
  }

  OpBuilder builder;
  func::FuncOp function;
  Block *body;
  IRMapping mapping;
  Value accumulatedResult;
};

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

LogicalResult NetworkObserver::run(int64_t numCalls,
                                   SmallVector<TensorBatch> inputs,
                                   ArrayRef<const ChannelMap *> argumentMaps) {
  count = numCalls;
  for (BlockArgument argument : function.getArguments()) {
    unsigned index = argument.getArgNumber();
    batches[argument] = std::move(inputs[index]);
    if (isFloatTensor(argument))
      observe(argument, argumentMaps[index]);
  }
  auto segment = std::make_unique<Segment>(function);
  auto runAndStart = [&](Operation *next) -> LogicalResult {
    if (failed(runSegment(*segment)))
      return failure();
    releaseBefore(next);
    segment = std::make_unique<Segment>(function);
    return success();
  };
  for (Operation &op : function.getBody().front().without_terminator()) {
    if (isCheap(&op))
      continue;
    if (isa<CallOpInterface>(op))
      return op.emitOpError("cannot be run at compile time: it calls a "
                            "function; inline that before");
    bool isNormalized =
        standardizes && op.hasAttr("stats") && isFloatTensor(op.getResult(0));
    if (!isNormalized) {
      segment->add(&op);
      if (isa<LinearOpInterface>(op) && failed(runAndStart(op.getNextNode())))
        return failure();
      continue;
    }
    segment->addAccumulation(&op);
    if (failed(runAndStart(&op)))
      return failure();
    standardize(&op);
    if (hasEpilogue(&op)) {
      segment->addEpilogue(&op);
      continue;
    }
    batches[op.getResult(0)] = std::move(accumulated[&op]);
    accumulated.erase(&op);
    observe(op.getResult(0));
  }
  if (!segment->isEmpty() && failed(runSegment(*segment)))
    return failure();
  batches.clear();
  return success();
}

LogicalResult NetworkObserver::runSegment(Segment &segment) {
  SmallVector<const char *> inputs;
  if (segment.finishing)
    inputs.push_back(accumulated[segment.finishing].getData());
  for (Value value : segment.imports)
    inputs.push_back(batches[value].getData());

  SmallVector<Value> outputs;
  SmallVector<char *> data;
  auto addOutput = [&](Value value, TensorBatch &batch) -> LogicalResult {
    std::optional<size_t> bytes = getNumBytes(value.getType());
    if (!bytes)
      return emitError(value.getLoc())
             << "cannot be run at compile time: a value has type "
             << value.getType();
    batch = TensorBatch(*bytes * count);
    data.push_back(batch.getData());
    return success();
  };
  for (Value value : segment.results) {
    bool isRead = llvm::any_of(value.getUsers(), [&](Operation *user) {
      return user == segment.accumulating || user->getNumResults() == 0 ||
             llvm::none_of(user->getResults(), [&](Value result) {
               return segment.results.contains(result);
             });
    });
    if (!isRead && !isFloatTensor(value))
      continue;
    outputs.push_back(value);
    if (failed(addOutput(value, batches[value])))
      return failure();
  }
  if (segment.accumulating &&
      failed(addOutput(segment.accumulating->getResult(0),
                       accumulated[segment.accumulating])))
    return failure();
  segment.finish(outputs);
  if (failed(runner.run(*segment.module, count, inputs, data)))
    return failure();
  if (segment.finishing)
    accumulated.erase(segment.finishing);
  for (Value value : outputs)
    if (isFloatTensor(value))
      observe(value);
  return success();
}

/// Drops the values that no operation from `next` on reads.
void NetworkObserver::releaseBefore(Operation *next) {
  SmallVector<Value> dead;
  for (auto &entry : batches) {
    Value value = entry.first;
    bool isRead = llvm::any_of(value.getUsers(), [&](Operation *user) {
      Operation *ancestor = next->getBlock()->findAncestorOpInBlock(*user);
      return ancestor && !ancestor->isBeforeInBlock(next);
    });
    if (!isRead)
      dead.push_back(value);
  }
  for (Value value : dead)
    batches.erase(value);
}

void NetworkObserver::standardize(Operation *op) {
  auto stats = cast<ChannelStatsAttr>(op->getAttr("stats"));
  MutableArrayRef<float> values = accumulated[op].getFloats();
  BatchNormMatch match =
      *matchBatchNorm(stats, ArrayRef<float>(values), /*minValues=*/1);
  for (auto [i, x] : llvm::enumerate(values))
    x = match.apply(x, i % match.gains.size());
}

void NetworkObserver::observe(Value value, const ChannelMap *map) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
  ArrayRef<float> values = batches[value].getFloats();
  ChannelMap lastDimension = ChannelMap::getIdentity(shape);
  if (!map)
    map = &lastDimension;
  std::optional<int64_t> axis = map->getAxis();
  if (!axis)
    return;
  SmallVector<int64_t> labels = *map->getLabels(*axis);
  if (llvm::all_equal(labels)) {
    observations[value] =
        observeChannels(values, /*numChannels=*/1, values.size());
    return;
  }
  int64_t stride = 1;
  for (int64_t size : shape.drop_front(*axis + 1))
    stride *= size;
  ChannelObservations channels = observeChannels(values, shape[*axis], stride);
  ChannelObservations &labelled = observations[value];
  labelled.resize(channels.size());
  for (auto [channel, label] : llvm::zip(channels, labels))
    labelled[label] = std::move(channel);
}

const ChannelObservations *NetworkObserver::lookup(Value value) const {
  auto it = observations.find(value);
  return it == observations.end() ? nullptr : &it->second;
}
