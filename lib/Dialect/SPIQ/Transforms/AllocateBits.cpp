//===- AllocateBits.cpp - spiq-allocate-bits ------------------------------===//
//
// Chooses the bits of the weights of each layer by what rounding them does to
// the outputs.
//
//===----------------------------------------------------------------------===//

#include "BitAllocation.h"
#include "LayerOverrides.h"
#include "LayerSensitivity.h"
#include "NoiseSimulation.h"
#include "ScaleReport.h"

#include "spiq/Dialect/SPIQ/Transforms/Passes.h"

#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/ToolOutputFile.h"

#include <cmath>

using namespace mlir;
using namespace spiq;

namespace spiq {
#define GEN_PASS_DEF_SPIQALLOCATEBITS
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"
} // namespace spiq

static std::string print(double number) {
  return llvm::formatv("{0:F2}", number);
}

static double getDecibels(double ratio) { return -10.0 * std::log10(ratio); }

/// The noise of rounding to `bits` by that of rounding to 8: squared steps.
static double getRelativeNoise(unsigned bits) {
  double ratio = 127.0 / ((1 << (bits - 1)) - 1);
  return ratio * ratio;
}

namespace {
/// A layer whose weights will be integers, in the order of the function.
struct WeightedLayer {
  LinearOpInterface op;
  BitCandidate candidate;
  bool isGiven = false;
  unsigned picked = 0;

  const BitChoice &getChoice() const { return candidate.choices[picked]; }

  void pick(unsigned index) {
    picked = index;
    op->setAttr(weightTypeName,
                TypeAttr::get(getFoldedWeightType(op, getChoice().bits)));
  }
};

struct AllocateBitsPass
    : public spiq::impl::SPIQAllocateBitsBase<AllocateBitsPass> {
  using SPIQAllocateBitsBase::SPIQAllocateBitsBase;
  AllocateBitsPass() = default;
  // A copy reads its options anew when it runs.
  AllocateBitsPass(const AllocateBitsPass &other)
      : SPIQAllocateBitsBase(other) {}

  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    if (failed(run()))
      signalPassFailure();
  }

private:
  LogicalResult run() {
    func::FuncOp function = getOperation();
    StatisticsOptions statisticsOptions;
    statisticsOptions.inputMean = inputMean;
    statisticsOptions.inputStddev = inputStddev;
    if (failed(readOptions()) || failed(collectLayers()))
      return failure();
    FailureOr<StatisticsAnalysis> statistics =
        StatisticsAnalysis::create(function, statisticsOptions);
    if (failed(statistics))
      return failure();
    FailureOr<LayerInputs> inputs =
        collectLayerInputs(function, statisticsOptions, compensateBelow);
    if (failed(inputs) || failed(measureNoise(*statistics, *inputs)))
      return failure();
    if (bitsBudget > 0.0)
      spend(static_cast<int64_t>(bitsBudget * numWeights));
    else if (failed(reachSQNR(*statistics, *inputs)))
      return failure();
    return writeReport();
  }

  InFlightDiagnostic emitOptionError(StringRef name) {
    return emitError(getOperation().getLoc()) << "option '" << name << "' ";
  }

  LogicalResult emitUnknownResults() {
    return emitError(getOperation().getLoc())
           << "bits of weights cannot be chosen: no result of the network can "
              "be computed at compile time";
  }

