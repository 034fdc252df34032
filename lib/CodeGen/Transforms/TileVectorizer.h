//===- TileVectorizer.h - Vectors from a linalg tile ------------*- C++ -*-===//
//
// Rewrites one linalg operation on small tensors with vectors of one dimension.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CODEGEN_TRANSFORMS_TILEVECTORIZER_H
#define SPIQ_LIB_CODEGEN_TRANSFORMS_TILEVECTORIZER_H

#include "TileSizes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace spiq {

/// The number of vectors that the result of `op` consists of; none if `op`
/// cannot be vectorized.
std::optional<int64_t> countVectors(mlir::linalg::GenericOp op,
                                    const RegisterFile &registers);

/// Replaces `op`, for which `countVectors` has a value, by vector code.
void vectorizeTile(mlir::RewriterBase &rewriter, mlir::linalg::GenericOp op,
                   const RegisterFile &registers);

} // namespace spiq

#endif // SPIQ_LIB_CODEGEN_TRANSFORMS_TILEVECTORIZER_H
