// RUN: spiq-opt --convert-spiq-to-linalg --split-input-file %s | FileCheck %s

// Weights O x KH x KW x I are stored as KH x KW x I x O.
// CHECK: #[[CHANNEL:.*]] = affine_map<(d0, d1, d2, d3) -> (d3)>
// CHECK-LABEL: func.func @conv_2d(
// CHECK-SAME:    %[[X:.*]]: tensor<1x5x6x2xf32>)
// CHECK:         %[[PADDED:.*]] = tensor.pad %[[X]] low[0, 1, 0, 0] high[0, 0, 2, 0]
// CHECK:           tensor.yield %{{.*}} : f32
// CHECK:         %[[W:.*]] = arith.constant
// CHECK-SAME{LITERAL}: dense<[[[[0.000000e+00, 6.000000e+00, 1.200000e+01], [1.000000e+00, 7.000000e+00, 1.300000e+01]], [[2.000000e+00, 8.000000e+00, 1.400000e+01],
// CHECK-SAME:      : tensor<1x3x2x3xf32>
// CHECK:         %[[ZEROS:.*]] = linalg.fill
// CHECK:         %[[ACC:.*]] = linalg.conv_2d_nhwc_hwcf
// CHECK-SAME:      dilations = dense<[1, 2]>
// CHECK-SAME:      strides = dense<[2, 1]>
// CHECK-SAME:      ins(%[[PADDED]], %[[W]] : tensor<1x6x8x2xf32>, tensor<1x3x2x3xf32>)
// CHECK-SAME:      outs(%[[ZEROS]] : tensor<1x3x4x3xf32>)
// CHECK:         linalg.generic {indexing_maps = [#{{.*}}, #[[CHANNEL]], #{{.*}}]
// CHECK-SAME:      ins(%[[ACC]], %{{.*}} :
// CHECK:           %[[SUM:.*]] = arith.addf
// CHECK:           %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK:           %[[ABOVE:.*]] = arith.cmpf ogt, %[[ZERO]], %[[SUM]] : f32
// CHECK:           arith.select %[[ABOVE]], %[[ZERO]], %[[SUM]] : f32
func.func @conv_2d(%x: tensor<1x5x6x2xf32>) -> tensor<1x3x4x3xf32> {
  %w = arith.constant dense<[[[[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]], [[[6.0, 7.0], [8.0, 9.0], [10.0, 11.0]]], [[[12.0, 13.0], [14.0, 15.0], [16.0, 17.0]]]]> : tensor<3x1x3x2xf32>
  %b = arith.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %y = spiq.conv_2d %x, %w, %b {padding = array<i64: 1, 0, 0, 2>, strides = array<i64: 2, 1>, dilations = array<i64: 1, 2>, clamp_min = 0.0 : f32}
       : (tensor<1x5x6x2xf32>, tensor<3x1x3x2xf32>, tensor<3xf32>) -> tensor<1x3x4x3xf32>
  return %y : tensor<1x3x4x3xf32>
}

// -----

// A pointwise convolution is a product; a bias of zero is not added, and the
// residual takes the shape of the product.
// CHECK-LABEL: func.func @pointwise(
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x4x2xf32>, %[[R:.*]]: tensor<2x3x4x2xf32>)
// CHECK:         %[[ROWS:.*]] = tensor.collapse_shape %[[X]] {{\[\[}}0, 1, 2], [3]]
// CHECK:         %[[W:.*]] = arith.constant
// CHECK-SAME{LITERAL}: dense<[[1.000000e+00, 3.000000e+00], [2.000000e+00, 4.000000e+00]]>
// CHECK:         %[[ACC:.*]] = linalg.matmul ins(%[[ROWS]], %[[W]] :
// CHECK:         %[[RESIDUAL:.*]] = tensor.collapse_shape %[[R]] {{\[\[}}0, 1, 2], [3]]
// CHECK:         %[[Y:.*]] = linalg.generic
// CHECK-SAME:      ins(%[[ACC]], %[[RESIDUAL]] :
// CHECK-NEXT:    ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT:      %[[SUM:.*]] = arith.addf %[[A]], %[[B]]
// CHECK-NEXT:      linalg.yield %[[SUM]]
// CHECK:         tensor.expand_shape %[[Y]] {{\[\[}}0, 1, 2], [3]]
func.func @pointwise(%x: tensor<2x3x4x2xf32>, %r: tensor<2x3x4x2xf32>) -> tensor<2x3x4x2xf32> {
  %w = arith.constant dense<[[[[1.0, 2.0]]], [[[3.0, 4.0]]]]> : tensor<2x1x1x2xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %y = spiq.conv_2d %x, %w, %b residual %r : (tensor<2x3x4x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>, tensor<2x3x4x2xf32>) -> tensor<2x3x4x2xf32>
  return %y : tensor<2x3x4x2xf32>
}

