// RUN: spiq-opt %s --split-input-file --spiq-normalize-averages --spiq-propagate-statistics | FileCheck %s --check-prefix=STATS
// RUN: spiq-opt %s --split-input-file --spiq-quantize | FileCheck %s
// RUN: spiq-opt %s --split-input-file --spiq-quantize=scheme=per-tensor | FileCheck %s
// RUN: spiq-opt %s --split-input-file --spiq-quantize="rule=synthetic" | FileCheck %s
// RUN: spiq-opt %s --split-input-file --spiq-quantize=normalize-averages=false | FileCheck %s --check-prefix=PLAIN
// RUN: spiq-opt %s --split-input-file --spiq-quantize=scheme=dynamic | FileCheck %s --check-prefix=PLAIN
// RUN: spiq-opt %s --split-input-file --spiq-quantize=rule=literal | FileCheck %s --check-prefix=PLAIN
// RUN: spiq-opt %s --split-input-file --spiq-quantize --verify-diagnostics

// Averages behind a ReLU relative to the largest lie in [0, 1], in steps of
// 1 / 255. The average itself is a sum of integers, multiplied once. No remark
// says that something stays in f32.

// STATS:       #[[POSITIVE:.*]] = #spiq.channel_stats<{{.*}}, min = [0.000000e+00, 0.000000e+00], max = [1.000000e+00, 1.000000e+00]>
// STATS-LABEL: func.func @positive(
// STATS:       arith.divf %{{.*}} {spiq.value_stats = #[[POSITIVE]]}

// CHECK-LABEL: func.func @positive(
// CHECK-NOT:     spiq.rescale
// CHECK:         spiq.avg_pool_2d %{{.*}} : (tensor<1x4x4x2x!{{.*}}>) -> tensor<1x1x1x2xf32>
// CHECK:         %[[X:.*]] = arith.divf
// CHECK:         %[[Q:.*]] = quant.qcast %[[X]] : tensor<1x2xf32> to tensor<1x2x!quant.uniform<u8:f32, 0.0039215686274509803>>
// CHECK:         spiq.fully_connected %[[Q]], {{.*}} tensor<3xi32>) -> tensor<1x3xf32>

// PLAIN-LABEL: func.func @positive(
// PLAIN-NOT:     arith.divf
// PLAIN:         spiq.fully_connected
func.func @positive(%x: tensor<1x4x4x3xf32>) -> tensor<1x3xf32> {
  %w = arith.constant dense<[[[[0.5, 1.0, 0.25]]], [[[-0.5, 1.0, 0.125]]]]> : tensor<2x1x1x3xf32>
  %b = arith.constant dense<[0.5, 0.0]> : tensor<2xf32>
  %0 = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32, stats = #spiq.channel_stats<mean = [0.5, 0.0], stddev = [1.0, 2.0]>} : (tensor<1x4x4x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  %1 = spiq.avg_pool_2d %0 {kernel = array<i64: 4, 4>} : (tensor<1x4x4x2xf32>) -> tensor<1x1x1x2xf32>
  %2 = tensor.collapse_shape %1 [[0, 1, 2], [3]] : tensor<1x1x1x2xf32> into tensor<1x2xf32>
  %w2 = arith.constant dense<[[1.0, -1.0], [0.5, 1.0], [2.0, 0.1]]> : tensor<3x2xf32>
  %b2 = arith.constant dense<[0.5, 0.0, 1.0]> : tensor<3xf32>
  %3 = spiq.fully_connected %2, %w2, %b2 : (tensor<1x2xf32>, tensor<3x2xf32>, tensor<3xf32>) -> tensor<1x3xf32>
  return %3 : tensor<1x3xf32>
}

// -----

// Without the ReLU they lie in [-1, 1].

// STATS:       #[[NEGATIVE:.*]] = #spiq.channel_stats<{{.*}}, min = [-1.000000e+00, -1.000000e+00], max = [1.000000e+00, 1.000000e+00]>
// STATS-LABEL: func.func @negative(
// STATS:       arith.divf %{{.*}} {spiq.value_stats = #[[NEGATIVE]]}

// CHECK-LABEL: func.func @negative(
// CHECK:         quant.qcast %{{.*}} : tensor<1x1x1x2xf32> to tensor<1x1x1x2x!quant.uniform<u8:f32, 0.0078431372549019607:128>>

// PLAIN-LABEL: func.func @negative(
// PLAIN-NOT:     arith.divf
// PLAIN:         return
func.func @negative(%x: tensor<1x4x4x3xf32>) -> tensor<1x1x1x3xf32> {
  %w = arith.constant dense<[[[[0.5, 1.0, 0.25]]], [[[-0.5, 1.0, 0.125]]]]> : tensor<2x1x1x3xf32>
  %b = arith.constant dense<[0.5, 0.0]> : tensor<2xf32>
  %0 = spiq.conv_2d %x, %w, %b {stats = #spiq.channel_stats<mean = [0.5, 0.0], stddev = [1.0, 2.0]>} : (tensor<1x4x4x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  %1 = spiq.avg_pool_2d %0 {kernel = array<i64: 4, 4>} : (tensor<1x4x4x2xf32>) -> tensor<1x1x1x2xf32>
  %w2 = arith.constant dense<[[[[1.0, -1.0]]], [[[0.5, 1.0]]], [[[2.0, 0.1]]]]> : tensor<3x1x1x2xf32>
  %b2 = arith.constant dense<[0.5, 0.0, 1.0]> : tensor<3xf32>
  %3 = spiq.conv_2d %1, %w2, %b2 : (tensor<1x1x1x2xf32>, tensor<3x1x1x2xf32>, tensor<3xf32>) -> tensor<1x1x1x3xf32>
  return %3 : tensor<1x1x1x3xf32>
}
