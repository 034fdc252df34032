// What the operands of the operations must be.

// RUN: spiq-opt %s --split-input-file --verify-diagnostics

func.func @unranked(%x: tensor<*xf32>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty tensor of f32 or quantized 8-bit values, but got 'tensor<*xf32>'}}
  %0 = spiq.clamp %x : (tensor<*xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @dynamic(%x: tensor<?x4xf32>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty tensor of f32 or quantized 8-bit values, but got 'tensor<?x4xf32>'}}
  %0 = spiq.clamp %x : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return
}

// -----

func.func @empty(%x: tensor<0x4xf32>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty tensor of f32 or quantized 8-bit values, but got 'tensor<0x4xf32>'}}
  %0 = spiq.clamp %x : (tensor<0x4xf32>) -> tensor<0x4xf32>
  return
}

// -----

func.func @too_large(%x: tensor<2147483648xf32>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty tensor of f32 or quantized 8-bit values, but got 'tensor<2147483648xf32>'}}
  %0 = spiq.clamp %x : (tensor<2147483648xf32>) -> tensor<2147483648xf32>
  return
}

// -----

// The product of these sizes wraps around to a small number.
func.func @overflow(%x: tensor<4294967296x4294967297xf32>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty tensor}}
  %0 = spiq.clamp %x : (tensor<4294967296x4294967297xf32>) -> tensor<4294967296x4294967297xf32>
  return
}

// -----

func.func @memref(%x: memref<1x4xf32>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty tensor of f32 or quantized 8-bit values, but got 'memref<1x4xf32>'}}
  %0 = "spiq.clamp"(%x) : (memref<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @f64(%x: tensor<1x4xf64>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty tensor of f32 or quantized 8-bit values, but got 'tensor<1x4xf64>'}}
  %0 = spiq.clamp %x : (tensor<1x4xf64>) -> tensor<1x4xf64>
  return
}

// -----

func.func @plain_integers(%x: tensor<1x4xi8>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty tensor of f32 or quantized 8-bit values, but got 'tensor<1x4xi8>'}}
  %0 = spiq.clamp %x : (tensor<1x4xi8>) -> tensor<1x4xi8>
  return
}

// -----

func.func @result_type(%x: tensor<1x4xf32>) {
  // expected-error @below {{result #0 must be statically shaped, non-empty tensor of f32 or quantized 8-bit values, but got 'tensor<1x4xf16>'}}
  %0 = spiq.clamp %x : (tensor<1x4xf32>) -> tensor<1x4xf16>
  return
}

// -----

// Narrow integers are bytes with a smaller storage range.
func.func @four_bit_storage(%x: tensor<1x4x!quant.uniform<u4:f32, 0.5>>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty tensor of f32 or quantized 8-bit values}}
  %0 = spiq.clamp %x : (tensor<1x4x!quant.uniform<u4:f32, 0.5>>) -> tensor<1x4xf32>
  return
}

// -----

func.func @sixteen_bit_storage(%x: tensor<1x4x!quant.uniform<i16:f32, 0.5>>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty tensor of f32 or quantized 8-bit values}}
  %0 = spiq.clamp %x : (tensor<1x4x!quant.uniform<i16:f32, 0.5>>) -> tensor<1x4xf32>
  return
}

// -----

func.func @half_expressed(%x: tensor<1x4x!quant.uniform<i8:f16, 0.5>>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty tensor of f32 or quantized 8-bit values}}
  %0 = spiq.clamp %x : (tensor<1x4x!quant.uniform<i8:f16, 0.5>>) -> tensor<1x4xf32>
  return
}

// -----

func.func @any_quantized(%x: tensor<1x4x!quant.any<i8:f32>>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty tensor of f32 or quantized 8-bit values}}
  %0 = spiq.clamp %x : (tensor<1x4x!quant.any<i8:f32>>) -> tensor<1x4xf32>
  return
}

// -----

func.func @calibrated(%x: tensor<1x4x!quant.calibrated<f32<-1.0:1.0>>>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty tensor of f32 or quantized 8-bit values}}
  %0 = spiq.clamp %x : (tensor<1x4x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<1x4xf32>
  return
}

// -----

// expected-error @below {{scale -5.000000e-01 out of expressed type range}}
func.func @negative_scale(%x: tensor<1x4x!quant.uniform<i8:f32, -0.5>>) {
  return
}

// -----

// expected-error @below {{scale 0.000000e+00 out of expressed type range}}
func.func @zero_scale(%x: tensor<1x4x!quant.uniform<i8:f32:1, {0.5, 0.5, 0.5, 0.0}>>) {
  return
}

// -----

