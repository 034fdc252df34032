//===- StatisticsAnalysis.cpp - Statistics of all values ------------------===//
//
// Propagates distributions of channels through a network.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/Transforms/StatisticsAnalysis.h"

#include "ChannelNormalization.h"
#include "ConstantUtils.h"
#include "LinearStatistics.h"
#include "TensorValue.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace spiq;

static constexpr double infinity = std::numeric_limits<double>::infinity();

/// Whether the analysis describes `value`: a static tensor of f32 or quantized
/// values with a channel dimension.
static bool isDescribed(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape() && type.getRank() > 0 &&
         type.getNumElements() > 0 &&
         (type.getElementType().isF32() || getQuantizedElementType(type));
}

//===----------------------------------------------------------------------===//
// Construction and lookup
//===----------------------------------------------------------------------===//

FailureOr<StatisticsAnalysis>
StatisticsAnalysis::create(func::FuncOp function,
                           const StatisticsOptions &options) {
  StatisticsAnalysis analysis(options);
  if (function.isExternal())
    return analysis;
  if (!function.getBody().hasOneBlock())
    return function.emitOpError(
        "has control flow; statistics are propagated through functions of one "
        "block only");
  for (unsigned index = 0; index < function.getNumArguments(); ++index)
    if (failed(analysis.visitArgument(function, index)))
      return failure();
  for (Operation &op : function.getBody().front())
    analysis.visit(&op);
  return analysis;
}

const ChannelStatistics *StatisticsAnalysis::lookup(Value value) const {
  auto it = values.find(value);
  return it == values.end() ? nullptr : &it->second.last;
}

const ChannelStatistics *
StatisticsAnalysis::lookupAccumulated(Operation *op) const {
  auto it = accumulated.find(op);
  return it == accumulated.end() ? nullptr : &it->second;
}

void StatisticsAnalysis::set(Value value, ChannelStatistics statistics) {
  ChannelMap map = ChannelMap::getIdentity(getShapeOf(value));
  values[value] = {statistics, std::move(map), statistics};
}

void StatisticsAnalysis::set(Value value, ChannelStatistics channels,
                             ChannelMap map) {
  // An index of the last dimension that sees several channels sees a mixture.
  SmallVector<SmallVector<ChannelMoments, 1>, 0> parts(map.getShape().back());
  SmallVector<int64_t, 0> previous(parts.size(), -1);
  map.forEachInLast([&](int64_t index, int64_t label) {
    if (std::exchange(previous[index], label) != label)
      parts[index].push_back(channels[label]);
  });
  ChannelStatistics last;
  for (ArrayRef<ChannelMoments> part : parts)
    last.push_back(mixMoments(part));
  values[value] = {std::move(channels), std::move(map), std::move(last)};
}

/// Collects the operations that move `value` until something else reads it.
/// Casts may lie in between.
static void collectMovements(Value value, SmallVectorImpl<Operation *> &chain) {
  for (Operation *user : value.getUsers()) {
    bool isMovement = ChannelMap::getMovedOperand(user);
    if (isMovement)
      chain.push_back(user);
    else if (!isa<quant::QuantizeCastOp, quant::DequantizeCastOp,
                  quant::StorageCastOp>(user))
      continue;
    return collectMovements(user->getResult(0), chain);
  }
}

int64_t spiq::getChannelAxis(Value value) {
  SmallVector<Operation *> movements;
  collectMovements(value, movements);
  ArrayRef<int64_t> shape = getShapeOf(value);
  int64_t last = shape.size() - 1;
  // What is behind the channels may be a flattening: the longest part of the
  // movements counts that leaves some dimension in one piece.
  for (ArrayRef<Operation *> part = movements; !part.empty();
       part = part.drop_back())
    for (int64_t axis = last; axis >= 0; --axis) {
      auto labels = llvm::to_vector(llvm::seq<int64_t>(0, shape[axis]));
      ChannelMap map(shape, axis, labels);
      for (Operation *movement : part)
        map = map.getResultOf(movement);
      if (map.getLabels(map.getShape().size() - 1) == labels)
        return axis;
    }
  return last;
}

