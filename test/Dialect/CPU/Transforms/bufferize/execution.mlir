// REQUIRES: x86-64
// RUN: rm -rf %t && mkdir %t
// RUN: spiq-compile %s --target=x86-64-v2 --name=net -o %t/native.so
// RUN: spiq-compile %s --target=x86-64-v2 --native=false --name=net -o %t/portable.so
// RUN: spiq-run %t/native.so --random=3 -o %t/native/
// RUN: spiq-run %t/portable.so --random=3 -o %t/portable/
// RUN: cmp %t/native/output0.npy %t/portable/output0.npy
// RUN: cmp %t/native/output1.npy %t/portable/output1.npy
// RUN: cmp %t/native/output2.npy %t/portable/output2.npy

// Layers that read every other channel, or a window of half of the channels.

!x = !quant.uniform<u8:f32, 1.0>
!w = !quant.uniform<i8<-127:127>:f32, 0.05>
func.func @main(%x: tensor<1x6x6x16x!x>) -> (tensor<1x6x6x4x!x>, tensor<1x4x4x4x!x>, tensor<1x4x4x8x!x>) {
  %c1 = arith.constant dense<[[[[1, 2, -3, 4, 5, -6, 7, 8]]], [[[8, 7, 6, -5, 4, 3, -2, 1]]], [[[1, 1, 2, 2, 3, 3, 4, 4]]], [[[9, -9, 5, 5, 3, 3, 2, 2]]]]> : tensor<4x1x1x8xi8>
  %c2 = arith.constant dense<1> : tensor<4x3x3x8xi8>
  %c3 = arith.constant dense<3> : tensor<8x3x3x1xi8>
  %w1 = quant.scast %c1 : tensor<4x1x1x8xi8> to tensor<4x1x1x8x!w>
  %w2 = quant.scast %c2 : tensor<4x3x3x8xi8> to tensor<4x3x3x8x!w>
  %w3 = quant.scast %c3 : tensor<8x3x3x1xi8> to tensor<8x3x3x1x!w>
  %b4 = arith.constant dense<1> : tensor<4xi32>
  %b8 = arith.constant dense<1> : tensor<8xi32>
  %s = quant.scast %x : tensor<1x6x6x16x!x> to tensor<1x6x6x16xi8>
  %even = tensor.extract_slice %s[0, 0, 0, 0] [1, 6, 6, 8] [1, 1, 1, 2] : tensor<1x6x6x16xi8> to tensor<1x6x6x8xi8>
  %odd = tensor.extract_slice %s[0, 0, 0, 1] [1, 6, 6, 8] [1, 1, 1, 2] : tensor<1x6x6x16xi8> to tensor<1x6x6x8xi8>
  %half = tensor.extract_slice %s[0, 0, 0, 8] [1, 6, 6, 8] [1, 1, 1, 1] : tensor<1x6x6x16xi8> to tensor<1x6x6x8xi8>
  %xe = quant.scast %even : tensor<1x6x6x8xi8> to tensor<1x6x6x8x!x>
  %xo = quant.scast %odd : tensor<1x6x6x8xi8> to tensor<1x6x6x8x!x>
  %xh = quant.scast %half : tensor<1x6x6x8xi8> to tensor<1x6x6x8x!x>
  %y0 = spiq.conv_2d %xe, %w1, %b4 : (tensor<1x6x6x8x!x>, tensor<4x1x1x8x!w>, tensor<4xi32>) -> tensor<1x6x6x4x!x>
  %y1 = spiq.conv_2d %xh, %w2, %b4 : (tensor<1x6x6x8x!x>, tensor<4x3x3x8x!w>, tensor<4xi32>) -> tensor<1x4x4x4x!x>
  %y2 = spiq.conv_2d %xo, %w3, %b8 {groups = 8 : i64} : (tensor<1x6x6x8x!x>, tensor<8x3x3x1x!w>, tensor<8xi32>) -> tensor<1x4x4x8x!x>
  return %y0, %y1, %y2 : tensor<1x6x6x4x!x>, tensor<1x4x4x4x!x>, tensor<1x4x4x8x!x>
}
