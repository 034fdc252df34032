// A network of images is run on generated ones, any other is not.
// RUN: split-file %s %t
// RUN: spiq-opt %t/image.mlir --spiq-derive-scales -o %t/image.auto
// RUN: spiq-opt %t/image.mlir --spiq-derive-scales=rule=synthetic | cmp - %t/image.auto
// RUN: spiq-opt %t/image.mlir --spiq-derive-scales=rule=batch-norm | not cmp -s - %t/image.auto
// RUN: spiq-opt %t/features.mlir --spiq-derive-scales -o %t/features.auto
// RUN: spiq-opt %t/features.mlir --spiq-derive-scales=rule=batch-norm | cmp - %t/features.auto
// RUN: spiq-opt %t/features.mlir --spiq-derive-scales=rule=synthetic | not cmp -s - %t/features.auto

// Neither is one of very large images.
// RUN: sed s/16x16/2048x2048/g %t/image.mlir > %t/large.mlir
// RUN: spiq-opt %t/large.mlir --spiq-derive-scales -o %t/large.auto
// RUN: spiq-opt %t/large.mlir --spiq-derive-scales=rule=batch-norm | cmp - %t/large.auto

// A network of images that cannot be run is no error.
// RUN: spiq-opt %t/call.mlir --spiq-derive-scales -o %t/call.auto 2>&1 | FileCheck %s
// RUN: spiq-opt %t/call.mlir --spiq-derive-scales=rule=batch-norm | cmp - %t/call.auto
// CHECK: call.mlir:5:1: remark: scales come from rule 'batch-norm' instead of 'synthetic': 'func.call' op cannot be run at compile time: it calls a function; inline that before
// CHECK-NOT: error

//--- image.mlir
#stats = #spiq.channel_stats<mean = [1.0, 1.0], stddev = [0.5, 0.5]>
func.func @image(%x: tensor<1x16x16x3xf32>) -> tensor<1x16x16x2xf32> {
  %w = arith.constant dense<2.0> : tensor<2x1x1x3xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %v = arith.constant dense<1.0> : tensor<2x1x1x2xf32>
  %0 = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32, stats = #stats} : (tensor<1x16x16x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>) -> tensor<1x16x16x2xf32>
  %1 = spiq.conv_2d %0, %v, %b : (tensor<1x16x16x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x16x16x2xf32>
  return %1 : tensor<1x16x16x2xf32>
}

//--- features.mlir
#stats = #spiq.channel_stats<mean = [1.0, 1.0], stddev = [0.5, 0.5]>
func.func @features(%x: tensor<1x15x16x3xf32>) -> tensor<1x15x16x2xf32> {
  %w = arith.constant dense<2.0> : tensor<2x1x1x3xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %v = arith.constant dense<1.0> : tensor<2x1x1x2xf32>
  %0 = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32, stats = #stats} : (tensor<1x15x16x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>) -> tensor<1x15x16x2xf32>
  %1 = spiq.conv_2d %0, %v, %b : (tensor<1x15x16x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x15x16x2xf32>
  return %1 : tensor<1x15x16x2xf32>
}

//--- call.mlir
#stats = #spiq.channel_stats<mean = [1.0, 1.0], stddev = [0.5, 0.5]>
func.func private @callee(%x: tensor<1x16x16x2xf32>) -> tensor<1x16x16x2xf32> {
  return %x : tensor<1x16x16x2xf32>
}
func.func @call(%x: tensor<1x16x16x3xf32>) -> tensor<1x16x16x2xf32> {
  %w = arith.constant dense<2.0> : tensor<2x1x1x3xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %v = arith.constant dense<1.0> : tensor<2x1x1x2xf32>
  %0 = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32, stats = #stats} : (tensor<1x16x16x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>) -> tensor<1x16x16x2xf32>
  %1 = spiq.conv_2d %0, %v, %b : (tensor<1x16x16x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x16x16x2xf32>
  %2 = func.call @callee(%1) : (tensor<1x16x16x2xf32>) -> tensor<1x16x16x2xf32>
  return %2 : tensor<1x16x16x2xf32>
}
