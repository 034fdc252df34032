// Pooling, concatenation, resizing and padding.

// RUN: spiq-opt %s --split-input-file --verify-diagnostics

func.func @concat_empty() {
  // expected-error @below {{expects at least one input}}
  %0 = "spiq.concat"() {axis = 0 : i64} : () -> tensor<1x4xf32>
  return
}

// -----

func.func @concat_axis(%x: tensor<1x4xf32>) {
  // expected-error @below {{expects 'axis' between 0 and 1, got 2}}
  %0 = spiq.concat %x, %x {axis = 2 : i64} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x8xf32>
  return
}

// -----

func.func @concat_negative_axis(%x: tensor<1x4xf32>) {
  // expected-error @below {{expects 'axis' between 0 and 1, got -1}}
  %0 = spiq.concat %x, %x {axis = -1 : i64} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x8xf32>
  return
}

// -----

func.func @concat_rank(%x: tensor<1x4xf32>, %y: tensor<4xf32>) {
  // expected-error @below {{expects inputs of rank 2, got rank 1 for input #1}}
  %0 = spiq.concat %x, %y {axis = 1 : i64} : (tensor<1x4xf32>, tensor<4xf32>) -> tensor<1x8xf32>
  return
}

// -----

func.func @concat_sizes(%x: tensor<1x4xf32>, %y: tensor<2x4xf32>) {
  // expected-error @below {{expects inputs of size 1 along axis 0, got 2 for input #2}}
  %0 = spiq.concat %x, %x, %y {axis = 1 : i64}
    : (tensor<1x4xf32>, tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<1x12xf32>
  return
}

// -----

func.func @concat_shape(%x: tensor<1x4xf32>) {
  // expected-error @below {{expects a result of the shape of 'tensor<1x8xf32>', got 'tensor<2x4xf32>'}}
  %0 = spiq.concat %x, %x {axis = 1 : i64} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<2x4xf32>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5>
func.func @concat_mixed(%x: tensor<1x4x!a>, %y: tensor<1x4xf32>) {
  // expected-error @below {{expects operands and result to be all f32 or all quantized, but operand #1}}
  %0 = spiq.concat %x, %y {axis = 1 : i64} : (tensor<1x4x!a>, tensor<1x4xf32>) -> tensor<1x8x!a>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5>
!b = !quant.uniform<u8:f32:1, {0.5, 0.5}>
func.func @concat_scales(%x: tensor<1x2x!a>) {
  // expected-error @below {{expects the result to have 4 scales, one for each element of axis 1, got 2}}
  %0 = spiq.concat %x, %x {axis = 1 : i64} : (tensor<1x2x!a>, tensor<1x2x!a>) -> tensor<1x4x!b>
  return
}

// -----

func.func @max_pool_kernel_count(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects 'kernel' to have 2 values, got 3}}
  %0 = spiq.max_pool_2d %x {kernel = array<i64: 2, 2, 2>} : (tensor<1x8x8x4xf32>) -> tensor<1x7x7x4xf32>
  return
}

// -----

func.func @max_pool_kernel_missing(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{'spiq.max_pool_2d' op requires attribute 'kernel'}}
  %0 = spiq.max_pool_2d %x : (tensor<1x8x8x4xf32>) -> tensor<1x7x7x4xf32>
  return
}

// -----

func.func @max_pool_kernel_zero(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects the values of 'kernel' to be between 1 and 1048576, got 0}}
  %0 = spiq.max_pool_2d %x {kernel = array<i64: 0, 2>} : (tensor<1x8x8x4xf32>) -> tensor<1x7x7x4xf32>
  return
}

// -----

func.func @max_pool_strides(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects the values of 'strides' to be between 1 and 1048576, got 0}}
  %0 = spiq.max_pool_2d %x {kernel = array<i64: 2, 2>, strides = array<i64: 0, 1>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x7x7x4xf32>
  return
}

// -----

func.func @max_pool_dilations(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects 'dilations' to have 2 values, got 1}}
  %0 = spiq.max_pool_2d %x {kernel = array<i64: 2, 2>, dilations = array<i64: 1>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x7x7x4xf32>
  return
}

// -----

func.func @max_pool_padding(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects the values of 'padding' to be between 0 and 1048576, got -1}}
  %0 = spiq.max_pool_2d %x {kernel = array<i64: 2, 2>, padding = array<i64: 0, 0, 0, -1>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x7x6x4xf32>
  return
}

