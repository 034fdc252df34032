// Batch-norm, convolutions and the fully connected layer.

// RUN: spiq-opt %s --split-input-file --verify-diagnostics

func.func @batch_norm_scale(%x: tensor<1x8x8x2xf32>, %v: tensor<2xf32>, %m: tensor<3xf32>) {
  // expected-error @below {{expects 'scale' to have 2 values, one per channel, got 3}}
  %0 = spiq.batch_norm %x, %m, %v, %v, %v
    : (tensor<1x8x8x2xf32>, tensor<3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x8x8x2xf32>
  return
}

// -----

func.func @batch_norm_bias(%x: tensor<1x8x8x2xf32>, %v: tensor<2xf32>, %m: tensor<3xf32>) {
  // expected-error @below {{expects 'bias' to have 2 values, one per channel, got 3}}
  %0 = spiq.batch_norm %x, %v, %m, %v, %v
    : (tensor<1x8x8x2xf32>, tensor<2xf32>, tensor<3xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x8x8x2xf32>
  return
}

// -----

func.func @batch_norm_mean(%x: tensor<1x8x8x2xf32>, %v: tensor<2xf32>, %m: tensor<3xf32>) {
  // expected-error @below {{expects 'mean' to have 2 values, one per channel, got 3}}
  %0 = spiq.batch_norm %x, %v, %v, %m, %v
    : (tensor<1x8x8x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<3xf32>, tensor<2xf32>) -> tensor<1x8x8x2xf32>
  return
}

// -----

func.func @batch_norm_variance(%x: tensor<1x8x8x2xf32>, %v: tensor<2xf32>, %m: tensor<3xf32>) {
  // expected-error @below {{expects 'variance' to have 2 values, one per channel, got 3}}
  %0 = spiq.batch_norm %x, %v, %v, %v, %m
    : (tensor<1x8x8x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<3xf32>) -> tensor<1x8x8x2xf32>
  return
}

// -----

func.func @batch_norm_scalar(%x: tensor<f32>, %v: tensor<1xf32>) {
  // expected-error @below {{expects an input with a channel dimension, got 'tensor<f32>'}}
  %0 = spiq.batch_norm %x, %v, %v, %v, %v
    : (tensor<f32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<f32>
  return
}

// -----

func.func @batch_norm_negative_epsilon(%x: tensor<1x2xf32>, %v: tensor<2xf32>) {
  // expected-error @below {{expects 'epsilon' to be finite and not negative}}
  %0 = spiq.batch_norm %x, %v, %v, %v, %v {epsilon = -1.0 : f32}
    : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @batch_norm_nan_epsilon(%x: tensor<1x2xf32>, %v: tensor<2xf32>) {
  // expected-error @below {{expects 'epsilon' to be finite and not negative}}
  %0 = spiq.batch_norm %x, %v, %v, %v, %v {epsilon = 0x7FC00000 : f32}
    : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @batch_norm_negative_variance(%x: tensor<1x2xf32>, %v: tensor<2xf32>) {
  %variance = arith.constant dense<[1.0, -0.5]> : tensor<2xf32>
  // expected-error @below {{expects variances that are not negative, got -5.000000e-01 for channel 1}}
  %0 = spiq.batch_norm %x, %v, %v, %v, %variance
    : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @batch_norm_nan_scale(%x: tensor<1x2xf32>, %v: tensor<2xf32>) {
  %scale = arith.constant dense<[1.0, 0x7FC00000]> : tensor<2xf32>
  // expected-error @below {{expects 'scale' to be finite, got nan for channel 1}}
  %0 = spiq.batch_norm %x, %scale, %v, %v, %v
    : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @batch_norm_infinite_mean(%x: tensor<1x2xf32>, %v: tensor<2xf32>) {
  %mean = arith.constant dense<[0x7F800000, 1.0]> : tensor<2xf32>
  // expected-error @below {{expects 'mean' to be finite, got INF for channel 0}}
  %0 = spiq.batch_norm %x, %v, %v, %mean, %v
    : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @batch_norm_shape(%x: tensor<1x2xf32>, %v: tensor<2xf32>) {
  // expected-error @below {{expects a result of the shape of 'tensor<1x2xf32>', got 'tensor<2x2xf32>'}}
  %0 = spiq.batch_norm %x, %v, %v, %v, %v
    : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  return
}

// -----

func.func @conv_shape(%x: tensor<1x8x8x2xf32>, %w: tensor<4x3x3x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects a result of the shape of 'tensor<1x6x6x4xf32>', got 'tensor<1x8x8x4xf32>'}}
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x8x8x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @conv_stride_count(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects 'strides' to have 2 values, got 1}}
  %0 = spiq.conv_2d %x, %w, %b {strides = array<i64: 1>}
    : (tensor<1x8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @conv_stride_zero(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects the values of 'strides' to be between 1 and 1048576, got 0}}
  %0 = spiq.conv_2d %x, %w, %b {strides = array<i64: 1, 0>}
    : (tensor<1x8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @conv_dilation_huge(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects the values of 'dilations' to be between 1 and 1048576, got 9223372036854775807}}
  %0 = spiq.conv_2d %x, %w, %b {dilations = array<i64: 9223372036854775807, 1>}
    : (tensor<1x8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @conv_padding_count(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects 'padding' to have 4 values, got 2}}
  %0 = spiq.conv_2d %x, %w, %b {padding = array<i64: 1, 1>}
    : (tensor<1x8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @conv_padding_negative(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects the values of 'padding' to be between 0 and 1048576, got -1}}
  %0 = spiq.conv_2d %x, %w, %b {padding = array<i64: 0, 0, -1, 0>}
    : (tensor<1x8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @conv_kernel_too_large(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x9x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects a kernel no larger than the padded input along axis 2}}
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x8x8x2xf32>, tensor<4x1x9x2xf32>, tensor<4xf32>) -> tensor<1x8x1x4xf32>
  return
}

// -----

func.func @conv_groups_zero(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects 'groups' to be positive, got 0}}
  %0 = spiq.conv_2d %x, %w, %b {groups = 0 : i64}
    : (tensor<1x8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @conv_groups_inputs(%x: tensor<1x8x8x5xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects the number of input channels to be a multiple of 2 groups, got 5}}
  %0 = spiq.conv_2d %x, %w, %b {groups = 2 : i64}
    : (tensor<1x8x8x5xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @conv_groups_weights(%x: tensor<1x8x8x4xf32>, %w: tensor<4x1x1x4xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects weights for 4 input channels in 2 groups (2 each), got a last dimension of 4}}
  %0 = spiq.conv_2d %x, %w, %b {groups = 2 : i64}
    : (tensor<1x8x8x4xf32>, tensor<4x1x1x4xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @conv_groups_outputs(%x: tensor<1x8x8x4xf32>, %w: tensor<3x1x1x2xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{expects the number of output channels to be a multiple of 2 groups, got 3}}
  %0 = spiq.conv_2d %x, %w, %b {groups = 2 : i64}
    : (tensor<1x8x8x4xf32>, tensor<3x1x1x2xf32>, tensor<3xf32>) -> tensor<1x8x8x3xf32>
  return
}

// -----

func.func @conv_bias_size(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<2xf32>) {
  // expected-error @below {{expects 'bias' to have 4 values, one per channel, got 2}}
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<2xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @conv_integer_bias_in_float(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xi32>) {
  // expected-error @below {{expects a bias of f32 values for an f32 input, got 'i32'}}
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<4xi32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
func.func @conv_float_bias_in_integer(%x: tensor<1x8x8x2x!a>, %w: tensor<4x1x1x2x!w>, %b: tensor<4xf32>) {
  // expected-error @below {{expects a bias of i32 values for a quantized input, got 'f32'}}
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x8x8x2x!a>, tensor<4x1x1x2x!w>, tensor<4xf32>) -> tensor<1x8x8x4x!a>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5:128>
func.func @conv_float_weights(%x: tensor<1x8x8x2x!a>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xi32>) {
  // expected-error @below {{expects quantized weights for a quantized input, got 'f32'}}
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x8x8x2x!a>, tensor<4x1x1x2xf32>, tensor<4xi32>) -> tensor<1x8x8x4x!a>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5:128>
func.func @conv_quantized_result(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects an f32 result for an f32 input, got '!quant.uniform<u8:f32, 5.000000e-01:128>'}}
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x8x8x4x!a>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8<-127:127>:f32, 0.5:3>
func.func @conv_weight_zero_point(%x: tensor<1x8x8x2x!a>, %w: tensor<4x1x1x2x!w>, %b: tensor<4xi32>) {
  // expected-error @below {{expects weights with zero point 0, got 3 for output channel 0}}
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x8x8x2x!a>, tensor<4x1x1x2x!w>, tensor<4xi32>) -> tensor<1x8x8x4x!a>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<u8:f32, 0.5>
func.func @conv_unsigned_weights(%x: tensor<1x8x8x2x!a>, %w: tensor<4x1x1x2x!w>, %b: tensor<4xi32>) {
  // expected-error @below {{expects weights with signed storage}}
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x8x8x2x!a>, tensor<4x1x1x2x!w>, tensor<4xi32>) -> tensor<1x8x8x4x!a>
  return
}

// -----

!a = !quant.uniform<u8:f32:1, {0.5:128, 0.5:128}>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
func.func @conv_input_axis(%x: tensor<1x2x2x2x!a>, %w: tensor<4x1x1x2x!w>, %b: tensor<4xi32>) {
  // expected-error @below {{expects the input to be quantized along axis 3, got axis 1}}
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x2x2x2x!a>, tensor<4x1x1x2x!w>, tensor<4xi32>) -> tensor<1x2x2x4xf32>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8<-127:127>:f32:3, {0.5, 0.5}>
func.func @conv_weights_axis(%x: tensor<1x8x8x2x!a>, %w: tensor<4x1x1x2x!w>, %b: tensor<4xi32>) {
  // expected-error @below {{expects the weights to be quantized along axis 0, got axis 3}}
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x8x8x2x!a>, tensor<4x1x1x2x!w>, tensor<4xi32>) -> tensor<1x8x8x4x!a>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8<-127:127>:f32:0, {0.5, 0.5}>
func.func @conv_weights_scales(%x: tensor<1x8x8x2x!a>, %w: tensor<4x1x1x2x!w>, %b: tensor<4xi32>) {
  // expected-error @below {{expects the weights to have 4 scales, one for each element of axis 0, got 2}}
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x8x8x2x!a>, tensor<4x1x1x2x!w>, tensor<4xi32>) -> tensor<1x8x8x4x!a>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
!y = !quant.uniform<u8:f32:3, {0.5:128, 0.5:128}>
func.func @conv_result_scales(%x: tensor<1x8x8x2x!a>, %w: tensor<4x1x1x2x!w>, %b: tensor<4xi32>) {
  // expected-error @below {{expects the result to have 4 scales, one for each element of axis 3, got 2}}
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x8x8x2x!a>, tensor<4x1x1x2x!w>, tensor<4xi32>) -> tensor<1x8x8x4x!y>
  return
}

// -----

func.func @conv_clamp_order(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects 'clamp_min' not to exceed 'clamp_max', got 6.000000e+00 and 0.000000e+00}}
  %0 = spiq.conv_2d %x, %w, %b {clamp_min = 6.0 : f32, clamp_max = 0.0 : f32}
    : (tensor<1x8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @conv_clamp_type(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{attribute 'clamp_min' failed to satisfy constraint: 32-bit float attribute}}
  %0 = spiq.conv_2d %x, %w, %b {clamp_min = 0 : i32}
    : (tensor<1x8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @conv_stats(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects 'stats' to describe 4 channels, got statistics of 2}}
  %0 = spiq.conv_2d %x, %w, %b {stats = #spiq.channel_stats<mean = [0.0, 0.0], stddev = [1.0, 1.0]>}
    : (tensor<1x8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @conv_residual_shape(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xf32>, %r: tensor<1x1x1x4xf32>) {
  // expected-error @below {{expects a residual of the result's shape 'tensor<1x8x8x4xf32>', got 'tensor<1x1x1x4xf32>'}}
  %0 = spiq.conv_2d %x, %w, %b residual %r
    : (tensor<1x8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>, tensor<1x1x1x4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
func.func @conv_residual_type(%x: tensor<1x8x8x2x!a>, %w: tensor<4x1x1x2x!w>, %b: tensor<4xi32>, %r: tensor<1x8x8x4xf32>) {
  // expected-error @below {{expects residual and result to be both f32 or both quantized, got 'f32' and '!quant.uniform<u8:f32, 5.000000e-01:128>'}}
  %0 = spiq.conv_2d %x, %w, %b residual %r
    : (tensor<1x8x8x2x!a>, tensor<4x1x1x2x!w>, tensor<4xi32>, tensor<1x8x8x4xf32>) -> tensor<1x8x8x4x!a>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5:128>
!r = !quant.uniform<u8:f32:3, {0.5:128, 0.5:128}>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
func.func @conv_residual_scales(%x: tensor<1x8x8x2x!a>, %w: tensor<4x1x1x2x!w>, %b: tensor<4xi32>, %r: tensor<1x8x8x4x!r>) {
  // expected-error @below {{expects the residual to have 4 scales, one for each element of axis 3, got 2}}
  %0 = spiq.conv_2d %x, %w, %b residual %r
    : (tensor<1x8x8x2x!a>, tensor<4x1x1x2x!w>, tensor<4xi32>, tensor<1x8x8x4x!r>) -> tensor<1x8x8x4x!a>
  return
}

// -----

func.func @transposed_output_padding(%x: tensor<1x4x4x2xf32>, %w: tensor<4x3x3x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects 'output_padding' to have 2 values, got 4}}
  %0 = spiq.transposed_conv_2d %x, %w, %b {output_padding = array<i64: 0, 0, 0, 0>}
    : (tensor<1x4x4x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x6x6x4xf32>
  return
}

// -----

func.func @transposed_strides(%x: tensor<1x4x4x2xf32>, %w: tensor<4x3x3x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects the values of 'strides' to be between 1 and 1048576, got -2}}
  %0 = spiq.transposed_conv_2d %x, %w, %b {strides = array<i64: -2, 1>}
    : (tensor<1x4x4x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x6x6x4xf32>
  return
}

// -----

func.func @transposed_dilations(%x: tensor<1x4x4x2xf32>, %w: tensor<4x3x3x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects 'dilations' to have 2 values, got 0}}
  %0 = spiq.transposed_conv_2d %x, %w, %b {dilations = array<i64>}
    : (tensor<1x4x4x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x6x6x4xf32>
  return
}

// -----

func.func @transposed_padding(%x: tensor<1x4x4x2xf32>, %w: tensor<4x3x3x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects 'padding' to have 4 values, got 2}}
  %0 = spiq.transposed_conv_2d %x, %w, %b {padding = array<i64: 1, 1>}
    : (tensor<1x4x4x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x4x4x4xf32>
  return
}

// -----

func.func @transposed_all_cropped(%x: tensor<1x4x4x2xf32>, %w: tensor<4x3x3x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects a result with at least one element along axis 2, got 0}}
  %0 = spiq.transposed_conv_2d %x, %w, %b {padding = array<i64: 0, 0, 3, 3>}
    : (tensor<1x4x4x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x6x1x4xf32>
  return
}

// -----

func.func @transposed_groups(%x: tensor<1x4x4x2xf32>, %w: tensor<4x3x3x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects weights for 2 input channels in 2 groups (1 each), got a last dimension of 2}}
  %0 = spiq.transposed_conv_2d %x, %w, %b {groups = 2 : i64}
    : (tensor<1x4x4x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x6x6x4xf32>
  return
}

// -----

func.func @transposed_shape(%x: tensor<1x4x4x2xf32>, %w: tensor<4x3x3x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects a result of the shape of 'tensor<1x6x6x4xf32>', got 'tensor<1x4x4x4xf32>'}}
  %0 = spiq.transposed_conv_2d %x, %w, %b
    : (tensor<1x4x4x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x4x4x4xf32>
  return
}

