//===- Folding.h - Evaluation of constant operands --------------*- C++ -*-===//
//
// Helpers of the folders: elementwise evaluation of f32 constants and
// recognition of neutral elements.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_IR_FOLDING_H
#define SPIQ_LIB_DIALECT_SPIQ_IR_FOLDING_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <optional>

namespace spiq {

/// Largest constant that folding creates; larger ones would only bloat the IR.
constexpr int64_t maxFoldedElements = 1 << 16;

/// Whether `attr` is an f32 constant whose values are all `value`.
bool isSplatOf(mlir::Attribute attr, float value);

/// Limits `value` as a fused clamp does; NaN passes.
float clampValue(float value, std::optional<float> min,
                 std::optional<float> max);

/// The constant `function(x, channel)` of each value `x` of the f32 constant
/// `input`; null if `input` is no constant of at most `maxFoldedElements`.
mlir::Attribute foldUnary(mlir::Attribute input, mlir::Type resultType,
                          llvm::function_ref<float(float, int64_t)> function);

/// The constant `function(l, r)` of the f32 constants `lhs` and `rhs`, which
/// have the same rank, with sizes of one broadcast; null if either is no
/// constant or the result has more than `maxFoldedElements`.
mlir::Attribute foldBinary(mlir::Attribute lhs, mlir::Attribute rhs,
                           mlir::Type resultType,
                           llvm::function_ref<float(float, float)> function);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_IR_FOLDING_H
