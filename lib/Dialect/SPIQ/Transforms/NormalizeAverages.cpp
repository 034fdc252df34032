//===- NormalizeAverages.cpp - spiq-normalize-averages --------------------===//
//
// Divides the averages that the last layers read by the largest of them.
//
//===----------------------------------------------------------------------===//

#include "ConstantUtils.h"
#include "LayerOverrides.h"
#include "OpClass.h"
#include "TensorValue.h"

#include "spiq/Dialect/SPIQ/Transforms/ChannelMap.h"
#include "spiq/Dialect/SPIQ/Transforms/Passes.h"
#include "spiq/Dialect/SPIQ/Transforms/StatisticsAnalysis.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <cmath>

using namespace mlir;
using namespace spiq;

namespace spiq {
#define GEN_PASS_DEF_SPIQNORMALIZEAVERAGES
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"
} // namespace spiq

/// Whether `value` has one pixel per image: a vector of channels.
static bool hasOnePixel(Value value) {
  ArrayRef<int64_t> shape = getShapeOf(value);
  return shape.size() >= 2 &&
         llvm::all_of(shape.drop_front().drop_back(),
                      [](int64_t size) { return size == 1; });
}

/// Whether `value` is an average of several pixels, moved perhaps.
static bool isAverage(Value value) {
  auto pool = ChannelMap::getMovedSource(value).getDefiningOp<AvgPool2DOp>();
  return pool && isFloatTensor(pool.getInput()) &&
         hasOnePixel(pool.getOutput()) && !hasOnePixel(pool.getInput());
}

/// Whether `layer` is nothing but a linear function of one average per image,
/// with constant parameters.
static bool isLinearInAverage(LinearOpInterface layer) {
  auto conv = dyn_cast<Conv2DOp>(layer.getOperation());
  if (!conv && !isa<FullyConnectedOp>(layer))
    return false;
  if ((conv && conv.getResidual()) || layer->hasAttr("clamp_min") ||
      layer->hasAttr("clamp_max") || classifyOp(layer) != OpClass::Linear)
    return false;
  Value input = layer.getInputOperand().get();
  return isFloatTensor(input) && isFloatTensor(layer->getResult(0)) &&
         isFloatTensor(layer.getWeightsOperand().get()) &&
         getConstantFloats(layer.getBiasOperand().get()) &&
         hasOnePixel(input) && isAverage(input);
}

/// The layers of `body` behind which there is no other.
static SmallVector<LinearOpInterface> findLastLayers(Block &body) {
  SmallVector<LinearOpInterface> layers;
  llvm::DenseSet<Value> readByLayers;
  for (Operation &op : llvm::reverse(body)) {
    bool isRead = llvm::any_of(op.getResults(), [&](Value result) {
      return readByLayers.contains(result);
    });
    auto layer = dyn_cast<LinearOpInterface>(op);
    if (layer && !isRead)
      layers.push_back(layer);
    if (layer || isRead)
      readByLayers.insert(op.operand_begin(), op.operand_end());
  }
  return layers;
}

/// The location of what `layer` computes on the way to its result: it names
/// the layer first, and a value that the network does not have last.
static Location getInnerLoc(Operation *layer, StringRef suffix) {
  StringRef name = getLocationName(layer->getLoc());
  if (name.empty())
    return layer->getLoc();
  MLIRContext *context = layer->getContext();
  auto inner = NameLoc::get(StringAttr::get(context, name + suffix));
  return FusedLoc::get(context, {layer->getLoc(), inner});
}

/// Powers of two by which to multiply channels so that all reach about as far.
/// Channels that hardly vary are treated as if they reached a 16th of the
/// widest: little is known about them, as for their scales elsewhere.
static SmallVector<float> getFactors(const ChannelStatistics &channels) {
  constexpr double leastShare = 1.0 / 16.0;
  SmallVector<double> reaches;
  for (const ChannelMoments &channel : channels)
    reaches.push_back(std::max(std::abs(channel.getLower(tailReach)),
                               std::abs(channel.getUpper(tailReach))));
  double widest = *llvm::max_element(reaches);
  return llvm::map_to_vector(reaches, [&](double reach) -> float {
    double share = widest > 0.0 ? reach / widest : 1.0;
    return std::exp2(std::round(-std::log2(std::max(share, leastShare))));
  });
}

