// RUN: spiq-opt %s -spiq-fuse-rescales=remarks=false -split-input-file | FileCheck %s

!a = !quant.uniform<u8:f32, 0.5:128>
!b = !quant.uniform<u8:f32, 0.25:3>
!c = !quant.uniform<u8:f32, 0.125>

// The operation in front computes an activation that nothing is rounded before.
// CHECK-LABEL: @merged
// CHECK: %[[Y:.*]] = spiq.fully_connected {{.*}} {activation = #spiq.activation<leaky_relu, [1.000000e-01]>} : {{.*}} -> tensor<1x2x!quant.uniform<u8:f32, 2.500000e-01:3>>
// CHECK-NEXT: %[[Z:.*]] = spiq.rescale %[[Y]], {{.*}} {activation = #spiq.activation<prelu, [5.000000e-01, -1.000000e+00]>} : {{.*}} -> tensor<1x2x!quant.uniform<u8:f32, 1.250000e-01>>
// CHECK-NEXT: return %[[Z]]
func.func @merged(%x: tensor<1x2x!a>) -> tensor<1x2x!c> {
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  %v = arith.constant dense<2.0> : tensor<2xf32>
  %s = arith.constant dense<[0.5, -1.0]> : tensor<2xf32>
  %0 = quant.dcast %x : tensor<1x2x!a> to tensor<1x2xf32>
  %1 = spiq.fully_connected %0, %w, %v : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %2 = spiq.activation leaky_relu %1 {alpha = 0.1 : f32} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %3 = quant.qcast %2 : tensor<1x2xf32> to tensor<1x2x!b>
  %4 = quant.dcast %3 : tensor<1x2x!b> to tensor<1x2xf32>
  %5 = spiq.rescale %4, %v, %v : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %6 = spiq.activation prelu %5 slope %s : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %7 = quant.qcast %6 : tensor<1x2xf32> to tensor<1x2x!c>
  return %7 : tensor<1x2x!c>
}

// -----

!a = !quant.uniform<u8:f32, 0.5:128>
!b = !quant.uniform<u8:f32, 0.25:3>

// Casts in between specify a rounding and a range: they stay.
// CHECK-LABEL: @rounded_between
// CHECK: spiq.fully_connected {{.*}}, %{{.*}} : {{.*}} -> tensor<1x2x!quant.uniform<u8:f32, 2.500000e-01:3>>
// CHECK-NEXT: spiq.activation silu {{.*}} -> tensor<1x2x!quant.uniform<u8:f32, 5.000000e-01:128>>
func.func @rounded_between(%x: tensor<1x2x!a>) -> tensor<1x2x!a> {
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  %v = arith.constant dense<2.0> : tensor<2xf32>
  %0 = quant.dcast %x : tensor<1x2x!a> to tensor<1x2xf32>
  %1 = spiq.fully_connected %0, %w, %v : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %2 = quant.qcast %1 : tensor<1x2xf32> to tensor<1x2x!b>
  %3 = quant.dcast %2 : tensor<1x2x!b> to tensor<1x2xf32>
  %4 = spiq.activation silu %3 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %5 = quant.qcast %4 : tensor<1x2xf32> to tensor<1x2x!a>
  return %5 : tensor<1x2x!a>
}

// -----

!a = !quant.uniform<u8:f32, 0.5:128>

// Apart stay: a function without a formula, one behind a clamp, and one whose
// operand or result is also read in f32.
// CHECK-LABEL: @apart
// CHECK-NOT: activation =
// CHECK: return
func.func @apart(%x: tensor<1x2x!a>) -> (tensor<1x2x!a>, tensor<1x2x!a>, tensor<1x2x!a>, tensor<1x2xf32>, tensor<1x2x!a>, tensor<1x2xf32>) {
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  %v = arith.constant dense<2.0> : tensor<2xf32>
  %0 = quant.dcast %x : tensor<1x2x!a> to tensor<1x2xf32>
  %1 = spiq.fully_connected %0, %w, %v : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %2 = spiq.activation tanh %1 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %3 = quant.qcast %2 : tensor<1x2xf32> to tensor<1x2x!a>
  %4 = spiq.rescale %0, %v, %v {clamp_max = 1.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %5 = spiq.activation silu %4 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %6 = quant.qcast %5 : tensor<1x2xf32> to tensor<1x2x!a>
  %7 = spiq.rescale %0, %v, %v : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %8 = spiq.activation silu %7 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %9 = quant.qcast %8 : tensor<1x2xf32> to tensor<1x2x!a>
  %10 = spiq.fully_connected %0, %w, %v : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %11 = spiq.activation sigmoid %10 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %12 = quant.qcast %11 : tensor<1x2xf32> to tensor<1x2x!a>
  return %3, %6, %9, %7, %12, %11 : tensor<1x2x!a>, tensor<1x2x!a>, tensor<1x2x!a>, tensor<1x2xf32>, tensor<1x2x!a>, tensor<1x2xf32>
}
