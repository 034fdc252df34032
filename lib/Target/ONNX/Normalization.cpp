//===- Normalization.cpp - Import of batch-norm and softmax ---------------===//

#include "OpTable.h"
#include "Reductions.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

using namespace mlir;
using namespace spiq;
using namespace spiq::onnx_import;

LogicalResult spiq::onnx_import::importBatchNormalization(NodeImporter &node) {
  if (node.getInt("training_mode", 0) != 0 || node.hasOutput(1))
    return node.reject("only the inference form is supported; export the "
                       "network in evaluation mode");
  if (node.getInt("spatial", 1) != 1)
    return node.reject("spatial = 0 is not supported");
  int64_t rank = node.getInput(0).getRank();
  if (rank < 2)
    return node.reject("the input has " + Twine(rank) +
                       " dimensions, expected at least 2");
  int64_t channels = node.getShape(0)[1];
  float epsilon = node.getFloat("epsilon", 1e-5f);
  static constexpr const char *kNames[] = {"input", "scale", "bias", "mean",
                                           "variance"};
  SmallVector<Value> parameters;
  for (size_t i = 1; i < 5; ++i) {
    if (failed(node.expectFloat(i)) ||
        failed(node.getConstant(i, Twine("the ") + kNames[i])))
      return failure();
    if (node.getShape(i) != ArrayRef<int64_t>({channels}))
      return node.reject("the " + Twine(kNames[i]) + " has shape " +
                         formatShape(node.getShape(i)) + ", expected " +
                         Twine(channels));
    parameters.push_back(node.getInOrder(i, {0}));
  }
  for (auto [channel, variance] :
       llvm::enumerate(node.getInput(4).constant->getFloats()))
    if (variance < 0.0f || !(variance + epsilon > 0.0f))
      return node.reject("the variance of channel " + Twine(channel) + " is " +
                         formatNumber(variance) +
                         ", expected at least 0 and with epsilon more than 0");
  if (failed(node.expectFloat(0)))
    return failure();
  SmallVector<int64_t> order = getChannelsLastOrder(rank);
  Value input = node.getInOrder(0, order);
  Value result = BatchNormOp::create(
      node.getBuilder(), node.getLoc(), input.getType(), input, parameters[0],
      parameters[1], parameters[2], parameters[3], APFloat(epsilon));
  return node.setResult(0, result, order);
}

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

using NormalizeFunction = Value (*)(const TensorBuilder &, Value, int64_t);

static Value buildSoftmax(const TensorBuilder &tensors, Value input,
                          int64_t dim) {
  auto type = cast<RankedTensorType>(input.getType());
  Value init = tensors.empty(type.getShape(), type.getElementType());
  return linalg::SoftmaxOp::create(tensors.getBuilder(), tensors.getLoc(),
                                   TypeRange(type), input, init,
                                   static_cast<uint64_t>(dim))
      ->getResult(0);
}

/// `x - max - log(sum(exp(x - max)))`
static Value buildLogSoftmax(const TensorBuilder &tensors, Value input,
                             int64_t dim) {
  OpBuilder &builder = tensors.getBuilder();
  Location loc = tensors.getLoc();
  ArrayRef<int64_t> shape = cast<RankedTensorType>(input.getType()).getShape();
  auto spread = [&](Value reduced) {
    SmallVector<int64_t> kept(shape);
    kept[dim] = 1;
    return tensors.broadcast(tensors.reshape(reduced, kept), shape);
  };
  Value maximum =
      spread(buildReduction(tensors, ReductionKind::Max, input, {dim}));
  Value shifted = arith::SubFOp::create(builder, loc, input, maximum);
  Value exponential = math::ExpOp::create(builder, loc, shifted);
  Value sum = buildReduction(tensors, ReductionKind::Sum, exponential, {dim});
  Value logarithm = math::LogOp::create(builder, loc, sum);
  return arith::SubFOp::create(builder, loc, shifted, spread(logarithm));
}

