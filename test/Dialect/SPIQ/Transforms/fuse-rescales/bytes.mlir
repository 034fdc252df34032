// RUN: spiq-opt %s -spiq-fuse-rescales | FileCheck %s

// Byte 0 stands for -0.625, but is stored as if it were -0.5: every stored value
// lies 0.125 above the real one. The bias makes up for it, by 0.125 * (2 - 6) =
// -0.5 or -16 units of the accumulator, and for the zero point 1, which adds
// 32 - 96 units.

// CHECK-LABEL: func.func @shifted
// CHECK: arith.constant dense<80> : tensor<1xi32>
func.func @shifted(%x: tensor<1x2x2x2xf32> {spiq.bytes, spiq.stats = #spiq.channel_stats<mean = [50.0], stddev = [30.0], min = [-0.625], max = [126.875]>}) -> tensor<1x2x2x1xf32> {
  %w = arith.constant dense<[[[[2.0, -6.0]]]]> : tensor<1x1x1x2xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %q = quant.qcast %x : tensor<1x2x2x2xf32> to tensor<1x2x2x2x!quant.uniform<u8:f32, 0.5:1>>
  %d = quant.dcast %q : tensor<1x2x2x2x!quant.uniform<u8:f32, 0.5:1>> to tensor<1x2x2x2xf32>
  %0 = spiq.conv_2d %d, %w, %b {spiq.weight_type = !quant.uniform<i8<-127:127>:f32:0, {0.03125}>} : (tensor<1x2x2x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  return %0 : tensor<1x2x2x1xf32>
}
