//===- CPUDialect.td - The spiq_cpu dialect ----------------*- tablegen -*-===//
//
// Declares the dialect of native kernels.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_CPU_IR_CPUDIALECT_TD
#define SPIQ_DIALECT_CPU_IR_CPUDIALECT_TD

include "mlir/IR/DialectBase.td"

def CPU_Dialect : Dialect {
  let name = "spiq_cpu";
  let cppNamespace = "::spiq::cpu";
  let summary = "Scheduled int8 kernels for CPUs with dot-product instructions";
  let description = [{
    The layers of a quantized network after every choice about their execution
    has been made: storage is bytes as the dot instruction reads them, weights are
    packed for it, per-channel parameters are laid out as the registers read
    them, and attributes state the register tile.

    Two levels live here. *Kernels* (`conv_2d`, ...) are destination-style
    operations on byte tensors, or buffers after bufferization; each becomes one
    function of loops. *Register operations* (`dot`, `pack`) are what those
    loops consist of; they are independent of the instruction set and are
    expanded to the instructions of the target last.

    **Channel order.** A vector has `L` lanes of 32 bits. Output channels are
    split into blocks of one or more vectors. In a block of four vectors,
    position `(z, l)` holds channel `16 * (l / 4) + 4 * z + l % 4` of the block:
    in this order four accumulators become one vector of bytes in channel order
    by saturating packs within 128-bit lanes. In all other blocks it holds
    channel `L * z + l`. Weights and parameters are stored in this order.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect", "::spiq::SPIQDialect"
  ];
  let useDefaultAttributePrinterParser = 1;
}

#endif // SPIQ_DIALECT_CPU_IR_CPUDIALECT_TD
