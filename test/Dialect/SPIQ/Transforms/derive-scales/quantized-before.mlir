// RUN: spiq-opt %s -spiq-derive-scales | FileCheck %s

!x = !quant.uniform<u8:f32, 0.5:128>

// What is quantized in the network already keeps its scale: the input, also once
// it is pooled. The result of the layer has none yet.
// CHECK-LABEL: @quantized_before
// CHECK-COUNT-1: quant.qcast
// CHECK: %[[D:.*]] = quant.dcast
// CHECK-NEXT: %[[P:.*]] = spiq.max_pool_2d %[[D]]
// CHECK-NEXT: %[[Y:.*]] = spiq.conv_2d %[[P]], %{{[^ ]*}}, %{{[^ ]*}} :
// CHECK: quant.qcast %[[Y]] : {{.*}} to tensor<1x2x2x2x!u8x2_>
// CHECK: spiq.conv_2d
// CHECK-NOT: quant.qcast
func.func @quantized_before(%x: tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32> {
  %w = arith.constant dense<[[[[0.5, 1.0]]], [[[1.0, -0.25]]]]> : tensor<2x1x1x2xf32>
  %b = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = quant.qcast %x : tensor<1x4x4x2xf32> to tensor<1x4x4x2x!x>
  %1 = quant.dcast %0 : tensor<1x4x4x2x!x> to tensor<1x4x4x2xf32>
  %2 = spiq.max_pool_2d %1 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>} : (tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32>
  %3 = spiq.conv_2d %2, %w, %b : (tensor<1x2x2x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %4 = spiq.conv_2d %3, %w, %b : (tensor<1x2x2x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  return %4 : tensor<1x2x2x2xf32>
}
