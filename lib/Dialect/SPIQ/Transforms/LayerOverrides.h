//===- LayerOverrides.h - Choices for single layers -------------*- C++ -*-===//
//
// Bits, or float, for layers that the user names.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_LAYEROVERRIDES_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_LAYEROVERRIDES_H

#include "mlir/IR/Location.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <optional>
#include <string>

namespace spiq {

/// The choice for one layer; absent fields keep the network's setting.
struct LayerOverride {
  std::optional<unsigned> weightBits;
  /// Bits of the values that the layer reads.
  std::optional<unsigned> activationBits;
  bool isFloat = false;
};

/// The name that the first `NameLoc` in `loc` carries; empty if there is none.
llvm::StringRef getLocationName(mlir::Location loc);

/// Overrides by layer. An entry is `NAME=CHOICE`, where NAME is the name of the
/// operation's location or `#INDEX`, its position among the layers (operations
/// with weights) of the function, and CHOICE is `float` or `wBITS`, `aBITS` or
/// both, such as `w8a4`.
class LayerOverrides {
public:
  /// Adds `entry`; on a failure `error` says what is wrong with it.
  llvm::LogicalResult add(llvm::StringRef entry, std::string &error);

  /// Adds the entries of the file `path`, one a line; lines that are empty or
  /// begin with `//` are skipped.
  llvm::LogicalResult addFile(llvm::StringRef path, std::string &error);

  /// Applies the entries to the operations of `body`. Fails, after a
  /// diagnostic, if an entry names no operation.
  llvm::LogicalResult resolve(mlir::Operation *function);

  /// The choice for `op`.
  LayerOverride lookup(mlir::Operation *op) const {
    return operations.lookup(op);
  }

private:
  llvm::StringMap<LayerOverride> entries;
  llvm::DenseMap<mlir::Operation *, LayerOverride> operations;
};

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_LAYEROVERRIDES_H
