// REQUIRES: python-numpy
// Two calls of a layer that negates and doubles: inputs -1 to 3 and 0 to 1, a
// second layer reads what they became. The expected ranges follow by hand: the
// input has the scale 4 / 255, the clamped result 2 / 255. They may reach farther
// than what was seen.
// RUN: rm -rf %t && mkdir %t
// RUN: %python -c "import numpy as n; n.save('%t/x.npy', n.array([[[[-1.0], [3.0]]], [[[0.0], [1.0]]]], n.float32))"
// RUN: spiq-opt %s --spiq-derive-scales="rule=observed scheme=per-tensor fold=0 calibration=%t/x.npy" | FileCheck %s
// RUN: spiq-opt %s --spiq-derive-scales="rule=observed scheme=per-tensor fold=0 calibration=%t/x.npy reach=1.5" | FileCheck %s --check-prefix=WIDER

// CHECK-LABEL: func.func @network
// CHECK: quant.qcast %{{.*}} : tensor<1x1x2x1xf32> to tensor<1x1x2x1x!quant.uniform<u8:f32, 0.015686{{[0-9]*}}:64>>
// CHECK: spiq.conv_2d
// CHECK: quant.qcast %{{.*}} : tensor<1x1x2x1xf32> to tensor<1x1x2x1x!quant.uniform<u8:f32, 0.007843{{[0-9]*}}>>
// WIDER: spiq.conv_2d
// WIDER: quant.qcast %{{.*}} : tensor<1x1x2x1xf32> to tensor<1x1x2x1x!quant.uniform<u8:f32, 0.01176{{[0-9]*}}>>
func.func @network(%x: tensor<1x1x2x1xf32>) -> tensor<1x1x2x1xf32> {
  %w = arith.constant dense<-2.0> : tensor<1x1x1x1xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %0 = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32} : (tensor<1x1x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x1x2x1xf32>
  %1 = spiq.conv_2d %0, %w, %b : (tensor<1x1x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x1x2x1xf32>
  return %1 : tensor<1x1x2x1xf32>
}
