//===- Passes.td - Passes on the spiq_cpu dialect ----------*- tablegen -*-===//
//
// Declares the passes that turn kernels into loops and instructions.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_CPU_TRANSFORMS_PASSES_TD
#define SPIQ_DIALECT_CPU_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def OutlineKernelsPass : Pass<"spiq-cpu-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "Turn kernels on buffers into functions of loops";
  let description = [{
    Replaces every kernel operation by a call of a private function that
    computes it with loops over register tiles. Kernels that differ only in the
    buffers they use, as the repeated layers of a residual network do, share one
    function. The loops are made of `scf`, `vector`, `arith` and the register
    operations of the dialect.
  }];
  let dependentDialects = ["::mlir::func::FuncDialect",
                           "::mlir::LLVM::LLVMDialect"];
  let statistics = [
    Statistic<"numKernels", "kernels", "Number of kernel operations replaced">,
    Statistic<"numFunctions", "functions", "Number of functions created">
  ];
}

def LowerRegisterOpsPass : Pass<"spiq-cpu-lower-register-ops"> {
  let summary = "Expand register operations for an instruction set";
  let description = [{
    Expands `spiq_cpu.dot` and `spiq_cpu.pack` to the instructions of the target,
    and `spiq_cpu.unpack` to a shift and a mask. `spiq_cpu.dot_pair` becomes
    `pmaddubsw`, `paddw` and `pmaddwd` for the sets of the first row, whose sums
    its operands keep from saturating, and two `spiq_cpu.dot` for others:

    | `isa` | dot | pack |
    |-------|-----|------|
    | `sse4.1`, `avx2`, `avx512-bw` | `pmaddwd` of even and odd bytes, widened to 16 bits | `packssdw`, `packuswb` |
    | `avx-vnni`, `avx512-vnni` | `vpdpbusd` | `vpackssdw`, `vpackuswb` |
    | `neon` | `smull`, `addp`, `sadalp` | `sqxtn` |
    | `dotprod` | `sdot` | `sqxtn` |
    | `i8mm` | `usdot`, `sdot` | `sqxtn`, `sqxtun` |
    | `generic` | widening multiply and add | clamp, shuffle, truncate |

    All expansions compute the same integers. Operations whose width or
    signedness the instruction set does not know take the generic expansion.
  }];
  let options = [
    Option<"isa", "isa", "std::string", "\"generic\"", "Instruction set">
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::vector::VectorDialect",
                           "::mlir::arith::ArithDialect"];
}

#endif // SPIQ_DIALECT_CPU_TRANSFORMS_PASSES_TD