// -----

// CHECK-LABEL: func.func @depthwise(
// CHECK:         linalg.depthwise_conv_2d_nhwc_hwc
// CHECK-SAME:      ins(%{{.*}}, %{{.*}} : tensor<1x5x5x4xf32>, tensor<3x3x4xf32>)
func.func @depthwise(%x: tensor<1x5x5x4xf32>, %b: tensor<4xf32>) -> tensor<1x3x3x4xf32> {
  %w = arith.constant dense<1.0> : tensor<4x3x3x1xf32>
  %y = spiq.conv_2d %x, %w, %b {groups = 4 : i64} : (tensor<1x5x5x4xf32>, tensor<4x3x3x1xf32>, tensor<4xf32>) -> tensor<1x3x3x4xf32>
  return %y : tensor<1x3x3x4xf32>
}

// -----

// CHECK-DAG: #[[IMAGE:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7) -> (d0, d1 + d5, d2 + d6, d3, d7)>
// CHECK-DAG: #[[FILTER:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7) -> (d5, d6, d3, d7, d4)>
// CHECK-DAG: #[[RESULT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7) -> (d0, d1, d2, d3, d4)>
// CHECK-LABEL: func.func @grouped(
// CHECK:         %[[X:.*]] = tensor.expand_shape %{{.*}} : tensor<1x5x5x4xf32> into tensor<1x5x5x2x2xf32>
// CHECK:         %[[ACC:.*]] = linalg.generic {indexing_maps = [#[[IMAGE]], #[[FILTER]], #[[RESULT]]]
// CHECK-SAME:      ins(%[[X]], %{{.*}} : tensor<1x5x5x2x2xf32>, tensor<3x3x2x2x3xf32>)
// CHECK:         tensor.collapse_shape %[[ACC]] {{.*}} : tensor<1x3x3x2x3xf32> into tensor<1x3x3x6xf32>
func.func @grouped(%x: tensor<1x5x5x4xf32>, %b: tensor<6xf32>) -> tensor<1x3x3x6xf32> {
  %w = arith.constant dense<1.0> : tensor<6x3x3x2xf32>
  %y = spiq.conv_2d %x, %w, %b {groups = 2 : i64} : (tensor<1x5x5x4xf32>, tensor<6x3x3x2xf32>, tensor<6xf32>) -> tensor<1x3x3x6xf32>
  return %y : tensor<1x3x3x6xf32>
}

// -----

// Pixels are spread out and the kernel is turned upside down.
// CHECK-LABEL: func.func @transposed_conv_2d(
// CHECK-SAME:    %[[X:.*]]: tensor<1x2x2x1xf32>)
// CHECK:         %[[AROUND:.*]] = linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<1x5x4x1xf32>)
// CHECK:         %[[IMAGE:.*]] = tensor.insert_slice %[[X]] into %[[AROUND]][0, 1, 0, 0] [1, 2, 2, 1] [1, 2, 3, 1]
// CHECK{LITERAL}: dense<[[[[2.000000e+00]]], [[[1.000000e+00]]]]> : tensor<2x1x1x1xf32>
// CHECK:         linalg.conv_2d_nhwc_hwcf
// CHECK-SAME:      ins(%[[IMAGE]],
func.func @transposed_conv_2d(%x: tensor<1x2x2x1xf32>) -> tensor<1x4x4x1xf32> {
  %w = arith.constant dense<[[[[1.0]], [[2.0]]]]> : tensor<1x2x1x1xf32>
  %b = arith.constant dense<1.0> : tensor<1xf32>
  %y = spiq.transposed_conv_2d %x, %w, %b {strides = array<i64: 2, 3>} : (tensor<1x2x2x1xf32>, tensor<1x2x1x1xf32>, tensor<1xf32>) -> tensor<1x4x4x1xf32>
  return %y : tensor<1x4x4x1xf32>
}

