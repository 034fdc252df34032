// RUN: spiq-opt %s -spiq-derive-scales="rule=batch-norm fold=1" -split-input-file | FileCheck %s

// One input dominates the first channel, which reaches (5/4)^0.35 = 1.081
// times as far; of the second each of 16 moves 1.25 deviations. With the same
// deviations, scales are as 1.081 to 1.
// CHECK: !u8x2_ = !quant.uniform<u8:f32:3, {0.0742{{[0-9]*}}:128,0.0686{{[0-9]*}}:127}>
func.func @dominated(%x: tensor<1x4x4x16xf32> {spiq.stats = #spiq.channel_stats<mean = [0.0], stddev = [1.0]>}) -> tensor<1x4x4x2xf32> {
  %w = arith.constant dense<[
    [[[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]],
    [[[0.25, -0.25, 0.25, -0.25, 0.25, -0.25, 0.25, -0.25, 0.25, -0.25, 0.25, -0.25, 0.25, -0.25, 0.25, -0.25]]]
  ]> : tensor<2x1x1x16xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %0 = spiq.conv_2d %x, %w, %b {stats = #spiq.channel_stats<mean = [0.0, 0.0], stddev = [1.0, 1.0]>} : (tensor<1x4x4x16xf32>, tensor<2x1x1x16xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  %v = arith.constant dense<1.0> : tensor<2x1x1x2xf32>
  %1 = spiq.conv_2d %0, %v, %b : (tensor<1x4x4x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  return %1 : tensor<1x4x4x2xf32>
}

// -----

// Rounding errors of pixels average out, clipping errors do not: what is
// averaged gets a range that is wider, by three quarters of an octave, than
// what a layer reads.
// CHECK-LABEL: @read
// CHECK: spiq.conv_2d
// CHECK-NEXT: quant.qcast {{.*}}!quant.uniform<u8:f32, 0.0341{{[0-9]*}}>
func.func @read(%x: tensor<1x16x16x1xf32> {spiq.stats = #spiq.channel_stats<mean = [0.5], stddev = [0.25], min = [0.0], max = [1.0]>}) -> tensor<1x16x16x1xf32> {
  %w = arith.constant dense<4.0> : tensor<1x1x1x1xf32>
  %b = arith.constant dense<-2.0> : tensor<1xf32>
  %0 = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32, stats = #spiq.channel_stats<mean = [0.0], stddev = [1.0]>} : (tensor<1x16x16x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x16x16x1xf32>
  %1 = spiq.conv_2d %0, %w, %b : (tensor<1x16x16x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x16x16x1xf32>
  return %1 : tensor<1x16x16x1xf32>
}

// CHECK-LABEL: @average
// CHECK: spiq.conv_2d
// CHECK-NEXT: quant.qcast {{.*}}!quant.uniform<u8:f32, 0.0574{{[0-9]*}}>
func.func @average(%x: tensor<1x16x16x1xf32> {spiq.stats = #spiq.channel_stats<mean = [0.5], stddev = [0.25], min = [0.0], max = [1.0]>}) -> tensor<1x1x1x1xf32> {
  %w = arith.constant dense<4.0> : tensor<1x1x1x1xf32>
  %b = arith.constant dense<-2.0> : tensor<1xf32>
  %0 = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32, stats = #spiq.channel_stats<mean = [0.0], stddev = [1.0]>} : (tensor<1x16x16x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x16x16x1xf32>
  %1 = spiq.avg_pool_2d %0 {kernel = array<i64: 16, 16>} : (tensor<1x16x16x1xf32>) -> tensor<1x1x1x1xf32>
  %2 = spiq.conv_2d %1, %w, %b : (tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>
  return %2 : tensor<1x1x1x1xf32>
}

// -----

// Features of one class are large together: a layer of 100 of them reaches
// sqrt(1 + 0.02 * 100) = 1.73 times as far as if they were independent, 8.75
// deviations of sqrt(100) * 0.1 each.
// CHECK-LABEL: @flattened
// CHECK: fully_connected
// CHECK-NEXT: quant.qcast {{.*}}!quant.uniform<u8:f32, 0.1188{{[0-9]*}}:128>
func.func @flattened(%x: tensor<1x100xf32> {spiq.stats = #spiq.channel_stats<mean = [0.0], stddev = [1.0]>}) -> tensor<1x1xf32> {
  %w = arith.constant dense<0.1> : tensor<1x100xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %0 = spiq.fully_connected %x, %w, %b : (tensor<1x100xf32>, tensor<1x100xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %v = arith.constant dense<1.0> : tensor<1x1xf32>
  %1 = spiq.fully_connected %0, %v, %b : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}
