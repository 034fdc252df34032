//===- Epilogue.h - From accumulators to stored outputs ---------*- C++ -*-===//
//
// The part of a kernel behind the last dot product: multiplier, residual,
// rounding, zero point, clamp, pack and store, all in registers.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_CPU_TRANSFORMS_KERNELS_EPILOGUE_H
#define SPIQ_LIB_DIALECT_CPU_TRANSFORMS_KERNELS_EPILOGUE_H

#include "KernelBuilder.h"

namespace spiq::cpu {

/// What an epilogue reads and how it stores.
struct Epilogue {
  /// Parameters present in `table`.
  Parameter parameters;
  int64_t lanes;
  /// Computed in front of the rounding; null if there is none. Slopes come from
  /// the table.
  ActivationAttr activation;
  /// Whether stored bytes are signed.
  bool isSigned;
  /// Parameter rows.
  FlatBuffer table;
  /// Residual; null if there is none.
  FlatBuffer residual;
  /// Output of bytes or f32.
  FlatBuffer output;
  /// Bounds of an f32 output.
  std::optional<float> clampMin, clampMax;

  /// Loads the row of `parameter` for vector `vector` of the block whose
  /// parameters begin at `tableOffset`.
  mlir::Value loadRow(KernelBuilder &b, Parameter parameter,
                      mlir::Value tableOffset, int64_t vector) const;

  /// Requantizes and stores one pixel of a block. `accumulators` hold the
  /// block's vectors in the dialect's channel order; offsets point at the
  /// block's parameters and at its first channel in residual and output. Only
  /// the first `validChannels` are stored.
  void emit(KernelBuilder &b, mlir::ValueRange accumulators,
            mlir::Value tableOffset, mlir::Value residualOffset,
            mlir::Value outputOffset, int64_t validChannels) const;

  /// Requantizes one pixel of a block in packed order, without a residual, to
  /// the vector of its bytes.
  mlir::Value emitBytes(KernelBuilder &b, mlir::ValueRange accumulators,
                        mlir::Value tableOffset) const;

private:
  /// The rounded i32 values of a block or, for an f32 output, its results.
  /// Those in packed order are without zero points and bounds.
  llvm::SmallVector<mlir::Value> emitRounded(KernelBuilder &b,
                                             mlir::ValueRange accumulators,
                                             mlir::Value tableOffset,
                                             mlir::Value residualBytes) const;

  /// Packs the rounded values of a block in packed order to bytes, with zero
  /// points and bounds applied.
  mlir::Value emitPack(KernelBuilder &b, llvm::ArrayRef<mlir::Value> rounded,
                       mlir::Value tableOffset) const;

  bool isFloatOutput() const { return output.elementType.isF32(); }
  bool has(Parameter parameter) const {
    return bitEnumContainsAll(parameters, parameter);
  }
};

} // namespace spiq::cpu

#endif // SPIQ_LIB_DIALECT_CPU_TRANSFORMS_KERNELS_EPILOGUE_H
