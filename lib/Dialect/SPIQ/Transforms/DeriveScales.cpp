//===- DeriveScales.cpp - Choose and insert scales ------------------------===//
//
// Inserts casts to quantized types around every value that a layer in integer
// form reads.
//
//===----------------------------------------------------------------------===//

#include "BitPlan.h"
#include "ConstantUtils.h"
#include "QuantizationPlan.h"
#include "ScaleChooser.h"
#include "ScaleFile.h"
#include "ScaleReport.h"
#include "WeightQuantization.h"

#include "spiq/Dialect/SPIQ/Transforms/Passes.h"

#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace mlir;
using namespace spiq;

namespace spiq {
#define GEN_PASS_DEF_SPIQDERIVESCALES
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"
} // namespace spiq

static RankedTensorType getTensorType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// Inserts `value -> qcast -> dcast` and makes `uses` read the result.
static void insertCasts(OpBuilder &builder, Value value, Type elementType,
                        ArrayRef<OpOperand *> uses) {
  builder.setInsertionPointAfterValue(value);
  Location loc = value.getLoc();
  RankedTensorType type = getTensorType(value);
  Value quantized = quant::QuantizeCastOp::create(
      builder, loc, type.clone(elementType), value);
  Value result = quant::DequantizeCastOp::create(builder, loc, type, quantized);
  for (OpOperand *use : uses)
    use->set(result);
}

namespace {

struct DeriveScalesPass
    : public spiq::impl::SPIQDeriveScalesBase<DeriveScalesPass> {
  using SPIQDeriveScalesBase::SPIQDeriveScalesBase;
  DeriveScalesPass() = default;
  // A copy reads its options anew when it runs.
  DeriveScalesPass(const DeriveScalesPass &other)
      : SPIQDeriveScalesBase(other) {}

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    if (failed(readOptions()) || failed(overrides.resolve(function)) ||
        failed(checkWeights(function)))
      return signalPassFailure();
    BitPlan bits(function,
                 {activationBits, weightBits, firstLastBits, elementwiseBits,
                  smallLayers},
                 overrides);
    function.walk([](quant::DequantizeCastOp op) {
      if (op.getInput().getDefiningOp<quant::QuantizeCastOp>())
        op->setAttr(statedName, UnitAttr::get(op.getContext()));
    });
    if (scheme != "dynamic")
      bits.separateReaders(function);
    StatisticsOptions statisticsOptions;
    statisticsOptions.inputMean = inputMean;
    statisticsOptions.inputStddev = inputStddev;
    statisticsOptions.residualCorrelation = residualCorrelation;
    FailureOr<StatisticsAnalysis> analysis =
        StatisticsAnalysis::create(function, statisticsOptions);
    if (failed(analysis))
      return signalPassFailure();
    if (scheme == "dynamic") {
      quantizeWeightsAlone(QuantizationPlan(function, *analysis, bits, {}));
      return;
    }
    bool perTensor = scheme == "per-tensor";
    QuantizationPlan plan(function, *analysis, bits, {perTensor, results});
    ScaleChooser::Options options = {*parseSignedness(), perTensor, exponent,
                                     results};
    FailureOr<ScaleChoice> choice =
        chooseScales(function, plan, *analysis, options);
    if (failed(choice))
      return signalPassFailure();
    std::string error;
    if (!reportFile.empty() &&
        failed(writeScaleReport(reportFile, plan, *choice, error))) {
      emitError(function.getLoc()) << error;
      return signalPassFailure();
    }
    annotateLayers(plan, *choice);
    insertActivationCasts(plan, *choice, options);
    for (LinearOpInterface layer : plan.getDynamicLayers())
      quantizeWeights(layer, plan.getWeightBits(layer));
  }

private:
  FailureOr<ScaleChoice> chooseScales(func::FuncOp function,
                                      const QuantizationPlan &plan,
                                      const StatisticsAnalysis &analysis,
                                      const ScaleChooser::Options &options) {
    if (!scalesFile.empty()) {
      auto channels = readScaleFile(scalesFile, function, plan, options);
      if (failed(channels))
        return failure();
      return ScaleChoice{std::move(*channels), {}};
    }
    if (failed(rule->initialize(function, analysis)))
      return failure();
    NoiseGainAnalysis gains(function, analysis);
    NoiseGainAnalysis clippingGains(function, analysis, &gains);
    return ScaleChooser(plan, *rule, gains, clippingGains, options).getChoice();
  }

