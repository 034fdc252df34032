//===- QuantizedTypes.h - Uniform quantized element types -------*- C++ -*-===//
//
// Uniform access to per-tensor and per-axis `!quant.uniform` types, and the
// rounding and clamping rules of the dialect in the form that compile-time
// computations use.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_IR_QUANTIZEDTYPES_H
#define SPIQ_DIALECT_SPIQ_IR_QUANTIZEDTYPES_H

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <optional>

namespace spiq {

/// Whether `type` is a uniform quantized type that the dialect computes with:
/// 8-bit storage, expressed type f32, positive finite scales.
bool isQuantizedByte(mlir::Type type);

/// The quantized element type of the shaped type `type` (or `type` itself);
/// null if it is not quantized.
mlir::quant::QuantizedType getQuantizedElementType(mlir::Type type);

/// Scale and zero point of one channel. Real value: scale * (q - zeroPoint).
struct ChannelQuantization {
  double scale = 1.0;
  int64_t zeroPoint = 0;

  bool operator==(const ChannelQuantization &other) const {
    return scale == other.scale && zeroPoint == other.zeroPoint;
  }
};

/// Scales, zero points and storage range of a uniform quantized type,
/// per-tensor and per-axis alike.
class QuantizationView {
public:
  /// `type` must satisfy `isQuantizedByte`.
  explicit QuantizationView(mlir::quant::QuantizedType type);
  /// The element type of `type` must satisfy `isQuantizedByte`.
  static QuantizationView ofTensor(mlir::Type type) {
    return QuantizationView(getQuantizedElementType(type));
  }

  /// Whether every channel has a scale of its own.
  bool isPerAxis() const { return scales.size() != 1 || axis.has_value(); }
  /// The quantized dimension; none for a per-tensor type.
  std::optional<int32_t> getAxis() const { return axis; }
  /// The number of scales: 1 for a per-tensor type.
  int64_t getNumScales() const { return scales.size(); }
  /// Scale of `channel`; of the tensor if the type is per-tensor.
  double getScale(int64_t channel) const { return scales[axis ? channel : 0]; }
  /// Zero point of `channel`; of the tensor if the type is per-tensor.
  int64_t getZeroPoint(int64_t channel) const {
    return zeroPoints[axis ? channel : 0];
  }
  ChannelQuantization operator[](int64_t channel) const {
    return {getScale(channel), getZeroPoint(channel)};
  }

  /// Smallest and largest stored value.
  int64_t getStorageMin() const { return storageMin; }
  int64_t getStorageMax() const { return storageMax; }
  /// Whether stored bytes are signed.
  bool isSigned() const { return isSignedStorage; }

  /// Stored value of the real value `real`: clamp(roundeven(real / scale) +
  /// zeroPoint).
  int64_t quantize(double real, int64_t channel) const;
  /// Real value of the stored value `stored`.
  double dequantize(int64_t stored, int64_t channel) const {
    return getScale(channel) * (stored - getZeroPoint(channel));
  }
  /// Stored range of `channel` under a fused clamp to the real values
  /// [`clampMin`, `clampMax`] (absent bounds do not limit). Never empty.
  std::pair<int64_t, int64_t>
  getClampedRange(int64_t channel, std::optional<float> clampMin,
                  std::optional<float> clampMax) const;

private:
  llvm::SmallVector<double> scales;
  llvm::SmallVector<int64_t> zeroPoints;
  std::optional<int32_t> axis;
  int64_t storageMin, storageMax;
  bool isSignedStorage;
};

/// Creates an activation type with one scale and zero point per channel of
/// dimension `axis`, stored in bytes within [`storageMin`, `storageMax`].
mlir::quant::UniformQuantizedPerAxisType
getPerAxisQuantizedType(mlir::MLIRContext *context, bool isSigned,
                        int64_t storageMin, int64_t storageMax,
                        llvm::ArrayRef<double> scales,
                        llvm::ArrayRef<int64_t> zeroPoints, int32_t axis);

/// Creates a type with one scale and zero point for the whole tensor.
mlir::quant::UniformQuantizedType
getPerTensorQuantizedType(mlir::MLIRContext *context, bool isSigned,
                          int64_t storageMin, int64_t storageMax, double scale,
                          int64_t zeroPoint);

/// The multiplier of a requantization: `numerator / denominator`, computed in
/// double precision and rounded once to f32, as the semantics of the dialect
/// prescribe.
inline float getRequantizationMultiplier(double numerator, double denominator) {
  return static_cast<float>(numerator / denominator);
}

} // namespace spiq

#endif // SPIQ_DIALECT_SPIQ_IR_QUANTIZEDTYPES_H
