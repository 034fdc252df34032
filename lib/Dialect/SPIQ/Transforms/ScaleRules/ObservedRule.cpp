//===- ObservedRule.cpp - Ranges from the user's inputs -------------------===//
//
// Runs the network on inputs from a file and takes ranges from its values.
//
//===----------------------------------------------------------------------===//

#include "ObservationRule.h"

#include "spiq/Reference/NumpyFile.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace mlir;
using namespace spiq;

/// How far beyond the values seen a range reaches. The largest value of many
/// channels is rarely exceeded; what a single one did on some inputs often is.
static double getReach(const ScaleRuleOptions &options) {
  if (options.reach > 0.0)
    return options.reach;
  return options.perTensor ? 1.0 : 1.25;
}

namespace {

class ObservedRule : public ObservationRule {
public:
  explicit ObservedRule(const ScaleRuleOptions &options)
      : ObservationRule(options, /*standardize=*/false),
        reach(getReach(options)), path(options.calibration) {}

  ChannelRange getRange(const ScaledChannel &channel,
                        unsigned bits) const override;
  double getClippingError(const ScaledChannel &channel,
                          ChannelRange range) const override;

protected:
  FailureOr<NetworkInputs> createInputs(func::FuncOp function,
                                        const StatisticsAnalysis &) override;

private:
  /// Fails unless `tensor` holds inputs of type `type`, one or more of them.
  LogicalResult checkInputs(func::FuncOp function,
                            const reference::Tensor &tensor,
                            RankedTensorType type) const;

  /// Ranges reach so many times as far as the values seen.
  double reach;
  std::string path;
};

} // namespace

ChannelRange ObservedRule::getRange(const ScaledChannel &channel,
                                    unsigned bits) const {
  const ChannelObservation *x = lookup(channel);
  if (!x)
    return getAnalytic().getRange(channel, bits);
  return {std::max(channel.moments.min, reach * x->min),
          std::min(channel.moments.max, reach * x->max)};
}

double ObservedRule::getClippingError(const ScaledChannel &channel,
                                      ChannelRange range) const {
  const ChannelObservation *x = lookup(channel);
  if (!x)
    return getAnalytic().getClippingError(channel, range);
  // Values are expected to be as distributed as those seen, `reach` times as
  // far out.
  double error =
      x->getErrorAbove(range.max / reach) + x->getErrorBelow(range.min / reach);
  return clippingWeight * reach * reach * error;
}

LogicalResult ObservedRule::checkInputs(func::FuncOp function,
                                        const reference::Tensor &tensor,
                                        RankedTensorType type) const {
  ArrayRef<int64_t> shape = type.getShape();
  ArrayRef<int64_t> given = tensor.shape;
  if (!tensor.isFloat || given.size() != shape.size() ||
      given.drop_front() != shape.drop_front() || given.front() == 0 ||
      given.front() % shape.front() != 0) {
    InFlightDiagnostic diagnostic =
        emitError(function.getLoc())
        << "'" << path
        << "' does not fit the network: expects float32 of shape Nx";
    llvm::interleave(
        shape.drop_front(), [&](int64_t size) { diagnostic << size; },
        [&] { diagnostic << "x"; });
    diagnostic << ", N a multiple of " << shape.front() << ", got "
               << (tensor.isFloat ? "float32" : "integers") << " of shape ";
    llvm::interleave(
        given, [&](int64_t size) { diagnostic << size; },
        [&] { diagnostic << "x"; });
    return diagnostic;
  }
  auto wrong = llvm::find_if(tensor.floats,
                             [](float value) { return !std::isfinite(value); });
  if (wrong != tensor.floats.end())
    return emitError(function.getLoc())
           << "'" << path << "' expects finite values, got " << *wrong
           << " in input "
           << (wrong - tensor.floats.begin()) * given.front() /
                  static_cast<int64_t>(tensor.floats.size());
  return success();
}

FailureOr<NetworkInputs>
ObservedRule::createInputs(func::FuncOp function, const StatisticsAnalysis &) {
  if (path.empty())
    return function.emitOpError(
        "has no inputs to observe; rule 'observed' expects 'calibration' to "
        "name a .npy file");
  auto type = function.getNumArguments() == 1
                  ? dyn_cast<RankedTensorType>(function.getArgumentTypes()[0])
                  : RankedTensorType();
  if (!type || !type.getElementType().isF32() || !type.hasStaticShape() ||
      type.getRank() == 0)
    return function.emitOpError(
        "cannot be observed: rule 'observed' expects a function of one f32 "
        "tensor");
  llvm::Expected<reference::Tensor> tensor = reference::readNumpyFile(path);
  if (!tensor)
    return emitError(function.getLoc()) << llvm::toString(tensor.takeError());
  if (failed(checkInputs(function, *tensor, type)))
    return failure();
  NetworkInputs inputs;
  inputs.count = tensor->shape.front() / type.getDimSize(0);
  size_t bytes = tensor->floats.size() * sizeof(float);
  inputs.batches.emplace_back(bytes);
  std::memcpy(inputs.batches[0].getData(), tensor->floats.data(), bytes);
  return inputs;
}

std::unique_ptr<ScaleRule>
spiq::createObservedRule(const ScaleRuleOptions &options) {
  return std::make_unique<ObservedRule>(options);
}
