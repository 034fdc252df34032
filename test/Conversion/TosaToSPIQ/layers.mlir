// Layers with weights.

// RUN: spiq-opt %s --convert-tosa-to-spiq --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @conv2d
// CHECK-SAME: (%[[X:.+]]: tensor<1x8x8x2xf32>, %[[W:.+]]: tensor<4x3x3x2xf32>, %[[B:.+]]: tensor<4xf32>)
// CHECK: spiq.conv_2d %[[X]], %[[W]], %[[B]] {dilations = array<i64: 1, 2>, padding = array<i64: 1, 0, 2, 2>, strides = array<i64: 2, 1>} : {{.*}} -> tensor<1x4x8x4xf32>
// CHECK-NOT: tosa.
func.func @conv2d(%x: tensor<1x8x8x2xf32>, %w: tensor<4x3x3x2xf32>,
                  %b: tensor<4xf32>) -> tensor<1x4x8x4xf32> {
  %zp = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w, %b, %zp, %zp {
      acc_type = f32, stride = array<i64: 2, 1>, pad = array<i64: 1, 0, 2, 2>,
      dilation = array<i64: 1, 2>}
    : (tensor<1x8x8x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>, tensor<1xf32>,
       tensor<1xf32>) -> tensor<1x4x8x4xf32>
  return %0 : tensor<1x4x8x4xf32>
}

// -----

// One value stands for all channels.
// CHECK-LABEL: func.func @conv2d_scalar_bias
// CHECK: %[[B:.+]] = arith.constant dense<3.000000e+00> : tensor<4xf32>
// CHECK: spiq.conv_2d %{{.*}}, %{{.*}}, %[[B]]
func.func @conv2d_scalar_bias(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2xf32>)
    -> tensor<1x8x8x4xf32> {
  %zp = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %b = "tosa.const"() {values = dense<3.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w, %b, %zp, %zp {
      acc_type = f32, stride = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>,
      dilation = array<i64: 1, 1>}
    : (tensor<1x8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<1xf32>, tensor<1xf32>,
       tensor<1xf32>) -> tensor<1x8x8x4xf32>
  return %0 : tensor<1x8x8x4xf32>
}

// -----

// Output channel 2 c + m has the filter [:, :, c, m].
// CHECK-LABEL: func.func @depthwise
// CHECK: %[[W:.+]] = arith.constant dense<{{\[\[\[}}[0.000000e+00], [6.000000e+00]]], {{\[\[}}[1.000000e+00], [7.000000e+00]]], {{\[\[}}[2.000000e+00], [8.000000e+00]]], {{\[\[}}[3.000000e+00], [9.000000e+00]]], {{\[\[}}[4.000000e+00], [1.000000e+01]]], {{\[\[}}[5.000000e+00], [1.100000e+01]]]]> : tensor<6x1x2x1xf32>
// CHECK: spiq.conv_2d %{{.*}}, %[[W]], %{{.*}} {groups = 3 : i64} : {{.*}} -> tensor<1x8x7x6xf32>
func.func @depthwise(%x: tensor<1x8x8x3xf32>, %b: tensor<6xf32>)
    -> tensor<1x8x7x6xf32> {
  %zp = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %w = "tosa.const"() {values = dense<[[[[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]],
                                        [[6.0, 7.0], [8.0, 9.0], [10.0, 11.0]]]]>
      : tensor<1x2x3x2xf32>} : () -> tensor<1x2x3x2xf32>
  %0 = tosa.depthwise_conv2d %x, %w, %b, %zp, %zp {
      acc_type = f32, stride = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>,
      dilation = array<i64: 1, 1>}
    : (tensor<1x8x8x3xf32>, tensor<1x2x3x2xf32>, tensor<6xf32>, tensor<1xf32>,
       tensor<1xf32>) -> tensor<1x8x7x6xf32>
  return %0 : tensor<1x8x7x6xf32>
}

// -----

// Negative out_pad cuts, positive out_pad behind the result adds.
// CHECK-LABEL: func.func @transpose_conv2d
// CHECK: spiq.transposed_conv_2d %{{.*}} {output_padding = array<i64: 1, 0>, padding = array<i64: 1, 0, 0, 1>, strides = array<i64: 2, 2>} : {{.*}} -> tensor<1x9x8x4xf32>
func.func @transpose_conv2d(%x: tensor<1x4x4x2xf32>, %w: tensor<4x3x3x2xf32>,
                            %b: tensor<4xf32>) -> tensor<1x9x8x4xf32> {
  %zp = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %0 = tosa.transpose_conv2d %x, %w, %b, %zp, %zp {
      acc_type = f32, stride = array<i64: 2, 2>,
      out_pad = array<i64: -1, 1, 0, -1>}
    : (tensor<1x4x4x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>, tensor<1xf32>,
       tensor<1xf32>) -> tensor<1x9x8x4xf32>
  return %0 : tensor<1x9x8x4xf32>
}

// -----

// CHECK-LABEL: func.func @matmul
// CHECK-DAG: %[[W:.+]] = arith.constant dense<{{\[}}[1.000000e+00, 3.000000e+00, 5.000000e+00], [2.000000e+00, 4.000000e+00, 6.000000e+00]]> : tensor<2x3xf32>
// CHECK-DAG: %[[B:.+]] = arith.constant dense<0.000000e+00> : tensor<2xf32>
// CHECK-DAG: %[[X:.+]] = tensor.collapse_shape %arg0 {{.*}} : tensor<1x4x3xf32> into tensor<4x3xf32>
// CHECK: %[[Y:.+]] = spiq.fully_connected %[[X]], %[[W]], %[[B]] : {{.*}} -> tensor<4x2xf32>
// CHECK: tensor.expand_shape %[[Y]] {{.*}} into tensor<1x4x2xf32>
func.func @matmul(%x: tensor<1x4x3xf32>) -> tensor<1x4x2xf32> {
  %zp = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %w = "tosa.const"() {values = dense<[[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]]>
      : tensor<1x3x2xf32>} : () -> tensor<1x3x2xf32>
  %0 = tosa.matmul %x, %w, %zp, %zp
    : (tensor<1x4x3xf32>, tensor<1x3x2xf32>, tensor<1xf32>, tensor<1xf32>)
      -> tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}

// -----

// No layer: both factors are computed.
// CHECK-LABEL: func.func @computed_matmul
// CHECK: linalg.batch_matmul
func.func @computed_matmul(%x: tensor<1x4x3xf32>, %y: tensor<1x3x2xf32>)
    -> tensor<1x4x2xf32> {
  %zp = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %0 = tosa.matmul %x, %y, %zp, %zp
    : (tensor<1x4x3xf32>, tensor<1x3x2xf32>, tensor<1xf32>, tensor<1xf32>)
      -> tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}