// The type accepts a scale that is no number; operations do not.
func.func @nan_scale(%x: tensor<1x4xf32>) {
  // expected-error @below {{result #0 must be statically shaped, non-empty tensor of f32 or quantized 8-bit values}}
  %0 = spiq.clamp %x : (tensor<1x4xf32>) -> tensor<1x4x!quant.uniform<i8:f32, 0x7FF8000000000000>>
  return
}

// -----

func.func @zero_point_above_range(%x: tensor<1x4x!quant.uniform<u8:f32, 0.5:256>>) {
  // expected-error @below {{expects operand #0 to have zero points between 0 and 255, the stored range, got 256 for channel 0}}
  %0 = spiq.clamp %x : (tensor<1x4x!quant.uniform<u8:f32, 0.5:256>>) -> tensor<1x4x!quant.uniform<u8:f32, 0.5>>
  return
}

// -----

func.func @zero_point_below_range(%x: tensor<1x2x!quant.uniform<u8<0:15>:f32:1, {0.5, 0.5}>>) {
  // expected-error @below {{expects the result to have zero points between 0 and 15, the stored range, got -1 for channel 1}}
  %0 = spiq.clamp %x : (tensor<1x2x!quant.uniform<u8<0:15>:f32:1, {0.5, 0.5}>>) -> tensor<1x2x!quant.uniform<u8<0:15>:f32:1, {0.5, 0.5:-1}>>
  return
}

// -----