LogicalResult StatisticsAnalysis::visitArgument(func::FuncOp function,
                                                unsigned index) {
  BlockArgument argument = function.getArgument(index);
  if (!isDescribed(argument))
    return success();
  ArrayRef<int64_t> shape = getShapeOf(argument);
  int64_t axis = getChannelAxis(argument), channels = shape[axis];
  Attribute attr = function.getArgAttr(index, argumentStatsName);
  ChannelStatistics statistics;
  if (!attr) {
    ChannelMoments input =
        ChannelMoments::getGaussian(options.inputMean, options.inputStddev);
    input.min = options.inputMean - options.inputBound * options.inputStddev;
    input.max = options.inputMean + options.inputBound * options.inputStddev;
    statistics.assign(channels, input);
  } else {
    auto stats = dyn_cast<ChannelStatsAttr>(attr);
    if (!stats)
      return function.emitOpError()
             << "expects '" << argumentStatsName << "' of argument #" << index
             << " to be a #spiq.channel_stats, got " << attr;
    statistics = getStatistics(stats);
    if (statistics.size() == 1)
      statistics.resize(channels, statistics.front());
    if (static_cast<int64_t>(statistics.size()) != channels)
      return function.emitOpError()
             << "expects '" << argumentStatsName << "' of argument #" << index
             << " to describe " << channels << " channels (axis " << axis
             << "), or one for all, got " << statistics.size();
  }
  if (function.getArgAttr(index, argumentBytesName))
    for (auto [channel, moments] : llvm::enumerate(statistics))
      if (!attr || !std::isfinite(moments.min) || !std::isfinite(moments.max) ||
          moments.min == moments.max)
        return function.emitOpError()
               << "expects '" << argumentStatsName << "' of argument #" << index
               << " to bound channel " << channel << " on both sides, as '"
               << argumentBytesName << "' stands there";
  auto labels = llvm::to_vector(llvm::seq<int64_t>(0, channels));
  set(argument, std::move(statistics), ChannelMap(shape, axis, labels));
  return success();
}

bool spiq::holdsBytes(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  auto function =
      argument ? dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp())
               : func::FuncOp();
  return function &&
         function.getArgAttr(argument.getArgNumber(), argumentBytesName);
}

/// How far the real values that `type` represents lie beside scaled bytes, if
/// they are as far from each other; zero otherwise.
static double getShiftOfBytes(const ChannelMoments &bytes,
                              const QuantizationView &type, int64_t channel) {
  double low = type.dequantize(type.getStorageMin(), channel);
  double high = type.dequantize(type.getStorageMax(), channel);
  double width = bytes.max - bytes.min;
  bool isSameGrid = std::abs(high - low - width) < 1.0e-4 * width;
  double shift = low - bytes.min;
  return isSameGrid && std::abs(shift) <= type.getScale(channel) ? shift : 0.0;
}

void StatisticsAnalysis::visitCast(Operation *op) {
  auto it = values.find(op->getOperand(0));
  if (it == values.end())
    return;
  ValueStatistics source = it->second;
  Value result = op->getResult(0);
  auto type = getQuantizedElementType(result.getType());
  if (!type || !isQuantizedByte(type) || !holdsBytes(op->getOperand(0))) {
    values[result] = std::move(source);
    return;
  }
  QuantizationView view(type);
  for (auto [channel, moments] : llvm::enumerate(source.channels))
    moments.storedShift = getShiftOfBytes(moments, view, channel);
  set(result, std::move(source.channels), std::move(source.map));
}

