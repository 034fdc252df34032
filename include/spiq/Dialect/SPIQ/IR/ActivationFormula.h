//===- ActivationFormula.h - Activations in few operations ------*- C++ -*-===//
//
// The operations by which layers compute a fused activation, as
// `#spiq.activation` lists them.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_IR_ACTIVATIONFORMULA_H
#define SPIQ_DIALECT_SPIQ_IR_ACTIVATIONFORMULA_H

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

namespace spiq {

/// Coefficients of the polynomial `q(u)`, lowest degree first, whose eighth
/// power is close to 1 / (1 + exp(u)) for u from 0 to `logisticLimit`. Found by
/// iteratively reweighted least squares.
constexpr float logisticRoot[] = {0.917141f, -0.0577158f, -0.0135545f,
                                  0.00270902f, -0.000149317f};
constexpr float logisticLimit = 10.0f;

/// Creates the operations of `activation` for `x`, an f32 number or vector.
/// `slope` has the type of `x`; it is present if the activation has slopes.
mlir::Value createActivation(mlir::OpBuilder &builder, mlir::Location loc,
                             ActivationAttr activation, mlir::Value x,
                             mlir::Value slope);

/// The same for all of `values`, which are of one type and replaced by the
/// results. `slopes` are as many, or none if the activation has no slopes.
/// Operations of different values alternate; `afterStep`, if given, is called
/// with intermediate results of all and may replace them by equal ones.
void createActivations(
    mlir::OpBuilder &builder, mlir::Location loc, ActivationAttr activation,
    llvm::MutableArrayRef<mlir::Value> values,
    llvm::ArrayRef<mlir::Value> slopes,
    llvm::function_ref<void(llvm::MutableArrayRef<mlir::Value>)> afterStep);

} // namespace spiq

#endif // SPIQ_DIALECT_SPIQ_IR_ACTIVATIONFORMULA_H
