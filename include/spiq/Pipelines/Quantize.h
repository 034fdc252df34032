//===- Quantize.h - From a float network to an integer one ------*- C++ -*-===//
//
// The pipeline `spiq-quantize` and its options.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_PIPELINES_QUANTIZE_H
#define SPIQ_PIPELINES_QUANTIZE_H

#include "mlir/Pass/PassOptions.h"

#include <string>

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace spiq {

/// Options of `spiq-quantize`; `spiq-describe-inputs`,
/// `spiq-normalize-averages`, `spiq-derive-scales`, `spiq-allocate-bits` and
/// `spiq-fuse-rescales` document them.
struct QuantizeOptions : public mlir::PassPipelineOptions<QuantizeOptions> {
  Option<std::string> rule{*this, "rule",
                           llvm::cl::desc("Where ranges come from"),
                           llvm::cl::init("auto")};
  Option<std::string> scheme{
      *this, "scheme", llvm::cl::desc("per-channel, per-tensor or dynamic"),
      llvm::cl::init("per-channel")};
  Option<std::string> signedness{
      *this, "signedness", llvm::cl::desc("asymmetric, unsigned or signed"),
      llvm::cl::init("asymmetric")};
  Option<unsigned> activationBits{*this, "activation-bits",
                                  llvm::cl::desc("Bits of activations"),
                                  llvm::cl::init(8)};
  Option<unsigned> weightBits{*this, "weight-bits",
                              llvm::cl::desc("Bits of weights"),
                              llvm::cl::init(8)};
  Option<unsigned> firstLastBits{
      *this, "first-last-bits",
      llvm::cl::desc("Least bits of the first and last layers, and of the "
                     "weights of small ones"),
      llvm::cl::init(8)};
  Option<double> smallLayers{
      *this, "small-layers",
      llvm::cl::desc("Share of all weights that small layers hold at most"),
      llvm::cl::init(0.05)};
  Option<unsigned> elementwiseBits{
      *this, "elementwise-bits",
      llvm::cl::desc(
          "Least bits of what additions, products and averages read"),
      llvm::cl::init(8)};
  Option<bool> normalizeAverages{
      *this, "normalize-averages",
      llvm::cl::desc("Divide the averages that the last layers read by the "
                     "largest, by spiq-normalize-averages"),
      llvm::cl::init(true)};
  Option<double> bitsBudget{
      *this, "bits-budget",
      llvm::cl::desc("Average bits of all weights, by spiq-allocate-bits"),
      llvm::cl::init(0.0)};
  Option<double> minSQNR{
      *this, "min-sqnr",
      llvm::cl::desc("Least predicted SQNR of the outputs, in dB, by "
                     "spiq-allocate-bits"),
      llvm::cl::init(0.0)};
  ListOption<unsigned> widths{
      *this, "widths",
      llvm::cl::desc("Bits that spiq-allocate-bits may choose: 4 and 8")};
  Option<std::string> bitsReportFile{
      *this, "bits-report-file",
      llvm::cl::desc("Write the bits that it chose to this file, as JSON"),
      llvm::cl::init("")};
  Option<std::string> fold{
      *this, "fold",
      llvm::cl::desc("Share of ranges that is folded: optimal or a number"),
      llvm::cl::init("optimal")};
  Option<double> deviations{
      *this, "deviations",
      llvm::cl::desc("Standard deviations that a range reaches"),
      llvm::cl::init(0.0)};
  Option<std::string> calibration{
      *this, "calibration",
      llvm::cl::desc("Inputs of the network for rule=observed, a .npy file"),
      llvm::cl::init("")};
  Option<double> reach{
      *this, "reach",
      llvm::cl::desc("Ranges of rule=observed by the values seen"),
      llvm::cl::init(0.0)};
  Option<std::string> scalesFile{
      *this, "scales-file",
      llvm::cl::desc("Scales for rule=file, a file as report-file writes it"),
      llvm::cl::init("")};
  ListOption<std::string> layers{*this, "layers",
                                 llvm::cl::desc("Choices for single layers")};
  Option<std::string> layersFile{*this, "layers-file",
                                 llvm::cl::desc("File with such choices"),
                                 llvm::cl::init("")};
  Option<std::string> reportFile{
      *this, "report-file",
      llvm::cl::desc("Write the chosen scales to this file, as JSON"),
      llvm::cl::init("")};
  Option<bool> biasCorrection{
      *this, "bias-correction",
      llvm::cl::desc("Correct biases by the mean error of rounded weights"),
      llvm::cl::init(true)};
  Option<unsigned> compensateBelow{
      *this, "compensate-below",
      llvm::cl::desc("Compensate rounding errors of weights with fewer bits"),
      llvm::cl::init(9)};
  Option<bool> predict{
      *this, "predict",
      llvm::cl::desc("Predict how much noise quantization adds to each value"),
      llvm::cl::init(false)};
  Option<bool> remarks{*this, "remarks",
                       llvm::cl::desc("Name operations that stay in f32"),
                       llvm::cl::init(true)};
  Option<bool> quantizedIO{
      *this, "quantized-io",
      llvm::cl::desc("Take and return quantized values where possible"),
      llvm::cl::init(false)};
  ListOption<double> pixelMean{
      *this, "pixel-mean",
      llvm::cl::desc(
          "Inputs hold (pixel - mean) / stddev of bytes: the means")};
  ListOption<double> pixelStddev{
      *this, "pixel-std",
      llvm::cl::desc("Inputs hold (pixel - mean) / stddev of bytes: the "
                     "divisors")};
  Option<double> inputMean{*this, "input-mean",
                           llvm::cl::desc("Mean of the inputs"),
                           llvm::cl::init(0.0)};
  Option<double> inputStddev{*this, "input-stddev",
                             llvm::cl::desc("Standard deviation of the inputs"),
                             llvm::cl::init(1.0)};
};

/// Float network -> integer network: folds batch-norm, merges epilogues,
/// derives scales, fuses them.
void buildQuantizePipeline(mlir::OpPassManager &pm,
                           const QuantizeOptions &options);

/// Registers `spiq-quantize`.
void registerQuantizePipeline();

} // namespace spiq

#endif // SPIQ_PIPELINES_QUANTIZE_H
