// REQUIRES: x86-64
// RUN: rm -rf %t && mkdir %t
// RUN: spiq-opt %s --spiq-split-rows | FileCheck %s
// RUN: spiq-compile %s --target=x86-64-v2 --name=net -o %t/native.so
// RUN: spiq-compile %s --target=x86-64-v2 --native=false --name=net -o %t/portable.so
// RUN: spiq-run %t/native.so --random=3 -o %t/native.npy
// RUN: spiq-run %t/native.so --random=3 --threads=2 -o %t/threads.npy
// RUN: spiq-run %t/portable.so --random=3 -o %t/portable.npy
// RUN: cmp %t/native.npy %t/portable.npy
// RUN: cmp %t/native.npy %t/threads.npy

// Two pairs of layers in two bands each compute what whole layers do, which the
// portable back end leaves whole.

// CHECK: tensor.insert_slice %{{.*}} into %{{.*}}[0, 0, 0, 0] [1, 24, 48, 64]
// CHECK: tensor.insert_slice %{{.*}} into %{{.*}}[0, 24, 0, 0] [1, 24, 48, 64]
// CHECK: tensor.insert_slice %{{.*}} into %{{.*}}[0, 0, 0, 0] [1, 24, 48, 256]
// CHECK: tensor.insert_slice %{{.*}} into %{{.*}}[0, 24, 0, 0] [1, 24, 48, 256]

!x = !quant.uniform<u8:f32, 1.0>
!m = !quant.uniform<u8:f32, 1.0:7>
!w1 = !quant.uniform<i8<-127:127>:f32, 0.02>
!w2 = !quant.uniform<i8<-127:127>:f32, 0.03>
!w3 = !quant.uniform<i8<-127:127>:f32, 0.006>
!w4 = !quant.uniform<i8<-127:127>:f32, 0.012>
func.func @main(%x: tensor<1x96x96x16x!x>) -> tensor<1x48x48x256x!m> {
  %c1 = arith.constant dense<3> : tensor<64x1x1x16xi8>
  %c2 = arith.constant dense<3> : tensor<64x3x3x1xi8>
  %c3 = arith.constant dense<3> : tensor<256x1x1x64xi8>
  %c4 = arith.constant dense<3> : tensor<256x5x5x1xi8>
  %w1 = quant.scast %c1 : tensor<64x1x1x16xi8> to tensor<64x1x1x16x!w1>
  %w2 = quant.scast %c2 : tensor<64x3x3x1xi8> to tensor<64x3x3x1x!w2>
  %w3 = quant.scast %c3 : tensor<256x1x1x64xi8> to tensor<256x1x1x64x!w3>
  %w4 = quant.scast %c4 : tensor<256x5x5x1xi8> to tensor<256x5x5x1x!w4>
  %b = arith.constant dense<1> : tensor<64xi32>
  %c = arith.constant dense<2> : tensor<256xi32>
  %1 = spiq.conv_2d %x, %w1, %b : (tensor<1x96x96x16x!x>, tensor<64x1x1x16x!w1>, tensor<64xi32>) -> tensor<1x96x96x64x!m>
  %2 = spiq.conv_2d %1, %w2, %b {groups = 64 : i64, strides = array<i64: 2, 2>, padding = array<i64: 1, 0, 1, 0>} : (tensor<1x96x96x64x!m>, tensor<64x3x3x1x!w2>, tensor<64xi32>) -> tensor<1x48x48x64x!m>
  %3 = spiq.conv_2d %2, %w3, %c : (tensor<1x48x48x64x!m>, tensor<256x1x1x64x!w3>, tensor<256xi32>) -> tensor<1x48x48x256x!m>
  %4 = spiq.conv_2d %3, %w4, %c {groups = 256 : i64, padding = array<i64: 2, 2, 2, 2>} : (tensor<1x48x48x256x!m>, tensor<256x5x5x1x!w4>, tensor<256xi32>) -> tensor<1x48x48x256x!m>
  return %4 : tensor<1x48x48x256x!m>
}
