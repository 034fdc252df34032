// A quantized network goes to LLVM dialect in one step, or in its parts.

// RUN: spiq-opt %s --spiq-quantize \
// RUN:   --spiq-to-llvm="target=x86-64-v4 name=net" \
// RUN:   | FileCheck %s --implicit-check-not=spiq.conv_2d
// RUN: spiq-opt %s --spiq-quantize \
// RUN:   --spiq-lower-to-kernels=target=x86-64-v4 \
// RUN:   --spiq-lower-to-llvm="target=x86-64-v4 name=net" \
// RUN:   -o %t.parts.mlir
// RUN: spiq-opt %s --spiq-quantize \
// RUN:   --spiq-to-llvm="target=x86-64-v4 name=net" -o %t.mlir
// RUN: diff %t.mlir %t.parts.mlir
// RUN: spiq-opt %s --spiq-quantize \
// RUN:   --spiq-to-llvm="target=x86-64-v4 name=net native=false threads=1" \
// RUN:   | FileCheck %s --check-prefix=PORTABLE --implicit-check-not=parallel
// RUN: not spiq-opt %s --spiq-to-llvm=target=z80 2>&1 \
// RUN:   | FileCheck %s --check-prefix=TARGET

// CHECK: llvm.call_intrinsic "llvm.x86.avx512
// CHECK: llvm.func @net_run(
// CHECK: llvm.func @net_run_parallel(
// PORTABLE-NOT: llvm.x86
// PORTABLE: llvm.func @net_run(
// TARGET: z80

func.func @net(%x: tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32> {
  %w = arith.constant dense<0.5> : tensor<4x1x1x4xf32>
  %b = arith.constant dense<0.0> : tensor<4xf32>
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x8x8x4xf32>, tensor<4x1x1x4xf32>, tensor<4xf32>)
      -> tensor<1x8x8x4xf32>
  return %0 : tensor<1x8x8x4xf32>
}
