// RUN: spiq-opt %s -spiq-fuse-epilogues -split-input-file | FileCheck %s
// RUN: spiq-opt %s -spiq-fuse-epilogues=residuals=false -split-input-file | FileCheck %s --check-prefix=NORES

// CHECK-LABEL: @relu
// CHECK: %[[Y:.*]] = spiq.conv_2d {{.*}} {clamp_min = 0.000000e+00 : f32}
// CHECK-NEXT: return %[[Y]]
func.func @relu(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32> {
  %w = arith.constant dense<1.5> : tensor<1x1x1x1xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %y = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  %z = spiq.clamp %y {clamp_min = 0.0 : f32} : (tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32>
  return %z : tensor<1x2x2x1xf32>
}

// -----

// clamp to [0, 6] of a result clamped to [-1, 2] is a clamp to [0, 2]; then
// [7, 8] lies above it, so all values are 7.
// CHECK-LABEL: @clamps_in_a_row
// CHECK: spiq.add {{.*}} {clamp_max = 2.000000e+00 : f32, clamp_min = 0.000000e+00 : f32}
// CHECK-NEXT: spiq.mul {{.*}} {clamp_max = 7.000000e+00 : f32, clamp_min = 7.000000e+00 : f32}
// CHECK-NEXT: return
func.func @clamps_in_a_row(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %a = spiq.add %x, %x {clamp_min = -1.0 : f32, clamp_max = 2.0 : f32} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %b = spiq.clamp %a {clamp_min = 0.0 : f32, clamp_max = 6.0 : f32} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %c = spiq.mul %b, %b {clamp_min = 0.0 : f32, clamp_max = 6.0 : f32} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %d = spiq.clamp %c {clamp_min = 7.0 : f32, clamp_max = 8.0 : f32} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  return %d : tensor<1x2xf32>
}

// -----

// A second reader of the result keeps the clamp apart.
// CHECK-LABEL: @second_reader
// CHECK: spiq.add {{.*}} : (
// CHECK-NEXT: spiq.clamp
func.func @second_reader(%x: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %a = spiq.add %x, %x : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %b = spiq.clamp %a {clamp_min = 0.0 : f32} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  return %a, %b : tensor<1x2xf32>, tensor<1x2xf32>
}

// -----

// The second convolution computes the sum; the first becomes its residual.
// CHECK-LABEL: @residual
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<1x2x2x1xf32>
// CHECK-DAG: %[[W:.*]] = arith.constant dense<1.500000e+00>
// CHECK-DAG: %[[V:.*]] = arith.constant dense<2.500000e+00>
// CHECK: %[[R:.*]] = spiq.conv_2d %[[X]], %[[W]], %{{[a-z0-9_]+}} : (
// CHECK-NEXT: %[[Y:.*]] = spiq.conv_2d %[[X]], %[[V]], %{{.*}} residual %[[R]] {clamp_min = 0.000000e+00 : f32}
// CHECK-NEXT: return %[[Y]]
// NORES-LABEL: @residual
// NORES: spiq.conv_2d
// NORES: spiq.conv_2d
// NORES-NEXT: spiq.add {{.*}} {clamp_min = 0.000000e+00 : f32}
func.func @residual(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32> {
  %w = arith.constant dense<1.5> : tensor<1x1x1x1xf32>
  %v = arith.constant dense<2.5> : tensor<1x1x1x1xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %r = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  %y = spiq.conv_2d %x, %v, %b : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  %z = spiq.add %y, %r : (tensor<1x2x2x1xf32>, tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32>
  %t = spiq.clamp %z {clamp_min = 0.0 : f32} : (tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32>
  return %t : tensor<1x2x2x1xf32>
}

// -----

// Not merged: a convolution with a clamp, a broadcast, a value added to itself.
// CHECK-LABEL: @not_residual
// CHECK-COUNT-3: spiq.add
func.func @not_residual(%x: tensor<1x2x2x1xf32>, %r: tensor<1x1x1x1xf32>) -> tensor<1x2x2x1xf32> {
  %w = arith.constant dense<1.5> : tensor<1x1x1x1xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %y = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32} : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  %z = spiq.add %y, %x : (tensor<1x2x2x1xf32>, tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32>
  %u = spiq.conv_2d %z, %w, %b : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  %v = spiq.add %u, %r : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x2x2x1xf32>
  %s = spiq.conv_2d %v, %w, %b : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  %t = spiq.add %s, %s : (tensor<1x2x2x1xf32>, tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32>
  return %t : tensor<1x2x2x1xf32>
}

// -----

!q = !quant.uniform<u8:f32, 5.000000e-01:128>
!p = !quant.uniform<u8:f32, 2.500000e-01>

// Quantized: merged where the types agree, additions stay.
// CHECK-LABEL: @quantized
// CHECK: spiq.add {{.*}} {clamp_min = 0.000000e+00 : f32}
// CHECK-NEXT: spiq.clamp
// CHECK-NEXT: return
func.func @quantized(%x: tensor<1x2x!q>) -> tensor<1x2x!p> {
  %a = spiq.add %x, %x : (tensor<1x2x!q>, tensor<1x2x!q>) -> tensor<1x2x!q>
  %b = spiq.clamp %a {clamp_min = 0.0 : f32} : (tensor<1x2x!q>) -> tensor<1x2x!q>
  %c = spiq.clamp %b {clamp_max = 6.0 : f32} : (tensor<1x2x!q>) -> tensor<1x2x!p>
  return %c : tensor<1x2x!p>
}