// -----

func.func @max_pool_too_large(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects a window no larger than the padded input along axis 1}}
  %0 = spiq.max_pool_2d %x {kernel = array<i64: 9, 2>} : (tensor<1x8x8x4xf32>) -> tensor<1x1x7x4xf32>
  return
}

// -----

func.func @max_pool_shape(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects a result of the shape of 'tensor<1x7x7x4xf32>', got 'tensor<1x8x8x4xf32>'}}
  %0 = spiq.max_pool_2d %x {kernel = array<i64: 2, 2>} : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @max_pool_padding_only_in_front(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects every window to hold a pixel of the input, but window 0 along axis 1 holds padding only}}
  %0 = spiq.max_pool_2d %x {kernel = array<i64: 2, 2>, padding = array<i64: 2, 0, 0, 0>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x9x7x4xf32>
  return
}

// -----

func.func @max_pool_padding_only_behind(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects every window to hold a pixel of the input, but window 8 along axis 2 holds padding only}}
  %0 = spiq.max_pool_2d %x {kernel = array<i64: 2, 2>, padding = array<i64: 0, 0, 0, 2>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x7x9x4xf32>
  return
}

// -----

// Two taps, one on either side of the input.
func.func @max_pool_dilated_over_input(%x: tensor<1x2x8x4xf32>) {
  // expected-error @below {{expects every window to hold a pixel of the input, but window 0 along axis 1 holds padding only}}
  %0 = spiq.max_pool_2d %x {kernel = array<i64: 2, 1>, padding = array<i64: 1, 1, 0, 0>, dilations = array<i64: 3, 1>}
    : (tensor<1x2x8x4xf32>) -> tensor<1x1x8x4xf32>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5>
!b = !quant.uniform<u8:f32, 0.25>
func.func @max_pool_type(%x: tensor<1x8x8x4x!a>) {
  // expected-error @below {{expects input and result with the same element type, got '!quant.uniform<u8:f32, 5.000000e-01>' and '!quant.uniform<u8:f32, 2.500000e-01>'}}
  %0 = spiq.max_pool_2d %x {kernel = array<i64: 2, 2>} : (tensor<1x8x8x4x!a>) -> tensor<1x7x7x4x!b>
  return
}

// -----

func.func @max_pool_mixed(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects operands and result to be all f32 or all quantized}}
  %0 = spiq.max_pool_2d %x {kernel = array<i64: 2, 2>} : (tensor<1x8x8x4xf32>) -> tensor<1x7x7x4x!quant.uniform<u8:f32, 0.5>>
  return
}

// -----

func.func @avg_pool_kernel(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects 'kernel' to have 2 values, got 1}}
  %0 = spiq.avg_pool_2d %x {kernel = array<i64: 2>} : (tensor<1x8x8x4xf32>) -> tensor<1x7x7x4xf32>
  return
}

// -----

func.func @avg_pool_ceil_padding(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects 'ceil_padding' to have 2 values, got 4}}
  %0 = spiq.avg_pool_2d %x {kernel = array<i64: 2, 2>, ceil_padding = array<i64: 0, 0, 0, 0>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x7x7x4xf32>
  return
}

// -----

func.func @avg_pool_too_large(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects a window no larger than the padded input along axis 2}}
  %0 = spiq.avg_pool_2d %x {kernel = array<i64: 2, 9>} : (tensor<1x8x8x4xf32>) -> tensor<1x7x1x4xf32>
  return
}

// -----

func.func @avg_pool_padding_only(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects every window to hold a pixel of the input, but window 4 along axis 1 holds padding only}}
  %0 = spiq.avg_pool_2d %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, ceil_padding = array<i64: 2, 0>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x5x4x4xf32>
  return
}

// -----

func.func @avg_pool_shape(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{result #0 must be statically shaped}}
  %0 = spiq.avg_pool_2d %x {kernel = array<i64: 8, 8>} : (tensor<1x8x8x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @avg_pool_mixed(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects a quantized input where the result is quantized, got 'f32'}}
  %0 = spiq.avg_pool_2d %x {kernel = array<i64: 2, 2>} : (tensor<1x8x8x4xf32>) -> tensor<1x7x7x4x!quant.uniform<u8:f32, 0.5>>
  return
}

// -----

func.func @resize_batch(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects input and result of the same size along axis 0, got 1 and 2}}
  %0 = spiq.resize linear %x : (tensor<1x8x8x4xf32>) -> tensor<2x8x8x4xf32>
  return
}

