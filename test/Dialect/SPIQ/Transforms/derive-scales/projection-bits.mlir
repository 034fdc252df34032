// RUN: spiq-opt %s -spiq-derive-scales="activation-bits=4 first-last-bits=4" | FileCheck %s
// RUN: spiq-opt %s -spiq-fuse-epilogues -spiq-derive-scales="activation-bits=4 first-last-bits=4" | FileCheck %s

!t = tensor<1x2x2x2xf32>

// %1 reaches the sum through a projection, which reads it with 8 bits; the other
// layers read 4.
// CHECK-LABEL: @projection
// CHECK: %[[A:.*]] = spiq.conv_2d
// CHECK: %[[Q8:.*]] = quant.qcast %[[A]]
// CHECK-NEXT: %[[D8:.*]] = quant.dcast %[[Q8]]
// CHECK-NEXT: %[[C:.*]] = spiq.clamp %[[D8]]
// CHECK-NEXT: %[[Q4:.*]] = quant.qcast %[[C]]
// CHECK-NEXT: %[[D4:.*]] = quant.dcast %[[Q4]]
// CHECK: spiq.conv_2d %[[D4]], {{.*}} {clamp_min
// CHECK: spiq.conv_2d %[[D8]],
func.func @projection(%x: !t) -> !t {
  %w = arith.constant dense<[[[[0.5, 0.25]]], [[[-0.5, 1.0]]]]> : tensor<2x1x1x2xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %1 = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32} : (!t, tensor<2x1x1x2xf32>, tensor<2xf32>) -> !t
  %2 = spiq.conv_2d %1, %w, %b {clamp_min = 0.0 : f32} : (!t, tensor<2x1x1x2xf32>, tensor<2xf32>) -> !t
  %3 = spiq.conv_2d %2, %w, %b : (!t, tensor<2x1x1x2xf32>, tensor<2xf32>) -> !t
  %4 = spiq.conv_2d %1, %w, %b : (!t, tensor<2x1x1x2xf32>, tensor<2xf32>) -> !t
  %5 = spiq.add %3, %4 {clamp_min = 0.0 : f32} : (!t, !t) -> !t
  %6 = spiq.conv_2d %5, %w, %b : (!t, tensor<2x1x1x2xf32>, tensor<2xf32>) -> !t
  return %6 : !t
}
