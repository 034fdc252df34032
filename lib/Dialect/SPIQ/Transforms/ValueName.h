//===- ValueName.h - Names of values ----------------------------*- C++ -*-===//
//
// How values inside of a network are called in reports.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_VALUENAME_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_VALUENAME_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"

namespace spiq {

/// Begins the names of results that `spiq-expose-layers` adds.
constexpr llvm::StringLiteral exposedPrefix = "layer:";

/// The name of the value that an operation at `loc` produces: of the operations
/// that were merged, the last one computes it. Empty if the location has no
/// name.
inline llvm::StringRef getValueName(mlir::Location loc) {
  llvm::StringRef name;
  loc->walk([&](mlir::Location part) {
    if (auto nameLoc = mlir::dyn_cast<mlir::NameLoc>(part))
      name = nameLoc.getName();
    return mlir::WalkResult::advance();
  });
  return name;
}

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_VALUENAME_H