func.func @wrong_axis(%x: tensor<4x4x!quant.uniform<i8:f32:0, {0.5, 0.5, 0.5, 0.5}>>) {
  // expected-error @below {{expects operand #0 to be quantized along axis 1, got axis 0}}
  %0 = spiq.clamp %x : (tensor<4x4x!quant.uniform<i8:f32:0, {0.5, 0.5, 0.5, 0.5}>>) -> tensor<4x4x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @axis_out_of_rank(%x: tensor<4x!quant.uniform<i8:f32:7, {0.5, 0.5, 0.5, 0.5}>>) {
  // expected-error @below {{expects operand #0 to be quantized along axis 0, got axis 7}}
  %0 = spiq.clamp %x : (tensor<4x!quant.uniform<i8:f32:7, {0.5, 0.5, 0.5, 0.5}>>) -> tensor<4x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @scale_count(%x: tensor<1x4x!quant.uniform<i8:f32:1, {0.5, 0.5, 0.5}>>) {
  // expected-error @below {{expects operand #0 to have 4 scales, one for each element of axis 1, got 3}}
  %0 = spiq.clamp %x : (tensor<1x4x!quant.uniform<i8:f32:1, {0.5, 0.5, 0.5}>>) -> tensor<1x4x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

// A scalar has no channel.
func.func @per_axis_scalar(%x: tensor<!quant.uniform<i8:f32:0, {0.5}>>) {
  // expected-error @below {{expects operand #0 to be quantized along axis -1, got axis 0}}
  %0 = spiq.clamp %x : (tensor<!quant.uniform<i8:f32:0, {0.5}>>) -> tensor<!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @image_rank(%x: tensor<8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty N x H x W x C tensor of f32 or quantized 8-bit values, but got 'tensor<8x8x2xf32>'}}
  %0 = spiq.conv_2d %x, %w, %b : (tensor<8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @filter_rank(%x: tensor<1x8x8x2xf32>, %w: tensor<4x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{operand #1 must be statically shaped, non-empty O x KH x KW x I/groups tensor of f32 or quantized 8-bit values, but got 'tensor<4x2xf32>'}}
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x8x8x2xf32>, tensor<4x2xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @bias_rank(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<1x4xf32>) {
  // expected-error @below {{operand #2 must be f32 or i32 tensor with one value per output channel, but got 'tensor<1x4xf32>'}}
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<1x4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @bias_element(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xi64>) {
  // expected-error @below {{operand #2 must be f32 or i32 tensor with one value per output channel, but got 'tensor<4xi64>'}}
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<4xi64>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @residual_rank(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xf32>, %r: tensor<8x8x4xf32>) {
  // expected-error @below {{operand #3 must be statically shaped, non-empty N x H x W x C tensor of f32 or quantized 8-bit values, but got 'tensor<8x8x4xf32>'}}
  %0 = spiq.conv_2d %x, %w, %b residual %r : (tensor<1x8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>, tensor<8x8x4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @transposed_image_rank(%x: tensor<8x8x2xf32>, %w: tensor<4x1x1x2xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty N x H x W x C tensor}}
  %0 = spiq.transposed_conv_2d %x, %w, %b : (tensor<8x8x2xf32>, tensor<4x1x1x2xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// -----

func.func @matrix_rank(%x: tensor<1x1x8xf32>, %w: tensor<4x8xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty N x C tensor of f32 or quantized 8-bit values, but got 'tensor<1x1x8xf32>'}}
  %0 = spiq.fully_connected %x, %w, %b : (tensor<1x1x8xf32>, tensor<4x8xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @matrix_result_rank(%x: tensor<1x8xf32>, %w: tensor<4x8xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{result #0 must be statically shaped, non-empty N x C tensor of f32 or quantized 8-bit values, but got 'tensor<1x1x4xf32>'}}
  %0 = spiq.fully_connected %x, %w, %b : (tensor<1x8xf32>, tensor<4x8xf32>, tensor<4xf32>) -> tensor<1x1x4xf32>
  return
}

// -----

func.func @batch_norm_quantized(%x: tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>, %v: tensor<2xf32>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty tensor of f32 values, but got}}
  %0 = spiq.batch_norm %x, %v, %v, %v, %v
    : (tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x8x8x2xf32>
  return
}

// -----

func.func @batch_norm_quantized_result(%x: tensor<1x8x8x2xf32>, %v: tensor<2xf32>) {
  // expected-error @below {{result #0 must be statically shaped, non-empty tensor of f32 values, but got}}
  %0 = spiq.batch_norm %x, %v, %v, %v, %v
    : (tensor<1x8x8x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @batch_norm_vector(%x: tensor<1x8x8x2xf32>, %v: tensor<2xf32>, %m: tensor<1x2xf32>) {
  // expected-error @below {{operand #2 must be f32 tensor with one value per channel, but got 'tensor<1x2xf32>'}}
  %0 = spiq.batch_norm %x, %v, %m, %v, %v
    : (tensor<1x8x8x2xf32>, tensor<2xf32>, tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x8x8x2xf32>
  return
}

// -----

func.func @rescale_vector(%x: tensor<1x2xf32>, %v: tensor<2xf32>, %m: tensor<2xi32>) {
  // expected-error @below {{operand #1 must be f32 tensor with one value per channel, but got 'tensor<2xi32>'}}
  %0 = spiq.rescale %x, %m, %v : (tensor<1x2xf32>, tensor<2xi32>, tensor<2xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @prelu_vector(%x: tensor<1x2xf32>, %a: tensor<f32>) {
  // expected-error @below {{operand #1 must be f32 tensor with one value per channel, but got 'tensor<f32>'}}
  %0 = spiq.activation prelu %x slope %a : (tensor<1x2xf32>, tensor<f32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @add_type(%x: tensor<1x2xf32>, %y: tensor<1x2xi32>) {
  // expected-error @below {{operand #1 must be statically shaped, non-empty tensor of f32 or quantized 8-bit values, but got 'tensor<1x2xi32>'}}
  %0 = spiq.add %x, %y : (tensor<1x2xf32>, tensor<1x2xi32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @mul_type(%x: tensor<1x2xf32>, %y: f32) {
  // expected-error @below {{operand #1 must be statically shaped, non-empty tensor of f32 or quantized 8-bit values, but got 'f32'}}
  %0 = spiq.mul %x, %y : (tensor<1x2xf32>, f32) -> tensor<1x2xf32>
  return
}

// -----

func.func @concat_type(%x: tensor<1x2xf32>, %y: tensor<1x?xf32>) {
  // expected-error @below {{operand #1 must be variadic of statically shaped, non-empty tensor of f32 or quantized 8-bit values, but got 'tensor<1x?xf32>'}}
  %0 = spiq.concat %x, %y {axis = 1 : i64} : (tensor<1x2xf32>, tensor<1x?xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @max_pool_rank(%x: tensor<8x8xf32>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty N x H x W x C tensor}}
  %0 = spiq.max_pool_2d %x {kernel = array<i64: 2, 2>} : (tensor<8x8xf32>) -> tensor<7x7xf32>
  return
}

// -----

func.func @avg_pool_rank(%x: tensor<8x8xf32>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty N x H x W x C tensor}}
  %0 = spiq.avg_pool_2d %x {kernel = array<i64: 2, 2>} : (tensor<8x8xf32>) -> tensor<7x7xf32>
  return
}

// -----

func.func @resize_rank(%x: tensor<8x8xf32>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty N x H x W x C tensor}}
  %0 = spiq.resize linear %x : (tensor<8x8xf32>) -> tensor<16x16xf32>
  return
}

// -----

func.func @pad_type(%x: tensor<8x8xi8>) {
  // expected-error @below {{operand #0 must be statically shaped, non-empty tensor of f32 or quantized 8-bit values, but got 'tensor<8x8xi8>'}}
  %0 = spiq.pad %x {low = array<i64: 1, 1>, high = array<i64: 1, 1>} : (tensor<8x8xi8>) -> tensor<10x10xi8>
  return
}
