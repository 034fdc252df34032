// REQUIRES: python-numpy
// RUN: rm -rf %t && mkdir %t
// RUN: %python %S/Inputs/averages.py write %t/x.npy

// What averages mean stays the same, for each image of a batch.
// RUN: spiq-opt %s --spiq-normalize-averages -o %t/normalized.mlir
// RUN: spiq-interpret %s --input=%t/x.npy --output=%t/float.npy
// RUN: spiq-interpret %t/normalized.mlir --input=%t/x.npy --output=%t/normalized.npy
// RUN: %python %S/Inputs/averages.py compare %t/float.npy %t/normalized.npy | FileCheck %s --check-prefix=SAME
// SAME: image 0: 100.0 dB image 1: 1{{[0-9]+}}.{{[0-9]}} dB image 2: 1{{[0-9]+}}.{{[0-9]}} dB

// Libraries compute what the interpreter computes, to the last bit.
// RUN: spiq-compile %s --emit=quantized -o %t/quantized.mlir
// RUN: spiq-interpret %t/quantized.mlir --input=%t/x.npy --output=%t/interpreted.npy
// RUN: spiq-compile %s --name=net -o %t/native.so
// RUN: spiq-compile %s --name=net --native=false -o %t/portable.so
// RUN: spiq-run %t/native.so %t/x.npy -o %t/native.npy
// RUN: spiq-run %t/portable.so %t/x.npy -o %t/portable.npy
// RUN: cmp %t/native.npy %t/portable.npy
// RUN: %python -c "import numpy as n; n.testing.assert_array_equal(n.load('%t/native.npy'), n.load('%t/interpreted.npy'))"

// Averages much larger than expected are clipped and much smaller ones rounded
// coarsely, unless they are divided by the largest. Zeros give the bias.
// RUN: %python %S/Inputs/averages.py compare %t/float.npy %t/interpreted.npy | FileCheck %s --check-prefix=QUANTIZED
// QUANTIZED: image 0: {{[0-9]+}}.{{[0-9]}} dB image 1: {{[345][0-9].*}} dB image 2: {{[345][0-9].*}} dB
// RUN: spiq-compile %s --emit=quantized --quantize-options=normalize-averages=false -o %t/plain.mlir
// RUN: spiq-interpret %t/plain.mlir --input=%t/x.npy --output=%t/plain.npy
// RUN: %python %S/Inputs/averages.py compare %t/float.npy %t/plain.npy | FileCheck %s --check-prefix=PLAIN
// PLAIN: image 1: {{.\..|1.\..}} dB image 2: {{1|2}}{{.*}} dB

// Without the clamp averages are negative as well.
// RUN: sed "s/clamp_min = 0.0 : f32, //" %s > %t/negative.mlir
// RUN: spiq-interpret %t/negative.mlir --input=%t/x.npy --output=%t/float.npy
// RUN: spiq-compile %t/negative.mlir --emit=quantized -o %t/quantized.mlir
// RUN: spiq-interpret %t/quantized.mlir --input=%t/x.npy --output=%t/interpreted.npy
// RUN: spiq-compile %t/negative.mlir --name=net -o %t/native.so
// RUN: spiq-run %t/native.so %t/x.npy -o %t/native.npy
// RUN: %python -c "import numpy as n; n.testing.assert_array_equal(n.load('%t/native.npy'), n.load('%t/interpreted.npy'))"
// RUN: %python %S/Inputs/averages.py compare %t/float.npy %t/interpreted.npy | FileCheck %s --check-prefix=QUANTIZED

func.func @net(%x: tensor<3x8x8x4xf32> {spiq.stats = #spiq.channel_stats<mean = [0.0], stddev = [1.0]>}) -> tensor<3x3xf32> {
  %w = arith.constant dense<[[[[1.0, 0.1, 0.0, 0.0]]], [[[0.0, 1.0, 0.1, 0.0]]], [[[0.0, 0.0, -1.0, -0.1]]], [[[0.1, 0.0, 0.0, 1.0]]]]> : tensor<4x1x1x4xf32>
  %b = arith.constant dense<0.0> : tensor<4xf32>
  %0 = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32, stats = #spiq.channel_stats<mean = [0.0, 0.0, 0.0, 0.0], stddev = [1.0, 1.0, 1.0, 1.0]>} : (tensor<3x8x8x4xf32>, tensor<4x1x1x4xf32>, tensor<4xf32>) -> tensor<3x8x8x4xf32>
  %1 = spiq.avg_pool_2d %0 {kernel = array<i64: 8, 8>} : (tensor<3x8x8x4xf32>) -> tensor<3x1x1x4xf32>
  %2 = tensor.collapse_shape %1 [[0, 1, 2], [3]] : tensor<3x1x1x4xf32> into tensor<3x4xf32>
  %w2 = arith.constant dense<[[1.0, -0.9, 0.3, 0.2], [0.5, 0.4, -1.0, 0.3], [0.6, 0.1, 0.2, -0.8]]> : tensor<3x4xf32>
  %b2 = arith.constant dense<[0.01, -0.02, 0.03]> : tensor<3xf32>
  %3 = spiq.fully_connected %2, %w2, %b2 : (tensor<3x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<3x3xf32>
  return %3 : tensor<3x3xf32>
}
