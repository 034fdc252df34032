// RUN: spiq-opt %s -spiq-fold-batch-norm -spiq-propagate-statistics | FileCheck %s

// The layer reads each 2x2 block of the colours as channels of one pixel. What
// its batch-norm tells of twelve channels holds for the three colours alike.

// CHECK-LABEL: func.func @blocks(
// CHECK-SAME:    spiq.stats = #spiq.channel_stats<mean = [{{[^,]*}}], stddev = [{{[^,]*}}], min = [{{[^,]*}}], max = [{{[^,]*}}]>
func.func @blocks(%x: tensor<1x3x4x6xf32>) -> tensor<1x2x3x2xf32> {
  %w = arith.constant dense<[[[[1.0, 0.5, -0.5, 1.0, 0.5, 0.25, 1.0, 0.5, -0.5, 1.0, 0.5, 0.25]]],
                             [[[-1.0, 0.5, 0.5, 1.0, 0.25, 0.25, 0.75, 1.0, -0.5, 0.5, 0.5, 1.0]]]]> : tensor<2x1x1x12xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %one = arith.constant dense<1.0> : tensor<2xf32>
  %blocks = tensor.expand_shape %x [[0], [1], [2, 3], [4, 5]] output_shape [1, 3, 2, 2, 3, 2] : tensor<1x3x4x6xf32> into tensor<1x3x2x2x3x2xf32>
  %e = tensor.empty() : tensor<1x2x3x3x2x2xf32>
  %last = linalg.transpose ins(%blocks : tensor<1x3x2x2x3x2xf32>) outs(%e : tensor<1x2x3x3x2x2xf32>) permutation = [0, 2, 4, 1, 3, 5]
  %pixels = tensor.collapse_shape %last [[0], [1], [2], [3, 4, 5]] : tensor<1x2x3x3x2x2xf32> into tensor<1x2x3x12xf32>
  %0 = spiq.conv_2d %pixels, %w, %b : (tensor<1x2x3x12xf32>, tensor<2x1x1x12xf32>, tensor<2xf32>) -> tensor<1x2x3x2xf32>
  %1 = spiq.batch_norm %0, %one, %b, %b, %one : (tensor<1x2x3x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x3x2xf32>
  return %1 : tensor<1x2x3x2xf32>
}
