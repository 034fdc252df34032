// RUN: spiq-opt %s -spiq-fold-batch-norm -split-input-file | FileCheck %s

// scale / sqrt(variance + epsilon) = {2, -1}; bias' = m * (b - mean) + bias.
// CHECK-LABEL: @conv
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[\[\[}}2.000000e+00, 4.000000e+00]]], {{\[\[\[}}-3.000000e+00, -4.000000e+00]]]]> : tensor<2x1x1x2xf32>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[0.000000e+00, 7.000000e+00]> : tensor<2xf32>
// CHECK: %[[Y:.*]] = spiq.conv_2d %{{.*}}, %[[W]], %[[B]]
// CHECK-SAME: stats = #[[STATS:.*]]}
// CHECK-NEXT: return %[[Y]]
func.func @conv(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> {
  %w = arith.constant dense<[[[[1.0, 2.0]]], [[[3.0, 4.0]]]]> : tensor<2x1x1x2xf32>
  %b = arith.constant dense<[0.5, -1.0]> : tensor<2xf32>
  %scale = arith.constant dense<[4.0, -1.0]> : tensor<2xf32>
  %bias = arith.constant dense<[1.0, 5.0]> : tensor<2xf32>
  %mean = arith.constant dense<[1.0, 1.0]> : tensor<2xf32>
  %variance = arith.constant dense<[4.0, 1.0]> : tensor<2xf32>
  %y = spiq.conv_2d %x, %w, %b : (tensor<1x4x4x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  %z = spiq.batch_norm %y, %scale, %bias, %mean, %variance {epsilon = 0.0 : f32}
    : (tensor<1x4x4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  return %z : tensor<1x4x4x2xf32>
}

// -----

// A zero gamma, and a channel without variance: its deviation is zero.
// CHECK: #[[STATS:.*]] = #spiq.channel_stats<mean = [1.000000e+00, 5.000000e+00], stddev = [0.000000e+00, 0.000000e+00]>
// CHECK-LABEL: @depthwise_zero_gamma_and_variance
// CHECK-DAG: dense<{{\[\[\[\[}}0.000000e+00]]], {{\[\[\[}}9.000000e+00]]]]> : tensor<2x1x1x1xf32>
// CHECK-DAG: dense<[1.000000e+00, 1.100000e+01]> : tensor<2xf32>
// CHECK: spiq.conv_2d {{.*}}groups = 2 : i64, stats = #[[STATS]]}
func.func @depthwise_zero_gamma_and_variance(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> {
  %w = arith.constant dense<[[[[1.0]]], [[[3.0]]]]> : tensor<2x1x1x1xf32>
  %b = arith.constant dense<[0.0, 3.0]> : tensor<2xf32>
  %scale = arith.constant dense<[0.0, 3.0]> : tensor<2xf32>
  %bias = arith.constant dense<[1.0, 5.0]> : tensor<2xf32>
  %mean = arith.constant dense<[1.0, 1.0]> : tensor<2xf32>
  %variance = arith.constant dense<[1.0, 0.0]> : tensor<2xf32>
  %y = spiq.conv_2d %x, %w, %b {groups = 2 : i64} : (tensor<1x4x4x2xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  %z = spiq.batch_norm %y, %scale, %bias, %mean, %variance {epsilon = 1.0 : f32}
    : (tensor<1x4x4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  return %z : tensor<1x4x4x2xf32>
}

// -----

// Variances far below epsilon must not lose digits: 1e-3 / sqrt(1e-12 + 1e-12).
// CHECK-LABEL: @tiny_variance
// CHECK-DAG: dense<707.10681{{[0-9]}}> : tensor<1x2xf32>
// CHECK: spiq.fully_connected
// CHECK-NOT: spiq.rescale
func.func @tiny_variance(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<1.0> : tensor<1x2xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %scale = arith.constant dense<1.0e-3> : tensor<1xf32>
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %variance = arith.constant dense<1.0e-12> : tensor<1xf32>
  %y = spiq.fully_connected %x, %w, %b : (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %z = spiq.batch_norm %y, %scale, %zero, %zero, %variance {epsilon = 1.0e-12 : f32}
    : (tensor<1x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  return %z : tensor<1x1xf32>
}

// -----

// Output channel o of a transposed convolution is dimension 0 of the weights.
// CHECK-LABEL: @transposed
// CHECK: dense<{{\[\[\[\[}}2.000000e+00], [4.000000e+00]]], {{\[\[\[}}9.000000e+00], [1.200000e+01]]]]> : tensor<2x1x2x1xf32>
// CHECK: spiq.transposed_conv_2d
// CHECK-NOT: spiq.batch_norm
func.func @transposed(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x5x2xf32> {
  %w = arith.constant dense<[[[[1.0], [2.0]]], [[[3.0], [4.0]]]]> : tensor<2x1x2x1xf32>
  %zero = arith.constant dense<0.0> : tensor<2xf32>
  %one = arith.constant dense<1.0> : tensor<2xf32>
  %scale = arith.constant dense<[2.0, 3.0]> : tensor<2xf32>
  %y = spiq.transposed_conv_2d %x, %w, %zero : (tensor<1x4x4x1xf32>, tensor<2x1x2x1xf32>, tensor<2xf32>) -> tensor<1x4x5x2xf32>
  %z = spiq.batch_norm %y, %scale, %zero, %zero, %one {epsilon = 0.0 : f32}
    : (tensor<1x4x5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x4x5x2xf32>
  return %z : tensor<1x4x5x2xf32>
}

// -----

// The convolution has a second user: it stays, the batch-norm is a rescale.
// CHECK: #[[STATS:.*]] = #spiq.channel_stats<mean = [3.000000e+00], stddev = [2.000000e+00]>
// CHECK-LABEL: @two_users
// CHECK-DAG: %[[M:.*]] = arith.constant dense<2.000000e+00>
// CHECK-DAG: %[[O:.*]] = arith.constant dense<1.000000e+00>
// CHECK: %[[Y:.*]] = spiq.conv_2d
// CHECK: %[[Z:.*]] = spiq.rescale %[[Y]], %[[M]], %[[O]] {stats = #[[STATS]]}
// CHECK: return %[[Y]], %[[Z]]
func.func @two_users(%x: tensor<1x2x2x1xf32>) -> (tensor<1x2x2x1xf32>, tensor<1x2x2x1xf32>) {
  %w = arith.constant dense<1.5> : tensor<1x1x1x1xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %one = arith.constant dense<1.0> : tensor<1xf32>
  %scale = arith.constant dense<2.0> : tensor<1xf32>
  %bias = arith.constant dense<3.0> : tensor<1xf32>
  %y = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  %z = spiq.batch_norm %y, %scale, %bias, %one, %one {epsilon = 0.0 : f32}
    : (tensor<1x2x2x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  return %y, %z : tensor<1x2x2x1xf32>, tensor<1x2x2x1xf32>
}

// -----

// Nothing is folded across a clamp or a pad.
// CHECK-LABEL: @behind_clamp_and_pad
// CHECK: spiq.conv_2d {{.*}}clamp_min
// CHECK-NEXT: spiq.rescale
// CHECK: spiq.conv_2d
// CHECK-NEXT: spiq.pad
// CHECK-NEXT: spiq.rescale
func.func @behind_clamp_and_pad(%x: tensor<1x2x2x1xf32>) -> (tensor<1x2x2x1xf32>, tensor<1x3x2x1xf32>) {
  %w = arith.constant dense<1.5> : tensor<1x1x1x1xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %one = arith.constant dense<1.0> : tensor<1xf32>
  %scale = arith.constant dense<2.0> : tensor<1xf32>
  %y = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32} : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  %z = spiq.batch_norm %y, %scale, %one, %one, %one
    : (tensor<1x2x2x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  %u = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  %v = spiq.pad %u {low = array<i64: 0, 1, 0, 0>, high = array<i64: 0, 0, 0, 0>} : (tensor<1x2x2x1xf32>) -> tensor<1x3x2x1xf32>
  %t = spiq.batch_norm %v, %scale, %one, %one, %one
    : (tensor<1x3x2x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x2x1xf32>
  return %z, %t : tensor<1x2x2x1xf32>, tensor<1x3x2x1xf32>
}

// -----

// At the input, two batch-norms become one rescale, with the clamp of the add.
// CHECK-LABEL: @at_the_input
// CHECK-DAG: %[[M:.*]] = arith.constant dense<6.000000e+00>
// CHECK-DAG: %[[O:.*]] = arith.constant dense<5.000000e+00>
// CHECK: %[[Z:.*]] = spiq.rescale %{{.*}}, %[[M]], %[[O]] {clamp_min = 0.000000e+00 : f32, stats =
// CHECK-NEXT: return %[[Z]]
func.func @at_the_input(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %zero = arith.constant dense<0.0> : tensor<2xf32>
  %one = arith.constant dense<1.0> : tensor<2xf32>
  %two = arith.constant dense<2.0> : tensor<2xf32>
  %three = arith.constant dense<3.0> : tensor<2xf32>
  %shift = arith.constant dense<2.0> : tensor<1x1xf32>
  %a = spiq.batch_norm %x, %two, %one, %zero, %one {epsilon = 0.0 : f32}
    : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %b = spiq.batch_norm %a, %three, %zero, %zero, %one {epsilon = 0.0 : f32}
    : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %c = spiq.add %shift, %b {clamp_min = 0.0 : f32} : (tensor<1x1xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %c : tensor<1x2xf32>
}

// -----

// A decomposed batch-norm; the clamp of the addition becomes the layer's.
// CHECK-LABEL: @mul_add
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}2.000000e+00], [3.000000e+00]]>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[3.000000e+00, 5.000000e+00]>
// CHECK: spiq.fully_connected %{{.*}}, %[[W]], %[[B]] {clamp_max = 6.000000e+00 : f32, clamp_min = 0.000000e+00 : f32}
// CHECK-NOT: spiq.{{mul|add|rescale}}
func.func @mul_add(%x: tensor<1x1xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<1.0> : tensor<2x1xf32>
  %b = arith.constant dense<1.0> : tensor<2xf32>
  %m = arith.constant dense<[[2.0, 3.0]]> : tensor<1x2xf32>
  %o = arith.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %y = spiq.fully_connected %x, %w, %b : (tensor<1x1xf32>, tensor<2x1xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %z = spiq.mul %y, %m : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %t = spiq.add %z, %o {clamp_min = 0.0 : f32, clamp_max = 6.0 : f32} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %t : tensor<1x2xf32>
}

// -----

// Constants that vary over pixels and additions of computed values stay.
// CHECK-LABEL: @not_per_channel
// CHECK: spiq.add
// CHECK: spiq.mul
func.func @not_per_channel(%x: tensor<1x2x1xf32>) -> tensor<1x2x1xf32> {
  %m = arith.constant dense<[[[2.0], [3.0]]]> : tensor<1x2x1xf32>
  %y = spiq.add %x, %x : (tensor<1x2x1xf32>, tensor<1x2x1xf32>) -> tensor<1x2x1xf32>
  %z = spiq.mul %y, %m : (tensor<1x2x1xf32>, tensor<1x2x1xf32>) -> tensor<1x2x1xf32>
  return %z : tensor<1x2x1xf32>
}

// -----

// A layer on sequences is an image of height one: what follows moves in front of
// the collapse, and is folded. Channels that are collapsed stay.
// CHECK-LABEL: @sequence
// CHECK-DAG: %[[W:.*]] = arith.constant dense<2.000000e+00> : tensor<1x1x1x1xf32>
// CHECK: %[[Y:.*]] = spiq.conv_2d %{{.*}}, %[[W]], %{{.*}} {stats
// CHECK: %[[R:.*]] = spiq.clamp %[[Y]] {{.*}} : (tensor<1x1x4x1xf32>)
// CHECK: %[[S:.*]] = tensor.collapse_shape %[[R]] {{\[\[}}0, 1], [2], [3]]
// CHECK: %[[F:.*]] = tensor.collapse_shape %[[S]] {{\[\[}}0], [1, 2]]
// CHECK: spiq.clamp %[[F]] {{.*}} : (tensor<1x4xf32>)
func.func @sequence(%x: tensor<1x1x4x1xf32>) -> tensor<1x4xf32> {
  %w = arith.constant dense<1.0> : tensor<1x1x1x1xf32>
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %one = arith.constant dense<1.0> : tensor<1xf32>
  %two = arith.constant dense<2.0> : tensor<1xf32>
  %y = spiq.conv_2d %x, %w, %zero : (tensor<1x1x4x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x1x4x1xf32>
  %c = tensor.collapse_shape %y [[0, 1], [2], [3]] : tensor<1x1x4x1xf32> into tensor<1x4x1xf32>
  %n = spiq.batch_norm %c, %two, %zero, %zero, %one {epsilon = 0.0 : f32} : (tensor<1x4x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x1xf32>
  %r = spiq.clamp %n {clamp_min = 0.0 : f32} : (tensor<1x4x1xf32>) -> tensor<1x4x1xf32>
  %f = tensor.collapse_shape %r [[0], [1, 2]] : tensor<1x4x1xf32> into tensor<1x4xf32>
  %z = spiq.clamp %f {clamp_max = 6.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %z : tensor<1x4xf32>
}
