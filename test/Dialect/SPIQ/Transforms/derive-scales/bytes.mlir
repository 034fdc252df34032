// RUN: spiq-opt %s -spiq-derive-scales | FileCheck %s
// RUN: spiq-opt %s -spiq-derive-scales=results=true | FileCheck %s --check-prefix=STORED
// RUN: spiq-opt %s -spiq-derive-scales=scheme=per-tensor | FileCheck %s --check-prefix=TENSOR
// RUN: spiq-opt %s -spiq-derive-scales=signedness=unsigned | FileCheck %s --check-prefix=UNSIGNED

// Input types of the functions below, in their order.

// CHECK:      !u8x2_ = !quant.uniform<u8:f32:3, {5.000000e-01:100,2.000000e+00}>
// CHECK-NEXT: !u8x2_1 = !quant.uniform<u8:f32:3, {0.007874{{[0-9]*}}:127,0.007874{{[0-9]*}}:127}>
// CHECK-NEXT: !u8x2_2 = !quant.uniform<u8:f32:3, {0.0078431{{[0-9]*}},0.0078431{{[0-9]*}}}>
// CHECK-NEXT: !u8x2_3 = !quant.uniform<u8:f32:3, {0.0196078{{[0-9]*}}:124,0.0196078{{[0-9]*}}:124}>
// STORED: !u8x2_1 = !quant.uniform<u8:f32:3, {0.0078431{{[0-9]*}}:128,0.0078431{{[0-9]*}}:128}>
// UNSIGNED: !u8x2_ = !quant.uniform<u8:f32:3, {0.609{{[0-9]*}}:128,2.000000e+00}>
// TENSOR: func.func @colours
// TENSOR: !quant.uniform<u8:f32, 2.{{[0-9]*}}:23>
// TENSOR: func.func @middle
// TENSOR: !quant.uniform<u8:f32, 0.007874{{[0-9]*}}:127>

// The scales of an argument that holds scaled bytes are the distances of the
// bytes, and zero points the bytes that stand for zero. Without zero points, or
// with one scale for all, these have to be chosen.
func.func @colours(%x: tensor<1x2x2x2xf32> {spiq.bytes, spiq.stats = #spiq.channel_stats<mean = [1.0, 200.0], stddev = [20.0, 150.0], min = [-50.125, 0.0], max = [77.375, 510.0]>}) -> tensor<1x2x2x1xf32> {
  %w = arith.constant dense<[[[[0.5, -0.01]]]]> : tensor<1x1x1x2xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  return %0 : tensor<1x2x2x1xf32>
}

// Bytes from -1 to 1 lie in the middle between two integers: 255 levels. The
// caller of an integer network hands over the bytes themselves.
func.func @middle(%x: tensor<1x2x2x2xf32> {spiq.bytes, spiq.stats = #spiq.channel_stats<mean = [0.0], stddev = [0.5], min = [-1.0], max = [1.0]>}) -> tensor<1x2x2x1xf32> {
  %w = arith.constant dense<[[[[0.5, -0.25]]]]> : tensor<1x1x1x2xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  return %0 : tensor<1x2x2x1xf32>
}

// Padding needs a byte that stands for zero: where there is none, the range is
// chosen as for other values.
func.func @positive(%x: tensor<1x2x2x2xf32> {spiq.bytes, spiq.stats = #spiq.channel_stats<mean = [1.5], stddev = [0.2], min = [1.0], max = [2.0]>}) -> tensor<1x2x2x1xf32> {
  %w = arith.constant dense<[[[[0.5, -0.25]]]]> : tensor<1x1x1x2xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  return %0 : tensor<1x2x2x1xf32>
}

// Values that end at 2.5 deviations are not clipped at that distance, although
// zero points move their grid a little beside the bound: no wider scale.
func.func @bounded(%x: tensor<1x2x2x2xf32> {spiq.stats = #spiq.channel_stats<mean = [0.071], stddev = [1.0], min = [-2.429], max = [2.571]>}) -> tensor<1x2x2x1xf32> {
  %w = arith.constant dense<[[[[0.5, -0.25]]]]> : tensor<1x1x1x2xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  return %0 : tensor<1x2x2x1xf32>
}
