//===- SPIQTypes.td - Type constraints of the SPIQ dialect -*- tablegen -*-===//
//
// Declares the operand constraints shared by the operations. The dialect
// defines no types: it uses builtin tensors with float or quantized elements.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_IR_SPIQTYPES_TD
#define SPIQ_DIALECT_SPIQ_IR_SPIQTYPES_TD

include "mlir/IR/CommonTypeConstraints.td"
include "mlir/IR/CommonAttrConstraints.td"

def SPIQ_QuantizedByte : Type<
    CPred<"::spiq::isQuantizedByte($_self)">,
    "uniform quantized type with 8-bit storage, f32 expressed type and "
    "positive finite scales">;

def SPIQ_Element : AnyTypeOf<[F32, SPIQ_QuantizedByte]>;

class SPIQ_StaticTensorOf<list<Type> elements, string description>
    : Type<
        And<[RankedTensorOf<elements>.predicate,
             CPred<"::spiq::isComputableShape("
               "::llvm::cast<::mlir::ShapedType>($_self).getShape())">]>,
        description, "::mlir::RankedTensorType">;

/// Any activation: a static tensor whose last dimension is the channel. Tensors
/// without elements and of 2^31 elements or more are rejected here, so that no
/// computation on sizes overflows or divides by zero.
def SPIQ_Tensor : SPIQ_StaticTensorOf<[SPIQ_Element],
    "statically shaped, non-empty tensor of f32 or quantized 8-bit values">;

class SPIQ_TensorOfRank<int rank, string shape> : Type<
    And<[SPIQ_Tensor.predicate,
         CPred<"::llvm::cast<::mlir::ShapedType>($_self).getRank() == " # rank>]>,
    "statically shaped, non-empty " # shape #
    " tensor of f32 or quantized 8-bit values", "::mlir::RankedTensorType">;

def SPIQ_Image : SPIQ_TensorOfRank<4, "N x H x W x C">;
def SPIQ_Filter : SPIQ_TensorOfRank<4, "O x KH x KW x I/groups">;
def SPIQ_Matrix : SPIQ_TensorOfRank<2, "N x C">;

def SPIQ_FloatTensor : SPIQ_StaticTensorOf<[F32],
    "statically shaped, non-empty tensor of f32 values">;

def SPIQ_FloatVector : Type<
    And<[SPIQ_FloatTensor.predicate,
         CPred<"::llvm::cast<::mlir::ShapedType>($_self).getRank() == 1">]>,
    "f32 tensor with one value per channel", "::mlir::RankedTensorType">;

def SPIQ_Bias : Type<
    And<[SPIQ_StaticTensorOf<[F32, I32], "">.predicate,
         CPred<"::llvm::cast<::mlir::ShapedType>($_self).getRank() == 1">]>,
    "f32 or i32 tensor with one value per output channel",
    "::mlir::RankedTensorType">;

#endif // SPIQ_DIALECT_SPIQ_IR_SPIQTYPES_TD