// -----

// Padding beyond the kernel crops.
// CHECK-LABEL: func.func @cropped(
// CHECK:         %[[IMAGE:.*]] = tensor.insert_slice %{{.*}} into %{{.*}}[0, 0, 0, 0] [1, 4, 4, 1] [1, 1, 1, 1] : tensor<1x4x4x1xf32> into tensor<1x4x4x1xf32>
// CHECK:         tensor.extract_slice %[[IMAGE]][0, 1, 0, 0] [1, 3, 3, 1] [1, 1, 1, 1]
func.func @cropped(%x: tensor<1x4x4x1xf32>, %w: tensor<1x1x1x1xf32>, %b: tensor<1xf32>) -> tensor<1x3x3x1xf32> {
  %y = spiq.transposed_conv_2d %x, %w, %b {padding = array<i64: 1, 0, 0, 1>} : (tensor<1x4x4x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x3x3x1xf32>
  return %y : tensor<1x3x3x1xf32>
}

// -----

// CHECK-LABEL: func.func @fully_connected(
// CHECK{LITERAL}: dense<[[1.000000e+00, 4.000000e+00], [2.000000e+00, 5.000000e+00], [3.000000e+00, 6.000000e+00]]> : tensor<3x2xf32>
// CHECK:         linalg.matmul
func.func @fully_connected(%x: tensor<1x3xf32>, %b: tensor<2xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %y = spiq.fully_connected %x, %w, %b : (tensor<1x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----

// Weights that are not constant are rearranged at run time.
// CHECK-LABEL: func.func @computed_weights(
// CHECK-SAME:    %{{.*}}: tensor<1x3xf32>, %[[W:.*]]: tensor<2x3xf32>
// CHECK:         %[[T:.*]] = linalg.generic
// CHECK:           %[[I:.*]] = linalg.index 0
// CHECK:           %[[O:.*]] = linalg.index 1
// CHECK:           tensor.extract %[[W]][%[[O]], %[[I]]]
// CHECK:         linalg.matmul ins(%{{.*}}, %[[T]] :
func.func @computed_weights(%x: tensor<1x3xf32>, %w: tensor<2x3xf32>, %b: tensor<2xf32>) -> tensor<1x2xf32> {
  %y = spiq.fully_connected %x, %w, %b : (tensor<1x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----

// With constant statistics the factor is computed once: 2 / sqrt(3 + 1) = 1.
// CHECK-LABEL: func.func @batch_norm(
// CHECK:         linalg.generic
// CHECK:           %[[CENTRED:.*]] = arith.subf
// CHECK:           %[[SCALED:.*]] = arith.mulf %[[CENTRED]], %{{.*}} : f32
// CHECK:           arith.addf %[[SCALED]]
// CHECK-NOT:       math.sqrt
func.func @batch_norm(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %scale = arith.constant dense<[2.0, 4.0]> : tensor<2xf32>
  %bias = arith.constant dense<[0.5, 0.25]> : tensor<2xf32>
  %mean = arith.constant dense<[3.0, 4.0]> : tensor<2xf32>
  %variance = arith.constant dense<[3.0, 3.0]> : tensor<2xf32>
  %y = spiq.batch_norm %x, %scale, %bias, %mean, %variance {epsilon = 1.0 : f32}
       : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