/// Multiplies the channels that `layer` reads by powers of two, and divides its
/// weights by them: all of it exact.
static void balance(LinearOpInterface layer,
                    const ChannelStatistics &channels) {
  SmallVector<float> factors = getFactors(channels);
  auto weights = getConstantFloats(layer.getWeightsOperand().get());
  if (!weights || llvm::all_equal(factors))
    return;
  OpBuilder builder(layer);
  Location loc = getInnerLoc(layer, "/balanced");
  ArrayRef<int64_t> shape = getShapeOf(layer.getWeightsOperand().get());
  int64_t inputs = shape.back(), row = weights->size() / shape.front();
  for (auto [k, weight] : llvm::enumerate(*weights))
    weight /= factors[layer.getInputChannel(k / row, k % inputs)];
  layer.getWeightsOperand().set(
      createFloats(builder, loc, shape, ArrayRef<float>(*weights)));
  int64_t size = factors.size();
  Value input = layer.getInputOperand().get();
  layer.getInputOperand().set(RescaleOp::create(
      builder, loc, input.getType(), input,
      createFloats(builder, loc, {size}, ArrayRef<float>(factors)),
      createFloats(builder, loc, {size}, SmallVector<float>(size, 0.0f)),
      FloatAttr(), FloatAttr(), ActivationAttr(), ChannelStatsAttr()));
}

/// The largest magnitude of the channels of each image, and at least the
/// smallest normal number.
static Value createMagnitude(OpBuilder &builder, Location loc, Value value) {
  ArrayRef<int64_t> shape = getShapeOf(value);
  Value absolute = math::AbsFOp::create(builder, loc, value);
  Value least = createFloats(
      builder, loc, shape.drop_back(),
      SmallVector<float>(ShapedType::getNumElements(shape.drop_back()),
                         std::numeric_limits<float>::min()));
  int64_t channels = shape.size() - 1;
  return linalg::ReduceOp::create(
             builder, loc, absolute, least, channels,
             [](OpBuilder &nested, Location nestedLoc, ValueRange values) {
               Value larger = arith::MaximumFOp::create(nested, nestedLoc,
                                                        values[0], values[1]);
               linalg::YieldOp::create(nested, nestedLoc, larger);
             })
      ->getResult(0);
}

/// `layer(x) = magnitude * product(x / magnitude) + bias`.
static void normalize(LinearOpInterface layer) {
  OpBuilder builder(layer);
  Location loc = getInnerLoc(layer, "/normalized");
  Value input = layer.getInputOperand().get();
  ArrayRef<int64_t> shape = getShapeOf(input);
  int64_t last = shape.size() - 1;
  Value magnitude = createMagnitude(builder, loc, input);
  Value init =
      tensor::EmptyOp::create(builder, loc, shape, builder.getF32Type());
  Value divisor =
      linalg::BroadcastOp::create(builder, loc, magnitude, init, last)
          ->getResult(0);
  Value normalized = arith::DivFOp::create(builder, loc, input, divisor);

  auto bias = *getConstantFloats(layer.getBiasOperand().get());
  int64_t outputs = bias.size();
  Value zeros =
      createFloats(builder, loc, {outputs}, SmallVector<float>(outputs, 0.0f));
  auto product = cast<LinearOpInterface>(builder.clone(*layer));
  product->setLoc(loc);
  // They describe the result with its bias.
  product->removeAttr("stats");
  product.getInputOperand().set(normalized);
  product.getBiasOperand().set(zeros);

  Location scaledLoc = getInnerLoc(layer, "/scaled");
  SmallVector<int64_t> pixel(shape.size(), 1), vector(shape.size(), 1);
  pixel.front() = shape.front();
  vector.back() = outputs;
  SmallVector<ReassociationIndices> dimensions(last);
  for (int64_t dim = 0; dim < last; ++dim)
    dimensions[dim].push_back(dim);
  dimensions.back().push_back(last);
  Value factor = tensor::ExpandShapeOp::create(
      builder, scaledLoc, RankedTensorType::get(pixel, builder.getF32Type()),
      magnitude, dimensions);
  Type type = layer->getResult(0).getType();
  Value scaled = MulOp::create(builder, scaledLoc, type, product->getResult(0),
                               factor, FloatAttr(), FloatAttr());
  Value result = AddOp::create(
      builder, layer->getLoc(), type, scaled,
      createFloats(builder, layer->getLoc(), vector, ArrayRef<float>(bias)),
      FloatAttr(), FloatAttr());
  layer->getResult(0).replaceAllUsesWith(result);
  layer->erase();
}

namespace {
struct NormalizeAveragesPass
    : public spiq::impl::SPIQNormalizeAveragesBase<NormalizeAveragesPass> {
  using SPIQNormalizeAveragesBase::SPIQNormalizeAveragesBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal() || !function.getBody().hasOneBlock())
      return;
    SmallVector<LinearOpInterface> layers = findLastLayers(function.front());
    llvm::erase_if(layers, std::not_fn(isLinearInAverage));
    if (layers.empty())
      return;
    StatisticsOptions options;
    options.inputMean = inputMean;
    options.inputStddev = inputStddev;
    FailureOr<StatisticsAnalysis> statistics =
        StatisticsAnalysis::create(function, options);
    if (failed(statistics))
      return signalPassFailure();
    for (LinearOpInterface layer : layers) {
      const ChannelStatistics *channels =
          statistics->lookup(layer.getInputOperand().get());
      if (channels && balanced)
        balance(layer, *channels);
      normalize(layer);
      ++numAverages;
    }
  }
};
} // namespace
