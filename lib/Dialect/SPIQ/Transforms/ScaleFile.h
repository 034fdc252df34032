//===- ScaleFile.h - Scales from a file -------------------------*- C++ -*-===//
//
// Reads the scales that a report of scale derivation holds.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALEFILE_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALEFILE_H

#include "QuantizationPlan.h"
#include "ScaleChooser.h"

namespace spiq {

/// Reads the scales of all channels of `plan` from `path`, a file as
/// `writeScaleReport` writes it; of its entries only `values` are read, and of
/// those `names`, `bits`, `scales` and `zero_points`. The entry with the same
/// names describes a value; of several values with the same names the first
/// belongs to the first entry, and so on.
///
/// Fails, after one diagnostic on `function`, on a file that cannot be read, an
/// entry without a value, a value without an entry, and scales that do not fit
/// the value.
llvm::FailureOr<llvm::SmallVector<ChannelQuantization, 0>>
readScaleFile(llvm::StringRef path, mlir::func::FuncOp function,
              const QuantizationPlan &plan,
              const ScaleChooser::Options &options);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALEFILE_H
