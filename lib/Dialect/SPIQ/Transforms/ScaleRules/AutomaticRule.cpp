//===- AutomaticRule.cpp - The best rule for a network --------------------===//
//
// Runs networks that read images on generated ones; takes propagated statistics
// for all others.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/Transforms/ScaleRule.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/Threading.h"

using namespace mlir;
using namespace spiq;

/// Generated images say something about the tails behind layers that see
/// images: of at least so many pixels in both directions, with at most so many
/// channels. Those of more pixels than this take too much memory to run.
static constexpr int64_t leastSide = 16, maxChannels = 16;
static constexpr int64_t maxPixels = 1 << 21;

static bool isImage(BlockArgument argument,
                    const StatisticsAnalysis &statistics) {
  auto type = dyn_cast<RankedTensorType>(argument.getType());
  if (!type || type.getRank() != 4 || !type.getElementType().isF32() ||
      !statistics.lookup(argument))
    return false;
  int64_t axis = getChannelAxis(argument), channels = type.getDimSize(axis);
  for (int64_t dim = 1; dim < type.getRank(); ++dim)
    if (dim != axis && type.getDimSize(dim) < leastSide)
      return false;
  return channels <= maxChannels &&
         type.getNumElements() / channels <= maxPixels;
}

namespace {

class AutomaticRule : public ScaleRule {
public:
  explicit AutomaticRule(ScaleRuleOptions options)
      : options(std::move(options)) {}

  LogicalResult initialize(func::FuncOp function,
                           const StatisticsAnalysis &statistics) override {
    bool readsImages =
        function.getNumArguments() > 0 &&
        llvm::all_of(function.getArguments(), [&](BlockArgument argument) {
          return isImage(argument, statistics);
        });
    if (readsImages && succeeded(initializeSynthetic(function, statistics)))
      return success();
    rule = createBatchNormRule(options);
    return rule->initialize(function, statistics);
  }

  ChannelRange getRange(const ScaledChannel &channel,
                        unsigned bits) const override {
    return rule->getRange(channel, bits);
  }

  double getClippingError(const ScaledChannel &channel,
                          ChannelRange range) const override {
    return rule->getClippingError(channel, range);
  }

private:
  /// Runs the network. A network that cannot be run gets a remark.
  LogicalResult initializeSynthetic(func::FuncOp function,
                                    const StatisticsAnalysis &statistics) {
    std::string reason;
    {
      ScopedDiagnosticHandler handler(
          function.getContext(),
          [&, thread = llvm::get_threadid()](Diagnostic &diagnostic) {
            if (llvm::get_threadid() != thread)
              return failure();
            if (reason.empty())
              reason = diagnostic.str();
            return success();
          });
      rule = createSyntheticRule(options);
      if (succeeded(rule->initialize(function, statistics)))
        return success();
    }
    function.emitRemark("scales come from rule 'batch-norm' instead of "
                        "'synthetic': ")
        << reason;
    return failure();
  }

  ScaleRuleOptions options;
  std::unique_ptr<ScaleRule> rule;
};

} // namespace

std::unique_ptr<ScaleRule>
spiq::createAutomaticRule(const ScaleRuleOptions &options) {
  return std::make_unique<AutomaticRule>(options);
}
