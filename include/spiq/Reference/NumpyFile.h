//===- NumpyFile.h - Tensors in .npy files ----------------------*- C++ -*-===//
//
// Reads and writes tensors in NumPy's file format, version 1 and 2.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_REFERENCE_NUMPYFILE_H
#define SPIQ_REFERENCE_NUMPYFILE_H

#include "spiq/Reference/Tensor.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace spiq::reference {

/// Element types of files.
enum class NumpyType { F32, I8, U8, I32 };

/// Reads a little-endian, row-major array of float32, int8, uint8 or int32.
/// The error names the file and what is wrong with it.
llvm::Expected<Tensor> readNumpyFile(llvm::StringRef path);

/// Writes `tensor` with elements of `type`; nothing is left at `path` if
/// writing fails.
llvm::Error writeNumpyFile(llvm::StringRef path, const Tensor &tensor,
                           NumpyType type);

} // namespace spiq::reference

#endif // SPIQ_REFERENCE_NUMPYFILE_H
