// RUN: spiq-opt %s -spiq-derive-scales="activation-bits=4 first-last-bits=4" | FileCheck %s
// RUN: spiq-opt %s -spiq-derive-scales="activation-bits=4 first-last-bits=4 elementwise-bits=4" | FileCheck %s --check-prefix=EQUAL
// RUN: not spiq-opt %s -spiq-derive-scales=elementwise-bits=9 2>&1 | FileCheck %s --check-prefix=RANGE

// RANGE: error: option 'elementwise-bits' expects 2 to 8 bits, got 9

// A layer and a residual read %1: the sum keeps 8 bits, and the layer reads a copy
// with 4. With equal bits there is no copy.
// CHECK-LABEL: @residual
// CHECK: %[[A:.*]] = spiq.conv_2d
// CHECK: %[[Q8:.*]] = quant.qcast %[[A]] : tensor<1x2x2x2xf32> to tensor<1x2x2x2x!u8x2_{{[0-9]*}}>
// CHECK-NEXT: %[[D8:.*]] = quant.dcast %[[Q8]]
// CHECK-NEXT: %[[C:.*]] = spiq.clamp %[[D8]]
// CHECK-NEXT: %[[Q4:.*]] = quant.qcast %[[C]]
// CHECK-NEXT: %[[D4:.*]] = quant.dcast %[[Q4]]
// CHECK: spiq.conv_2d %[[D4]], {{.*}} residual %[[D8]]
// EQUAL-LABEL: @residual
// EQUAL-NOT: spiq.clamp
func.func @residual(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
  %w = arith.constant dense<[[[[0.5, 0.25]]], [[[-0.5, 1.0]]]]> : tensor<2x1x1x2xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %1 = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32} : (tensor<1x2x2x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %2 = spiq.conv_2d %1, %w, %b residual %1 {clamp_min = 0.0 : f32} : (tensor<1x2x2x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>, tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %3 = spiq.conv_2d %2, %w, %b : (tensor<1x2x2x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  return %3 : tensor<1x2x2x2xf32>
}
