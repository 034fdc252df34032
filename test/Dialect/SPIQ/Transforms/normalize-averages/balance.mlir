// RUN: spiq-opt %s --spiq-normalize-averages | FileCheck %s
// RUN: spiq-opt %s --spiq-quantize | FileCheck %s --check-prefix=QUANTIZED
// RUN: spiq-opt %s --spiq-quantize=scheme=per-tensor | FileCheck %s --check-prefix=PER-TENSOR
// RUN: spiq-opt %s --spiq-quantize --verify-diagnostics

// Channels that reach 8, 1 and a 100th as far as the widest are multiplied by 1,
// 8 and 16, and the columns of the weights divided: those are exact.

// CHECK:     %[[FACTORS:.*]] = arith.constant dense<[1.000000e+00, 8.000000e+00, 1.600000e+01]>
// CHECK:     %[[BALANCED:.*]] = spiq.rescale %{{.*}}, %[[FACTORS]], %{{.*}}
// CHECK:     %[[ABS:.*]] = math.absf %[[BALANCED]]
// CHECK:     linalg.reduce ins(%[[ABS]]
// CHECK:     arith.divf %[[BALANCED]]
// CHECK:     spiq.fully_connected

// Rows with large weights for the narrow channels use all of the range.
// QUANTIZED: arith.constant dense<{{\[\[}}127, 127, 127], [64, -127, 0]]> : tensor<2x3xi8>
// QUANTIZED: spiq.avg_pool_2d {{.*}} -> tensor<1x1x1x3xf32>
// QUANTIZED: quant.qcast %{{.*}} : tensor<1x3xf32> to tensor<1x3x!quant.uniform<u8:f32, 0.0039215686274509803>>

// PER-TENSOR-NOT: spiq.rescale
// PER-TENSOR: return

func.func @net(%x: tensor<1x4x4x3xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<1.0> : tensor<3x1x1x3xf32>
  %b = arith.constant dense<0.0> : tensor<3xf32>
  %0 = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32, stats = #spiq.channel_stats<mean = [0.0, 0.0, 0.0], stddev = [8.0, 1.0, 0.08]>} : (tensor<1x4x4x3xf32>, tensor<3x1x1x3xf32>, tensor<3xf32>) -> tensor<1x4x4x3xf32>
  %1 = spiq.avg_pool_2d %0 {kernel = array<i64: 4, 4>} : (tensor<1x4x4x3xf32>) -> tensor<1x1x1x3xf32>
  %2 = tensor.collapse_shape %1 [[0, 1, 2], [3]] : tensor<1x1x1x3xf32> into tensor<1x3xf32>
  %w2 = arith.constant dense<[[1.0, 8.0, 16.0], [0.5, -8.0, 0.0]]> : tensor<2x3xf32>
  %b2 = arith.constant dense<[0.5, 0.0]> : tensor<2xf32>
  %3 = spiq.fully_connected %2, %w2, %b2 : (tensor<1x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}