  std::optional<Signedness> parseSignedness() {
    return llvm::StringSwitch<std::optional<Signedness>>(signedness)
        .Case("asymmetric", Signedness::Asymmetric)
        .Case("unsigned", Signedness::Unsigned)
        .Case("signed", Signedness::Signed)
        .Default(std::nullopt);
  }

  LogicalResult checkBits(StringRef name, unsigned bits) {
    if (bits >= 2 && bits <= 8)
      return success();
    return emitError(getOperation().getLoc())
           << "option '" << name << "' expects 2 to 8 bits, got " << bits;
  }

  LogicalResult readOptions() {
    Location loc = getOperation().getLoc();
    ScaleRuleOptions ruleOptions;
    ruleOptions.deviations = deviations;
    ruleOptions.calibration = calibration;
    ruleOptions.reach = reach;
    ruleOptions.perTensor = scheme == "per-tensor";
    if ((ruleName == "file") != !scalesFile.empty())
      return emitError(loc) << "rule 'file' and option 'scales-file' need each "
                               "other, got rule '"
                            << ruleName << "' and file '" << scalesFile << "'";
    rule = createScaleRule(ruleName, ruleOptions);
    if (!rule && ruleName != "file") {
      InFlightDiagnostic diagnostic = emitError(loc)
                                      << "unknown scale rule '" << ruleName
                                      << "'; expected one of";
      for (StringLiteral name : getScaleRuleNames())
        diagnostic << " '" << name << "'";
      return diagnostic << " 'file'";
    }
    if (!calibration.empty() && ruleName != "observed")
      return emitError(loc) << "option 'calibration' is for rule 'observed', "
                               "got rule '"
                            << ruleName << "'";
    if (reach != 0.0 && ruleName != "observed")
      return emitError(loc)
             << "option 'reach' is for rule 'observed', got rule '" << ruleName
             << "'";
    if (!(reach >= 0.0) || std::isinf(reach))
      return emitError(loc)
             << "option 'reach' expects a positive factor, or 0, got " << reach;
    if (scheme != "per-channel" && scheme != "per-tensor" &&
        scheme != "dynamic")
      return emitError(loc) << "unknown scheme '" << scheme
                            << "'; expected 'per-channel', 'per-tensor' or "
                               "'dynamic'";
    if (scheme == "dynamic" && ruleName == "file")
      return emitError(loc) << "rule 'file' has no effect with the scheme "
                               "'dynamic', which finds scales at run time";
    if (!parseSignedness())
      return emitError(loc) << "unknown signedness '" << signedness
                            << "'; expected 'asymmetric', 'unsigned' or "
                               "'signed'";
    exponent.reset();
    double number;
    if (fold != "optimal") {
      if (StringRef(fold).getAsDouble(number) || !(number >= 0 && number <= 1))
        return emitError(loc) << "option 'fold' expects 'optimal' or a number "
                                 "between 0 and 1, got '"
                              << fold << "'";
      exponent = number;
    }
    if (failed(checkBits("activation-bits", activationBits)) ||
        failed(checkBits("weight-bits", weightBits)) ||
        failed(checkBits("first-last-bits", firstLastBits)) ||
        failed(checkBits("elementwise-bits", elementwiseBits)))
      return failure();
    if (!(smallLayers >= 0.0 && smallLayers <= 1.0))
      return emitError(loc) << "option 'small-layers' expects a number between "
                               "0 and 1, got "
                            << static_cast<double>(smallLayers);
    overrides = LayerOverrides();
    std::string error;
    for (const std::string &entry : layers)
      if (failed(overrides.add(entry, error)))
        return emitError(loc) << error;
    if (!layersFile.empty() && failed(overrides.addFile(layersFile, error)))
      return emitError(loc) << error;
    return success();
  }

  /// Fails on weights or biases that are not finite.
  LogicalResult checkWeights(func::FuncOp function) {
    WalkResult result = function.walk([](LinearOpInterface layer) {
      for (auto [name, operand] : {std::pair<StringRef, OpOperand *>{
                                       "weights", &layer.getWeightsOperand()},
                                   {"bias", &layer.getBiasOperand()}}) {
        auto values = getConstantFloats(operand->get());
        if (!values)
          continue;
        for (auto [index, value] : llvm::enumerate(*values))
          if (!std::isfinite(value)) {
            int64_t row =
                values->size() / getTensorType(operand->get()).getDimSize(0);
            layer->emitOpError()
                << "expects finite " << name << ", got " << value
                << " for output channel " << index / row;
            return WalkResult::interrupt();
          }
      }
      return WalkResult::advance();
    });
    return failure(result.wasInterrupted());
  }

