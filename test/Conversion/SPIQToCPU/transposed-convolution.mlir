// RUN: spiq-opt %s -convert-spiq-to-cpu=isa=sse4.1 -canonicalize -split-input-file | FileCheck %s

!x = !quant.uniform<u8:f32, 1.0:10>
!w = !quant.uniform<i8<-127:127>:f32, 1.0>

// Even columns read their left and right neighbours with the taps 2 and 0, odd
// columns one pixel with tap 1. The zero points that the other taps multiply are
// in the bias: 100 + 10 * 20 and 100 + 10 * (10 + 30).
// CHECK-LABEL: func.func @phases(
// CHECK-DAG: arith.constant dense<[300, 0, 0, 0, {{.*}}> : tensor<8xi32>
// CHECK-DAG: arith.constant dense<[500, 0, 0, 0, {{.*}}> : tensor<8xi32>
// CHECK-DAG: arith.constant dense<[30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, {{.*}}> : tensor<32xi8>
// CHECK: %[[BYTES:.*]] = quant.scast %{{.*}} to tensor<1x1x4x4xi8>
// CHECK: %[[PADDED:.*]] = tensor.insert_slice %[[BYTES]] into %{{.*}}[0, 0, 1, 0] [1, 1, 4, 4] [1, 1, 1, 1] : tensor<1x1x4x4xi8> into tensor<1x1x6x4xi8>
// CHECK: %[[EVEN:.*]] = spiq_cpu.conv_2d ins(%[[PADDED]],
// CHECK-SAME: kernel = array<i64: 1, 2>
// CHECK: %[[HALF:.*]] = tensor.insert_slice %[[EVEN]] into %{{.*}}[0, 0, 0, 0] [1, 1, 5, 1] [1, 1, 2, 1] : tensor<1x1x5x1xf32> into tensor<1x1x9x1xf32>
// CHECK: %[[ODD:.*]] = spiq_cpu.conv_2d ins(%[[BYTES]],
// CHECK-SAME: kernel = array<i64: 1, 1>
// CHECK: %[[ALL:.*]] = tensor.insert_slice %[[ODD]] into %[[HALF]][0, 0, 1, 0] [1, 1, 4, 1] [1, 1, 2, 1] : tensor<1x1x4x1xf32> into tensor<1x1x9x1xf32>
// CHECK: return %[[ALL]]
func.func @phases(%x: tensor<1x1x4x4x!x>) -> tensor<1x1x9x1xf32> {
  %bytes = arith.constant dense<[[[[10, 0, 0, 0], [20, 0, 0, 0], [30, 0, 0, 0]]]]> : tensor<1x1x3x4xi8>
  %w = quant.scast %bytes : tensor<1x1x3x4xi8> to tensor<1x1x3x4x!w>
  %b = arith.constant dense<100> : tensor<1xi32>
  %y = spiq.transposed_conv_2d %x, %w, %b {strides = array<i64: 1, 2>} : (tensor<1x1x4x4x!x>, tensor<1x1x3x4x!w>, tensor<1xi32>) -> tensor<1x1x9x1xf32>
  return %y : tensor<1x1x9x1xf32>
}

// -----

!x = !quant.uniform<u8:f32, 1.0:10>
!w = !quant.uniform<i8<-127:127>:f32, 1.0>

// Odd columns have no inputs.
// CHECK-LABEL: func.func @left_alone(
// CHECK: spiq.transposed_conv_2d
func.func @left_alone(%x: tensor<1x1x4x4x!x>) -> tensor<1x1x7x1xf32> {
  %bytes = arith.constant dense<1> : tensor<1x1x1x4xi8>
  %w = quant.scast %bytes : tensor<1x1x1x4xi8> to tensor<1x1x1x4x!w>
  %b = arith.constant dense<100> : tensor<1xi32>
  %y = spiq.transposed_conv_2d %x, %w, %b {strides = array<i64: 1, 2>} : (tensor<1x1x4x4x!x>, tensor<1x1x1x4x!w>, tensor<1xi32>) -> tensor<1x1x7x1xf32>
  return %y : tensor<1x1x7x1xf32>
}

// -----

!x = !quant.uniform<u8:f32, 1.0:10>
!w = !quant.uniform<i8<-127:127>:f32, 1.0>

// Dilated by three at stride two, even columns read every third pixel with the
// taps 2 and 0, odd columns one pixel with tap 1.
// CHECK-LABEL: func.func @dilated(
// CHECK-DAG: arith.constant dense<[30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, {{.*}}> : tensor<32xi8>
// CHECK: %[[BYTES:.*]] = quant.scast %{{.*}} to tensor<1x1x4x4xi8>
// CHECK: %[[PADDED:.*]] = tensor.insert_slice %[[BYTES]] into %{{.*}}[0, 0, 3, 0] [1, 1, 4, 4] [1, 1, 1, 1]
// CHECK: spiq_cpu.conv_2d {{.*}}dilations = array<i64: 1, 3>, kernel = array<i64: 1, 2>
// CHECK: spiq_cpu.conv_2d {{.*}}kernel = array<i64: 1, 1>
func.func @dilated(%x: tensor<1x1x4x4x!x>) -> tensor<1x1x13x1xf32> {
  %bytes = arith.constant dense<[[[[10, 0, 0, 0], [20, 0, 0, 0], [30, 0, 0, 0]]]]> : tensor<1x1x3x4xi8>
  %w = quant.scast %bytes : tensor<1x1x3x4xi8> to tensor<1x1x3x4x!w>
  %b = arith.constant dense<100> : tensor<1xi32>
  %y = spiq.transposed_conv_2d %x, %w, %b {strides = array<i64: 1, 2>, dilations = array<i64: 1, 3>} : (tensor<1x1x4x4x!x>, tensor<1x1x3x4x!w>, tensor<1xi32>) -> tensor<1x1x13x1xf32>
  return %y : tensor<1x1x13x1xf32>
}