// -----

func.func @resize_channels(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects input and result of the same size along axis 3, got 4 and 8}}
  %0 = spiq.resize linear %x : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x8xf32>
  return
}

// -----

func.func @resize_nearest_type(%x: tensor<1x8x8x4x!quant.uniform<u8:f32, 0.5>>) {
  // expected-error @below {{expects input and result of a nearest resize with the same element type, got '!quant.uniform<u8:f32, 5.000000e-01>' and '!quant.uniform<u8:f32, 2.500000e-01>'}}
  %0 = spiq.resize nearest %x
    : (tensor<1x8x8x4x!quant.uniform<u8:f32, 0.5>>) -> tensor<1x16x16x4x!quant.uniform<u8:f32, 0.25>>
  return
}

// -----

func.func @resize_mixed(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects operands and result to be all f32 or all quantized}}
  %0 = spiq.resize linear %x
    : (tensor<1x8x8x4xf32>) -> tensor<1x16x16x4x!quant.uniform<u8:f32, 0.25>>
  return
}

// -----

func.func @resize_scale_count(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects 'scales' to have 2 values, got 4}}
  %0 = spiq.resize linear %x {scales = array<f32: 1.0, 2.0, 2.0, 1.0>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x16x16x4xf32>
  return
}

// -----

func.func @resize_scale_negative(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects positive finite 'scales', got -2.000000e+00}}
  %0 = spiq.resize linear %x {scales = array<f32: 2.0, -2.0>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x16x16x4xf32>
  return
}

// -----

func.func @resize_mode(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expected one of [nearest, linear] for }}
  %0 = spiq.resize cubic %x : (tensor<1x8x8x4xf32>) -> tensor<1x16x16x4xf32>
  return
}

// -----

func.func @pad_low(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects 'low' to have 4 values, got 2}}
  %0 = spiq.pad %x {low = array<i64: 1, 1>, high = array<i64: 0, 0, 0, 0>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x9x9x4xf32>
  return
}

// -----

func.func @pad_high(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects the values of 'high' to be between 0 and 1048576, got -1}}
  %0 = spiq.pad %x {low = array<i64: 0, 0, 0, 0>, high = array<i64: 0, -1, 0, 0>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x7x8x4xf32>
  return
}

// -----

func.func @pad_shape(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects a result of the shape of 'tensor<1x9x8x4xf32>', got 'tensor<1x10x8x4xf32>'}}
  %0 = spiq.pad %x {low = array<i64: 0, 0, 0, 0>, high = array<i64: 0, 1, 0, 0>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x10x8x4xf32>
  return
}

// -----

func.func @pad_type(%x: tensor<1x8x8x4x!quant.uniform<u8:f32, 0.5>>) {
  // expected-error @below {{expects input and result with the same element type, got '!quant.uniform<u8:f32, 5.000000e-01>' and '!quant.uniform<i8:f32, 5.000000e-01>'}}
  %0 = spiq.pad %x {low = array<i64: 0, 0, 0, 0>, high = array<i64: 0, 1, 0, 0>}
    : (tensor<1x8x8x4x!quant.uniform<u8:f32, 0.5>>) -> tensor<1x9x8x4x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @pad_mixed(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects operands and result to be all f32 or all quantized}}
  %0 = spiq.pad %x {low = array<i64: 0, 0, 0, 0>, high = array<i64: 0, 1, 0, 0>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x9x8x4x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

!a = !quant.uniform<u8:f32:1, {0.5, 0.25}>
func.func @pad_channels(%x: tensor<1x2x!a>) {
  // expected-error @below {{expects the result to have 3 scales, one for each element of axis 1, got 2}}
  %0 = spiq.pad %x {low = array<i64: 0, 0>, high = array<i64: 0, 1>} : (tensor<1x2x!a>) -> tensor<1x3x!a>
  return
}

// -----

func.func @pad_infinite(%x: tensor<1x8x!quant.uniform<u8:f32, 0.5>>) {
  // expected-error @below {{expects a finite 'value' for a quantized input}}
  %0 = spiq.pad %x {low = array<i64: 0, 1>, high = array<i64: 0, 1>, value = 0xFF800000 : f32}
    : (tensor<1x8x!quant.uniform<u8:f32, 0.5>>) -> tensor<1x10x!quant.uniform<u8:f32, 0.5>>
  return
}
