//===- Signature.h - Inputs and outputs of a model --------------*- C++ -*-===//
//
// Access to `spiq.signature`, the record of a model's inputs and outputs, and
// to the entry function that carries it.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CODEGEN_SIGNATURE_H
#define SPIQ_CODEGEN_SIGNATURE_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

#include <string>

namespace spiq {

/// One input or output of a model. The element type of `type` is a float,
/// integer or quantized type.
struct TensorSignature {
  std::string name;
  mlir::RankedTensorType type;
};

/// All inputs and outputs of a model, in the order of the C interface.
struct ModelSignature {
  llvm::SmallVector<TensorSignature> inputs;
  llvm::SmallVector<TensorSignature> outputs;

  /// Reads the signature of `function`; fails silently if it has none.
  static mlir::FailureOr<ModelSignature> get(mlir::Operation *function);
  /// Writes the signature to `function`.
  void set(mlir::Operation *function) const;
};

/// Name of the attribute that holds the signature.
inline constexpr llvm::StringLiteral kSignatureAttr = "spiq.signature";
/// Argument and result attribute with the name of a tensor.
inline constexpr llvm::StringLiteral kNameAttr = "spiq.name";
/// Argument and result attribute: the bytes of the tensor are unsigned.
inline constexpr llvm::StringLiteral kUnsignedAttr = "spiq.unsigned";
/// Function attribute with the bytes of workspace that a function needs.
inline constexpr llvm::StringLiteral kWorkspaceBytesAttr =
    "spiq.workspace_bytes";
/// Argument attribute that marks the workspace.
inline constexpr llvm::StringLiteral kWorkspaceAttr = "spiq.workspace";
/// Module attribute that describes the times that runs record.
inline constexpr llvm::StringLiteral kProfileAttr = "spiq.profile";

/// The function that runs the model: the one with a signature or else the only
/// public function with a body. Reports an error if there is no such function.
mlir::FailureOr<mlir::FunctionOpInterface>
findEntryFunction(mlir::ModuleOp module);

} // namespace spiq

#endif // SPIQ_CODEGEN_SIGNATURE_H
