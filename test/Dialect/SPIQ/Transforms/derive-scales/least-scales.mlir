// RUN: spiq-opt %s -spiq-derive-scales=fold=1 | FileCheck %s
// RUN: spiq-opt %s -spiq-derive-scales="fold=1 activation-bits=4 first-last-bits=4" | FileCheck %s --check-prefix=FEW
// RUN: spiq-opt %s -spiq-derive-scales="rule=literal deviations=6" | FileCheck %s --check-prefix=LITERAL

// A channel that hardly varies gets a 16th of the widest scale at 8 bits, and a
// 64th at 4. The literal rule gives it its own.
// CHECK: !quant.uniform<u8:f32:3, {0.06862{{[0-9]*}}:127,0.00428{{[0-9]*}}:127}>
// FEW: !quant.uniform<u8<0:15>:f32:3, {5.000000e-01:8,7.812500e-03:8}>
// LITERAL: !quant.uniform<u8:f32:3, {0.04705{{[0-9]*}}:128,4.705{{[0-9]*}}E-5:128}>
func.func @still(%x: tensor<1x1x1x2xf32> {spiq.stats = #spiq.channel_stats<mean = [0.0, 0.0], stddev = [1.0, 0.001]>}) -> tensor<1x1x1x1xf32> {
  %w = arith.constant dense<1.0> : tensor<1x1x1x2xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x1x1x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>
  return %0 : tensor<1x1x1x1xf32>
}

// An average over a large window may still be two deviations off.
// CHECK-LABEL: @average
// CHECK: avg_pool_2d
// CHECK-NEXT: quant.qcast {{.*}}!quant.uniform<u8:f32, 0.01715{{[0-9]*}}:186>
func.func @average(%x: tensor<1x32x32x1xf32> {spiq.stats = #spiq.channel_stats<mean = [-1.0], stddev = [1.0]>}) -> tensor<1x1x1x1xf32> {
  %w = arith.constant dense<1.0> : tensor<1x1x1x1xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %0 = spiq.avg_pool_2d %x {kernel = array<i64: 32, 32>} : (tensor<1x32x32x1xf32>) -> tensor<1x1x1x1xf32>
  %1 = spiq.conv_2d %0, %w, %b : (tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>
  return %1 : tensor<1x1x1x1xf32>
}
