//===- TileVectorizer.h - Vectors from a linalg tile ------------*- C++ -*-===//
//
// Rewrites one linalg operation on small tensors with vectors of one dimension.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CODEGEN_TRANSFORMS_TILEVECTORIZER_H
#define SPIQ_LIB_CODEGEN_TRANSFORMS_TILEVECTORIZER_H

#include "TileSizes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/DenseMap.h"

namespace spiq {

/// The number of vectors that the result of `op` consists of; none if `op`
/// cannot be vectorized.
std::optional<int64_t> countVectors(mlir::linalg::GenericOp op,
                                    const RegisterFile &registers);

/// The vectors that tensors were written from, so that operations behind read
/// the vectors instead of the tensor.
class VectorForwarding {
public:
  /// Remembers that `tensor` holds `vector` from `position` on, along its last
  /// dimension.
  void record(mlir::Value tensor, llvm::ArrayRef<int64_t> position,
              mlir::Value vector);
  /// The vector of `width` elements at `position` of `tensor`; null if it is
  /// not known.
  mlir::Value lookup(mlir::Value tensor, llvm::ArrayRef<int64_t> position,
                     int64_t width) const;

private:
  struct Entry {
    llvm::SmallVector<int64_t> position;
    mlir::Value vector;
  };
  llvm::DenseMap<mlir::Value, llvm::SmallVector<Entry>> entries;
};

/// Replaces `op`, for which `countVectors` has a value, by vector code. Takes
/// what it can from `forwarding` and adds the vectors of the result. The result
/// is written by a single operation.
void vectorizeTile(mlir::RewriterBase &rewriter, mlir::linalg::GenericOp op,
                   const RegisterFile &registers, VectorForwarding &forwarding);

} // namespace spiq

#endif // SPIQ_LIB_CODEGEN_TRANSFORMS_TILEVECTORIZER_H
