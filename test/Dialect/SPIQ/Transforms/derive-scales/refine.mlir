// RUN: spiq-opt %s -spiq-derive-scales="weight-bits=4 first-last-bits=4" | FileCheck %s --check-prefix=FEW
// RUN: spiq-opt %s -spiq-derive-scales="weight-bits=4 first-last-bits=4 fold=0.5" | FileCheck %s --check-prefix=SAME
// RUN: spiq-opt %s -spiq-derive-scales="weight-bits=4 activation-bits=4 first-last-bits=4" | FileCheck %s --check-prefix=BOTH
// RUN: spiq-opt %s -spiq-derive-scales | FileCheck %s --check-prefix=SAME

// Where weights have fewer bits than what they read, a channel with small
// weights gets a coarser scale, so that its weights use their bits. Otherwise
// both channels, which vary alike, have one.
// FEW: !u8x2_ = !quant.uniform<u8:f32:3, {0.0235{{[0-9]*}}:128,0.079{{[0-9]*}}:128}>
// SAME: !u8x2_ = !quant.uniform<u8:f32:3, {[[A:[0-9.e-]*]]:128,[[A]]:128}>
// BOTH: !quant.uniform<u8<0:15>:f32:3, {[[A:[0-9.e-]*]]:8,[[A]]:8}>
func.func @small_weights(%x: tensor<1x2x2x2xf32> {spiq.stats = #spiq.channel_stats<mean = [0.0, 0.0], stddev = [1.0, 1.0], min = [-3.0, -3.0], max = [3.0, 3.0]>}) -> tensor<1x2x2x2xf32> {
  %w = arith.constant dense<[[[[1.0, 0.1]]], [[[-0.9, 0.08]]]]> : tensor<2x1x1x2xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  return %0 : tensor<1x2x2x2xf32>
}
