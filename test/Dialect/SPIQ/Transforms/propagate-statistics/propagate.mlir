// RUN: spiq-opt %s -spiq-propagate-statistics -split-input-file | FileCheck %s

// ReLU of N(0, 1): mean 1/sqrt(2 pi), variance 1/2 - 1/(2 pi).
// CHECK: mean = [0.39894228{{[0-9]*}}], stddev = [0.5838193{{[0-9]*}}], min = [0.000000e+00]
// CHECK-LABEL: @relu
// CHECK: spiq.clamp {{.*}}spiq.value_stats
func.func @relu(%x: tensor<1x4x4x1xf32> {spiq.stats = #spiq.channel_stats<mean = [0.0], stddev = [1.0]>}) -> tensor<1x4x4x1xf32> {
  %y = spiq.clamp %x {clamp_min = 0.0 : f32} : (tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xf32>
  return %y : tensor<1x4x4x1xf32>
}

// -----

// Statistics of a layer describe it in front of its clamp; batch-norm's values
// win over what the weights say.
// CHECK-DAG: #[[LAYER:stats[0-9]*]] = #spiq.channel_stats<mean = [1.000000e+00, -2.000000e+00], stddev = [5.000000e-01, 2.500000e-01]>
// CHECK-DAG: #[[VALUE:stats[0-9]*]] = #spiq.channel_stats<mean = [1.004245{{[0-9]*}}, {{[0-9.e+]*}}], stddev = [0.489948{{[0-9]*}}, {{.*}}], min = [0.000000e+00, 0.000000e+00], max = [6.000000e+00, 6.000000e+00]>
// CHECK-LABEL: @layer
// CHECK: spiq.conv_2d {{.*}}spiq.value_stats = #[[VALUE]], stats = #[[LAYER]]
func.func @layer(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x2x2xf32> {
  %w = arith.constant dense<100.0> : tensor<2x1x1x1xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %y = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32, clamp_max = 6.0 : f32,
    stats = #spiq.channel_stats<mean = [1.0, -2.0], stddev = [0.5, 0.25]>}
    : (tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  return %y : tensor<1x2x2x2xf32>
}

// -----

// Without batch-norm: mean 3 * 1 - 2 * 2 + 1 = 0, variance 9 + 4 * 4 = 25; and an
// addition with correlation 0.2: 25 + 25 + 2 * 0.2 * 25 = 60.
// CHECK-DAG: #[[FC:stats[0-9]*]] = #spiq.channel_stats<mean = [0.000000e+00], stddev = [5.000000e+00]>
// CHECK-DAG: #[[SUM:stats[0-9]*]] = #spiq.channel_stats<mean = [0.000000e+00], stddev = [7.74596669{{[0-9]*}}]>
// CHECK-DAG: #[[TWICE:stats[0-9]*]] = #spiq.channel_stats<mean = [0.000000e+00], stddev = [1.000000e+01]>
// CHECK-LABEL: @no_batch_norm
// CHECK: spiq.fully_connected {{.*}} {spiq.value_stats = #[[FC]]}
// CHECK: spiq.fully_connected {{.*}} {spiq.value_stats = #[[FC]]}
// CHECK: spiq.add {{.*}} {spiq.value_stats = #[[SUM]]}
// CHECK: spiq.add {{.*}} {spiq.value_stats = #[[TWICE]]}
func.func @no_batch_norm(%x: tensor<1x2xf32> {spiq.stats = #spiq.channel_stats<mean = [1.0, 2.0], stddev = [1.0, 2.0]>}) -> (tensor<1x1xf32>, tensor<1x1xf32>) {
  %w = arith.constant dense<[[3.0, -2.0]]> : tensor<1x2xf32>
  %b = arith.constant dense<1.0> : tensor<1xf32>
  %y = spiq.fully_connected %x, %w, %b : (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %z = spiq.fully_connected %x, %w, %b : (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %s = spiq.add %y, %z : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %t = spiq.add %y, %y : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  return %s, %t : tensor<1x1xf32>, tensor<1x1xf32>
}

// -----

// Channels are followed through movement: the input's are in dimension 1, and a
// flattening of H x W x C repeats them.
// CHECK-DAG: #[[NHWC:stats[0-9]*]] = #spiq.channel_stats<mean = [1.000000e+00, 2.000000e+00], stddev = [3.000000e+00, 4.000000e+00]>
// CHECK-DAG: #[[FLAT:stats[0-9]*]] = #spiq.channel_stats<mean = [1.000000e+00, 2.000000e+00, 1.000000e+00, 2.000000e+00, 1.000000e+00, 2.000000e+00], stddev = [3.000000e+00, 4.000000e+00, 3.000000e+00, 4.000000e+00, 3.000000e+00, 4.000000e+00]>
// CHECK-LABEL: @movement
// CHECK: linalg.transpose {{.*}}{spiq.value_stats = #[[NHWC]]}
// CHECK: tensor.collapse_shape {{.*}} {spiq.value_stats = #[[FLAT]]}
func.func @movement(%x: tensor<1x2x3x1xf32> {spiq.stats = #spiq.channel_stats<mean = [1.0, 2.0], stddev = [3.0, 4.0]>}) -> tensor<1x6xf32> {
  %init = tensor.empty() : tensor<1x3x1x2xf32>
  %y = linalg.transpose ins(%x : tensor<1x2x3x1xf32>) outs(%init : tensor<1x3x1x2xf32>) permutation = [0, 2, 3, 1]
  %z = tensor.collapse_shape %y [[0], [1, 2, 3]] : tensor<1x3x1x2xf32> into tensor<1x6xf32>
  return %z : tensor<1x6xf32>
}

// -----

// A reshape stands for the transposition of an image with one channel.
// CHECK: #[[ONE:stats[0-9]*]] = #spiq.channel_stats<mean = [1.000000e+00], stddev = [2.000000e+00]>
// CHECK-LABEL: @one_channel
// CHECK: tensor.expand_shape {{.*}}{spiq.value_stats = #[[ONE]]}
func.func @one_channel(%x: tensor<1x1x3x5xf32> {spiq.stats = #spiq.channel_stats<mean = [1.0], stddev = [2.0]>}) -> tensor<1x3x5x1xf32> {
  %y = tensor.collapse_shape %x [[0, 1], [2], [3]] : tensor<1x1x3x5xf32> into tensor<1x3x5xf32>
  %z = tensor.expand_shape %y [[0], [1], [2, 3]] output_shape [1, 3, 5, 1] : tensor<1x3x5xf32> into tensor<1x3x5x1xf32>
  return %z : tensor<1x3x5x1xf32>
}

// -----

// A channel shuffle: 4 channels in 2 groups, interleaved.
// CHECK: #spiq.channel_stats<mean = [1.000000e+00, 3.000000e+00, 2.000000e+00, 4.000000e+00]
// CHECK-LABEL: @shuffle
func.func @shuffle(%x: tensor<1x4xf32> {spiq.stats = #spiq.channel_stats<mean = [1.0, 2.0, 3.0, 4.0], stddev = [1.0, 1.0, 1.0, 1.0]>}) -> tensor<1x4xf32> {
  %init = tensor.empty() : tensor<1x2x2xf32>
  %a = tensor.expand_shape %x [[0], [1, 2]] output_shape [1, 2, 2] : tensor<1x4xf32> into tensor<1x2x2xf32>
  %t = linalg.transpose ins(%a : tensor<1x2x2xf32>) outs(%init : tensor<1x2x2xf32>) permutation = [0, 2, 1]
  %y = tensor.collapse_shape %t [[0], [1, 2]] : tensor<1x2x2xf32> into tensor<1x4xf32>
  %z = spiq.clamp %y : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %z : tensor<1x4xf32>
}

// -----

// Concatenation, and a sigmoid, which is bounded.
// CHECK: #[[STATS:stats[0-9]*]] = #spiq.channel_stats<mean = [2.000000e+00, 0.5{{[0-9]*}}], stddev = [1.000000e+00, {{.*}}], min = [-inf, 0.000000e+00], max = [inf, 1.000000e+00]>
// CHECK-LABEL: @concat
// CHECK: spiq.concat {{.*}}spiq.value_stats = #[[STATS]]
func.func @concat(%x: tensor<1x1xf32> {spiq.stats = #spiq.channel_stats<mean = [2.0], stddev = [1.0]>},
                  %y: tensor<1x1xf32> {spiq.stats = #spiq.channel_stats<mean = [0.0], stddev = [1.0]>}) -> tensor<1x2xf32> {
  %s = spiq.activation sigmoid %y : (tensor<1x1xf32>) -> tensor<1x1xf32>
  %c = spiq.concat %x, %s {axis = 1 : i64} : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x2xf32>
  return %c : tensor<1x2xf32>
}

// -----

// Nothing is said about results of unknown operations.
// CHECK-LABEL: @unknown
// CHECK: math.cos
// CHECK-NOT: value_stats
func.func @unknown(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %c = math.cos %x : tensor<1x1xf32>
  %y = spiq.clamp %c {clamp_min = 0.0 : f32} : (tensor<1x1xf32>) -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}

// -----

// Output pixels of a transposed convolution with stride 2 see one tap each: their
// means are 2 and -2, so that the mixture deviates by 2 although x hardly does.
// CHECK: #[[MIX:stats[0-9]*]] = #spiq.channel_stats<mean = [0.000000e+00], stddev = [2.0000{{[0-9]*}}]>
// CHECK-LABEL: @transposed
// CHECK: spiq.transposed_conv_2d {{.*}}spiq.value_stats = #[[MIX]]
func.func @transposed(%x: tensor<1x2x2x1xf32> {spiq.stats = #spiq.channel_stats<mean = [1.0], stddev = [0.001]>}) -> tensor<1x2x4x1xf32> {
  %w = arith.constant dense<[[[[2.0], [-2.0]]]]> : tensor<1x1x2x1xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %y = spiq.transposed_conv_2d %x, %w, %b {strides = array<i64: 1, 2>} : (tensor<1x2x2x1xf32>, tensor<1x1x2x1xf32>, tensor<1xf32>) -> tensor<1x2x4x1xf32>
  return %y : tensor<1x2x4x1xf32>
}
