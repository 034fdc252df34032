// Pooling, concatenation, padding and resizing.

// RUN: spiq-opt %s --convert-tosa-to-spiq --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @pooling
// CHECK: spiq.max_pool_2d %{{.*}} {kernel = array<i64: 3, 2>, padding = array<i64: 1, 0, 0, 1>, strides = array<i64: 1, 2>}
// CHECK: spiq.avg_pool_2d %{{.*}} {kernel = array<i64: 2, 2>, padding = array<i64: 1, 1, 0, 0>}
func.func @pooling(%x: tensor<1x8x7x2xf32>) -> tensor<1x8x3x2xf32> {
  %zp = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %0 = tosa.max_pool2d %x {kernel = array<i64: 3, 2>,
      stride = array<i64: 1, 2>, pad = array<i64: 1, 0, 0, 1>}
    : (tensor<1x8x7x2xf32>) -> tensor<1x7x4x2xf32>
  %1 = tosa.avg_pool2d %0, %zp, %zp {acc_type = f32,
      kernel = array<i64: 2, 2>, stride = array<i64: 1, 1>,
      pad = array<i64: 1, 1, 0, 0>}
    : (tensor<1x7x4x2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x8x3x2xf32>
  return %1 : tensor<1x8x3x2xf32>
}

// -----

// CHECK-LABEL: func.func @concat
// CHECK: spiq.concat %arg0, %arg1, %arg0 {axis = 3 : i64}
func.func @concat(%x: tensor<1x8x8x2xf32>, %y: tensor<1x8x8x3xf32>)
    -> tensor<1x8x8x7xf32> {
  %0 = tosa.concat %x, %y, %x {axis = 3 : i32}
    : (tensor<1x8x8x2xf32>, tensor<1x8x8x3xf32>, tensor<1x8x8x2xf32>)
      -> tensor<1x8x8x7xf32>
  return %0 : tensor<1x8x8x7xf32>
}

// -----

// CHECK-LABEL: func.func @pad
// CHECK: spiq.pad %arg0 {high = array<i64: 0, 2, 4, 0>, low = array<i64: 0, 1, 3, 0>, value = 5.000000e-01 : f32}
func.func @pad(%x: tensor<1x8x8x2xf32>) -> tensor<1x11x15x2xf32> {
  %padding = tosa.const_shape {values = dense<[0, 0, 1, 2, 3, 4, 0, 0]>
    : tensor<8xindex>} : () -> !tosa.shape<8>
  %value = "tosa.const"() {values = dense<0.5> : tensor<1xf32>} : () -> tensor<1xf32>
  %0 = tosa.pad %x, %padding, %value
    : (tensor<1x8x8x2xf32>, !tosa.shape<8>, tensor<1xf32>)
      -> tensor<1x11x15x2xf32>
  return %0 : tensor<1x11x15x2xf32>
}

// -----

// (2 o + 1) / 4 - 1/2 is half-pixel with scale 2.
// CHECK-LABEL: func.func @half_pixel
// CHECK: spiq.resize linear %arg0 : (tensor<1x8x8x2xf32>) -> tensor<1x16x16x2xf32>
func.func @half_pixel(%x: tensor<1x8x8x2xf32>) -> tensor<1x16x16x2xf32> {
  %scale = tosa.const_shape {values = dense<[4, 2, 4, 2]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %offset = tosa.const_shape {values = dense<[-1, -1]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %border = tosa.const_shape {values = dense<[1, 1]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %0 = tosa.resize %x, %scale, %offset, %border {mode = BILINEAR}
    : (tensor<1x8x8x2xf32>, !tosa.shape<4>, !tosa.shape<2>, !tosa.shape<2>)
      -> tensor<1x16x16x2xf32>
  return %0 : tensor<1x16x16x2xf32>
}

// -----

// CHECK-LABEL: func.func @align_corners
// CHECK: spiq.resize linear %arg0 {coordinate_mode = #spiq.coordinate_mode<align_corners>} : {{.*}} -> tensor<1x15x15x2xf32>
func.func @align_corners(%x: tensor<1x8x8x2xf32>) -> tensor<1x15x15x2xf32> {
  %scale = tosa.const_shape {values = dense<[4, 2, 4, 2]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %zeros = tosa.const_shape {values = dense<[0, 0]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %0 = tosa.resize %x, %scale, %zeros, %zeros {mode = BILINEAR}
    : (tensor<1x8x8x2xf32>, !tosa.shape<4>, !tosa.shape<2>, !tosa.shape<2>)
      -> tensor<1x15x15x2xf32>
  return %0 : tensor<1x15x15x2xf32>
}

// -----

// CHECK-LABEL: func.func @asymmetric
// CHECK: spiq.resize nearest %arg0 {coordinate_mode = #spiq.coordinate_mode<asymmetric>, nearest_mode = #spiq.nearest_mode<round_prefer_ceil>}
// CHECK: spiq.resize nearest %arg0 {coordinate_mode = #spiq.coordinate_mode<asymmetric>, nearest_mode = #spiq.nearest_mode<round_prefer_ceil>, scales = array<f32: 1.500000e+00, 1.500000e+00>}
func.func @asymmetric(%x: tensor<1x8x8x2xf32>)
    -> (tensor<1x16x16x2xf32>, tensor<1x11x11x2xf32>) {
  %scale = tosa.const_shape {values = dense<[4, 2, 4, 2]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %other = tosa.const_shape {values = dense<[3, 2, 3, 2]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %zeros = tosa.const_shape {values = dense<[0, 0]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %ones = tosa.const_shape {values = dense<[2, 2]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %minus = tosa.const_shape {values = dense<[-1, -1]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %0 = tosa.resize %x, %scale, %zeros, %ones {mode = NEAREST_NEIGHBOR}
    : (tensor<1x8x8x2xf32>, !tosa.shape<4>, !tosa.shape<2>, !tosa.shape<2>)
      -> tensor<1x16x16x2xf32>
  %1 = tosa.resize %x, %other, %zeros, %minus {mode = NEAREST_NEIGHBOR}
    : (tensor<1x8x8x2xf32>, !tosa.shape<4>, !tosa.shape<2>, !tosa.shape<2>)
      -> tensor<1x11x11x2xf32>
  return %0, %1 : tensor<1x16x16x2xf32>, tensor<1x11x11x2xf32>
}
