// Folders: identities and elementwise operations on constants.

// RUN: spiq-opt %s --canonicalize | FileCheck %s

!a = !quant.uniform<u8:f32, 0.5>
!b = !quant.uniform<u8:f32, 0.25>

// CHECK-LABEL: func.func @identities
// CHECK-SAME: (%[[X:.+]]: tensor<1x8x8x2xf32>)
// CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]]
func.func @identities(%x: tensor<1x8x8x2xf32>)
    -> (tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>,
        tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>,
        tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>) {
  %ones = arith.constant dense<1.0> : tensor<2xf32>
  %zeros = arith.constant dense<0.0> : tensor<2xf32>
  %one = arith.constant dense<1.0> : tensor<1x1x1x1xf32>
  %zero = arith.constant dense<0.0> : tensor<1x1x1x2xf32>
  %0 = spiq.clamp %x : (tensor<1x8x8x2xf32>) -> tensor<1x8x8x2xf32>
  %1 = spiq.rescale %x, %ones, %zeros
    : (tensor<1x8x8x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x8x8x2xf32>
  %2 = spiq.add %zero, %x
    : (tensor<1x1x1x2xf32>, tensor<1x8x8x2xf32>) -> tensor<1x8x8x2xf32>
  %3 = spiq.mul %x, %one
    : (tensor<1x8x8x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x8x8x2xf32>
  %4 = spiq.concat %x {axis = 3 : i64}
    : (tensor<1x8x8x2xf32>) -> tensor<1x8x8x2xf32>
  %5 = spiq.max_pool_2d %x {kernel = array<i64: 1, 1>}
    : (tensor<1x8x8x2xf32>) -> tensor<1x8x8x2xf32>
  %6 = spiq.avg_pool_2d %x {kernel = array<i64: 1, 1>}
    : (tensor<1x8x8x2xf32>) -> tensor<1x8x8x2xf32>
  %7 = spiq.resize linear %x {scales = array<f32: 1.0, 1.0>}
    : (tensor<1x8x8x2xf32>) -> tensor<1x8x8x2xf32>
  %8 = spiq.pad %x {low = array<i64: 0, 0, 0, 0>, high = array<i64: 0, 0, 0, 0>}
    : (tensor<1x8x8x2xf32>) -> tensor<1x8x8x2xf32>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8
    : tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>,
      tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>,
      tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>
}

// Requantization, clamps, statistics and broadcasts are no identities.
// CHECK-LABEL: func.func @no_identities
// CHECK: spiq.clamp
// CHECK: spiq.rescale
// CHECK: spiq.rescale
// CHECK: spiq.add
// CHECK: spiq.add
// CHECK: spiq.concat
// CHECK: spiq.max_pool_2d
// CHECK: spiq.avg_pool_2d
// CHECK: spiq.resize
func.func @no_identities(%x: tensor<1x8x8x2xf32>, %q: tensor<1x8x8x2x!a>,
                         %s: tensor<1x1x1x1xf32>)
    -> (tensor<1x8x8x2x!b>, tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>,
        tensor<1x8x8x2xf32>, tensor<1x1x1x2xf32>, tensor<1x8x8x2x!b>,
        tensor<1x4x4x2xf32>, tensor<1x8x8x2x!b>, tensor<1x8x8x2xf32>) {
  %ones = arith.constant dense<1.0> : tensor<2xf32>
  %zeros = arith.constant dense<0.0> : tensor<2xf32>
  %zero = arith.constant dense<0.0> : tensor<1x1x1x2xf32>
  %0 = spiq.clamp %q : (tensor<1x8x8x2x!a>) -> tensor<1x8x8x2x!b>
  %1 = spiq.rescale %x, %ones, %zeros {
      stats = #spiq.channel_stats<mean = [0.0, 0.0], stddev = [1.0, 1.0]>}
    : (tensor<1x8x8x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x8x8x2xf32>
  %2 = spiq.rescale %x, %ones, %zeros {clamp_min = 0.0 : f32}
    : (tensor<1x8x8x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x8x8x2xf32>
  %3 = spiq.add %x, %zero {clamp_min = 0.0 : f32}
    : (tensor<1x8x8x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x8x8x2xf32>
  %4 = spiq.add %s, %zero
    : (tensor<1x1x1x1xf32>, tensor<1x1x1x2xf32>) -> tensor<1x1x1x2xf32>
  %5 = spiq.concat %q {axis = 3 : i64}
    : (tensor<1x8x8x2x!a>) -> tensor<1x8x8x2x!b>
  %6 = spiq.max_pool_2d %x {kernel = array<i64: 1, 1>,
      strides = array<i64: 2, 2>}
    : (tensor<1x8x8x2xf32>) -> tensor<1x4x4x2xf32>
  %7 = spiq.avg_pool_2d %q {kernel = array<i64: 1, 1>}
    : (tensor<1x8x8x2x!a>) -> tensor<1x8x8x2x!b>
  %8 = spiq.resize linear %x {scales = array<f32: 1.0, 1.1>}
    : (tensor<1x8x8x2xf32>) -> tensor<1x8x8x2xf32>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8
    : tensor<1x8x8x2x!b>, tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>,
      tensor<1x8x8x2xf32>, tensor<1x1x1x2xf32>, tensor<1x8x8x2x!b>,
      tensor<1x4x4x2xf32>, tensor<1x8x8x2x!b>, tensor<1x8x8x2xf32>
}

// CHECK-LABEL: func.func @constants
// CHECK-DAG: %[[SUM:.+]] = arith.constant dense<{{\[}}[1.100000e+01, 2.100000e+01], [1.200000e+01, 2.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG: %[[PRODUCT:.+]] = arith.constant dense<{{\[}}[1.000000e+01, 2.000000e+01], [2.000000e+01, 2.500000e+01]]> : tensor<2x2xf32>
// CHECK-DAG: %[[CLAMPED:.+]] = arith.constant dense<{{\[}}[0.000000e+00, 3.000000e+00, 6.000000e+00]]> : tensor<1x3xf32>
// CHECK-DAG: %[[RESCALED:.+]] = arith.constant dense<{{\[}}[5.000000e-01, 7.000000e+00, 5.000000e+00]]> : tensor<1x3xf32>
// CHECK-DAG: %[[SPLAT:.+]] = arith.constant dense<5.000000e+00> : tensor<4x4xf32>
// CHECK: return %[[SUM]], %[[PRODUCT]], %[[CLAMPED]], %[[RESCALED]], %[[SPLAT]]
func.func @constants() -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x3xf32>,
                           tensor<1x3xf32>, tensor<4x4xf32>) {
  %column = arith.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %row = arith.constant dense<[[10.0, 20.0]]> : tensor<1x2xf32>
  %values = arith.constant dense<[[-1.0, 3.0, 7.0]]> : tensor<1x3xf32>
  %multiplier = arith.constant dense<[0.5, 2.0, 1.0]> : tensor<3xf32>
  %offset = arith.constant dense<[1.0, 1.0, -2.0]> : tensor<3xf32>
  %two = arith.constant dense<2.0> : tensor<4x4xf32>
  %three = arith.constant dense<3.0> : tensor<4x4xf32>
  %0 = spiq.add %column, %row
    : (tensor<2x1xf32>, tensor<1x2xf32>) -> tensor<2x2xf32>
  %1 = spiq.mul %column, %row {clamp_max = 25.0 : f32}
    : (tensor<2x1xf32>, tensor<1x2xf32>) -> tensor<2x2xf32>
  %2 = spiq.clamp %values {clamp_min = 0.0 : f32, clamp_max = 6.0 : f32}
    : (tensor<1x3xf32>) -> tensor<1x3xf32>
  %3 = spiq.rescale %values, %multiplier, %offset
    : (tensor<1x3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3xf32>
  %4 = spiq.add %two, %three
    : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0, %1, %2, %3, %4 : tensor<2x2xf32>, tensor<2x2xf32>,
    tensor<1x3xf32>, tensor<1x3xf32>, tensor<4x4xf32>
}

// Large constants are left to run time.
// CHECK-LABEL: func.func @large_constants
// CHECK: spiq.add
func.func @large_constants() -> tensor<512x512xf32> {
  %column = arith.constant dense<1.0> : tensor<512x1xf32>
  %row = arith.constant dense<1.0> : tensor<1x512xf32>
  %0 = spiq.add %column, %row
    : (tensor<512x1xf32>, tensor<1x512xf32>) -> tensor<512x512xf32>
  return %0 : tensor<512x512xf32>
}
