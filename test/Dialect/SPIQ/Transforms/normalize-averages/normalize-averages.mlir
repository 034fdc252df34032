// RUN: spiq-opt %s --spiq-normalize-averages=balanced=false --split-input-file | FileCheck %s
// RUN: spiq-opt %s --spiq-normalize-averages=balanced=false --split-input-file --mlir-print-debuginfo | FileCheck %s --check-prefix=LOC

// CHECK-LABEL: func.func @fully_connected(
// CHECK:         %[[POOL:.*]] = spiq.avg_pool_2d %arg0
// CHECK:         %[[A:.*]] = tensor.collapse_shape %[[POOL]]
// CHECK:         %[[ABS:.*]] = math.absf %[[A]]
// CHECK:         %[[LEAST:.*]] = arith.constant dense<1.17549435E-38> : tensor<3xf32>
// CHECK:         %[[M:.*]] = linalg.reduce ins(%[[ABS]] : tensor<3x4xf32>) outs(%[[LEAST]] : tensor<3xf32>) dimensions = [1]
// CHECK:           arith.maximumf
// CHECK:         %[[DIVISOR:.*]] = linalg.broadcast ins(%[[M]] : tensor<3xf32>) outs(%{{.*}} : tensor<3x4xf32>) dimensions = [1]
// CHECK:         %[[X:.*]] = arith.divf %[[A]], %[[DIVISOR]]
// CHECK:         %[[ZEROS:.*]] = arith.constant dense<0.000000e+00> : tensor<2xf32>
// CHECK:         %[[PRODUCT:.*]] = spiq.fully_connected %[[X]], %{{.*}}, %[[ZEROS]] :
// CHECK:         %[[FACTOR:.*]] = tensor.expand_shape %[[M]] {{\[\[}}0, 1]] output_shape [3, 1]
// CHECK:         %[[SCALED:.*]] = spiq.mul %[[PRODUCT]], %[[FACTOR]]
// CHECK:         %[[BIAS:.*]] = arith.constant dense<{{\[\[}}5.000000e-01, -1.000000e+00]]> : tensor<1x2xf32>
// CHECK:         %[[Y:.*]] = spiq.add %[[SCALED]], %[[BIAS]]
// CHECK:         linalg.softmax dimension(1) ins(%[[Y]]

// The layer keeps its name, and what it computed for the network is still called
// like it.
// LOC-DAG: #[[LAYER:.*]] = loc("fc")
// LOC-DAG: #[[NORMALIZED:.*]] = loc("fc/normalized")
// LOC-DAG: #[[SCALED:.*]] = loc("fc/scaled")
// LOC-DAG: #[[INNER:.*]] = loc(fused[#[[LAYER]], #[[NORMALIZED]]])
// LOC-DAG: #[[PRODUCT:.*]] = loc(fused[#[[LAYER]], #[[SCALED]]])
// LOC-DAG: spiq.fully_connected {{.*}} loc(#[[INNER]])
// LOC-DAG: spiq.mul {{.*}} loc(#[[PRODUCT]])
// LOC-DAG: spiq.add {{.*}} loc(#[[LAYER]])

func.func @fully_connected(%x: tensor<3x2x2x4xf32>) -> tensor<3x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [-1.0, 0.0, 1.0, 0.0]]> : tensor<2x4xf32>
  %b = arith.constant dense<[0.5, -1.0]> : tensor<2xf32>
  %0 = spiq.avg_pool_2d %x {kernel = array<i64: 2, 2>} : (tensor<3x2x2x4xf32>) -> tensor<3x1x1x4xf32>
  %1 = tensor.collapse_shape %0 [[0, 1, 2], [3]] : tensor<3x1x1x4xf32> into tensor<3x4xf32>
  %2 = spiq.fully_connected %1, %w, %b : (tensor<3x4xf32>, tensor<2x4xf32>, tensor<2xf32>) -> tensor<3x2xf32> loc("fc")
  %3 = tensor.empty() : tensor<3x2xf32>
  %4 = linalg.softmax dimension(1) ins(%2 : tensor<3x2xf32>) outs(%3 : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %4 : tensor<3x2xf32>
}

// -----

