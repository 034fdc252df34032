//===- ChannelNormalization.h - Values divided by their largest -*- C++ -*-===//
//
// Recognizes vectors of channels that are divided by their largest magnitude.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_CHANNELNORMALIZATION_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_CHANNELNORMALIZATION_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace spiq {

/// Whether `op` finds the largest magnitude along the last dimension, and
/// perhaps others: the maximum of the absolute values and a positive constant.
bool isMagnitude(mlir::linalg::ReduceOp op);

/// `value / broadcast(magnitude)`, where the magnitude is that of `value`: no
/// element exceeds one, and one reaches it unless all are tiny.
struct ChannelNormalization {
  mlir::Value value;
  mlir::linalg::ReduceOp magnitude;
};

/// The normalization that computes `value`; none if it is anything else.
std::optional<ChannelNormalization>
matchChannelNormalization(mlir::Value value);

/// Whether `op` is part of a normalization, scales what is normalized,
/// multiplies a result with the magnitude again, or adds to that product: work
/// on vectors that stays f32 on purpose.
bool servesNormalization(mlir::Operation *op);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_CHANNELNORMALIZATION_H
