//===- Parallelism.h - Work that threads can share --------------*- C++ -*-===//
//
// How loops and calls say that their iterations may run at the same time.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CODEGEN_PARALLELISM_H
#define SPIQ_CODEGEN_PARALLELISM_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Operation.h"

namespace spiq {

/// Marks an `scf.for` whose iterations may run in any order and at the same
/// time.
inline constexpr llvm::StringLiteral kParallelAttr = "spiq.parallel";
/// On a call: its last two arguments are the first of and the end of a range of
/// work units, and the value of the attribute is the number of all units. Calls
/// for disjoint ranges may run at the same time.
inline constexpr llvm::StringLiteral kWorkUnitsAttr = "spiq.work_units";
/// On a call with work units: an estimate of the cycles that all units take.
inline constexpr llvm::StringLiteral kCyclesAttr = "spiq.cycles";
/// Marks the function that runs the model with a parallel loop of the caller,
/// which is its last parameter.
inline constexpr llvm::StringLiteral kParallelEntryAttr = "spiq.parallel_entry";

/// Writes both attributes to `call`.
inline void setWorkUnits(mlir::Operation *call, int64_t units, int64_t cycles) {
  mlir::Builder builder(call->getContext());
  call->setAttr(kWorkUnitsAttr, builder.getI64IntegerAttr(units));
  call->setAttr(kCyclesAttr, builder.getI64IntegerAttr(cycles));
}

} // namespace spiq

#endif // SPIQ_CODEGEN_PARALLELISM_H
