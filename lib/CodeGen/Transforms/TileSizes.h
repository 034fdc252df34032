//===- TileSizes.h - Register tiles of linalg operations --------*- C++ -*-===//
//
// Chooses the tile of a loop nest from shapes and the register file.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CODEGEN_TRANSFORMS_TILESIZES_H
#define SPIQ_LIB_CODEGEN_TRANSFORMS_TILESIZES_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <optional>

namespace spiq {

/// The vector registers of a target.
struct RegisterFile {
  unsigned vectorBits = 128;
  unsigned count = 16;

  /// Lanes of 32 bits, the width of accumulators.
  int64_t getLanes() const { return vectorBits / 32; }
};

/// The loop of `op` that runs along the innermost dimension of the result;
/// none if the result has no dimensions.
std::optional<unsigned> getVectorLoop(mlir::linalg::GenericOp op);

/// Whether an operand of the reduction `op` is shared by all lanes of a vector
/// along `getVectorLoop`, as in convolutions and matrix products. Such an
/// operation gains from tiles of several vectors in both directions.
bool isBroadcastReduction(mlir::linalg::GenericOp op);

/// How to tile a loop nest.
struct TileSizes {
  /// One size per loop; 0 leaves a loop whole.
  llvm::SmallVector<int64_t> sizes;
  /// Order of the loops, outermost first.
  llvm::SmallVector<int64_t> interchange;
};

/// Chooses the tile of `root`, into which `group` (which contains `root`) is
/// fused.
TileSizes chooseTileSizes(mlir::linalg::GenericOp root,
                          llvm::ArrayRef<mlir::linalg::GenericOp> group,
                          const RegisterFile &registers);

} // namespace spiq

#endif // SPIQ_LIB_CODEGEN_TRANSFORMS_TILESIZES_H
