//===- SPIQConvolutionOps.cpp - Ops with weights --------------------------===//
//
// Shape inference and verification of batch-norm and the linear layers.
//
//===----------------------------------------------------------------------===//

#include "Verification.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace spiq;

//===----------------------------------------------------------------------===//
// Linear layers
//===----------------------------------------------------------------------===//

static bool isQuantized(Value value) {
  return getQuantizedElementType(value.getType()) != nullptr;
}

static Type getElementType(Value value) {
  return cast<ShapedType>(value.getType()).getElementType();
}

/// Checks that input, weights, bias and result form one of the four valid
/// combinations: float, integer, integer with f32 result, dynamic.
static LogicalResult verifyLinearTypes(LinearOpInterface op) {
  Value input = op.getInputOperand().get();
  Value weights = op.getWeightsOperand().get();
  Value bias = op.getBiasOperand().get();
  Value output = op->getResult(0);
  bool isInteger = isQuantized(input);
  if (isInteger && !isQuantized(weights))
    return op->emitOpError()
           << "expects quantized weights for a quantized input, got "
           << getElementType(weights);
  if (!isInteger && isQuantized(output))
    return op->emitOpError() << "expects an f32 result for an f32 input, got "
                             << getElementType(output);
  Type biasType = getElementType(bias);
  if (isInteger ? !biasType.isInteger(32) : !biasType.isF32())
    return op->emitOpError()
           << "expects a bias of " << (isInteger ? "i32" : "f32")
           << " values for " << (isInteger ? "a quantized" : "an f32")
           << " input, got " << biasType;
  return success();
}

static LogicalResult verifyLinear(LinearOpInterface op,
                                  std::optional<APFloat> clampMin,
                                  std::optional<APFloat> clampMax,
                                  ChannelStatsAttr stats) {
  Value weights = op.getWeightsOperand().get();
  Value output = op->getResult(0);
  if (failed(verifyInferredShape(op)) || failed(verifyLinearTypes(op)) ||
      failed(verifyActivation(op, "the input",
                              op.getInputOperand().get().getType())) ||
      failed(verifyActivation(op, "the result", output.getType())) ||
      failed(verifyQuantizedAxis(op, "the weights", weights.getType(), 0)) ||
      failed(
          verifyChannelVector(op, "bias", op.getBiasOperand().get(), output)) ||
      failed(verifyClamp(op, clampMin, clampMax)) ||
      failed(verifyStats(op, stats, output)))
    return failure();
  if (!isQuantized(weights))
    return success();
  auto view = QuantizationView::ofTensor(weights.getType());
  for (int64_t channel = 0; channel < view.getNumScales(); ++channel)
    if (view.getZeroPoint(channel) != 0)
      return op->emitOpError()
             << "expects weights with zero point 0, got "
             << view.getZeroPoint(channel) << " for output channel " << channel;
  if (!view.isSigned())
    return op->emitOpError("expects weights with signed storage");
  return success();
}

/// Checks the channel counts of a filter against its input and the groups.
static LogicalResult verifyGroups(const InferenceErrors &errors, int64_t groups,
                                  int64_t inputChannels,
                                  ArrayRef<int64_t> filter) {
  if (groups < 1)
    return errors.emit("expects 'groups' to be positive, got ", groups);
  if (inputChannels % groups != 0)
    return errors.emit(
        "expects the number of input channels to be a multiple of ", groups,
        " groups, got ", inputChannels);
  if (filter[3] != inputChannels / groups)
    return errors.emit("expects weights for ", inputChannels,
                       " input channels in ", groups, " groups (",
                       inputChannels / groups,
                       " each), got a last dimension of ", filter[3]);
  if (filter[0] % groups != 0)
    return errors.emit(
        "expects the number of output channels to be a multiple of ", groups,
        " groups, got ", filter[0]);
  return success();
}

static RankedTensorType getFloatResult(MLIRContext *context,
                                       ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape, Float32Type::get(context));
}

//===----------------------------------------------------------------------===//
// Conv2DOp
//===----------------------------------------------------------------------===//