  LogicalResult readOptions() {
    if ((bitsBudget != 0.0) == (minSQNR != 0.0))
      return emitError(getOperation().getLoc())
             << "expects one of the options 'bits-budget' and 'min-sqnr'";
    choices = {widths.begin(), widths.end()};
    if (choices.empty())
      choices = {4, 8};
    llvm::sort(choices);
    choices.erase(llvm::unique(choices), choices.end());
    for (unsigned bits : choices)
      if (bits < 2 || bits > 8)
        return emitOptionError("widths") << "expects 2 to 8 bits, got " << bits;
    if (bitsBudget != 0.0 &&
        !(bitsBudget >= choices.front() && bitsBudget <= choices.back()))
      return emitOptionError("bits-budget")
             << "expects an average within 'widths', " << choices.front()
             << " to " << choices.back() << ", got " << print(bitsBudget);
    if (minSQNR != 0.0 && !(minSQNR > 0.0 && minSQNR <= 100.0))
      return emitOptionError("min-sqnr")
             << "expects decibels between 0 and 100, got " << print(minSQNR);
    numImages = images ? images : getNumGeneratedImages(getOperation());
    overrides = LayerOverrides();
    std::string error;
    for (const std::string &entry : layerChoices)
      if (failed(overrides.add(entry, error)))
        return emitError(getOperation().getLoc()) << error;
    if (!layersFile.empty() && failed(overrides.addFile(layersFile, error)))
      return emitError(getOperation().getLoc()) << error;
    return overrides.resolve(getOperation());
  }

  /// Finds the layers that scale derivation has given a type of weights, and
  /// checks that the budget can be kept.
  LogicalResult collectLayers() {
    layers.clear();
    numWeights = 0;
    int64_t least = 0;
    for (auto op : getOperation().getOps<LinearOpInterface>()) {
      if (!op->hasAttr(weightTypeName))
        continue;
      WeightedLayer layer;
      layer.op = op;
      layer.candidate.numWeights =
          cast<RankedTensorType>(op.getWeightsOperand().get().getType())
              .getNumElements();
      std::optional<unsigned> given = overrides.lookup(op).weightBits;
      layer.isGiven = given.has_value();
      for (unsigned bits : given ? ArrayRef<unsigned>(*given) : choices)
        layer.candidate.choices.push_back({bits, 0.0});
      numWeights += layer.candidate.numWeights;
      least +=
          layer.candidate.numWeights * layer.candidate.choices.front().bits;
      // What is collected about inputs depends on whether weights have few
      // bits.
      layer.pick(0);
      layers.push_back(std::move(layer));
    }
    if (layers.empty())
      return emitError(getOperation().getLoc())
             << "bits of weights can be chosen for layers whose inputs have "
                "static scales; there are none";
    if (bitsBudget != 0.0 && least > bitsBudget * numWeights)
      return emitOptionError("bits-budget")
             << "expects at least "
             << print(static_cast<double>(least) / numWeights)
             << ", the average if all layers but those in 'layers' get "
             << choices.front() << " bits, got " << print(bitsBudget);
    return success();
  }

  /// Measures what each layer does to the outputs at one width and estimates
  /// the others.
  LogicalResult measureNoise(const StatisticsAnalysis &statistics,
                             const LayerInputs &inputs) {
    LayerSensitivity sensitivity(
        getOperation(), statistics, inputs,
        {numImages, {compensateBelow, biasCorrection}});
    if (!sensitivity.hasOutputs())
      return emitUnknownResults();
    for (WeightedLayer &layer : layers) {
      SmallVector<BitChoice, 4> &all = layer.candidate.choices;
      // Few bits show best what a layer does.
      unsigned index = 0;
      while (index + 1 < all.size() && all[index].bits < measuredBits)
        ++index;
      layer.pick(index);
      FailureOr<double> noise = sensitivity.measure(layer.op);
      if (failed(noise))
        return failure();
      for (BitChoice &choice : all)
        choice.noise = *noise * getRelativeNoise(choice.bits) /
                       getRelativeNoise(layer.getChoice().bits);
    }
    return success();
  }

  /// Shares out `budget` bits.
  void spend(int64_t budget) {
    auto candidates = llvm::map_to_vector(
        layers, [](const WeightedLayer &layer) { return layer.candidate; });
    for (auto [layer, index] :
         llvm::zip_equal(layers, allocateBits(candidates, budget)))
      layer.pick(index);
  }

  /// The sum of the noise of all weights.
  double getWeightNoise() const {
    double noise = 0.0;
    for (const WeightedLayer &layer : layers)
      noise += layer.getChoice().noise;
    return noise;
  }

  int64_t getNumBits() const {
    int64_t bits = 0;
    for (const WeightedLayer &layer : layers)
      bits += layer.candidate.numWeights * layer.getChoice().bits;
    return bits;
  }

