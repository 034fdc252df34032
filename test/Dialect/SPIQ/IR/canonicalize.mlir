// Canonical forms: what several operations say is said by one.

// RUN: spiq-opt %s --canonicalize | FileCheck %s

!a = !quant.uniform<u8:f32, 0.5:128>
!b = !quant.uniform<u8:f32, 0.25:128>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>

// CHECK-LABEL: func.func @clamps
// CHECK-NEXT: %[[Y:.+]] = spiq.clamp %arg0 {clamp_max = 4.000000e+00 : f32, clamp_min = 0.000000e+00 : f32}
// CHECK-NEXT: return %[[Y]]
func.func @clamps(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = spiq.clamp %x {clamp_min = -1.0 : f32, clamp_max = 4.0 : f32}
    : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = spiq.clamp %0 {clamp_min = 0.0 : f32, clamp_max = 6.0 : f32}
    : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// The result is 5 everywhere, which no single clamp of these bounds says.
// CHECK-LABEL: func.func @disjoint_clamps
// CHECK-COUNT-2: spiq.clamp
func.func @disjoint_clamps(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = spiq.clamp %x {clamp_max = 4.0 : f32}
    : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = spiq.clamp %0 {clamp_min = 5.0 : f32}
    : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// CHECK-LABEL: func.func @requantizing_clamps
// CHECK-COUNT-2: spiq.clamp
func.func @requantizing_clamps(%x: tensor<1x4x!a>) -> tensor<1x4x!a> {
  %0 = spiq.clamp %x {clamp_max = 4.0 : f32} : (tensor<1x4x!a>) -> tensor<1x4x!b>
  %1 = spiq.clamp %0 {clamp_min = 1.0 : f32} : (tensor<1x4x!b>) -> tensor<1x4x!a>
  return %1 : tensor<1x4x!a>
}

// CHECK-LABEL: func.func @concats
// CHECK-SAME: (%[[X:.+]]: tensor<1x4xf32>, %[[Y:.+]]: tensor<1x2xf32>)
// CHECK-NEXT: %[[Z:.+]] = spiq.concat %[[Y]], %[[X]], %[[Y]] {axis = 1 : i64}
// CHECK-NEXT: return %[[Z]]
func.func @concats(%x: tensor<1x4xf32>, %y: tensor<1x2xf32>)
    -> tensor<1x8xf32> {
  %0 = spiq.concat %x, %y {axis = 1 : i64}
    : (tensor<1x4xf32>, tensor<1x2xf32>) -> tensor<1x6xf32>
  %1 = spiq.concat %y, %0 {axis = 1 : i64}
    : (tensor<1x2xf32>, tensor<1x6xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}

// CHECK-LABEL: func.func @concats_of_other_axes
// CHECK-COUNT-2: spiq.concat
func.func @concats_of_other_axes(%x: tensor<1x4xf32>) -> tensor<2x8xf32> {
  %0 = spiq.concat %x, %x {axis = 0 : i64}
    : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<2x4xf32>
  %1 = spiq.concat %0, %0 {axis = 1 : i64}
    : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x8xf32>
  return %1 : tensor<2x8xf32>
}

// The inner one rounds its second input.
// CHECK-LABEL: func.func @requantizing_concats
// CHECK-COUNT-2: spiq.concat
func.func @requantizing_concats(%x: tensor<1x4x!a>, %y: tensor<1x4x!b>)
    -> tensor<1x12x!b> {
  %0 = spiq.concat %x, %y {axis = 1 : i64}
    : (tensor<1x4x!a>, tensor<1x4x!b>) -> tensor<1x8x!a>
  %1 = spiq.concat %0, %y {axis = 1 : i64}
    : (tensor<1x8x!a>, tensor<1x4x!b>) -> tensor<1x12x!b>
  return %1 : tensor<1x12x!b>
}

// CHECK-LABEL: func.func @concat_with_two_readers
// CHECK-COUNT-2: spiq.concat
func.func @concat_with_two_readers(%x: tensor<1x4xf32>)
    -> (tensor<1x8xf32>, tensor<1x12xf32>) {
  %0 = spiq.concat %x, %x {axis = 1 : i64}
    : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x8xf32>
  %1 = spiq.concat %0, %x {axis = 1 : i64}
    : (tensor<1x8xf32>, tensor<1x4xf32>) -> tensor<1x12xf32>
  return %0, %1 : tensor<1x8xf32>, tensor<1x12xf32>
}

// CHECK-LABEL: func.func @pads
// CHECK-NEXT: spiq.pad %arg0 {high = array<i64: 0, 3>, low = array<i64: 1, 2>, value = 1.000000e+00 : f32}
func.func @pads(%x: tensor<1x4xf32>) -> tensor<2x9xf32> {
  %0 = spiq.pad %x {low = array<i64: 0, 2>, high = array<i64: 0, 1>,
                    value = 1.0 : f32} : (tensor<1x4xf32>) -> tensor<1x7xf32>
  %1 = spiq.pad %0 {low = array<i64: 1, 0>, high = array<i64: 0, 2>,
                    value = 1.0 : f32} : (tensor<1x7xf32>) -> tensor<2x9xf32>
  return %1 : tensor<2x9xf32>
}

// CHECK-LABEL: func.func @pads_with_other_values
// CHECK-COUNT-2: spiq.pad
func.func @pads_with_other_values(%x: tensor<1x4xf32>) -> tensor<1x8xf32> {
  %0 = spiq.pad %x {low = array<i64: 0, 1>, high = array<i64: 0, 1>,
                    value = 1.0 : f32} : (tensor<1x4xf32>) -> tensor<1x6xf32>
  %1 = spiq.pad %0 {low = array<i64: 0, 1>, high = array<i64: 0, 1>}
    : (tensor<1x6xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}

// CHECK-LABEL: func.func @pad_into_conv
// CHECK-NEXT: spiq.conv_2d %arg0, %arg1, %arg2 {padding = array<i64: 1, 0, 2, 3>, strides = array<i64: 2, 2>} : (tensor<1x8x8x2xf32>
func.func @pad_into_conv(%x: tensor<1x8x8x2xf32>, %w: tensor<4x3x3x2xf32>,
                         %b: tensor<4xf32>) -> tensor<1x4x6x4xf32> {
  %0 = spiq.pad %x {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 0, 2, 0>}
    : (tensor<1x8x8x2xf32>) -> tensor<1x9x11x2xf32>
  %1 = spiq.conv_2d %0, %w, %b {strides = array<i64: 2, 2>,
                                padding = array<i64: 0, 0, 1, 1>}
    : (tensor<1x9x11x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>)
      -> tensor<1x4x6x4xf32>
  return %1 : tensor<1x4x6x4xf32>
}

// CHECK-LABEL: func.func @pad_into_quantized_conv
// CHECK-NEXT: spiq.conv_2d %arg0, {{.*}} {padding = array<i64: 1, 1, 1, 1>}
func.func @pad_into_quantized_conv(%x: tensor<1x8x8x2x!a>,
                                   %w: tensor<4x3x3x2x!w>, %b: tensor<4xi32>)
    -> tensor<1x8x8x4x!b> {
  %0 = spiq.pad %x {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 1, 1, 0>}
    : (tensor<1x8x8x2x!a>) -> tensor<1x10x10x2x!a>
  %1 = spiq.conv_2d %0, %w, %b
    : (tensor<1x10x10x2x!a>, tensor<4x3x3x2x!w>, tensor<4xi32>)
      -> tensor<1x8x8x4x!b>
  return %1 : tensor<1x8x8x4x!b>
}

// CHECK-LABEL: func.func @pad_not_into_conv
// CHECK: spiq.pad
// CHECK: spiq.conv_2d
// CHECK: spiq.pad
// CHECK: spiq.conv_2d
func.func @pad_not_into_conv(%x: tensor<1x8x8x1xf32>, %w: tensor<4x3x3x2xf32>,
                             %b: tensor<4xf32>, %y: tensor<1x8x8x2xf32>)
    -> (tensor<1x6x6x4xf32>, tensor<1x8x8x4xf32>) {
  %0 = spiq.pad %x {low = array<i64: 0, 0, 0, 0>, high = array<i64: 0, 0, 0, 1>}
    : (tensor<1x8x8x1xf32>) -> tensor<1x8x8x2xf32>
  %1 = spiq.conv_2d %0, %w, %b
    : (tensor<1x8x8x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>)
      -> tensor<1x6x6x4xf32>
  %2 = spiq.pad %y {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 1, 1, 0>,
                    value = 1.0 : f32}
    : (tensor<1x8x8x2xf32>) -> tensor<1x10x10x2xf32>
  %3 = spiq.conv_2d %2, %w, %b
    : (tensor<1x10x10x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>)
      -> tensor<1x8x8x4xf32>
  return %1, %3 : tensor<1x6x6x4xf32>, tensor<1x8x8x4xf32>
}

// CHECK-LABEL: func.func @pad_into_pooling
// CHECK: spiq.max_pool_2d %arg0 {kernel = array<i64: 3, 3>, padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>}
// CHECK: spiq.avg_pool_2d %arg0 {count_include_pad, kernel = array<i64: 3, 3>, padding = array<i64: 1, 1, 1, 1>}
func.func @pad_into_pooling(%x: tensor<1x8x8x2xf32>)
    -> (tensor<1x4x4x2xf32>, tensor<1x8x8x2xf32>) {
  %0 = spiq.pad %x {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 1, 1, 0>,
                    value = 0xFF800000 : f32}
    : (tensor<1x8x8x2xf32>) -> tensor<1x10x10x2xf32>
  %1 = spiq.max_pool_2d %0 {kernel = array<i64: 3, 3>,
                            strides = array<i64: 2, 2>}
    : (tensor<1x10x10x2xf32>) -> tensor<1x4x4x2xf32>
  %2 = spiq.pad %x {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 1, 1, 0>}
    : (tensor<1x8x8x2xf32>) -> tensor<1x10x10x2xf32>
  %3 = spiq.avg_pool_2d %2 {kernel = array<i64: 3, 3>}
    : (tensor<1x10x10x2xf32>) -> tensor<1x8x8x2xf32>
  return %1, %3 : tensor<1x4x4x2xf32>, tensor<1x8x8x2xf32>
}

// Padding with zeros takes part in a maximum; padding that an average does not
// count cannot hold padding that it counts.
// CHECK-LABEL: func.func @pad_not_into_pooling
// CHECK-COUNT-2: spiq.pad
func.func @pad_not_into_pooling(%x: tensor<1x8x8x2xf32>)
    -> (tensor<1x8x8x2xf32>, tensor<1x10x10x2xf32>) {
  %0 = spiq.pad %x {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 1, 1, 0>}
    : (tensor<1x8x8x2xf32>) -> tensor<1x10x10x2xf32>
  %1 = spiq.max_pool_2d %0 {kernel = array<i64: 3, 3>}
    : (tensor<1x10x10x2xf32>) -> tensor<1x8x8x2xf32>
  %2 = spiq.pad %x {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 1, 1, 0>}
    : (tensor<1x8x8x2xf32>) -> tensor<1x10x10x2xf32>
  %3 = spiq.avg_pool_2d %2 {kernel = array<i64: 3, 3>,
                            padding = array<i64: 1, 1, 1, 1>}
    : (tensor<1x10x10x2xf32>) -> tensor<1x10x10x2xf32>
  return %1, %3 : tensor<1x8x8x2xf32>, tensor<1x10x10x2xf32>
}