LogicalResult Conv2DOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  InferenceErrors errors(loc, getOperationName());
  ArrayRef<int64_t> input =
      cast<RankedTensorType>(adaptor.getInput().getType()).getShape();
  ArrayRef<int64_t> filter =
      cast<RankedTensorType>(adaptor.getWeights().getType()).getShape();
  ArrayRef<int64_t> padding = adaptor.getPadding();
  if (failed(verifyWindowAttr(errors, "strides", adaptor.getStrides(), 2, 1)) ||
      failed(verifyWindowAttr(errors, "dilations", adaptor.getDilations(), 2,
                              1)) ||
      failed(verifyWindowAttr(errors, "padding", padding, 4, 0)) ||
      failed(verifyGroups(errors, adaptor.getGroups(), input[3], filter)))
    return failure();
  SmallVector<int64_t> shape = {input[0]};
  for (int dim = 0; dim < 2; ++dim) {
    FailureOr<int64_t> size = getWindowOutputSize(
        input[dim + 1], filter[dim + 1], adaptor.getStrides()[dim],
        padding[2 * dim], padding[2 * dim + 1], adaptor.getDilations()[dim]);
    if (failed(size))
      return errors.emit("expects a kernel no larger than the "
                         "padded input along axis ",
                         dim + 1);
    shape.push_back(*size);
  }
  shape.push_back(filter[0]);
  types.push_back(getFloatResult(context, shape));
  return success();
}

bool Conv2DOp::isCompatibleReturnTypes(TypeRange lhs, TypeRange rhs) {
  return haveSameShapes(lhs, rhs);
}

LogicalResult Conv2DOp::verify() {
  if (failed(
          verifyLinear(*this, getClampMin(), getClampMax(), getStatsAttr())) ||
      failed(verifyFusedActivation(*this, getActivationAttr(), getInput(),
                                   getOutput())))
    return failure();
  Value residual = getResidual();
  if (!residual)
    return success();
  if (getActivation())
    return emitOpError("expects no residual where there is an activation");
  auto outputType = cast<RankedTensorType>(getOutput().getType());
  auto residualType = cast<RankedTensorType>(residual.getType());
  if (residualType.getShape() != outputType.getShape())
    return emitOpError() << "expects a residual of the result's shape "
                         << outputType << ", got " << residualType;
  if (isQuantized(residual) != isQuantized(getOutput()))
    return emitOpError() << "expects residual and result to be both f32 or "
                            "both quantized, got "
                         << residualType.getElementType() << " and "
                         << outputType.getElementType();
  return verifyActivation(*this, "the residual", residualType);
}

bool Conv2DOp::isDepthwise() {
  return getGroups() > 1 &&
         cast<ShapedType>(getWeights().getType()).getDimSize(3) == 1;
}

OpOperand &Conv2DOp::getInputOperand() { return getInputMutable(); }
OpOperand &Conv2DOp::getWeightsOperand() { return getWeightsMutable(); }
OpOperand &Conv2DOp::getBiasOperand() { return getBiasMutable(); }
int64_t Conv2DOp::getNumGroups() { return getGroups(); }

//===----------------------------------------------------------------------===//
// TransposedConv2DOp
//===----------------------------------------------------------------------===//

LogicalResult TransposedConv2DOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  InferenceErrors errors(loc, getOperationName());
  ArrayRef<int64_t> input =
      cast<RankedTensorType>(adaptor.getInput().getType()).getShape();
  ArrayRef<int64_t> filter =
      cast<RankedTensorType>(adaptor.getWeights().getType()).getShape();
  ArrayRef<int64_t> padding = adaptor.getPadding();
  if (failed(verifyWindowAttr(errors, "strides", adaptor.getStrides(), 2, 1)) ||
      failed(verifyWindowAttr(errors, "dilations", adaptor.getDilations(), 2,
                              1)) ||
      failed(verifyWindowAttr(errors, "padding", padding, 4, 0)) ||
      failed(verifyWindowAttr(errors, "output_padding",
                              adaptor.getOutputPadding(), 2, 0)) ||
      failed(verifyGroups(errors, adaptor.getGroups(), input[3], filter)))
    return failure();
  SmallVector<int64_t> shape = {input[0]};
  for (int dim = 0; dim < 2; ++dim) {
    int64_t size = (input[dim + 1] - 1) * adaptor.getStrides()[dim] +
                   (filter[dim + 1] - 1) * adaptor.getDilations()[dim] + 1 -
                   padding[2 * dim] - padding[2 * dim + 1] +
                   adaptor.getOutputPadding()[dim];
    if (size < 1)
      return errors.emit("expects a result with at least one "
                         "element along axis ",
                         dim + 1, ", got ", size);
    shape.push_back(size);
  }
  shape.push_back(filter[0]);
  types.push_back(getFloatResult(context, shape));
  return success();
}

