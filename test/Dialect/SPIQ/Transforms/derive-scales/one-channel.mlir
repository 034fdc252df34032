// REQUIRES: python-numpy
// An input of one channel, whose dimension is none of the long ones: all of its
// elements belong to that channel, not one column of them.
// RUN: rm -rf %t && mkdir %t
// RUN: %python -c "import numpy as n; n.save('%t/x.npy', n.arange(-2, 47, dtype=n.float32).reshape(1, 1, 7, 7))"

// The range is -2 to 46.
// RUN: spiq-opt %s --spiq-derive-scales="rule=observed scheme=per-tensor calibration=%t/x.npy" | FileCheck %s --check-prefix=OBSERVED
// OBSERVED: quant.qcast %arg0 : tensor<1x1x7x7xf32> to tensor<1x1x7x7x!quant.uniform<u8:f32, 0.18823529{{[0-9]*}}:11>>

// Ranges of single channels reach 1.25 times as far.
// RUN: spiq-opt %s --spiq-derive-scales="rule=observed calibration=%t/x.npy" | FileCheck %s --check-prefix=CHANNEL
// CHANNEL: quant.qcast %arg0 : tensor<1x1x7x7xf32> to tensor<1x1x7x7x!quant.uniform<u8:f32, 0.235294{{[0-9]*}}:11>>

// The input is rounded to steps of 0.686, with a deviation of 22.4 around zero:
// 41 dB.
// RUN: spiq-opt %s --spiq-derive-scales --spiq-predict-noise | FileCheck %s --check-prefix=PREDICTED
// PREDICTED: spiq.conv_2d {{.*}}spiq.predicted_sqnr = 4{{[0-5]}}.

func.func @grey(%x: tensor<1x1x7x7xf32> {spiq.stats = #spiq.channel_stats<mean = [20.0], stddev = [10.0]>})
    -> tensor<1x7x7x2xf32> {
  %w = arith.constant dense<[[[[0.5]]], [[[0.25]]]]> : tensor<2x1x1x1xf32>
  %v = arith.constant dense<1.0> : tensor<2x1x1x2xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %0 = tensor.collapse_shape %x [[0, 1], [2], [3]] : tensor<1x1x7x7xf32> into tensor<1x7x7xf32>
  %1 = tensor.expand_shape %0 [[0], [1], [2, 3]] output_shape [1, 7, 7, 1] : tensor<1x7x7xf32> into tensor<1x7x7x1xf32>
  %2 = spiq.conv_2d %1, %w, %b : (tensor<1x7x7x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x7x7x2xf32>
  %3 = spiq.clamp %2 {clamp_min = 0.0 : f32} : (tensor<1x7x7x2xf32>) -> tensor<1x7x7x2xf32>
  %4 = spiq.conv_2d %3, %v, %b : (tensor<1x7x7x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x7x7x2xf32>
  return %4 : tensor<1x7x7x2xf32>
}
