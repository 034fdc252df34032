// Elementwise operations.

// RUN: spiq-opt %s --convert-tosa-to-spiq --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @arithmetic
// CHECK-DAG: %[[M:.+]] = arith.constant dense<-1.000000e+00> : tensor<1x1x1x1xf32>
// CHECK-DAG: %[[C:.+]] = arith.constant dense<{{\[\[\[}}[-1.000000e+00, 2.000000e+00]]]]> : tensor<1x1x1x2xf32>
// CHECK: %[[SUM:.+]] = spiq.add %arg0, %arg1
// CHECK: %[[PRODUCT:.+]] = spiq.mul %[[SUM]], %arg1
// CHECK: %[[NEGATED:.+]] = spiq.mul %arg0, %[[M]]
// CHECK: %[[DIFFERENCE:.+]] = spiq.add %[[PRODUCT]], %[[NEGATED]]
// CHECK: spiq.add %[[DIFFERENCE]], %[[C]]
// CHECK-NOT: tosa.
func.func @arithmetic(%x: tensor<1x8x8x2xf32>, %y: tensor<1x1x1x2xf32>)
    -> tensor<1x8x8x2xf32> {
  %shift = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %c = "tosa.const"() {values = dense<[[[[1.0, -2.0]]]]> : tensor<1x1x1x2xf32>}
    : () -> tensor<1x1x1x2xf32>
  %0 = tosa.add %x, %y
    : (tensor<1x8x8x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x8x8x2xf32>
  %1 = tosa.mul %0, %y, %shift
    : (tensor<1x8x8x2xf32>, tensor<1x1x1x2xf32>, tensor<1xi8>)
      -> tensor<1x8x8x2xf32>
  %2 = tosa.sub %1, %x
    : (tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>) -> tensor<1x8x8x2xf32>
  %3 = tosa.sub %2, %c
    : (tensor<1x8x8x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x8x8x2xf32>
  return %3 : tensor<1x8x8x2xf32>
}

// -----

// CHECK-LABEL: func.func @bounds
// CHECK: spiq.clamp %{{.*}} {clamp_max = 6.000000e+00 : f32, clamp_min = 0.000000e+00 : f32}
// CHECK: spiq.clamp %{{.*}} {clamp_min = 1.000000e+00 : f32} :
// CHECK: spiq.clamp %{{.*}} {clamp_max = 4.000000e+00 : f32} :
// CHECK: spiq.clamp %{{.*}} {clamp_min = 2.000000e+00 : f32} :
// CHECK: spiq.clamp %{{.*}} {clamp_max = 3.000000e+00 : f32} :
func.func @bounds(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %two = "tosa.const"() {values = dense<2.0> : tensor<1x1xf32>} : () -> tensor<1x1xf32>
  %three = "tosa.const"() {values = dense<3.0> : tensor<1x4xf32>} : () -> tensor<1x4xf32>
  %0 = tosa.clamp %x {min_val = 0.0 : f32, max_val = 6.0 : f32}
    : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = tosa.clamp %0 {min_val = 1.0 : f32, max_val = 3.40282347E+38 : f32}
    : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = tosa.clamp %1 {min_val = 0xFF800000 : f32, max_val = 4.0 : f32}
    : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %3 = tosa.maximum %two, %2
    : (tensor<1x1xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %4 = tosa.minimum %3, %three
    : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return %4 : tensor<1x4xf32>
}

// -----

// CHECK-LABEL: func.func @functions
// CHECK: spiq.activation sigmoid
// CHECK: spiq.activation tanh
func.func @functions(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = tosa.sigmoid %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = tosa.tanh %0 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// -----

// What SPIQ has no operation for is lowered by upstream's patterns.
// CHECK-LABEL: func.func @others
// CHECK: math.exp
// CHECK: arith.maximumf
// CHECK: tensor.collapse_shape
// CHECK: tensor.extract_slice
// CHECK: linalg.transpose
// CHECK-NOT: tosa.
func.func @others(%x: tensor<1x4x3xf32>, %y: tensor<1x4x3xf32>)
    -> tensor<2x4xf32> {
  %shape = tosa.const_shape {values = dense<[4, 3]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %start = tosa.const_shape {values = dense<[0, 1]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %size = tosa.const_shape {values = dense<[4, 2]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %0 = tosa.exp %x : (tensor<1x4x3xf32>) -> tensor<1x4x3xf32>
  %1 = tosa.maximum %0, %y
    : (tensor<1x4x3xf32>, tensor<1x4x3xf32>) -> tensor<1x4x3xf32>
  %2 = tosa.reshape %1, %shape
    : (tensor<1x4x3xf32>, !tosa.shape<2>) -> tensor<4x3xf32>
  %3 = tosa.slice %2, %start, %size
    : (tensor<4x3xf32>, !tosa.shape<2>, !tosa.shape<2>) -> tensor<4x2xf32>
  %4 = tosa.transpose %3 {perms = array<i32: 1, 0>}
    : (tensor<4x2xf32>) -> tensor<2x4xf32>
  return %4 : tensor<2x4xf32>
}

// -----

// Integers say nothing of the real values they stand for.
// CHECK-LABEL: func.func @integers
// CHECK: arith.addi
// CHECK-NOT: spiq.
func.func @integers(%x: tensor<1x4xi32>) -> tensor<1x4xi32> {
  %0 = tosa.add %x, %x
    : (tensor<1x4xi32>, tensor<1x4xi32>) -> tensor<1x4xi32>
  return %0 : tensor<1x4xi32>
}
