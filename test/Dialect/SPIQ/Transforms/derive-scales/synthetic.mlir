// Generated images excite a layer by far too much; matched to its batch-norm
// (mean 1, deviation 0.5) its values stay within a few deviations, and so does
// the scale. Without the match it would exceed 1.
// RUN: spiq-opt %s -split-input-file --spiq-derive-scales="rule=synthetic fold=1" | FileCheck %s
// RUN: spiq-opt %s -split-input-file --spiq-derive-scales="rule=batch-norm fold=1" | FileCheck %s --check-prefix=ANALYTIC
// RUN: spiq-opt %s -split-input-file --spiq-derive-scales="rule=synthetic fold=0" -o %t.1
// RUN: spiq-opt %s -split-input-file --spiq-derive-scales="rule=synthetic fold=0" -o %t.2
// RUN: cmp %t.1 %t.2
// RUN: spiq-opt %s -split-input-file --spiq-quantize="rule=synthetic" | FileCheck %s --check-prefix=INTEGER

// CHECK: = !quant.uniform<u8:f32:3, {0.038{{[0-9]*}},0.037{{[0-9]*}}}>
// CHECK-LABEL: func.func @network
// CHECK: spiq.conv_2d {{.*}} residual
// CHECK-NEXT: quant.qcast
// INTEGER-LABEL: func.func @network
// INTEGER: spiq.conv_2d {{.*}} residual
#stats = #spiq.channel_stats<mean = [1.0, 1.0], stddev = [0.5, 0.5]>
func.func @network(%x: tensor<1x8x8x3xf32>, %residual: tensor<1x8x8x2xf32>) -> tensor<1x8x8x2xf32> {
  %w = arith.constant dense<1000.0> : tensor<2x1x1x3xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %v = arith.constant dense<1.0> : tensor<2x1x1x2xf32>
  %0 = spiq.conv_2d %x, %w, %b residual %residual {clamp_min = 0.0 : f32, stats = #stats} : (tensor<1x8x8x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>, tensor<1x8x8x2xf32>) -> tensor<1x8x8x2xf32>
  %1 = spiq.conv_2d %0, %v, %b : (tensor<1x8x8x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x8x8x2xf32>
  return %1 : tensor<1x8x8x2xf32>
}

// -----

// Edges are rare and strong: what finds them reaches farther, by the same mean
// and deviation, than what finds brightness.
// CHECK: = !quant.uniform<u8:f32:3, {0.041{{[0-9]*}}:{{[0-9]*}},0.071{{[0-9]*}}:{{[0-9]*}}}>
// CHECK-LABEL: func.func @edges
// ANALYTIC: = !quant.uniform<u8:f32:3, {0.068{{[0-9]*}}:{{[0-9]*}},0.068{{[0-9]*}}:{{[0-9]*}}}>
// ANALYTIC-LABEL: func.func @edges
// INTEGER-LABEL: func.func @edges
func.func @edges(%x: tensor<1x32x32x1xf32> {spiq.stats = #spiq.channel_stats<mean = [0.5], stddev = [0.25], min = [0.0], max = [1.0]>}) -> tensor<1x32x32x2xf32> {
  %w = arith.constant dense<[
    [[[0.5], [0.5], [0.5]], [[0.5], [0.5], [0.5]], [[0.5], [0.5], [0.5]]],
    [[[0.0], [-1.0], [0.0]], [[-1.0], [4.0], [-1.0]], [[0.0], [-1.0], [0.0]]]
  ]> : tensor<2x3x3x1xf32>
  %b = arith.constant dense<[-2.25, 0.0]> : tensor<2xf32>
  %v = arith.constant dense<1.0> : tensor<2x1x1x2xf32>
  %0 = spiq.conv_2d %x, %w, %b {padding = array<i64: 1, 1, 1, 1>, stats = #spiq.channel_stats<mean = [0.0, 0.0], stddev = [1.0, 1.0]>} : (tensor<1x32x32x1xf32>, tensor<2x3x3x1xf32>, tensor<2xf32>) -> tensor<1x32x32x2xf32>
  %1 = spiq.conv_2d %0, %v, %b : (tensor<1x32x32x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x32x32x2xf32>
  return %1 : tensor<1x32x32x2xf32>
}
