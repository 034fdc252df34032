// RUN: spiq-opt %s --spiq-cpu-outline-kernels | FileCheck %s

// Twelve vectors of weights and four accumulators fit the registers: nothing
// keeps LLVM from loading the weights in front of the loop over tiles.

// CHECK-LABEL: func.func @keep(
// CHECK: call @[[KEEP:[a-z0-9_]+]](
func.func @keep(%x: memref<1x10x10x64xi8>, %w: memref<768xi8>, %p: memref<128xi32>, %y: memref<1x8x8x64xi8>) {
  spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : memref<1x10x10x64xi8>, memref<768xi8>, memref<128xi32>)
         outs(%y : memref<1x8x8x64xi8>)
         {kernel = array<i64: 3, 3>, rows = 1 : i64, columns = 1 : i64, blocks = array<i64: 16>,
          pieces = array<i64: 1>, parameters = #spiq_cpu.parameters<bias|multiplier>}
  return
}

// Forty do not: the offsets of weights and parameters are hidden in the loop.

// CHECK-LABEL: func.func @reload(
// CHECK: call @[[RELOAD:[a-z0-9_]+]](
func.func @reload(%x: memref<1x12x12x64xi8>, %w: memref<2560xi8>, %p: memref<128xi32>, %y: memref<1x8x8x64xi8>) {
  spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : memref<1x12x12x64xi8>, memref<2560xi8>, memref<128xi32>)
         outs(%y : memref<1x8x8x64xi8>)
         {kernel = array<i64: 5, 5>, rows = 1 : i64, columns = 1 : i64, blocks = array<i64: 16>,
          pieces = array<i64: 1>, parameters = #spiq_cpu.parameters<bias|multiplier>}
  return
}

// Two rows of outputs share them: they are hidden for each of six input rows.

// CHECK-LABEL: func.func @reload_for_rows(
// CHECK: call @[[ROWS:[a-z0-9_]+]](
func.func @reload_for_rows(%x: memref<1x12x12x64xi8>, %w: memref<2560xi8>, %p: memref<128xi32>, %y: memref<1x8x8x64xi8>) {
  spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : memref<1x12x12x64xi8>, memref<2560xi8>, memref<128xi32>)
         outs(%y : memref<1x8x8x64xi8>)
         {kernel = array<i64: 5, 5>, rows = 2 : i64, columns = 1 : i64, blocks = array<i64: 16>,
          pieces = array<i64: 1>, parameters = #spiq_cpu.parameters<bias|multiplier>}
  return
}

// CHECK: func.func private @[[KEEP]](
// CHECK-NOT: inline_asm
// CHECK: func.func private @[[RELOAD]](
// CHECK: scf.for
// CHECK: scf.for
// CHECK-COUNT-2: llvm.inline_asm has_side_effects "", "=r,0"
// CHECK-NOT: inline_asm
// CHECK: func.func private @[[ROWS]](
// CHECK-COUNT-8: llvm.inline_asm has_side_effects "", "=r,0"
// CHECK-NOT: inline_asm
