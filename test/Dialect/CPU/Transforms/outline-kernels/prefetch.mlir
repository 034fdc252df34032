// RUN: spiq-opt %s --spiq-cpu-outline-kernels --canonicalize -split-input-file | FileCheck %s

// Weights of 64 KiB leave the first cache between two tiles: those of a later step,
// a line at a time, are asked for. What lies behind their end is no access.

// CHECK-LABEL: func.func @large(
// CHECK: scf.for
// CHECK: scf.for
// CHECK: arith.addi %[[STEP:.*]], %c8192 :
// CHECK: llvm.getelementptr
// CHECK: "llvm.intr.prefetch"(%{{.*}}) <{cache = 1 : i32, hint = 3 : i32, rw = 0 : i32}>
// CHECK: arith.addi %[[STEP]], %c8256 :
// CHECK: "llvm.intr.prefetch"
// CHECK-NOT: "llvm.intr.prefetch"
// CHECK: spiq_cpu.dot
func.func @large(%x: memref<1x1x4x2048xi8>, %w: memref<65536xi8>, %p: memref<64xi32>, %y: memref<1x1x4x32xi8>) {
  spiq_cpu.conv_2d ins(%x, %w, %p : memref<1x1x4x2048xi8>, memref<65536xi8>, memref<64xi32>)
    outs(%y : memref<1x1x4x32xi8>)
    {kernel = array<i64: 1, 1>, lanes = 16 : i64, pixels = 2 : i64, blocks = array<i64: 2>,
     parameters = #spiq_cpu.parameters<bias|multiplier>}
  return
}

// -----

// CHECK-LABEL: func.func @small(
// CHECK-NOT: llvm.intr.prefetch
func.func @small(%x: memref<1x1x4x1024xi8>, %w: memref<32768xi8>, %p: memref<64xi32>, %y: memref<1x1x4x32xi8>) {
  spiq_cpu.conv_2d ins(%x, %w, %p : memref<1x1x4x1024xi8>, memref<32768xi8>, memref<64xi32>)
    outs(%y : memref<1x1x4x32xi8>)
    {kernel = array<i64: 1, 1>, lanes = 16 : i64, pixels = 2 : i64, blocks = array<i64: 2>,
     parameters = #spiq_cpu.parameters<bias|multiplier>}
  return
}
