//===- LinearLayer.h - Layers with constant weights -------------*- C++ -*-===//
//
// A quantized convolution or fully connected layer, as kernels see it.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CONVERSION_SPIQTOCPU_LINEARLAYER_H
#define SPIQ_LIB_CONVERSION_SPIQTOCPU_LINEARLAYER_H

#include "Packing.h"
#include "Schedule.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/IR/PatternMatch.h"

namespace spiq {

/// The constants and the epilogue of a quantized linear layer.
struct LinearLayer {
  mlir::DenseIntElementsAttr weights, bias;
  int64_t outputChannels;
  /// Computed in front of the rounding; may be null.
  ActivationAttr activation;
  /// Scale of the folded weights of each output channel.
  mlir::Type weightType;
  mlir::Type outputType;
  std::optional<float> clampMin, clampMax;
  /// Quantized tensor added before the clamp; may be null.
  mlir::Value residual;

  /// What the epilogue needs of each channel.
  EpilogueParameters parameters;

  /// Whether input, residual and output are stored as signed bytes.
  bool isSigned = false;

  /// The activation as kernels know it: slopes are among their parameters.
  ActivationAttr getKernelActivation() const;

  /// The parameters of a kernel that multiplies by 16 times the weights, which
  /// it stores as nibbles; none if they are too large for that, or below the
  /// least one that is exact on `machine`.
  std::optional<EpilogueParameters>
  getNibbleParameters(const MachineModel &machine) const;

  bool isFloatOutput() const { return !getQuantizedElementType(outputType); }

  /// Matches the layer `op` with its fused clamp and residual; fails if its
  /// values are not stored as `machine` reads them, if its constants are not
  /// known or too small for it, or if an accumulator may lie outside of the
  /// range that the rounding instruction converts.
  static mlir::FailureOr<LinearLayer>
  match(LinearOpInterface op, std::optional<llvm::APFloat> clampMin,
        std::optional<llvm::APFloat> clampMax, mlir::Value residual,
        const MachineModel &machine, mlir::PatternRewriter &rewriter);

private:
  /// Computes `parameters`; fails if an accumulator may be too large.
  llvm::LogicalResult computeParameters();
};

} // namespace spiq

#endif // SPIQ_LIB_CONVERSION_SPIQTOCPU_LINEARLAYER_H
