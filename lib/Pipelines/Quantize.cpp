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

using namespace mlir;

namespace spiq {

void buildQuantizePipeline(OpPassManager &pm, const QuantizeOptions &options) {
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(createSPIQFoldBatchNorm());
  functions.addPass(createSPIQFuseEpilogues());

  SPIQDeriveScalesOptions scales;
  scales.ruleName = options.rule;
  scales.scheme = options.scheme;
  scales.signedness = options.signedness;
  scales.activationBits = options.activationBits;
  scales.weightBits = options.weightBits;
  scales.firstLastBits = options.firstLastBits;
  scales.elementwiseBits = options.elementwiseBits;
  scales.fold = options.fold;
  scales.deviations = options.deviations;
  scales.calibration = options.calibration;
  scales.scalesFile = options.scalesFile;
  scales.layers.assign(options.layers.begin(), options.layers.end());
  scales.layersFile = options.layersFile;
  scales.reportFile = options.reportFile;
  scales.results = options.quantizedIO;
  scales.inputMean = options.inputMean;
  scales.inputStddev = options.inputStddev;
  functions.addPass(createSPIQDeriveScales(scales));

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
