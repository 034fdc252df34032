//===- KernelBuilder.h - Helpers to emit loops of kernels -------*- C++ -*-===//
//
// A thin layer over OpBuilder for the index arithmetic, flat buffer accesses
// and register operations that kernels consist of.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_CPU_TRANSFORMS_KERNELS_KERNELBUILDER_H
#define SPIQ_LIB_DIALECT_CPU_TRANSFORMS_KERNELS_KERNELBUILDER_H

#include "spiq/Dialect/CPU/IR/CPU.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace spiq::cpu {

/// A buffer without a shape: a pointer to its first element.
struct FlatBuffer {
  mlir::Value pointer;
  mlir::Type elementType;

  explicit operator bool() const { return pointer != nullptr; }
};

/// Emits index arithmetic with constant folding, accesses to flat buffers and
/// vector conversions. Offsets count elements.
class KernelBuilder : public mlir::ImplicitLocOpBuilder {
public:
  KernelBuilder(mlir::Location loc, mlir::OpBuilder &builder)
      : ImplicitLocOpBuilder(loc, builder) {}

  mlir::Value index(int64_t value);
  mlir::Value add(mlir::Value lhs, mlir::Value rhs);
  mlir::Value add(mlir::Value lhs, int64_t rhs) { return add(lhs, index(rhs)); }
  mlir::Value mul(mlir::Value lhs, int64_t rhs);
  mlir::Value min(mlir::Value lhs, int64_t rhs);

  /// Loads `count` elements, starting at `offset`.
  mlir::Value load(const FlatBuffer &buffer, mlir::Value offset, int64_t count);
  /// Asks for `bytes` bytes from the byte at `offset` on, which may lie behind
  /// the end of the buffer.
  void prefetch(const FlatBuffer &buffer, mlir::Value offset, int64_t bytes);
  /// Stores the vector `value`, starting at `offset`.
  void store(mlir::Value value, const FlatBuffer &buffer, mlir::Value offset);
  /// Stores the first `count` elements of `value`, in pieces whose sizes are
  /// powers of two.
  void storePrefix(mlir::Value value, const FlatBuffer &buffer,
                   mlir::Value offset, int64_t count);
  /// Repeats the four bytes at `offset` in every lane of a vector of bytes.
  mlir::Value broadcastDword(const FlatBuffer &buffer, mlir::Value offset,
                             int64_t lanes);
  /// The address of the element at `offset`.
  mlir::Value getAddress(const FlatBuffer &buffer, mlir::Value offset);

  /// Reinterprets the bits of a vector as another element type.
  mlir::Value bitcast(mlir::Value vector, mlir::Type elementType);
  /// Replaces `vectors`, of one type, by equal ones that the compiler computes
  /// all of before it goes on with any. For x86-64.
  void fence(llvm::MutableArrayRef<mlir::Value> vectors);

  /// A vector of `lanes` equal values.
  mlir::Value splat(int64_t lanes, int32_t value);
  mlir::Value splat(int64_t lanes, float value);

  /// Emits `for (i = begin; i < end; i += step)` with loop-carried `inits`;
  /// returns their final values. A loop of at most one constant iteration is
  /// emitted without a loop.
  llvm::SmallVector<mlir::Value>
  loop(mlir::Value begin, mlir::Value end, int64_t step, mlir::ValueRange inits,
       llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value,
                                                         mlir::ValueRange)>
           body);
};

} // namespace spiq::cpu

#endif // SPIQ_LIB_DIALECT_CPU_TRANSFORMS_KERNELS_KERNELBUILDER_H
