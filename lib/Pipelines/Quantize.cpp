//===- Quantize.cpp - From a float network to an integer one --------------===//
//
// The pipeline `spiq-quantize`.
//
//===----------------------------------------------------------------------===//

#include "spiq/Pipelines/Quantize.h"

#include "spiq/Dialect/SPIQ/Transforms/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

#include <cmath>

using namespace mlir;

namespace spiq {

/// Whether any option speaks of chosen bits; the pass says if some are missing.
static bool allocatesBits(const QuantizeOptions &options) {
  return options.bitsBudget != 0.0 || options.minSQNR != 0.0 ||
         options.widths.hasValue() || !options.bitsReportFile.empty();
}

/// The bits of weights for which scales are chosen. Where the bits of layers
/// are chosen behind that, they are as many as layers will have on average.
static unsigned getWeightBits(const QuantizeOptions &options) {
  if (options.weightBits.hasValue() || !(options.bitsBudget >= 2.0))
    return options.weightBits;
  return std::min<unsigned>(8, std::lround(options.bitsBudget));
}

/// Dynamic layers find the range of what they read by themselves, and the
/// paper's rule stays the paper's.
static bool normalizesAverages(const QuantizeOptions &options) {
  return options.normalizeAverages && options.scheme != "dynamic" &&
         options.rule != "literal";
}

void buildQuantizePipeline(OpPassManager &pm, const QuantizeOptions &options) {
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(createSPIQFoldBatchNorm());
  if (!options.pixelMean.empty() || !options.pixelStddev.empty()) {
    SPIQDescribeInputsOptions inputs;
    inputs.pixelMean.assign(options.pixelMean.begin(), options.pixelMean.end());
    inputs.pixelStddev.assign(options.pixelStddev.begin(),
                              options.pixelStddev.end());
    functions.addPass(createSPIQDescribeInputs(inputs));
  }
  functions.addPass(createSPIQFuseEpilogues());
  if (normalizesAverages(options)) {
    SPIQNormalizeAveragesOptions averages;
    averages.balanced = options.scheme != "per-tensor";
    averages.inputMean = options.inputMean;
    averages.inputStddev = options.inputStddev;
    functions.addPass(createSPIQNormalizeAverages(averages));
  }

  SPIQDeriveScalesOptions scales;
  scales.ruleName = options.rule;
  scales.scheme = options.scheme;
  scales.signedness = options.signedness;
  scales.activationBits = options.activationBits;
  scales.weightBits = getWeightBits(options);
  scales.firstLastBits = options.firstLastBits;
  scales.smallLayers = options.smallLayers;
  scales.elementwiseBits = options.elementwiseBits;
  scales.fold = options.fold;
  scales.deviations = options.deviations;
  scales.calibration = options.calibration;
  scales.reach = options.reach;
  scales.scalesFile = options.scalesFile;
  scales.layers.assign(options.layers.begin(), options.layers.end());
  scales.layersFile = options.layersFile;
  scales.reportFile = options.reportFile;
  scales.results = options.quantizedIO;
  scales.inputMean = options.inputMean;
  scales.inputStddev = options.inputStddev;
  functions.addPass(createSPIQDeriveScales(scales));

  if (allocatesBits(options)) {
    SPIQAllocateBitsOptions allocation;
    allocation.bitsBudget = options.bitsBudget;
    allocation.minSQNR = options.minSQNR;
    allocation.widths.assign(options.widths.begin(), options.widths.end());
    allocation.layerChoices.assign(options.layers.begin(),
                                   options.layers.end());
    allocation.layersFile = options.layersFile;
    allocation.reportFile = options.bitsReportFile;
    allocation.biasCorrection = options.biasCorrection;
    allocation.compensateBelow = options.compensateBelow;
    allocation.inputMean = options.inputMean;
    allocation.inputStddev = options.inputStddev;
    functions.addPass(createSPIQAllocateBits(allocation));
  }

  if (options.predict) {
    SPIQPredictNoiseOptions prediction;
    prediction.biasCorrection = options.biasCorrection;
    prediction.compensateBelow = options.compensateBelow;
    prediction.inputMean = options.inputMean;
    prediction.inputStddev = options.inputStddev;
    functions.addPass(createSPIQPredictNoise(prediction));
  }

  SPIQFuseRescalesOptions fusion;
  fusion.biasCorrection = options.biasCorrection;
  fusion.compensateBelow = options.compensateBelow;
  fusion.remarks = options.remarks;
  fusion.inputMean = options.inputMean;
  fusion.inputStddev = options.inputStddev;
  functions.addPass(createSPIQFuseRescales(fusion));
  functions.addPass(createSPIQFuseEpilogues());
  // Canonicalization drops a pair of casts that nothing was fused with.
  if (options.quantizedIO)
    functions.addPass(createSPIQQuantizedIO());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

void registerQuantizePipeline() {
  PassPipelineRegistration<QuantizeOptions>("spiq-quantize",
                                            "Quantize a network without data",
                                            buildQuantizePipeline);
}

} // namespace spiq
