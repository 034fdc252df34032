//===- LayerLabels.h - Names of layers in generated code --------*- C++ -*-===//
//
// How functions of a compiled model say which layers they compute.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CODEGEN_LAYERLABELS_H
#define SPIQ_CODEGEN_LAYERLABELS_H

#include "llvm/ADT/StringRef.h"

namespace spiq {

/// Attribute of LLVM functions: the nodes of each layer that the function
/// computes, joined by `+`, one layer in a line.
inline constexpr llvm::StringLiteral kLayersAttr = "spiq-layers";

} // namespace spiq

#endif // SPIQ_CODEGEN_LAYERLABELS_H
