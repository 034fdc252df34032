// Rules that run the network do so in LLVM's own mlir-opt, too, and choose the
// same scales there.

// RUN: mlir-opt --load-dialect-plugin=%spiq_obj/lib/SPIQPlugin.so \
// RUN:   --load-pass-plugin=%spiq_obj/lib/SPIQPlugin.so %s \
// RUN:   --pass-pipeline="builtin.module(func.func(spiq-derive-scales{rule=synthetic}))" -o %t.plugin
// RUN: spiq-opt %s --pass-pipeline="builtin.module(func.func(spiq-derive-scales{rule=synthetic}))" -o %t.opt
// RUN: diff %t.plugin %t.opt
// RUN: FileCheck %s < %t.plugin

// CHECK-LABEL: func.func @network
// CHECK: quant.qcast
// CHECK: spiq.conv_2d
#stats = #spiq.channel_stats<mean = [1.0, 1.0], stddev = [0.5, 0.5]>
func.func @network(%x: tensor<1x8x8x3xf32>) -> tensor<1x8x8x2xf32> {
  %w = arith.constant dense<2.0> : tensor<2x1x1x3xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %v = arith.constant dense<1.0> : tensor<2x1x1x2xf32>
  %0 = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32, stats = #stats}
    : (tensor<1x8x8x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>) -> tensor<1x8x8x2xf32>
  %1 = spiq.conv_2d %0, %v, %b
    : (tensor<1x8x8x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x8x8x2xf32>
  return %1 : tensor<1x8x8x2xf32>
}
