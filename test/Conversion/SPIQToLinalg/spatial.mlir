// RUN: spiq-opt --convert-spiq-to-linalg --split-input-file %s | FileCheck %s

// CHECK-LABEL: func.func @max_pool_float(
// CHECK:         %[[LOWEST:.*]] = arith.constant 0xFF800000 : f32
// CHECK:         tensor.pad
// CHECK:           tensor.yield %[[LOWEST]]
// CHECK:         linalg.fill ins(%[[LOWEST]] : f32)
// CHECK:         linalg.pooling_nhwc_max
// CHECK-SAME:      strides = dense<2>
// CHECK-SAME:      tensor<1x6x6x2xf32>, tensor<3x3xf32>
func.func @max_pool_float(%x: tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32> {
  %y = spiq.max_pool_2d %x {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, padding = array<i64: 1, 1, 1, 1>} : (tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32>
  return %y : tensor<1x2x2x2xf32>
}

// -----

!s = !quant.uniform<i8:f32, 0.5>
!u = !quant.uniform<u8:f32, 0.5>

// CHECK-LABEL: func.func @max_pool_integer(
// CHECK:         arith.constant -128 : i8
// CHECK:         linalg.pooling_nhwc_max {
// CHECK:         arith.constant 0 : i8
// CHECK:         linalg.pooling_nhwc_max_unsigned {
func.func @max_pool_integer(%x: tensor<1x4x4x2x!s>, %z: tensor<1x4x4x2x!u>) -> (tensor<1x3x3x2x!s>, tensor<1x3x3x2x!u>) {
  %y = spiq.max_pool_2d %x {kernel = array<i64: 2, 2>} : (tensor<1x4x4x2x!s>) -> tensor<1x3x3x2x!s>
  %w = spiq.max_pool_2d %z {kernel = array<i64: 2, 2>} : (tensor<1x4x4x2x!u>) -> tensor<1x3x3x2x!u>
  return %y, %w : tensor<1x3x3x2x!s>, tensor<1x3x3x2x!u>
}

// -----

!type = !quant.uniform<u8:f32, 0.5:3>

// A global average reduces to N x C; 16 pixels hold 16 zero points.
// CHECK-DAG: #[[IN:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3, d1)>
// CHECK-DAG: #[[OUT:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1)>
// CHECK-LABEL: func.func @global_average(
// CHECK:         linalg.generic {indexing_maps = [#[[IN]], #[[OUT]]]
// CHECK-SAME:      iterator_types = ["parallel", "parallel", "reduction", "reduction"]
// CHECK:           arith.extui
// CHECK:           arith.addi
// CHECK:         linalg.generic
// CHECK:           arith.constant 48 : i32
// CHECK:           arith.subi
// CHECK:           arith.sitofp
// CHECK:           arith.constant 6.250000e-02 : f32
// CHECK:         tensor.expand_shape %{{.*}} : tensor<1x2xi8> into tensor<1x1x1x2xi8>
func.func @global_average(%x: tensor<1x4x4x2x!type>) -> tensor<1x1x1x2x!type> {
  %y = spiq.avg_pool_2d %x {kernel = array<i64: 4, 4>} : (tensor<1x4x4x2x!type>) -> tensor<1x1x1x2x!type>
  return %y : tensor<1x1x1x2x!type>
}

// -----

// An f32 result: one multiplication with scale / n.
// CHECK-LABEL: func.func @float_average(
// CHECK:         linalg.generic
// CHECK:           arith.addi
// CHECK:         linalg.generic
// CHECK:           arith.constant 40 : i32
// CHECK:           arith.subi
// CHECK:           arith.sitofp
// CHECK:           arith.constant 1.250000e-01 : f32
// CHECK:           arith.mulf
// CHECK:         tensor.expand_shape %{{.*}} : tensor<1x2xf32> into tensor<1x1x1x2xf32>
func.func @float_average(%x: tensor<1x2x4x2x!quant.uniform<u8:f32, 1.0:5>>) -> tensor<1x1x1x2xf32> {
  %y = spiq.avg_pool_2d %x {kernel = array<i64: 2, 4>} : (tensor<1x2x4x2x!quant.uniform<u8:f32, 1.0:5>>) -> tensor<1x1x1x2xf32>
  return %y : tensor<1x1x1x2xf32>
}

// -----

// Divisors differ at the border.
// CHECK-DAG: #[[POSITION:.*]] = affine_map<(d0, d1, d2, d3) -> (d1, d2)>
// CHECK-LABEL: func.func @average_of_pixels(
// CHECK:         %[[SUM:.*]] = linalg.generic
// CHECK:         %[[N:.*]] = arith.constant
// CHECK-SAME{LITERAL}: dense<[[4.000000e+00, 6.000000e+00], [6.000000e+00, 9.000000e+00]]> : tensor<2x2xf32>
// CHECK:         linalg.generic {indexing_maps = [#{{.*}}, #[[POSITION]], #{{.*}}]
// CHECK-SAME:      ins(%[[SUM]], %[[N]] :
// CHECK:           arith.divf
func.func @average_of_pixels(%x: tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32> {
  %y = spiq.avg_pool_2d %x {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, padding = array<i64: 1, 0, 1, 0>} : (tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32>
  return %y : tensor<1x2x2x2xf32>
}

// -----

// Padding counts, extra padding for ceil_mode does not.
// CHECK-LABEL: func.func @average_with_padding(
// CHECK:         tensor.pad %{{.*}} low[0, 1, 1, 0] high[0, 1, 1, 0]
// CHECK{LITERAL}: dense<[[9.000000e+00, 6.000000e+00], [6.000000e+00, 4.000000e+00]]> : tensor<2x2xf32>
func.func @average_with_padding(%x: tensor<1x3x3x2xf32>) -> tensor<1x2x2x2xf32> {
  %y = spiq.avg_pool_2d %x {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, padding = array<i64: 1, 0, 1, 0>, ceil_padding = array<i64: 1, 1>, count_include_pad} : (tensor<1x3x3x2xf32>) -> tensor<1x2x2x2xf32>
  return %y : tensor<1x2x2x2xf32>
}

// -----

!a = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i8:f32, 0.25:1>
!y = !quant.uniform<i8:f32:2, {0.5, 0.5, 0.25:3, 0.5}>

// The first input is copied, the second requantized.
// CHECK-LABEL: func.func @concat(
// CHECK-SAME:    %[[A:.*]]: tensor<2x3x2xi8>, %[[B:.*]]: tensor<2x3x2xi8>)
// CHECK:         %[[EMPTY:.*]] = tensor.empty() : tensor<2x3x4xi8>
// CHECK:         %[[FIRST:.*]] = tensor.insert_slice %[[A]] into %[[EMPTY]][0, 0, 0] [2, 3, 2] [1, 1, 1]
// CHECK-DAG:     arith.constant dense<[1.000000e+00, 5.000000e-01]> : tensor<2xf32>
// CHECK:         %[[SECOND:.*]] = linalg.generic
// CHECK:           arith.mulf
// CHECK:         tensor.insert_slice %[[SECOND]] into %[[FIRST]][0, 0, 2] [2, 3, 2] [1, 1, 1]
func.func @concat(%a: tensor<2x3x2x!a>, %b: tensor<2x3x2x!b>) -> tensor<2x3x4x!y> {
  %y = spiq.concat %a, %b {axis = 2 : i64} : (tensor<2x3x2x!a>, tensor<2x3x2x!b>) -> tensor<2x3x4x!y>
  return %y : tensor<2x3x4x!y>
}

// -----

!type = !quant.uniform<i8:f32:1, {0.5:1, 0.25:1}>
!equal = !quant.uniform<i8:f32:1, {0.5:1, 0.5:1}>

// The padding value is quantized for each channel.
// CHECK-LABEL: func.func @pad(
// CHECK:         arith.constant dense<[3, 5]> : tensor<2xi8>
// CHECK:         linalg.broadcast
// CHECK:         tensor.insert_slice
// CHECK:         %[[VALUE:.*]] = arith.constant 3 : i8
// CHECK:         tensor.pad
// CHECK:           tensor.yield %[[VALUE]]
func.func @pad(%x: tensor<3x2x!type>, %z: tensor<3x2x!equal>) -> (tensor<5x2x!type>, tensor<5x2x!equal>) {
  %y = spiq.pad %x {low = array<i64: 1, 0>, high = array<i64: 1, 0>, value = 1.0 : f32} : (tensor<3x2x!type>) -> tensor<5x2x!type>
  %w = spiq.pad %z {low = array<i64: 1, 0>, high = array<i64: 1, 0>, value = 1.0 : f32} : (tensor<3x2x!equal>) -> tensor<5x2x!equal>
  return %y, %w : tensor<5x2x!type>, tensor<5x2x!equal>
}

// -----

// Whole factors repeat pixels.
// CHECK-LABEL: func.func @upsample(
// CHECK:         linalg.broadcast ins(%{{.*}} : tensor<1x2x3x4xf32>) outs(%{{.*}} : tensor<1x2x2x3x3x4xf32>) dimensions = [2, 4]
// CHECK:         tensor.collapse_shape %{{.*}} {{\[\[}}0], [1, 2], [3, 4], [5]] : tensor<1x2x2x3x3x4xf32> into tensor<1x4x9x4xf32>
func.func @upsample(%x: tensor<1x2x3x4xf32>) -> tensor<1x4x9x4xf32> {
  %y = spiq.resize nearest %x {coordinate_mode = #spiq.coordinate_mode<asymmetric>, nearest_mode = #spiq.nearest_mode<floor>} : (tensor<1x2x3x4xf32>) -> tensor<1x4x9x4xf32>
  return %y : tensor<1x4x9x4xf32>
}

// -----

// Other ratios read through tables of rows and columns.
// CHECK-LABEL: func.func @nearest(
// CHECK-SAME:    %[[X:.*]]: tensor<1x4x4x2xf32>)
// CHECK:         %[[ROWS:.*]] = arith.constant dense<[1, 2, 3]> : tensor<3xi32>
// CHECK:         linalg.generic
// CHECK:           %[[N:.*]] = linalg.index 0
// CHECK:           %[[C:.*]] = linalg.index 3
// CHECK:           tensor.extract %[[X]][%[[N]], %{{.*}}, %{{.*}}, %[[C]]]
func.func @nearest(%x: tensor<1x4x4x2xf32>) -> tensor<1x3x3x2xf32> {
  %y = spiq.resize nearest %x {nearest_mode = #spiq.nearest_mode<ceil>} : (tensor<1x4x4x2xf32>) -> tensor<1x3x3x2xf32>
  return %y : tensor<1x3x3x2xf32>
}

// -----

!type = !quant.uniform<i8:f32, 0.5:1>
!out = !quant.uniform<i8:f32, 0.25>

// CHECK-LABEL: func.func @linear(
// CHECK-DAG:     arith.constant dense<[0, 0, 0, 1]> : tensor<4xi32>
// CHECK-DAG:     arith.constant dense<[0.000000e+00, 2.500000e-01, 7.500000e-01, 0.000000e+00]> : tensor<4xf32>
// CHECK-DAG:     arith.constant dense<[1.000000e+00, 7.500000e-01, 2.500000e-01, 1.000000e+00]> : tensor<4xf32>
// CHECK:         linalg.generic
// CHECK-COUNT-4:   tensor.extract
// CHECK:           math.roundeven
func.func @linear(%x: tensor<1x2x2x2x!type>) -> tensor<1x4x4x2x!out> {
  %y = spiq.resize linear %x : (tensor<1x2x2x2x!type>) -> tensor<1x4x4x2x!out>
  return %y : tensor<1x4x4x2x!out>
}
