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

  /// One pixel of a block: its vectors in the dialect's channel order, and its
  /// first channel in residual and output.
  struct Pixel {
    mlir::ValueRange accumulators;
    mlir::Value residualOffset, outputOffset;
  };

  /// Requantizes and stores pixels of a block, whose parameters begin at
  /// `tableOffset`. Only the first `validChannels` are stored.
  void emit(KernelBuilder &b, llvm::ArrayRef<Pixel> pixels,
            mlir::Value tableOffset, int64_t validChannels) const;

  /// Requantizes the accumulators of pixels of a block in packed order, without
  /// a residual, to one vector of bytes for each pixel.
  llvm::SmallVector<mlir::Value> emitBytes(KernelBuilder &b,
                                           mlir::ValueRange accumulators,
                                           mlir::Value tableOffset) const;

private:
  /// The f32 values of one pixel of a block in front of the activation.
  llvm::SmallVector<mlir::Value> emitReals(KernelBuilder &b,
                                           mlir::ValueRange accumulators,
                                           mlir::Value tableOffset,
                                           mlir::Value residualBytes) const;

  /// Pixels of a block of `numVectors` vectors to compute together.
  int64_t getGroupSize(int64_t numVectors) const;

  /// Applies the activation, if there is one, to the values of any number of
  /// pixels of a block of `numVectors` vectors.
  void emitActivation(KernelBuilder &b,
                      llvm::MutableArrayRef<mlir::Value> reals,
                      int64_t numVectors, mlir::Value tableOffset) const;

  /// The rounded i32 values of one pixel of a block. Those in packed order are
  /// without zero points and bounds.
  llvm::SmallVector<mlir::Value> emitRounded(KernelBuilder &b,
                                             llvm::ArrayRef<mlir::Value> reals,
                                             mlir::Value tableOffset) const;

  /// Stores the values of one pixel of a block.
  void emitStore(KernelBuilder &b, llvm::ArrayRef<mlir::Value> reals,
                 mlir::Value tableOffset, mlir::Value outputOffset,
                 int64_t validChannels) const;

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
