// RUN: spiq-opt %s -spiq-fold-batch-norm -spiq-propagate-statistics | FileCheck %s
// RUN: spiq-opt %s --pass-pipeline="builtin.module(func.func(spiq-fold-batch-norm{detect-bytes=false}))" | FileCheck %s --check-prefix=UNTOLD

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

// Kernels that see one pixel tell mean and deviation of the input as they are:
// of bytes of photographs, divided by 255 here.

// CHECK-LABEL: func.func @bytes(
// CHECK-SAME:    spiq.bytes, spiq.stats = #spiq.channel_stats<mean = [0.43{{[0-9]*}}], stddev = [2.500000e-01], min = [0.000000e+00], max = [1.000000e+00]>
// UNTOLD-LABEL: func.func @bytes(
// UNTOLD-NOT:  spiq.bytes
// UNTOLD:      min = [-0.19{{[0-9]*}}], max = [1.05{{[0-9]*}}]
func.func @bytes(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32> {
  %w = arith.constant dense<2.0> : tensor<1x1x1x1xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %one = arith.constant dense<1.0> : tensor<1xf32>
  %mean = arith.constant dense<0.87> : tensor<1xf32>
  %variance = arith.constant dense<0.25> : tensor<1xf32>
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  %1 = spiq.batch_norm %0, %one, %b, %mean, %variance : (tensor<1x2x2x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  return %1 : tensor<1x2x2x1xf32>
}

// One channel with mean 0 and deviation 1 may be anything that was normalized.

// CHECK-LABEL: func.func @centered(
// CHECK-NOT:   spiq.bytes
// CHECK:       min = [-2.{{[0-9]*}}], max = [2.{{[0-9]*}}]
func.func @centered(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32> {
  %w = arith.constant dense<2.0> : tensor<1x1x1x1xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %one = arith.constant dense<1.0> : tensor<1xf32>
  %mean = arith.constant dense<0.1> : tensor<1xf32>
  %variance = arith.constant dense<4.0> : tensor<1xf32>
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  %1 = spiq.batch_norm %0, %one, %b, %mean, %variance : (tensor<1x2x2x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  return %1 : tensor<1x2x2x1xf32>
}

// Photographs from -1 to 1 keep their bytes.

// CHECK-LABEL: func.func @symmetric(
// CHECK-SAME:    spiq.bytes, spiq.stats = #spiq.channel_stats<mean = [-0.09{{[0-9]*}}], stddev = [5.000000e-01], min = [-1.000000e+00], max = [1.000000e+00]>
// UNTOLD-LABEL: func.func @symmetric(
// UNTOLD-NOT:  spiq.bytes
// UNTOLD:      min = [-1.34{{[0-9]*}}], max = [1.15{{[0-9]*}}]
func.func @symmetric(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32> {
  %w = arith.constant dense<2.0> : tensor<1x1x1x1xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %one = arith.constant dense<1.0> : tensor<1xf32>
  %mean = arith.constant dense<-0.2> : tensor<1xf32>
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  %1 = spiq.batch_norm %0, %one, %b, %mean, %one : (tensor<1x2x2x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  return %1 : tensor<1x2x2x1xf32>
}

// The same statistics of a sequence say nothing of pixels.

// CHECK-LABEL: func.func @sequence(
// CHECK-NOT:   spiq.bytes
// CHECK:       min = [-1.34{{[0-9]*}}], max = [1.15{{[0-9]*}}]
func.func @sequence(%x: tensor<1x1x4x1xf32>) -> tensor<1x1x4x1xf32> {
  %w = arith.constant dense<2.0> : tensor<1x1x1x1xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %one = arith.constant dense<1.0> : tensor<1xf32>
  %mean = arith.constant dense<-0.2> : tensor<1xf32>
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x1x4x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x1x4x1xf32>
  %1 = spiq.batch_norm %0, %one, %b, %mean, %one : (tensor<1x1x4x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x4x1xf32>
  return %1 : tensor<1x1x4x1xf32>
}

// Three colours that were divided by their deviation, in one way or another:
// wide enough for all of them, and no bytes.

// CHECK-LABEL: func.func @colours(
// CHECK-NOT:   spiq.bytes
// CHECK-SAME:    stddev = [1.000000e+00, 1.000000e+00, 1.000000e+00]
// CHECK-SAME:    min = [-2.429{{[0-9]*}}, -2.429{{[0-9]*}}, -2.429{{[0-9]*}}]
// CHECK-SAME:    max = [2.753{{[0-9]*}}, 2.753{{[0-9]*}}, 2.753{{[0-9]*}}]
func.func @colours(%x: tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32> {
  %w = arith.constant dense<[[[[2.0, 0.0, 0.0]]], [[[0.0, 2.0, 0.0]]], [[[0.0, 0.0, 2.0]]]]> : tensor<3x1x1x3xf32>
  %b = arith.constant dense<0.0> : tensor<3xf32>
  %one = arith.constant dense<1.0> : tensor<3xf32>
  %mean = arith.constant dense<[0.1, 0.0, -0.1]> : tensor<3xf32>
  %variance = arith.constant dense<4.0> : tensor<3xf32>
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x3xf32>, tensor<3x1x1x3xf32>, tensor<3xf32>) -> tensor<1x2x2x3xf32>
  %1 = spiq.batch_norm %0, %one, %b, %mean, %variance : (tensor<1x2x2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x2x2x3xf32>
  return %1 : tensor<1x2x2x3xf32>
}

// The sum of two neighbours varies like the sum of two values that have nothing
// to do with each other: whatever mean and deviation suggest, no photograph. In
// photographs it varies like twice one of them.

// CHECK-LABEL: func.func @noise(
// CHECK-NOT:   spiq.bytes
// CHECK-LABEL: func.func @neighbours(
// CHECK-SAME:    spiq.bytes
func.func @noise(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x1x2xf32> {
  %w = arith.constant dense<[[[[1.0], [0.0]]], [[[1.0], [1.0]]]]> : tensor<2x1x2x1xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %one = arith.constant dense<1.0> : tensor<2xf32>
  %variance = arith.constant dense<[0.25, 0.5]> : tensor<2xf32>
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x1xf32>, tensor<2x1x2x1xf32>, tensor<2xf32>) -> tensor<1x2x1x2xf32>
  %1 = spiq.batch_norm %0, %one, %b, %b, %variance : (tensor<1x2x1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x1x2xf32>
  return %1 : tensor<1x2x1x2xf32>
}
func.func @neighbours(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x1x2xf32> {
  %w = arith.constant dense<[[[[1.0], [0.0]]], [[[1.0], [1.0]]]]> : tensor<2x1x2x1xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %one = arith.constant dense<1.0> : tensor<2xf32>
  %variance = arith.constant dense<[0.25, 0.95]> : tensor<2xf32>
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x1xf32>, tensor<2x1x2x1xf32>, tensor<2xf32>) -> tensor<1x2x1x2xf32>
  %1 = spiq.batch_norm %0, %one, %b, %b, %variance : (tensor<1x2x1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x1x2xf32>
  return %1 : tensor<1x2x1x2xf32>
}