void StatisticsAnalysis::visit(Operation *op) {
  if (op->getNumResults() != 1 || !isDescribed(op->getResult(0)))
    return;
  if (isa<quant::QuantizeCastOp, quant::DequantizeCastOp>(op))
    return visitCast(op);
  if (OpOperand *moved = ChannelMap::getMovedOperand(op))
    return visitMovement(op, moved->get());
  if (std::optional<ChannelStatistics> statistics = compute(op))
    set(op->getResult(0), std::move(*statistics));
}

void StatisticsAnalysis::visitMovement(Operation *op, Value source) {
  auto it = values.find(source);
  if (it == values.end())
    return;
  ChannelStatistics channels = it->second.channels;
  ChannelMap map = it->second.map.getResultOf(op);
  set(op->getResult(0), std::move(channels), std::move(map));
}

//===----------------------------------------------------------------------===//
// Transfer functions
//===----------------------------------------------------------------------===//

/// Exact statistics of a constant, per index of the last dimension.
static std::optional<ChannelStatistics> getConstant(Value value) {
  std::optional<SmallVector<float, 0>> elements = getConstantFloats(value);
  if (!elements)
    return std::nullopt;
  int64_t channels = getShapeOf(value).back();
  double count = static_cast<double>(elements->size()) / channels;
  ChannelStatistics statistics;
  for (int64_t c = 0; c < channels; ++c) {
    ChannelMoments channel;
    double square = 0.0;
    channel.min = infinity;
    channel.max = -infinity;
    for (size_t i = c; i < elements->size(); i += channels) {
      double x = (*elements)[i];
      channel.mean += x / count;
      square += x * x / count;
      channel.min = std::min(channel.min, x);
      channel.max = std::max(channel.max, x);
    }
    channel.stddev =
        std::sqrt(std::max(0.0, square - channel.mean * channel.mean));
    // Tails that end at the bounds.
    channel.upperTail = channel.max - channel.mean;
    channel.lowerTail = channel.mean - channel.min;
    statistics.push_back(channel);
  }
  return statistics;
}

/// Applies the clamp attributes of `op`, if any.
static void clampAll(Operation *op, ChannelStatistics &statistics) {
  auto min = op->getAttrOfType<FloatAttr>("clamp_min");
  auto max = op->getAttrOfType<FloatAttr>("clamp_max");
  if (!min && !max)
    return;
  for (ChannelMoments &channel : statistics)
    channel = clampMoments(channel, min ? min.getValueAsDouble() : -infinity,
                           max ? max.getValueAsDouble() : infinity);
}

/// The statistics of channel `c` of an operand that may be broadcast.
static const ChannelMoments &getBroadcast(const ChannelStatistics &statistics,
                                          int64_t c) {
  return statistics.size() == 1 ? statistics.front() : statistics[c];
}

ChannelStatistics StatisticsAnalysis::getLinear(LinearOpInterface op) const {
  const ChannelStatistics *input = lookup(op.getInputOperand().get());
  auto stats = op->getAttrOfType<ChannelStatsAttr>("stats");
  if (!stats)
    return input ? computeLinearStatistics(op, *input, options.pixelCorrelation)
                 : ChannelStatistics();
  ChannelStatistics result = getStatistics(stats);
  if (input)
    widenTailsByInputs(op, *input, result);
  return result;
}

ChannelStatistics StatisticsAnalysis::getConcat(ConcatOp op) const {
  int64_t last = getShapeOf(op.getOutput()).size() - 1;
  ChannelStatistics result;
  for (Value input : op.getInputs()) {
    const ChannelStatistics *part = lookup(input);
    if (!part)
      return {};
    if (op.getAxis() == static_cast<uint64_t>(last)) {
      result.append(part->begin(), part->end());
      continue;
    }
    // The inputs lie side by side: each channel is a mixture of them.
    if (result.empty())
      result = *part;
    else
      for (auto [channel, other] : llvm::zip(result, *part))
        channel = mixMoments({channel, other});
  }
  return result;
}

