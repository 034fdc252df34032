// Elementwise operations.

// RUN: spiq-opt %s --split-input-file --verify-diagnostics

func.func @add_rank(%x: tensor<1x4xf32>, %y: tensor<4xf32>) {
  // expected-error @below {{expects operands of the same rank, got 2 and 1}}
  %0 = spiq.add %x, %y : (tensor<1x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @add_sizes(%x: tensor<1x4xf32>, %y: tensor<1x2xf32>) {
  // expected-error @below {{expects equal or broadcast sizes along axis 1, got 4 and 2}}
  %0 = spiq.add %x, %y : (tensor<1x4xf32>, tensor<1x2xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @add_shape(%x: tensor<1x4xf32>, %y: tensor<2x1xf32>) {
  // expected-error @below {{expects a result of the shape of 'tensor<2x4xf32>', got 'tensor<1x4xf32>'}}
  %0 = spiq.add %x, %y : (tensor<1x4xf32>, tensor<2x1xf32>) -> tensor<1x4xf32>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5>
func.func @add_mixed_operands(%x: tensor<1x4x!a>, %y: tensor<1x4xf32>) {
  // expected-error @below {{expects operands and result to be all f32 or all quantized, but operand #1 has element type 'f32' and the result has element type '!quant.uniform<u8:f32, 5.000000e-01>'}}
  %0 = spiq.add %x, %y : (tensor<1x4x!a>, tensor<1x4xf32>) -> tensor<1x4x!a>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5>
func.func @add_mixed_result(%x: tensor<1x4x!a>, %y: tensor<1x4x!a>) {
  // expected-error @below {{expects operands and result to be all f32 or all quantized, but operand #0 has element type '!quant.uniform<u8:f32, 5.000000e-01>' and the result has element type 'f32'}}
  %0 = spiq.add %x, %y : (tensor<1x4x!a>, tensor<1x4x!a>) -> tensor<1x4xf32>
  return
}

// -----

func.func @add_clamp(%x: tensor<1x4xf32>) {
  // expected-error @below {{expects 'clamp_min' not to exceed 'clamp_max'}}
  %0 = spiq.add %x, %x {clamp_min = 1.0 : f32, clamp_max = 0.0 : f32}
    : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

!a = !quant.uniform<u8:f32:1, {0.5, 0.5}>
func.func @add_broadcast_scales(%x: tensor<1x2x!a>, %y: tensor<1x1x!a>) {
  // expected-error @below {{expects operand #1 to have 1 scales, one for each element of axis 1, got 2}}
  %0 = spiq.add %x, %y : (tensor<1x2x!a>, tensor<1x1x!a>) -> tensor<1x2x!a>
  return
}

// -----

func.func @mul_rank(%x: tensor<1x4xf32>, %y: tensor<4xf32>) {
  // expected-error @below {{expects operands of the same rank, got 2 and 1}}
  %0 = spiq.mul %x, %y : (tensor<1x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @mul_shape(%x: tensor<1x4xf32>) {
  // expected-error @below {{expects a result of the shape of 'tensor<1x4xf32>', got 'tensor<4xf32>'}}
  %0 = spiq.mul %x, %x : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<4xf32>
  return
}

// -----

!a = !quant.uniform<u8:f32, 0.5>
func.func @mul_mixed(%x: tensor<1x4x!a>, %y: tensor<1x4xf32>) {
  // expected-error @below {{expects operands and result to be all f32 or all quantized, but operand #0}}
  %0 = spiq.mul %x, %y : (tensor<1x4x!a>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @mul_clamp(%x: tensor<1x4xf32>) {
  // expected-error @below {{expects 'clamp_min' to be a number, got NaN}}
  %0 = spiq.mul %x, %x {clamp_min = 0x7FC00000 : f32}
    : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @clamp_order(%x: tensor<1x4xf32>) {
  // expected-error @below {{expects 'clamp_min' not to exceed 'clamp_max', got 1.000000e+00 and 5.000000e-01}}
  %0 = spiq.clamp %x {clamp_min = 1.0 : f32, clamp_max = 0.5 : f32}
    : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @clamp_shape(%x: tensor<1x4xf32>) {
  // expected-error @below {{expects a result of the shape of 'tensor<1x4xf32>', got 'tensor<4x1xf32>'}}
  %0 = spiq.clamp %x : (tensor<1x4xf32>) -> tensor<4x1xf32>
  return
}

// -----

func.func @clamp_mixed(%x: tensor<1x4xf32>) {
  // expected-error @below {{expects operands and result to be all f32 or all quantized}}
  %0 = spiq.clamp %x : (tensor<1x4xf32>) -> tensor<1x4x!quant.uniform<u8:f32, 0.5>>
  return
}

// -----

func.func @rescale_multiplier(%x: tensor<1x4xf32>, %m: tensor<3xf32>, %o: tensor<4xf32>) {
  // expected-error @below {{expects 'multiplier' to have 4 values, one per channel, got 3}}
  %0 = spiq.rescale %x, %m, %o : (tensor<1x4xf32>, tensor<3xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @rescale_offset(%x: tensor<1x4xf32>, %m: tensor<4xf32>, %o: tensor<1xf32>) {
  // expected-error @below {{expects 'offset' to have 4 values, one per channel, got 1}}
  %0 = spiq.rescale %x, %m, %o : (tensor<1x4xf32>, tensor<4xf32>, tensor<1xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @rescale_nan_multiplier(%x: tensor<1x2xf32>, %o: tensor<2xf32>) {
  %m = arith.constant dense<[1.0, 0x7FC00000]> : tensor<2xf32>
  // expected-error @below {{expects 'multiplier' to be finite, got nan for channel 1}}
  %0 = spiq.rescale %x, %m, %o : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @rescale_infinite_offset(%x: tensor<1x2xf32>, %m: tensor<2xf32>) {
  %o = arith.constant dense<[0xFF800000, 1.0]> : tensor<2xf32>
  // expected-error @below {{expects 'offset' to be finite, got -INF for channel 0}}
  %0 = spiq.rescale %x, %m, %o : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @rescale_scalar(%x: tensor<f32>, %v: tensor<1xf32>) {
  // expected-error @below {{expects an input with a channel dimension, got 'tensor<f32>'}}
  %0 = spiq.rescale %x, %v, %v : (tensor<f32>, tensor<1xf32>, tensor<1xf32>) -> tensor<f32>
  return
}

// -----

func.func @rescale_stats(%x: tensor<1x4xf32>, %v: tensor<4xf32>) {
  // expected-error @below {{expects 'stats' to describe 4 channels, got statistics of 1}}
  %0 = spiq.rescale %x, %v, %v {stats = #spiq.channel_stats<mean = [0.0], stddev = [1.0]>}
    : (tensor<1x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @rescale_clamp(%x: tensor<1x4xf32>, %v: tensor<4xf32>) {
  // expected-error @below {{expects 'clamp_min' not to exceed 'clamp_max'}}
  %0 = spiq.rescale %x, %v, %v {clamp_min = 2.0 : f32, clamp_max = 1.0 : f32}
    : (tensor<1x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @rescale_mixed(%x: tensor<1x4xf32>, %v: tensor<4xf32>) {
  // expected-error @below {{expects operands and result to be all f32 or all quantized}}
  %0 = spiq.rescale %x, %v, %v
    : (tensor<1x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x!quant.uniform<u8:f32, 0.5>>
  return
}

// -----

func.func @rescale_shape(%x: tensor<1x4xf32>, %v: tensor<4xf32>) {
  // expected-error @below {{expects a result of the shape of 'tensor<1x4xf32>', got 'tensor<2x4xf32>'}}
  %0 = spiq.rescale %x, %v, %v
    : (tensor<1x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @prelu_without_slope(%x: tensor<1x4xf32>) {
  // expected-error @below {{expects a slope for 'prelu'}}
  %0 = spiq.activation prelu %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @sigmoid_with_slope(%x: tensor<1x4xf32>, %a: tensor<4xf32>) {
  // expected-error @below {{expects no slope for 'sigmoid'}}
  %0 = spiq.activation sigmoid %x slope %a
    : (tensor<1x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @slope_size(%x: tensor<1x4xf32>, %a: tensor<1xf32>) {
  // expected-error @below {{expects 'slope' to have 4 values, one per channel, got 1}}
  %0 = spiq.activation prelu %x slope %a
    : (tensor<1x4xf32>, tensor<1xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @slope_nan(%x: tensor<1x2xf32>) {
  %a = arith.constant dense<0x7FC00000> : tensor<2xf32>
  // expected-error @below {{expects 'slope' to be finite, got nan for channel 0}}
  %0 = spiq.activation prelu %x slope %a
    : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @alpha_nan(%x: tensor<1x4xf32>) {
  // expected-error @below {{expects 'alpha' and 'beta' to be finite}}
  %0 = spiq.activation leaky_relu %x {alpha = 0x7FC00000 : f32}
    : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @beta_infinite(%x: tensor<1x4xf32>) {
  // expected-error @below {{expects 'alpha' and 'beta' to be finite}}
  %0 = spiq.activation hard_sigmoid %x {beta = 0x7F800000 : f32}
    : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @activation_mixed(%x: tensor<1x4xf32>) {
  // expected-error @below {{expects operands and result to be all f32 or all quantized}}
  %0 = spiq.activation tanh %x
    : (tensor<1x4xf32>) -> tensor<1x4x!quant.uniform<u8:f32, 0.5>>
  return
}

// -----

func.func @activation_shape(%x: tensor<1x4xf32>) {
  // expected-error @below {{expects a result of the shape of 'tensor<1x4xf32>', got 'tensor<4x1xf32>'}}
  %0 = spiq.activation tanh %x : (tensor<1x4xf32>) -> tensor<4x1xf32>
  return
}

// -----

func.func @activation_kind(%x: tensor<1x4xf32>) {
  // expected-error @below {{expected one of [leaky_relu, prelu, sigmoid, hard_sigmoid, tanh, silu, hard_swish, elu, gelu, mish, softplus] for }}
  %0 = spiq.activation relu %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}
