//===- CHeader.h - The header of a compiled model ---------------*- C++ -*-===//
//
// Writes the C declarations of a compiled model.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CODEGEN_CHEADER_H
#define SPIQ_CODEGEN_CHEADER_H

#include "spiq/CodeGen/Signature.h"

#include "llvm/Support/raw_ostream.h"

namespace spiq {

/// A name for C functions made from any text: letters, digits and underscores,
/// not starting with a digit, never empty.
std::string toCIdentifier(llvm::StringRef text);

/// Writes a self-contained C99 and C++ header that declares the model `name`
/// (a C identifier), documents its tensors and defines the descriptor's types.
/// `isParallel`: the model has a parallel run function.
void writeCHeader(llvm::raw_ostream &os, llvm::StringRef name,
                  const ModelSignature &signature, uint64_t workspaceBytes,
                  bool isParallel, llvm::StringRef target);

} // namespace spiq

#endif // SPIQ_CODEGEN_CHEADER_H