std::optional<ChannelStatistics>
StatisticsAnalysis::getActivation(ActivationOp op) const {
  const ChannelStatistics *input = lookup(op.getInput());
  if (!input)
    return std::nullopt;
  std::optional<SmallVector<float, 0>> slopes;
  if (op.getSlope() && !(slopes = getConstantFloats(op.getSlope())))
    return std::nullopt;
  double alpha = op.getAlpha().convertToFloat();
  double beta = op.getBeta().convertToFloat();
  auto [low, high] = getActivationBounds(op.getKind(), alpha);
  ChannelStatistics result;
  for (auto [c, channel] : llvm::enumerate(*input)) {
    double slope = slopes ? (*slopes)[c] : 0.0;
    result.push_back(applyFunction(
        channel,
        [&](double x) {
          return evaluateActivation(op.getKind(), x, alpha, beta, slope);
        },
        low, high));
  }
  return result;
}

std::optional<ChannelStatistics> StatisticsAnalysis::compute(Operation *op) {
  SmallVector<const ChannelStatistics *> operands;
  auto hasStatistics = [&](ValueRange inputs) {
    for (Value input : inputs)
      operands.push_back(lookup(input));
    return llvm::all_of(operands, [](auto *operand) { return operand; });
  };
  using Result = std::optional<ChannelStatistics>;
  auto mapChannels = [&](auto f) -> Result {
    ChannelStatistics result;
    for (const ChannelMoments &channel : *operands.front())
      result.push_back(f(channel));
    return result;
  };
  auto combine = [&](auto f) -> Result {
    ChannelStatistics result;
    int64_t channels = getShapeOf(op->getResult(0)).back();
    for (int64_t c = 0; c < channels; ++c)
      result.push_back(
          f(getBroadcast(*operands[0], c), getBroadcast(*operands[1], c)));
    clampAll(op, result);
    return result;
  };

  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](LinearOpInterface linear) -> Result {
        ChannelStatistics result = getLinear(linear);
        if (result.empty())
          return std::nullopt;
        accumulated[op] = result;
        if (auto conv = dyn_cast<Conv2DOp>(op); conv && conv.getResidual()) {
          const ChannelStatistics *residual = lookup(conv.getResidual());
          if (!residual)
            return std::nullopt;
          for (auto [channel, other] : llvm::zip(result, *residual))
            channel = addMoments(channel, other, options.residualCorrelation);
        }
        clampAll(op, result);
        return result;
      })
      .Case([&](AddOp add) -> Result {
        if (!hasStatistics({add.getLhs(), add.getRhs()}))
          return std::nullopt;
        // A value added to itself is doubled.
        double correlation =
            add.getLhs() == add.getRhs() ? 1.0 : options.residualCorrelation;
        return combine([&](const ChannelMoments &x, const ChannelMoments &y) {
          return addMoments(x, y, correlation);
        });
      })
      .Case([&](MulOp mul) -> Result {
        if (!hasStatistics({mul.getLhs(), mul.getRhs()}))
          return std::nullopt;
        return combine(mulMoments);
      })
      .Case([&](ClampOp clamp) -> Result {
        if (!hasStatistics(clamp.getInput()))
          return std::nullopt;
        ChannelStatistics result = *operands.front();
        clampAll(op, result);
        return result;
      })
      .Case([&](RescaleOp rescale) -> Result {
        ChannelStatistics result;
        if (rescale.getStatsAttr()) {
          result = getStatistics(rescale.getStatsAttr());
        } else {
          auto multiplier = getConstantFloats(rescale.getMultiplier());
          auto offset = getConstantFloats(rescale.getOffset());
          if (!multiplier || !offset || !hasStatistics(rescale.getInput()))
            return std::nullopt;
          for (auto [x, m, b] :
               llvm::zip(*operands.front(), *multiplier, *offset))
            result.push_back(affineMoments(x, m, b));
        }
        clampAll(op, result);
        return result;
      })
      .Case([&](ActivationOp activation) { return getActivation(activation); })
      .Case([&](ConcatOp concat) -> Result {
        ChannelStatistics result = getConcat(concat);
        return result.empty() ? Result() : Result(std::move(result));
      })
      .Case([&](MaxPool2DOp pool) -> Result {
        if (!hasStatistics(pool.getInput()))
          return std::nullopt;
        int64_t count = pool.getKernel()[0] * pool.getKernel()[1];
        return mapChannels(
            [&](const ChannelMoments &x) { return maxMoments(x, count); });
      })
      .Case([&](AvgPool2DOp pool) -> Result {
        if (!hasStatistics(pool.getInput()))
          return std::nullopt;
        ArrayRef<int64_t> kernel = pool.getKernel();
        // An average over many pixels is as far off as the mean is that was
        // expected of one: up to two deviations.
        constexpr double leastTail = 2.0 / tailReach;
        // All channels see the same window.
        ChannelMoments unit = averageMoments(
            ChannelMoments::getGaussian(0.0, 1.0), kernel[0], kernel[1]);
        return mapChannels([&](const ChannelMoments &x) {
          ChannelMoments y = x;
          y.stddev *= unit.stddev;
          y.upperTail =
              std::max(y.upperTail * unit.upperTail, leastTail * x.stddev);
          y.lowerTail =
              std::max(y.lowerTail * unit.lowerTail, leastTail * x.stddev);
          y.atBound = std::pow(x.atBound, kernel[0] * kernel[1]);
          return y;
        });
      })
      .Case([&](ResizeOp resize) -> Result {
        if (!hasStatistics(resize.getInput()))
          return std::nullopt;
        return *operands.front();
      })
      .Case([&](PadOp pad) -> Result {
        if (!hasStatistics(pad.getInput()))
          return std::nullopt;
        ArrayRef<int64_t> low = pad.getLow();
        int64_t channels = getShapeOf(pad.getOutput()).back();
        auto value = ChannelMoments::getPoint(pad.getValue().convertToDouble());
        ChannelStatistics result(channels, value);
        for (auto [c, channel] : llvm::enumerate(*operands.front())) {
          ChannelMoments padded = channel;
          padded.min = std::min(padded.min, value.mean);
          padded.max = std::max(padded.max, value.mean);
          result[low.back() + c] = padded;
        }
        return result;
      })
      .Case([&](linalg::ReduceOp reduce) -> Result {
        if (!isMagnitude(reduce))
          return std::nullopt;
        // Behind the absolute values.
        Value source =
            reduce.getInputs().front().getDefiningOp()->getOperand(0);
        if (!hasStatistics(source))
          return std::nullopt;
        return ChannelStatistics(getShapeOf(op->getResult(0)).back(),
                                 magnitudeMoments(*operands.front()));
      })
      .Case([&](arith::DivFOp) -> Result {
        std::optional<ChannelNormalization> normalization =
            matchChannelNormalization(op->getResult(0));
        if (!normalization ||
            !hasStatistics(
                {normalization->value, normalization->magnitude->getResult(0)}))
          return std::nullopt;
        double magnitude = operands[1]->front().mean;
        return mapChannels([&](const ChannelMoments &x) {
          return normalizeMoments(x, magnitude);
        });
      })
      .Case([&](linalg::SoftmaxOp softmax) -> Result {
        int64_t size = getShapeOf(softmax.getInput())[softmax.getDimension()];
        ChannelMoments channel =
            ChannelMoments::getGaussian(1.0 / size, 1.0 / size);
        channel.min = 0.0;
        channel.max = 1.0;
        return ChannelStatistics(getShapeOf(op->getResult(0)).back(), channel);
      })
      .Case([&](arith::ConstantOp constant) -> Result {
        return getConstant(constant);
      })
      .Default([](Operation *) -> Result { return std::nullopt; });
}