bool TransposedConv2DOp::isCompatibleReturnTypes(TypeRange lhs, TypeRange rhs) {
  return haveSameShapes(lhs, rhs);
}

LogicalResult TransposedConv2DOp::verify() {
  return verifyLinear(*this, getClampMin(), getClampMax(), getStatsAttr());
}

OpOperand &TransposedConv2DOp::getInputOperand() { return getInputMutable(); }
OpOperand &TransposedConv2DOp::getWeightsOperand() {
  return getWeightsMutable();
}
OpOperand &TransposedConv2DOp::getBiasOperand() { return getBiasMutable(); }
int64_t TransposedConv2DOp::getNumGroups() { return getGroups(); }

//===----------------------------------------------------------------------===//
// FullyConnectedOp
//===----------------------------------------------------------------------===//

LogicalResult FullyConnectedOp::inferReturnTypes(MLIRContext *context,
                                                 std::optional<Location> loc,
                                                 Adaptor adaptor,
                                                 SmallVectorImpl<Type> &types) {
  InferenceErrors errors(loc, getOperationName());
  ArrayRef<int64_t> input =
      cast<RankedTensorType>(adaptor.getInput().getType()).getShape();
  ArrayRef<int64_t> weights =
      cast<RankedTensorType>(adaptor.getWeights().getType()).getShape();
  if (input[1] != weights[1])
    return errors.emit("expects weights for ", input[1],
                       " input features, got ", weights[1]);
  types.push_back(getFloatResult(context, {input[0], weights[0]}));
  return success();
}

bool FullyConnectedOp::isCompatibleReturnTypes(TypeRange lhs, TypeRange rhs) {
  return haveSameShapes(lhs, rhs);
}

LogicalResult FullyConnectedOp::verify() {
  if (failed(verifyLinear(*this, getClampMin(), getClampMax(), getStatsAttr())))
    return failure();
  return verifyFusedActivation(*this, getActivationAttr(), getInput(),
                               getOutput());
}

OpOperand &FullyConnectedOp::getInputOperand() { return getInputMutable(); }
OpOperand &FullyConnectedOp::getWeightsOperand() { return getWeightsMutable(); }
OpOperand &FullyConnectedOp::getBiasOperand() { return getBiasMutable(); }
int64_t FullyConnectedOp::getNumGroups() { return 1; }

//===----------------------------------------------------------------------===//
// BatchNormOp
//===----------------------------------------------------------------------===//

LogicalResult BatchNormOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location>,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getInput().getType());
  return success();
}

bool BatchNormOp::isCompatibleReturnTypes(TypeRange lhs, TypeRange rhs) {
  return haveSameShapes(lhs, rhs);
}

LogicalResult BatchNormOp::verify() {
  if (failed(verifyInferredShape(*this)))
    return failure();
  for (auto [name, value] : {std::pair<StringRef, Value>{"scale", getScale()},
                             {"bias", getBias()},
                             {"mean", getMean()},
                             {"variance", getVariance()}})
    if (failed(verifyChannelVector(*this, name, value, getInput())) ||
        failed(verifyFiniteConstant(*this, name, value)))
      return failure();
  APFloat epsilon = getEpsilon();
  if (!epsilon.isFinite() || epsilon.isNegative())
    return emitOpError("expects 'epsilon' to be finite and not negative");
  DenseFPElementsAttr variance;
  if (!matchPattern(getVariance(), m_Constant(&variance)))
    return success();
  for (auto [channel, value] : llvm::enumerate(variance.getValues<float>()))
    if (!(value >= 0.0f))
      return emitOpError() << "expects variances that are not negative, got "
                           << value << " for channel " << channel;
  return success();
}
