// REQUIRES: avx2
// RUN: rm -rf %t && mkdir %t
// RUN: spiq-compile %s --target=x86-64-v3 --emit=kernels -o %t/kernels.mlir
// RUN: FileCheck %s < %t/kernels.mlir
// RUN: spiq-compile %s --target=x86-64-v3 --name=net -o %t/avx2.so
// RUN: spiq-compile %s --target=x86-64-v2 --name=net -o %t/sse.so
// RUN: spiq-compile %s --target=x86-64-v2 --native=false --name=net -o %t/portable.so
// RUN: spiq-run %t/avx2.so --random=3 -o %t/avx2/
// RUN: spiq-run %t/sse.so --random=3 -o %t/sse/
// RUN: spiq-run %t/portable.so --random=3 -o %t/portable/
// RUN: cmp %t/avx2/output0.npy %t/portable/output0.npy
// RUN: cmp %t/sse/output0.npy %t/portable/output0.npy
// RUN: cmp %t/avx2/output1.npy %t/portable/output1.npy
// RUN: cmp %t/sse/output1.npy %t/portable/output1.npy

// Weights that reach the bounds of sums in 16 bits, alone, in pairs and after a
// split, on inputs that are all 255 (%high) and on random ones.

// CHECK-COUNT-2: pairs(

!x = !quant.uniform<u8:f32, 1.0>
!w = !quant.uniform<i8:f32, 0.01>
func.func @main(%x: tensor<1x6x6x16x!x>) -> (tensor<1x5x4x4x!x>, tensor<1x5x4x4x!x>) {
  %c1 = arith.constant dense<0> : tensor<16x1x1x16xi8>
  %b1 = arith.constant dense<1000000> : tensor<16xi32>
  %c2 = arith.constant dense<[[[[127, 1, 100, 28, 0, 0, 0, 0, -128, 0, -100, -28, 0, 0, 0, 0], [64, 0, -64, 0, 64, 0, -64, 0, 64, -64, 64, -64, 0, 64, -64, 64], [127, 127, 1, 1, 1, 0, -127, -128, 0, 0, 0, 0, 5, 5, 5, 5]],
                               [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1]]],
                              [[[-127, -1, -100, -28, 0, 0, 0, 0, 127, 1, 100, 28, 0, 0, 0, 0], [-64, 0, 64, 0, -64, 0, 64, 0, -64, 64, -64, 64, 0, -64, 64, -64], [-128, -128, -1, -1, 0, 0, 127, 127, 0, 0, 0, 0, 0, 0, 0, 0]],
                               [[127, 0, 127, 0, 1, 0, 1, 0, 126, 2, 2, 126, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]]],
                              [[[127, 1, 100, 28, 0, 0, 0, 0, 127, 1, 100, 28, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
                               [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]],
                              [[[-128, 0, 0, -128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
                               [[127, 0, 0, 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]]]> : tensor<4x2x3x16xi8>
  %b2 = arith.constant dense<1000> : tensor<4xi32>
  %w1 = quant.scast %c1 : tensor<16x1x1x16xi8> to tensor<16x1x1x16x!w>
  %w2 = quant.scast %c2 : tensor<4x2x3x16xi8> to tensor<4x2x3x16x!w>
  %high = spiq.conv_2d %x, %w1, %b1 : (tensor<1x6x6x16x!x>, tensor<16x1x1x16x!w>, tensor<16xi32>) -> tensor<1x6x6x16x!x>
  %y0 = spiq.conv_2d %high, %w2, %b2 : (tensor<1x6x6x16x!x>, tensor<4x2x3x16x!w>, tensor<4xi32>) -> tensor<1x5x4x4x!x>
  %y1 = spiq.conv_2d %x, %w2, %b2 : (tensor<1x6x6x16x!x>, tensor<4x2x3x16x!w>, tensor<4xi32>) -> tensor<1x5x4x4x!x>
  return %y0, %y1 : tensor<1x5x4x4x!x>, tensor<1x5x4x4x!x>
}
