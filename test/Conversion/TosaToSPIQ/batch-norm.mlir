// Batch-norm spelled out.

// RUN: spiq-opt %s --convert-tosa-to-spiq --canonicalize --split-input-file \
// RUN:   | FileCheck %s

// CHECK-LABEL: func.func @channel_last
// CHECK-DAG: %[[MEAN:.+]] = arith.constant dense<[1.000000e+00, 2.000000e+00]>
// CHECK-DAG: %[[VARIANCE:.+]] = arith.constant dense<[3.000000e+00, 4.000000e+00]>
// CHECK-DAG: %[[SCALE:.+]] = arith.constant dense<[5.000000e+00, 6.000000e+00]>
// CHECK-DAG: %[[BIAS:.+]] = arith.constant dense<[7.000000e+00, 8.000000e+00]>
// CHECK: %[[Y:.+]] = spiq.batch_norm %arg0, %[[SCALE]], %[[BIAS]], %[[MEAN]], %[[VARIANCE]] {epsilon = 1.000000e-03 : f32}
// CHECK-NEXT: return %[[Y]]
func.func @channel_last(%x: tensor<1x8x8x2xf32>) -> tensor<1x8x8x2xf32> {
  %shift = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %mean = "tosa.const"() {values = dense<[[[[1.0, 2.0]]]]> : tensor<1x1x1x2xf32>} : () -> tensor<1x1x1x2xf32>
  %variance = "tosa.const"() {values = dense<[[[[3.0, 4.0]]]]> : tensor<1x1x1x2xf32>} : () -> tensor<1x1x1x2xf32>
  %scale = "tosa.const"() {values = dense<[[[[5.0, 6.0]]]]> : tensor<1x1x1x2xf32>} : () -> tensor<1x1x1x2xf32>
  %bias = "tosa.const"() {values = dense<[[[[7.0, 8.0]]]]> : tensor<1x1x1x2xf32>} : () -> tensor<1x1x1x2xf32>
  %epsilon = "tosa.const"() {values = dense<1.0e-3> : tensor<1x1x1x1xf32>} : () -> tensor<1x1x1x1xf32>
  %0 = tosa.sub %x, %mean : (tensor<1x8x8x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x8x8x2xf32>
  %1 = tosa.add %variance, %epsilon : (tensor<1x1x1x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x1x2xf32>
  %2 = tosa.rsqrt %1 : (tensor<1x1x1x2xf32>) -> tensor<1x1x1x2xf32>
  %3 = tosa.mul %0, %2, %shift : (tensor<1x8x8x2xf32>, tensor<1x1x1x2xf32>, tensor<1xi8>) -> tensor<1x8x8x2xf32>
  %4 = tosa.mul %3, %scale, %shift : (tensor<1x8x8x2xf32>, tensor<1x1x1x2xf32>, tensor<1xi8>) -> tensor<1x8x8x2xf32>
  %5 = tosa.add %4, %bias : (tensor<1x8x8x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x8x8x2xf32>
  return %5 : tensor<1x8x8x2xf32>
}

// -----

// As torch-mlir writes it: channels first, parameters as reshaped vectors, and
// transpositions around the convolution in front, which cancel.
// CHECK-LABEL: func.func @channel_first
// CHECK: %[[X:.+]] = linalg.transpose ins(%arg0
// CHECK: %[[Y:.+]] = spiq.conv_2d %[[X]]
// CHECK-NEXT: %[[Z:.+]] = spiq.batch_norm %[[Y]], {{.*}} (tensor<1x8x8x2xf32>
// CHECK-NEXT: %[[R:.+]] = spiq.clamp %[[Z]] {clamp_min = 0.000000e+00 : f32}
// CHECK: %[[T:.+]] = linalg.transpose ins(%[[R]] {{.*}} permutation = [0, 3, 1, 2]
// CHECK: return %[[T]]
func.func @channel_first(%x: tensor<1x3x8x8xf32>, %w: tensor<2x1x1x3xf32>,
                         %b: tensor<2xf32>) -> tensor<1x2x8x8xf32> {
  %shift = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %zp = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %shape = tosa.const_shape {values = dense<[1, 2, 1, 1]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %m = "tosa.const"() {values = dense<[1.0, 2.0]> : tensor<2xf32>} : () -> tensor<2xf32>
  %v = "tosa.const"() {values = dense<[3.0, 4.0]> : tensor<2xf32>} : () -> tensor<2xf32>
  %epsilon = "tosa.const"() {values = dense<1.0e-5> : tensor<1x1x1x1xf32>} : () -> tensor<1x1x1x1xf32>
  %t0 = tosa.transpose %x {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x3x8x8xf32>) -> tensor<1x8x8x3xf32>
  %c = tosa.conv2d %t0, %w, %b, %zp, %zp {acc_type = f32,
      stride = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>,
      dilation = array<i64: 1, 1>}
    : (tensor<1x8x8x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>, tensor<1xf32>,
       tensor<1xf32>) -> tensor<1x8x8x2xf32>
  %t1 = tosa.transpose %c {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x8x8x2xf32>) -> tensor<1x2x8x8xf32>
  %mean = tosa.reshape %m, %shape : (tensor<2xf32>, !tosa.shape<4>) -> tensor<1x2x1x1xf32>
  %variance = tosa.reshape %v, %shape : (tensor<2xf32>, !tosa.shape<4>) -> tensor<1x2x1x1xf32>
  %0 = tosa.sub %t1, %mean : (tensor<1x2x8x8xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x8x8xf32>
  %1 = tosa.add %variance, %epsilon : (tensor<1x2x1x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x2x1x1xf32>
  %2 = tosa.rsqrt %1 : (tensor<1x2x1x1xf32>) -> tensor<1x2x1x1xf32>
  %3 = tosa.mul %0, %2, %shift : (tensor<1x2x8x8xf32>, tensor<1x2x1x1xf32>, tensor<1xi8>) -> tensor<1x2x8x8xf32>
  %4 = tosa.mul %3, %mean, %shift : (tensor<1x2x8x8xf32>, tensor<1x2x1x1xf32>, tensor<1xi8>) -> tensor<1x2x8x8xf32>
  %5 = tosa.add %4, %variance : (tensor<1x2x8x8xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x8x8xf32>
  %6 = tosa.clamp %5 {min_val = 0.0 : f32, max_val = 3.40282347E+38 : f32} : (tensor<1x2x8x8xf32>) -> tensor<1x2x8x8xf32>
  return %6 : tensor<1x2x8x8xf32>
}

// -----

// The square root is evaluated already: 1 / 0.5^2 = 4.
// CHECK-LABEL: func.func @folded_deviation
// CHECK-DAG: %[[VARIANCE:.+]] = arith.constant dense<[4.000000e+00, 1.600000e+01]>
// CHECK-DAG: %[[SCALE:.+]] = arith.constant dense<[5.000000e+00, 6.000000e+00]>
// CHECK: spiq.batch_norm %arg0, %[[SCALE]], %{{.*}}, %{{.*}}, %[[VARIANCE]] {epsilon = 0.000000e+00 : f32} : (tensor<3x2xf32>
func.func @folded_deviation(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %shift = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %mean = "tosa.const"() {values = dense<[[1.0, 2.0]]> : tensor<1x2xf32>} : () -> tensor<1x2xf32>
  %deviation = "tosa.const"() {values = dense<[[0.5, 0.25]]> : tensor<1x2xf32>} : () -> tensor<1x2xf32>
  %scale = "tosa.const"() {values = dense<[[5.0, 6.0]]> : tensor<1x2xf32>} : () -> tensor<1x2xf32>
  %bias = "tosa.const"() {values = dense<[[7.0, 8.0]]> : tensor<1x2xf32>} : () -> tensor<1x2xf32>
  %0 = tosa.sub %x, %mean : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  %1 = tosa.mul %deviation, %0, %shift : (tensor<1x2xf32>, tensor<3x2xf32>, tensor<1xi8>) -> tensor<3x2xf32>
  %2 = tosa.mul %1, %scale, %shift : (tensor<3x2xf32>, tensor<1x2xf32>, tensor<1xi8>) -> tensor<3x2xf32>
  %3 = tosa.add %bias, %2 : (tensor<1x2xf32>, tensor<3x2xf32>) -> tensor<3x2xf32>
  return %3 : tensor<3x2xf32>
}

// -----

// One factor: the scale cannot be told from the deviation.
// CHECK-LABEL: func.func @affine
// CHECK-NOT: spiq.batch_norm
// CHECK: spiq.mul
func.func @affine(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %shift = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %c = "tosa.const"() {values = dense<[[1.0, 2.0]]> : tensor<1x2xf32>} : () -> tensor<1x2xf32>
  %0 = tosa.sub %x, %c : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  %1 = tosa.mul %0, %c, %shift : (tensor<3x2xf32>, tensor<1x2xf32>, tensor<1xi8>) -> tensor<3x2xf32>
  %2 = tosa.add %1, %c : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  return %2 : tensor<3x2xf32>
}

// -----

// Somebody else reads the normalized value; parameters along two axes.
// CHECK-LABEL: func.func @no_batch_norm
// CHECK-NOT: spiq.batch_norm
func.func @no_batch_norm(%x: tensor<2x2xf32>)
    -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) {
  %shift = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %c = "tosa.const"() {values = dense<[[1.0, 2.0]]> : tensor<1x2xf32>} : () -> tensor<1x2xf32>
  %d = "tosa.const"() {values = dense<[[1.0], [2.0]]> : tensor<2x1xf32>} : () -> tensor<2x1xf32>
  %r = tosa.rsqrt %c : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %0 = tosa.sub %x, %c : (tensor<2x2xf32>, tensor<1x2xf32>) -> tensor<2x2xf32>
  %1 = tosa.mul %0, %r, %shift : (tensor<2x2xf32>, tensor<1x2xf32>, tensor<1xi8>) -> tensor<2x2xf32>
  %2 = tosa.add %1, %c : (tensor<2x2xf32>, tensor<1x2xf32>) -> tensor<2x2xf32>
  %3 = tosa.sub %x, %d : (tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x2xf32>
  %4 = tosa.mul %3, %r, %shift : (tensor<2x2xf32>, tensor<1x2xf32>, tensor<1xi8>) -> tensor<2x2xf32>
  %5 = tosa.add %4, %c : (tensor<2x2xf32>, tensor<1x2xf32>) -> tensor<2x2xf32>
  return %1, %2, %5 : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>
}
