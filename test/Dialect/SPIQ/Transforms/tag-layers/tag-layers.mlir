// RUN: spiq-opt %s -spiq-tag-layers -mlir-print-debuginfo | FileCheck %s

!u8 = !quant.uniform<u8:f32, 0.5>
!w8 = !quant.uniform<i8:f32, 0.25>

// Products: outputs times window times channels of a group; for a transposed
// convolution, input pixels times all weights. Others have none. Constants
// keep their locations.

// CHECK-LABEL: func.func @main
// CHECK: spiq.conv_2d {{.*}} loc([[GROUPED:#.*]])
// CHECK: spiq.transposed_conv_2d {{.*}} loc([[TRANSPOSED:#.*]])
// CHECK: spiq.max_pool_2d {{.*}} loc([[POOL:#.*]])
// CHECK: spiq.fully_connected {{.*}} loc([[INTEGER:#.*]])
// CHECK-DAG: [[GROUPED]] = loc(fused<{macs = 5184 : i64, op = "conv_2d"}>[#{{.*}}])
// CHECK-DAG: [[TRANSPOSED]] = loc(fused<{macs = 3456 : i64, op = "transposed_conv_2d"}>[#{{.*}}])
// CHECK-DAG: [[POOL]] = loc(fused<{macs = 0 : i64, op = "max_pool_2d"}>[#{{.*}}])
// CHECK-DAG: [[INTEGER]] = loc(fused<{integer, macs = 40 : i64, op = "fully_connected"}>[#{{.*}}])
func.func @main(%x: tensor<1x8x8x4xf32>, %q: tensor<1x8x!u8>)
    -> (tensor<1x6x6x3xf32>, tensor<1x5x!u8>) {
  %w = arith.constant dense<1.0> : tensor<8x3x3x2xf32>
  %b = arith.constant dense<1.0> : tensor<8xf32>
  %y = spiq.conv_2d %x, %w, %b {groups = 2 : i64}
       : (tensor<1x8x8x4xf32>, tensor<8x3x3x2xf32>, tensor<8xf32>) -> tensor<1x6x6x8xf32> loc("grouped")
  %tw = arith.constant dense<1.0> : tensor<3x2x2x8xf32>
  %tb = arith.constant dense<1.0> : tensor<3xf32>
  %t = spiq.transposed_conv_2d %y, %tw, %tb {strides = array<i64: 2, 2>}
       : (tensor<1x6x6x8xf32>, tensor<3x2x2x8xf32>, tensor<3xf32>) -> tensor<1x12x12x3xf32> loc("transposed")
  %p = spiq.max_pool_2d %t {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>}
       : (tensor<1x12x12x3xf32>) -> tensor<1x6x6x3xf32> loc("pool")
  %fw = arith.constant dense<1> : tensor<5x8xi8>
  %qw = quant.scast %fw : tensor<5x8xi8> to tensor<5x8x!w8>
  %fb = arith.constant dense<1> : tensor<5xi32>
  %f = spiq.fully_connected %q, %qw, %fb
       : (tensor<1x8x!u8>, tensor<5x8x!w8>, tensor<5xi32>) -> tensor<1x5x!u8> loc("integer")
  return %p, %f : tensor<1x6x6x3xf32>, tensor<1x5x!u8>
}