  /// Simulates the quantized network and sets `predicted`.
  LogicalResult predict(const StatisticsAnalysis &statistics,
                        const LayerInputs &inputs) {
    NoiseSimulation::Options options;
    options.rounding = {compensateBelow, biasCorrection};
    options.numImages = numImages;
    NoiseSimulation simulation(getOperation(), statistics, inputs, options);
    if (failed(simulation.run()))
      return failure();
    double sum = 0.0;
    int64_t count = 0;
    for (unsigned i = 0; i < getOperation().getNumResults(); ++i)
      if (std::optional<NoisePower> power = simulation.lookupResult(i)) {
        sum += power->getRatio();
        ++count;
      }
    if (count == 0)
      return emitUnknownResults();
    predicted = sum / count;
    return success();
  }

  /// Finds how few bits give the outputs the wanted SQNR: bisects the budget by
  /// simulations of the network, each with the best bits within it.
  LogicalResult reachSQNR(const StatisticsAnalysis &statistics,
                          const LayerInputs &inputs) {
    constexpr int numSteps = 6;
    double target = std::pow(10.0, -0.1 * minSQNR);
    spend(0);
    int64_t low = getNumBits();
    for (WeightedLayer &layer : layers)
      layer.pick(layer.candidate.choices.size() - 1);
    int64_t high = getNumBits();
    if (failed(predict(statistics, inputs)))
      return failure();
    if (*predicted > target)
      return emitOptionError("min-sqnr")
             << "expects at most " << print(getDecibels(*predicted))
             << " dB, what is predicted with the most bits, got "
             << print(minSQNR) << "; more bits for activations may help";
    double reached = *predicted;
    for (int step = 0; step < numSteps; ++step) {
      int64_t middle = low + (high - low) / 2;
      spend(middle);
      if (failed(predict(statistics, inputs)))
        return failure();
      if (*predicted > target) {
        low = middle;
        continue;
      }
      high = middle;
      reached = *predicted;
    }
    spend(high);
    predicted = reached;
    return success();
  }

  LogicalResult writeReport() {
    for (const WeightedLayer &layer : layers) {
      ++numLayers;
      numFewest += layer.getChoice().bits == choices.front();
    }
    if (reportFile.empty())
      return success();
    std::string error;
    std::unique_ptr<llvm::ToolOutputFile> file =
        openOutputFile(reportFile, &error);
    if (!file)
      return emitError(getOperation().getLoc()) << error;
    printReport(file->os());
    file->keep();
    return success();
  }

  void printReport(raw_ostream &os) {
    llvm::json::OStream json(os, /*IndentSize=*/1);
    auto writeNoise = [&](StringRef name, double ratio) {
      if (ratio > 0.0)
        json.attribute(name, getDecibels(ratio));
      else
        json.attribute(name, nullptr);
    };
    json.object([&] {
      json.attribute("weights", numWeights);
      json.attribute("average_bits",
                     static_cast<double>(getNumBits()) / numWeights);
      writeNoise("weights_sqnr_db", getWeightNoise());
      if (predicted)
        writeNoise("predicted_sqnr_db", *predicted);
      json.attributeArray("layers", [&] {
        for (const WeightedLayer &layer : layers)
          json.object([&] {
            json.attributeArray("names", [&] {
              for (const std::string &name : getReportNames(layer.op->getLoc()))
                json.value(name);
            });
            json.attribute("weights", layer.candidate.numWeights);
            json.attribute("bits", layer.getChoice().bits);
            json.attribute("given", layer.isGiven);
            writeNoise("alone_sqnr_db", layer.getChoice().noise);
          });
      });
    });
  }

  /// Fewer would not be small errors any more, and more would hide behind the
  /// rounding of floats in deep networks.
  static constexpr unsigned measuredBits = 4;

  SmallVector<unsigned> choices;
  LayerOverrides overrides;
  SmallVector<WeightedLayer> layers;
  int64_t numWeights = 0, numImages = 0;
  /// Noise by signal at the outputs, once they were simulated.
  std::optional<double> predicted;
};
} // namespace
