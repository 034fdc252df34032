//===- RoundedLayer.h - Real values of integer weights ----------*- C++ -*-===//
//
// The weights and bias of a layer as its integer form will represent them.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_ROUNDEDLAYER_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_ROUNDEDLAYER_H

#include "IntegerLayer.h"
#include "LayerInputs.h"

namespace spiq {

/// Real values of the weights and the bias of a layer.
struct RoundedLayer {
  llvm::SmallVector<float, 0> weights, bias;
};

/// The quantized type behind the cast in front of a layer; null if there is no
/// cast, or none to bytes.
mlir::quant::QuantizedType getInputType(LinearOpInterface layer);

/// The type of the weights of `layer`, `bits` wide, once the scales of its
/// quantized input are folded into them. Weights and bias are constants.
mlir::quant::QuantizedType getFoldedWeightType(LinearOpInterface layer,
                                               unsigned bits);

/// The weights and bias of `layer`, which reads a quantized value, after
/// `spiq-fuse-rescales` will have rounded them. Fails, after a diagnostic,
/// where that will.
llvm::FailureOr<RoundedLayer>
computeRoundedLayer(LinearOpInterface layer, llvm::ArrayRef<float> bias,
                    const LayerInputs &inputs, const RoundingOptions &options);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_ROUNDEDLAYER_H
