// RUN: spiq-opt %s --spiq-derive-scales="weight-bits=4 first-last-bits=4" --spiq-fuse-rescales | FileCheck %s --check-prefix=FOUR
// RUN: spiq-opt %s --spiq-derive-scales --spiq-fuse-rescales | FileCheck %s --check-prefix=EIGHT

// A channel whose weights hardly matter beside its bias. Sixteen times the bias
// of 4-bit weights, which some kernels add up, must fit 30 bits.

// FOUR: arith.constant dense<[{{-[0-9]+}}, 33554432]> : tensor<2xi32>
// EIGHT: arith.constant dense<[{{-[0-9]+}}, 536870912]> : tensor<2xi32>
func.func @main(%x: tensor<1x1x1x2xf32> {spiq.stats = #spiq.channel_stats<mean = [0.0, 0.0], stddev = [1.0, 1.0]>})
    -> tensor<1x1x1x2xf32> {
  %w = arith.constant dense<[[[[1.0, 0.5]]], [[[1.0e-12, 2.0e-12]]]]> : tensor<2x1x1x2xf32>
  %b = arith.constant dense<[0.0, 1.0]> : tensor<2xf32>
  %y = spiq.conv_2d %x, %w, %b
    : (tensor<1x1x1x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x1x1x2xf32>
  return %y : tensor<1x1x1x2xf32>
}