  /// Dynamic scheme: inputs are quantized at run time.
  void quantizeWeightsAlone(const QuantizationPlan &plan) {
    for (ArrayRef<LinearOpInterface> layers :
         {plan.getIntegerLayers(), plan.getDynamicLayers()})
      for (LinearOpInterface layer : layers)
        quantizeWeights(layer, plan.getWeightBits(layer));
  }

  /// Inserts casts around the weights of a layer whose input stays f32.
  void quantizeWeights(LinearOpInterface layer, unsigned bits) {
    OpOperand &operand = layer.getWeightsOperand();
    auto weights = getConstantFloats(operand.get());
    if (!weights)
      return; // quantized already
    auto bias = getConstantFloats(layer.getBiasOperand().get());
    OpBuilder builder(layer);
    RankedTensorType type = getTensorType(operand.get());
    SmallVector<double> scales =
        getWeightScales(*weights, *bias, type.getDimSize(0), bits);
    insertCasts(builder, operand.get(),
                getWeightType(&getContext(), bits, scales), &operand);
    layer->setAttr(dynamicName, builder.getUnitAttr());
    ++numDynamic;
  }

  /// Attaches to each layer the type of its folded weights.
  void annotateLayers(const QuantizationPlan &plan, const ScaleChoice &choice) {
    for (LinearOpInterface layer : plan.getIntegerLayers()) {
      auto weights = getConstantFloats(layer.getWeightsOperand().get());
      auto bias = getConstantFloats(layer.getBiasOperand().get());
      if (!weights || !bias)
        continue; // quantized already
      SmallVector<double> inputScales;
      for (int64_t channel : plan.getChannels(layer.getInputOperand().get()))
        inputScales.push_back(choice.channels[channel].scale);
      foldInputScales(layer, inputScales, *weights);
      unsigned bits = plan.getWeightBits(layer);
      SmallVector<double> scales =
          getWeightScales(*weights, *bias, bias->size(), bits);
      layer->setAttr(weightTypeName,
                     TypeAttr::get(getWeightType(&getContext(), bits, scales)));
      ++numLayers;
    }
  }

  void insertActivationCasts(const QuantizationPlan &plan,
                             const ScaleChoice &choice,
                             const ScaleChooser::Options &options) {
    OpBuilder builder(&getContext());
    for (const auto &[value, map] : plan.getValues()) {
      std::optional<int64_t> axis = map.getAxis();
      // Channels that lie across several dimensions have no type; such a value
      // only occurs between movements, which need none.
      if (!axis)
        continue;
      SmallVector<double> scales;
      SmallVector<int64_t> zeroPoints;
      SmallVector<int64_t> labels = *map.getLabels(*axis);
      for (int64_t label : labels) {
        scales.push_back(choice.channels[label].scale);
        zeroPoints.push_back(choice.channels[label].zeroPoint);
      }
      const QuantizationRoot &root = plan.getRootOfChannel(labels.front());
      StorageRange storage = getStorageRange(options.signedness, root.bits);
      Type type;
      if (options.perTensor || root.hasOneScale() || llvm::all_equal(labels))
        type = getPerTensorQuantizedType(&getContext(), storage.isSigned,
                                         storage.min, storage.max,
                                         scales.front(), zeroPoints.front());
      else
        type = getPerAxisQuantizedType(&getContext(), storage.isSigned,
                                       storage.min, storage.max, scales,
                                       zeroPoints, *axis);
      // A value from outside stays what it is for readers of floats.
      bool isExternal =
          !value.getDefiningOp() ||
          value.getDefiningOp()->hasTrait<OpTrait::ConstantLike>();
      SmallVector<OpOperand *> uses;
      for (OpOperand &use : value.getUses())
        if (!isExternal || classifyOp(use.getOwner()) != OpClass::Float)
          uses.push_back(&use);
      insertCasts(builder, value, type, uses);
      ++numValues;
    }
  }

  std::unique_ptr<ScaleRule> rule;
  std::optional<double> exponent;
  LayerOverrides overrides;
};

} // namespace
