//===- ModelABI.h - The C interface of compiled models ----------*- C++ -*-===//
//
// Numbers of the C interface that code generation and the generated header
// share; the C declarations are in spiq/Runtime/ModelABI.h.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CODEGEN_MODELABI_H
#define SPIQ_CODEGEN_MODELABI_H

#include "mlir/IR/BuiltinTypes.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace spiq {

/// Alignment in bytes of the workspace that callers provide.
inline constexpr uint64_t kWorkspaceAlignment = 64;
/// Version of the descriptor's layout.
inline constexpr int32_t kModelABIVersion = 4;

/// Values of `spiq_type`.
enum class ABIType : int32_t { F32 = 0, I8 = 1, U8 = 2, I32 = 3, I64 = 4 };

/// Return values of the run function.
enum class ABIStatus : int32_t { OK = 0, Null = 1, Alignment = 2, CPU = 3 };

/// What the descriptor says about a tensor, apart from its name.
struct ABITensor {
  ABIType type = ABIType::F32;
  std::vector<int64_t> shape;
  uint64_t bytes = 0;
  unsigned elementBytes = 0;
  /// Dimension that the scales belong to; -1 for a per-tensor type.
  int32_t quantizedAxis = -1;
  /// Empty if the tensor is not quantized.
  std::vector<float> scales;
  std::vector<int32_t> zeroPoints;
};

/// Describes tensors of type `type`; none for element types that the interface
/// does not know.
std::optional<ABITensor> getABITensor(mlir::RankedTensorType type);

} // namespace spiq

#endif // SPIQ_CODEGEN_MODELABI_H