// -----

func.func @transposed_bias(%x: tensor<1x4x4x2xf32>, %w: tensor<4x3x3x2xf32>, %b: tensor<2xf32>) {
  // expected-error @below {{expects 'bias' to have 4 values, one per channel, got 2}}
  %0 = spiq.transposed_conv_2d %x, %w, %b
    : (tensor<1x4x4x2xf32>, tensor<4x3x3x2xf32>, tensor<2xf32>) -> tensor<1x6x6x4xf32>
  return
}

// -----

func.func @fully_connected_features(%x: tensor<1x8xf32>, %w: tensor<4x7xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects weights for 8 input features, got 7}}
  %0 = spiq.fully_connected %x, %w, %b
    : (tensor<1x8xf32>, tensor<4x7xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @fully_connected_shape(%x: tensor<1x8xf32>, %w: tensor<4x8xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects a result of the shape of 'tensor<1x4xf32>', got 'tensor<1x8xf32>'}}
  %0 = spiq.fully_connected %x, %w, %b
    : (tensor<1x8xf32>, tensor<4x8xf32>, tensor<4xf32>) -> tensor<1x8xf32>
  return
}

// -----

func.func @fully_connected_nan_clamp(%x: tensor<1x8xf32>, %w: tensor<4x8xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects 'clamp_max' to be a number, got NaN}}
  %0 = spiq.fully_connected %x, %w, %b {clamp_max = 0x7FC00000 : f32}
    : (tensor<1x8xf32>, tensor<4x8xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
func.func @fully_connected_bias(%x: tensor<1x8x!a>, %w: tensor<4x8x!w>, %b: tensor<4xf32>) {
  // expected-error @below {{expects a bias of i32 values for a quantized input, got 'f32'}}
  %0 = spiq.fully_connected %x, %w, %b
    : (tensor<1x8x!a>, tensor<4x8x!w>, tensor<4xf32>) -> tensor<1x4x!a>
  return
}

// -----

func.func @activation_of_float(%x: tensor<1x8xf32>, %w: tensor<4x8xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects 'activation' between quantized tensors only, got 'tensor<1x8xf32>'}}
  %0 = spiq.fully_connected %x, %w, %b {activation = #spiq.activation<silu>}
    : (tensor<1x8xf32>, tensor<4x8xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
func.func @activation_slopes(%x: tensor<1x8x!a>, %w: tensor<4x8x!w>, %b: tensor<4xi32>) {
  // expected-error @below {{expects 4 slopes, one per channel, got 2}}
  %0 = spiq.fully_connected %x, %w, %b {activation = #spiq.activation<prelu, [0.5, 0.5]>}
    : (tensor<1x8x!a>, tensor<4x8x!w>, tensor<4xi32>) -> tensor<1x4x!a>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
func.func @activation_residual(%x: tensor<1x1x1x8x!a>, %w: tensor<4x1x1x8x!w>, %b: tensor<4xi32>, %r: tensor<1x1x1x4x!a>) {
  // expected-error @below {{expects no residual where there is an activation}}
  %0 = spiq.conv_2d %x, %w, %b residual %r {activation = #spiq.activation<silu>}
    : (tensor<1x1x1x8x!a>, tensor<4x1x1x8x!w>, tensor<4xi32>, tensor<1x1x1x4x!a>) -> tensor<1x1x1x4x!a>
  return
}
