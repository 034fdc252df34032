// RUN: spiq-opt %s -spiq-fuse-rescales -split-input-file -verify-diagnostics

!x = !quant.uniform<u8:f32, 1.0>
!w = !quant.uniform<i8:f32:0, {1.0}>

func.func @overflow(%x: tensor<1x1x!x>) -> tensor<1x1xf32> {
  %c = arith.constant dense<1> : tensor<1x1xi8>
  %s = quant.scast %c : tensor<1x1xi8> to tensor<1x1x!w>
  %w = quant.dcast %s : tensor<1x1x!w> to tensor<1x1xf32>
  %b = arith.constant dense<8589934592.0> : tensor<1xf32>
  %0 = quant.dcast %x : tensor<1x1x!x> to tensor<1x1xf32>
  // expected-error @below {{'spiq.fully_connected' op cannot be computed in i32: the accumulator of output channel 0 could overflow; quantize the layer with a larger weight scale or leave it in float}}
  %1 = spiq.fully_connected %0, %w, %b : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// -----

!x = !quant.uniform<u8:f32, 1.0>

// The resized image is read as f32, and the softmax has no integer form. The average
// sums integers whoever reads it.
func.func @stays_float(%x: tensor<1x2x2x1x!x>) -> tensor<1x1x1x1xf32> {
  %0 = quant.dcast %x : tensor<1x2x2x1x!x> to tensor<1x2x2x1xf32>
  // expected-remark @below {{'spiq.resize' stays in f32}}
  %1 = spiq.resize linear %0 : (tensor<1x2x2x1xf32>) -> tensor<1x1x1x1xf32>
  %2 = spiq.avg_pool_2d %0 {kernel = array<i64: 2, 2>} : (tensor<1x2x2x1xf32>) -> tensor<1x1x1x1xf32>
  %3 = arith.addf %1, %2 : tensor<1x1x1x1xf32>
  %4 = tensor.empty() : tensor<1x1x1x1xf32>
  // expected-remark @below {{'linalg.softmax' stays in f32}}
  %5 = linalg.softmax dimension(3) ins(%3 : tensor<1x1x1x1xf32>) outs(%4 : tensor<1x1x1x1xf32>) -> tensor<1x1x1x1xf32>
  return %5 : tensor<1x1x1x1xf32>
}

// -----

!x = !quant.uniform<u8:f32, 1.0>
!w = !quant.uniform<u8:f32, 1.0:7>

func.func @zero_points(%x: tensor<1x1x!x>) -> tensor<1x1xf32> {
  %c = arith.constant dense<1> : tensor<1x1xi8>
  %s = quant.scast %c : tensor<1x1xi8> to tensor<1x1x!w>
  %w = quant.dcast %s : tensor<1x1x!w> to tensor<1x1xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %0 = quant.dcast %x : tensor<1x1x!x> to tensor<1x1xf32>
  // expected-remark @below {{quantized weights are rounded again: only those with zero points of 0 and one scale per output channel are kept}}
  %1 = spiq.fully_connected %0, %w, %b : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// -----

!x = !quant.uniform<u8:f32, 1.0>

func.func @no_bias(%x: tensor<1x1x!x>) -> tensor<1x1xf32> {
  %w = arith.constant dense<1.0> : tensor<1x1xf32>
  %b = arith.constant dense<0x7FC00000> : tensor<1xf32>
  %0 = quant.dcast %x : tensor<1x1x!x> to tensor<1x1xf32>
  // expected-error @below {{'spiq.fully_connected' op cannot be computed in i32: output channel 0 has a bias that no scale can represent}}
  %1 = spiq.fully_connected %0, %w, %b : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}