/// Normalizes along the axis; up to operator set 12 along all dimensions from
/// the axis on.
static LogicalResult importNormalize(NodeImporter &node,
                                     NormalizeFunction build) {
  if (failed(node.expectFloat(0)))
    return failure();
  bool flattens = node.getOpset() < 13;
  ArrayRef<int64_t> shape = node.getShape(0);
  int64_t rank = shape.size();
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", flattens ? 1 : -1), rank);
  if (failed(axis))
    return failure();
  int64_t inner = 1;
  for (int64_t dim : shape.drop_front(*axis + 1))
    inner *= dim;
  if (flattens && inner != 1) {
    SmallVector<int64_t> order = getIdentityOrder(rank);
    int64_t outer = 1;
    for (int64_t dim : shape.take_front(*axis))
      outer *= dim;
    Value flat = node.tensors.reshape(node.getInOrder(0, order),
                                      {outer, shape[*axis] * inner});
    Value result = build(node.tensors, flat, 1);
    return node.setResult(0, node.tensors.reshape(result, shape), order);
  }
  auto [input, order] = node.getAsHeld(0);
  int64_t position = invertOrder(order)[*axis];
  return node.setResult(0, build(node.tensors, input, position), order);
}

LogicalResult spiq::onnx_import::importSoftmax(NodeImporter &node) {
  return importNormalize(node, buildSoftmax);
}

LogicalResult spiq::onnx_import::importLogSoftmax(NodeImporter &node) {
  return importNormalize(node, buildLogSoftmax);
}

//===----------------------------------------------------------------------===//
// Layer normalization
//===----------------------------------------------------------------------===//

/// The mean of `input` over `dims`, repeated to its shape.
static Value buildMean(const TensorBuilder &tensors, Value input,
                       ArrayRef<int64_t> dims) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(input.getType()).getShape();
  SmallVector<int64_t> kept(shape);
  int64_t count = 1;
  for (int64_t dim : dims) {
    count *= shape[dim];
    kept[dim] = 1;
  }
  Value sum = buildReduction(tensors, ReductionKind::Sum, input, dims);
  Value mean = arith::DivFOp::create(
      tensors.getBuilder(), tensors.getLoc(), sum,
      tensors.filled(cast<RankedTensorType>(sum.getType()).getShape(),
                     static_cast<float>(count)));
  return tensors.broadcast(tensors.reshape(mean, kept), shape);
}

/// `(x - mean) / sqrt(variance + epsilon) * scale + bias`, where mean and
/// variance are over all dimensions from the axis on.
LogicalResult spiq::onnx_import::importLayerNormalization(NodeImporter &node) {
  if (node.hasOutput(1) || node.hasOutput(2))
    return node.reject("the outputs of mean and deviation are not supported");
  for (size_t i = 0; i < node.getNumInputs(); ++i)
    if (node.hasInput(i) && failed(node.expectFloat(i)))
      return failure();
  int64_t rank = node.getInput(0).getRank();
  FailureOr<int64_t> axis = node.normalizeAxis(node.getInt("axis", -1), rank);
  if (failed(axis))
    return failure();
  for (size_t i = 1; i < node.getNumInputs(); ++i)
    if (node.hasInput(i) &&
        node.getShape(i) != node.getShape(0).drop_front(*axis))
      return node.reject("input " + Twine(i) + " has shape " +
                         formatShape(node.getShape(i)) + ", expected " +
                         formatShape(node.getShape(0).drop_front(*axis)));

  auto [input, order] = node.getAsHeld(0);
  SmallVector<int64_t> dims, position = invertOrder(order);
  for (int64_t dim = *axis; dim < rank; ++dim)
    dims.push_back(position[dim]);
  OpBuilder &builder = node.getBuilder();
  Location loc = node.getLoc();
  Type type = input.getType();
  Value centered = arith::SubFOp::create(builder, loc, input,
                                         buildMean(node.tensors, input, dims));
  Value square = arith::MulFOp::create(builder, loc, centered, centered);
  Value variance = buildMean(node.tensors, square, dims);
  Value epsilon = node.tensors.filled(cast<RankedTensorType>(type).getShape(),
                                      node.getFloat("epsilon", 1e-5f));
  Value deviation = math::SqrtOp::create(
      builder, loc, arith::AddFOp::create(builder, loc, variance, epsilon));
  Value result = arith::DivFOp::create(builder, loc, centered, deviation);
  result =
      MulOp::create(builder, loc, type, result, node.getForBroadcast(1, order),
                    FloatAttr(), FloatAttr());
  if (node.hasInput(2))
    result =
        AddOp::create(builder, loc, type, result,
                      node.getForBroadcast(2, order), FloatAttr(), FloatAttr());
  return node.setResult(0, result, order);
}
