//===- LayerReport.h - Layers of a network for the report -------*- C++ -*-===//
//
// What the report of a compilation says of every layer.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DRIVER_LAYERREPORT_H
#define SPIQ_LIB_DRIVER_LAYERREPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/JSON.h"

#include <optional>

namespace spiq {

/// Describes the operations of the dialect in the functions of `module`, after
/// quantization, in program order. Each is an object with
/// - `names`: of the merged operations, the last one computes the value;
/// - `op`: the operation without its dialect;
/// - `inputs`: the names of the values that it reads from other layers;
/// - `weight_bits`, `bits`: of its weights and of its value, where quantized;
/// - `predicted_sqnr_db`: what `spiq-predict-noise` attached.
/// Operations without a name are left out.
llvm::json::Array describeLayers(mlir::ModuleOp module);

/// The predicted SQNR of each result of the network, in dB, where known.
llvm::SmallVector<std::optional<double>> getPredictions(mlir::ModuleOp module);

} // namespace spiq

#endif // SPIQ_LIB_DRIVER_LAYERREPORT_H