// A convolution of one pixel; its statistics, with the bias, are no longer true.
// CHECK-LABEL: func.func @convolution(
// CHECK:         linalg.reduce ins(%{{.*}} : tensor<2x1x1x4xf32>) outs(%{{.*}} : tensor<2x1x1xf32>) dimensions = [3]
// CHECK:         spiq.conv_2d %{{.*}}, %{{.*}}, %{{.*}} : (
// CHECK:         tensor.expand_shape %{{.*}} {{\[\[}}0], [1], [2, 3]] output_shape [2, 1, 1, 1]
// CHECK:         spiq.add
func.func @convolution(%x: tensor<2x2x2x4xf32>) -> tensor<2x1x1x2xf32> {
  %w = arith.constant dense<0.5> : tensor<2x1x1x4xf32>
  %b = arith.constant dense<[0.5, -1.0]> : tensor<2xf32>
  %0 = spiq.avg_pool_2d %x {kernel = array<i64: 2, 2>} : (tensor<2x2x2x4xf32>) -> tensor<2x1x1x4xf32>
  %1 = spiq.conv_2d %0, %w, %b {stats = #spiq.channel_stats<mean = [0.0, 0.0], stddev = [1.0, 1.0]>} : (tensor<2x1x1x4xf32>, tensor<2x1x1x4xf32>, tensor<2xf32>) -> tensor<2x1x1x2xf32>
  return %1 : tensor<2x1x1x2xf32>
}

// -----

// Both heads of a network are last layers.
// CHECK-LABEL: func.func @two_heads(
// CHECK-COUNT-2: linalg.reduce
func.func @two_heads(%x: tensor<1x2x2x4xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<2x4xf32>
  %b = arith.constant dense<[0.5, -1.0]> : tensor<2xf32>
  %0 = spiq.avg_pool_2d %x {kernel = array<i64: 2, 2>} : (tensor<1x2x2x4xf32>) -> tensor<1x1x1x4xf32>
  %1 = tensor.collapse_shape %0 [[0, 1, 2], [3]] : tensor<1x1x1x4xf32> into tensor<1x4xf32>
  %2 = spiq.fully_connected %1, %w, %b : (tensor<1x4xf32>, tensor<2x4xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %3 = spiq.fully_connected %1, %w, %b : (tensor<1x4xf32>, tensor<2x4xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %2, %3 : tensor<1x2xf32>, tensor<1x2xf32>
}

// -----

// Squeeze and excite: another layer reads what the gate scales.
// CHECK-LABEL: func.func @gate(
// CHECK-NOT:     linalg.reduce
// CHECK:         return
func.func @gate(%x: tensor<1x2x2x4xf32>) -> tensor<1x2x2x4xf32> {
  %w = arith.constant dense<0.5> : tensor<4x1x1x4xf32>
  %b = arith.constant dense<0.5> : tensor<4xf32>
  %0 = spiq.avg_pool_2d %x {kernel = array<i64: 2, 2>} : (tensor<1x2x2x4xf32>) -> tensor<1x1x1x4xf32>
  %1 = spiq.conv_2d %0, %w, %b : (tensor<1x1x1x4xf32>, tensor<4x1x1x4xf32>, tensor<4xf32>) -> tensor<1x1x1x4xf32>
  %2 = spiq.mul %x, %1 : (tensor<1x2x2x4xf32>, tensor<1x1x1x4xf32>) -> tensor<1x2x2x4xf32>
  %3 = spiq.conv_2d %2, %w, %b : (tensor<1x2x2x4xf32>, tensor<4x1x1x4xf32>, tensor<4xf32>) -> tensor<1x2x2x4xf32>
  return %3 : tensor<1x2x2x4xf32>
}

// -----

// A clamp does not scale with what it limits.
// CHECK-LABEL: func.func @clamped(
// CHECK-NOT:     linalg.reduce
// CHECK:         return
func.func @clamped(%x: tensor<1x2x2x4xf32>) -> tensor<1x1x1x4xf32> {
  %w = arith.constant dense<0.5> : tensor<4x1x1x4xf32>
  %b = arith.constant dense<0.5> : tensor<4xf32>
  %0 = spiq.avg_pool_2d %x {kernel = array<i64: 2, 2>} : (tensor<1x2x2x4xf32>) -> tensor<1x1x1x4xf32>
  %1 = spiq.conv_2d %0, %w, %b {clamp_min = 0.0 : f32} : (tensor<1x1x1x4xf32>, tensor<4x1x1x4xf32>, tensor<4xf32>) -> tensor<1x1x1x4xf32>
  return %1 : tensor<1x1x1x4xf32>
}

// -----

// No average, several pixels, weights that are not constant.
// CHECK-LABEL: func.func @others(
// CHECK-NOT:     linalg.reduce
// CHECK:         return
func.func @others(%x: tensor<1x4xf32>, %y: tensor<1x4x4x4xf32>, %w2: tensor<2x4xf32>)
    -> (tensor<1x2xf32>, tensor<1x2x2x2xf32>, tensor<1x2xf32>) {
  %w = arith.constant dense<0.5> : tensor<2x4xf32>
  %w1 = arith.constant dense<0.5> : tensor<2x1x1x4xf32>
  %b = arith.constant dense<[0.5, -1.0]> : tensor<2xf32>
  %0 = spiq.fully_connected %x, %w, %b : (tensor<1x4xf32>, tensor<2x4xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = spiq.avg_pool_2d %y {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>} : (tensor<1x4x4x4xf32>) -> tensor<1x2x2x4xf32>
  %2 = spiq.conv_2d %1, %w1, %b : (tensor<1x2x2x4xf32>, tensor<2x1x1x4xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %3 = spiq.avg_pool_2d %y {kernel = array<i64: 4, 4>} : (tensor<1x4x4x4xf32>) -> tensor<1x1x1x4xf32>
  %4 = tensor.collapse_shape %3 [[0, 1, 2], [3]] : tensor<1x1x1x4xf32> into tensor<1x4xf32>
  %5 = spiq.fully_connected %4, %w2, %b : (tensor<1x4xf32>, tensor<2x4xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %0, %2, %5 : tensor<1x2xf32>, tensor<1x2x2x2xf32>, tensor<1x2xf32>
}
