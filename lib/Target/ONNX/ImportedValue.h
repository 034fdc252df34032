//===- ImportedValue.h - A value of the ONNX graph --------------*- C++ -*-===//

#ifndef SPIQ_LIB_TARGET_ONNX_IMPORTEDVALUE_H
#define SPIQ_LIB_TARGET_ONNX_IMPORTEDVALUE_H

#include "ConstantTensor.h"
#include "TensorBuilder.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Value.h"
#include <optional>

namespace spiq::onnx_import {

/// Scales and zero points of QuantizeLinear and DequantizeLinear.
struct Quantization {
  SmallVector<double> scales;
  SmallVector<int64_t> zeroPoints;
  /// ONNX's dimension that has a scale per index; none: one scale in all.
  std::optional<int64_t> axis;
  bool isSigned = true;
  int64_t storageMin = -128, storageMax = 127;

  /// The element type for a tensor that holds its dimensions in `order`.
  mlir::quant::QuantizedType getType(MLIRContext *context,
                                     ArrayRef<int64_t> order) const;
};

/// What the importer knows of a value. It is one of
/// - a constant;
/// - a constant that was stored quantized: `constant` and `quantization`;
/// - an SSA value with the order in which it holds the dimensions, so that
///   ONNX's transpositions cost nothing until someone needs another order.
struct ImportedValue {
  /// Shape in ONNX's order.
  SmallVector<int64_t> shape;
  /// Element type in ONNX. An integer value may be held as quantized.
  DataType type = ::onnx::TensorProto::FLOAT;

  std::optional<ConstantTensor> constant;
  std::optional<Quantization> quantization;

  /// Dimension `i` of `value` is ONNX's dimension `order[i]`.
  Value value;
  SmallVector<int64_t> order;

  /// Copies of the value in other orders.
  mutable SmallVector<std::pair<SmallVector<int64_t>, Value>, 1> reordered;

  /// The node that should have produced the value could not be imported.
  bool isPoisoned() const { return !constant && !value; }
  /// Its elements are known as they are.
  bool isConstant() const { return constant && !quantization; }
  int64_t getRank() const { return shape.size(); }
};

/// `value` as a tensor whose dimension `i` is ONNX's `order[i]`.
Value materialize(const TensorBuilder &tensors, const ImportedValue &value,
                  ArrayRef<int64_t> order);

} // namespace spiq::onnx_import

#endif // SPIQ_LIB_TARGET_ONNX_IMPORTEDVALUE_H
