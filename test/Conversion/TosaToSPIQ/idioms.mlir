// Means, activation functions and layouts.

// RUN: spiq-opt %s --convert-tosa-to-spiq --canonicalize --split-input-file \
// RUN:   | FileCheck %s

// CHECK-LABEL: func.func @mean
// CHECK: %[[MEAN:.+]] = spiq.avg_pool_2d %arg0 {kernel = array<i64: 4, 8>{{.*}}} : (tensor<1x4x8x2xf32>) -> tensor<1x1x1x2xf32>
// CHECK: %[[Y:.+]] = tensor.collapse_shape %[[MEAN]] {{.*}} into tensor<1x2xf32>
// CHECK-NEXT: return %[[Y]]
func.func @mean(%x: tensor<1x4x8x2xf32>) -> tensor<1x2xf32> {
  %shift = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %factor = "tosa.const"() {values = dense<0.03125> : tensor<1x1xf32>} : () -> tensor<1x1xf32>
  %shape = tosa.const_shape {values = dense<[1, 2]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %0 = tosa.reduce_sum %x {axis = 1 : i32} : (tensor<1x4x8x2xf32>) -> tensor<1x1x8x2xf32>
  %1 = tosa.reduce_sum %0 {axis = 2 : i32} : (tensor<1x1x8x2xf32>) -> tensor<1x1x1x2xf32>
  %2 = tosa.reshape %1, %shape : (tensor<1x1x1x2xf32>, !tosa.shape<2>) -> tensor<1x2xf32>
  %3 = tosa.mul %2, %factor, %shift : (tensor<1x2xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}

// -----

// Channels first, behind a pooling that wants them last.
// CHECK-LABEL: func.func @channel_first_mean
// CHECK: %[[P:.+]] = spiq.max_pool_2d %arg0
// CHECK-NEXT: spiq.avg_pool_2d %[[P]]
// CHECK-NOT: linalg.transpose
func.func @channel_first_mean(%x: tensor<1x4x8x2xf32>) -> tensor<1x2xf32> {
  %shift = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %factor = "tosa.const"() {values = dense<0.0476190485> : tensor<1x1xf32>} : () -> tensor<1x1xf32>
  %shape = tosa.const_shape {values = dense<[1, 2]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %p = tosa.max_pool2d %x {kernel = array<i64: 2, 2>, stride = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>}
    : (tensor<1x4x8x2xf32>) -> tensor<1x3x7x2xf32>
  %t = tosa.transpose %p {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x3x7x2xf32>) -> tensor<1x2x3x7xf32>
  %0 = tosa.reduce_sum %t {axis = 2 : i32} : (tensor<1x2x3x7xf32>) -> tensor<1x2x1x7xf32>
  %1 = tosa.reduce_sum %0 {axis = 3 : i32} : (tensor<1x2x1x7xf32>) -> tensor<1x2x1x1xf32>
  %2 = tosa.reshape %1, %shape : (tensor<1x2x1x1xf32>, !tosa.shape<2>) -> tensor<1x2xf32>
  %3 = tosa.mul %2, %factor, %shift : (tensor<1x2xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}

// -----

// A sum that is scaled by something else.
// CHECK-LABEL: func.func @no_mean
// CHECK-NOT: spiq.avg_pool_2d
// CHECK: linalg.reduce
func.func @no_mean(%x: tensor<1x4x8x2xf32>) -> tensor<1x1x1x2xf32> {
  %shift = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %factor = "tosa.const"() {values = dense<0.03> : tensor<1x1x1x1xf32>} : () -> tensor<1x1x1x1xf32>
  %0 = tosa.reduce_sum %x {axis = 1 : i32} : (tensor<1x4x8x2xf32>) -> tensor<1x1x8x2xf32>
  %1 = tosa.reduce_sum %0 {axis = 2 : i32} : (tensor<1x1x8x2xf32>) -> tensor<1x1x1x2xf32>
  %2 = tosa.mul %1, %factor, %shift : (tensor<1x1x1x2xf32>, tensor<1x1x1x1xf32>, tensor<1xi8>) -> tensor<1x1x1x2xf32>
  return %2 : tensor<1x1x1x2xf32>
}

// -----

// CHECK-LABEL: func.func @silu
// CHECK-NEXT: spiq.activation silu %arg0
// CHECK-NEXT: return
func.func @silu(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %shift = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %0 = tosa.sigmoid %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = tosa.mul %0, %x, %shift : (tensor<1x4xf32>, tensor<1x4xf32>, tensor<1xi8>) -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// -----

// The gate of another value is none.
// CHECK-LABEL: func.func @no_silu
// CHECK: spiq.activation sigmoid
// CHECK: spiq.mul
func.func @no_silu(%x: tensor<1x4xf32>, %y: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %shift = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %0 = tosa.sigmoid %y : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = tosa.mul %0, %x, %shift : (tensor<1x4xf32>, tensor<1x4xf32>, tensor<1xi8>) -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// -----

// CHECK-LABEL: func.func @hard
// CHECK-NEXT: %[[SWISH:.+]] = spiq.activation hard_swish %arg0
// CHECK-NEXT: %[[SIGMOID:.+]] = spiq.activation hard_sigmoid %arg0 {alpha = 0.166666672 : f32, beta = 5.000000e-01 : f32}
// CHECK-NEXT: return %[[SWISH]], %[[SIGMOID]]
func.func @hard(%x: tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  %shift = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %three = "tosa.const"() {values = dense<3.0> : tensor<1x1xf32>} : () -> tensor<1x1xf32>
  %sixth = "tosa.const"() {values = dense<0.166666672> : tensor<1x1xf32>} : () -> tensor<1x1xf32>
  %0 = tosa.add %x, %three : (tensor<1x4xf32>, tensor<1x1xf32>) -> tensor<1x4xf32>
  %1 = tosa.clamp %0 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = tosa.mul %1, %x, %shift : (tensor<1x4xf32>, tensor<1x4xf32>, tensor<1xi8>) -> tensor<1x4xf32>
  %3 = tosa.mul %2, %sixth, %shift : (tensor<1x4xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<1x4xf32>
  %4 = tosa.mul %1, %sixth, %shift : (tensor<1x4xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<1x4xf32>
  return %3, %4 : tensor<1x4xf32>, tensor<1x4xf32>
}

// -----

// CHECK-LABEL: func.func @leaky_relu
// CHECK-DAG: spiq.activation leaky_relu %arg0 {alpha = 1.000000e-01 : f32}
// CHECK-DAG: spiq.activation leaky_relu %arg0 {alpha = 2.000000e+00 : f32}
func.func @leaky_relu(%x: tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  %shift = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %zero = "tosa.const"() {values = dense<0.0> : tensor<1x1xf32>} : () -> tensor<1x1xf32>
  %slope = "tosa.const"() {values = dense<0.1> : tensor<1x1xf32>} : () -> tensor<1x1xf32>
  %two = "tosa.const"() {values = dense<2.0> : tensor<1x1xf32>} : () -> tensor<1x1xf32>
  %0 = tosa.mul %x, %slope, %shift : (tensor<1x4xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<1x4xf32>
  %1 = tosa.maximum %x, %0 : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = tosa.mul %x, %two, %shift : (tensor<1x4xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<1x4xf32>
  %3 = tosa.greater_equal %x, %zero : (tensor<1x4xf32>, tensor<1x1xf32>) -> tensor<1x4xi1>
  %4 = tosa.select %3, %x, %2 : (tensor<1x4xi1>, tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return %1, %4 : tensor<1x4xf32>, tensor<1x4xf32>
}

// -----

// With a slope above one, the maximum bends the other way.
// CHECK-LABEL: func.func @no_leaky_relu
// CHECK-NOT: leaky_relu
// CHECK: arith.maximumf
func.func @no_leaky_relu(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %shift = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %two = "tosa.const"() {values = dense<2.0> : tensor<1x1xf32>} : () -> tensor<1x1xf32>
  %0 = tosa.mul %x, %two, %shift : (tensor<1x4xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<1x4xf32>
  %1 = tosa.maximum %x, %0 : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// -----

// A residual block and a squeeze-and-excite gate between poolings: no
// transposition is left, and concatenation is along the last dimension.
// CHECK-LABEL: func.func @blocks
// CHECK-NOT: linalg.transpose
// CHECK: spiq.add
// CHECK: spiq.mul {{.*}} : (tensor<1x4x4x2xf32>, tensor<1x1x1x2xf32>)
// CHECK: spiq.concat {{.*}} {axis = 3 : i64} : {{.*}} -> tensor<1x4x4x4xf32>
// CHECK-NOT: linalg.transpose
// CHECK: return
func.func @blocks(%x: tensor<1x5x5x2xf32>, %gate: tensor<1x2x1x1xf32>) -> tensor<1x3x3x4xf32> {
  %shift = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %p = tosa.max_pool2d %x {kernel = array<i64: 2, 2>, stride = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>}
    : (tensor<1x5x5x2xf32>) -> tensor<1x4x4x2xf32>
  %t0 = tosa.transpose %p {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x4x4x2xf32>) -> tensor<1x2x4x4xf32>
  %r = tosa.clamp %t0 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %s = tosa.add %r, %t0 : (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %m = tosa.mul %s, %gate, %shift : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>, tensor<1xi8>) -> tensor<1x2x4x4xf32>
  %c = tosa.concat %m, %r {axis = 1 : i32} : (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) -> tensor<1x4x4x4xf32>
  %t1 = tosa.transpose %c {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32>
  %q = tosa.max_pool2d %t1 {kernel = array<i64: 2, 2>, stride = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>}
    : (tensor<1x4x4x4xf32>) -> tensor<1x3x3x4xf32>
  return %q : tensor<1x3x3x4xf32>
}

// -----

// Two vectors: neither moves for the other.
// CHECK-LABEL: func.func @vectors
// CHECK: spiq.add
func.func @vectors(%x: tensor<1x2x1x1xf32>, %y: tensor<1x1x1x2xf32>) -> tensor<1x1x1x2xf32> {
  %t = tosa.transpose %x {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x2x1x1xf32>) -> tensor<1x1x1x2xf32>
  %0 = tosa.add %t, %y : (tensor<1x1x1x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x1x1x2xf32>
  return %0 : tensor<1x1x1x2xf32>
}
