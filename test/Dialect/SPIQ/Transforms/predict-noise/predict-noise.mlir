// RUN: spiq-opt %s --spiq-predict-noise --split-input-file | FileCheck %s
// RUN: spiq-opt %s --spiq-predict-noise=images=8 --split-input-file | FileCheck %s

// The images are scaled to deviation 1; rounding to steps of 0.25 has a variance
// of 0.25^2 / 12, which is 22.8 dB below. The result is read in f32 and not rounded
// again.

!x = !quant.uniform<u8:f32, 0.25:128>

// CHECK-LABEL: func.func @rounding(
// CHECK-SAME: {spiq.predicted_sqnr = 2{{[12345]}}.
// CHECK: spiq.clamp {{.*}}spiq.predicted_sqnr = 2{{[12345]}}.
// CHECK: return
func.func @rounding(%x: tensor<1x32x32x1xf32> {spiq.stats = #spiq.channel_stats<mean = [0.0], stddev = [1.0]>})
    -> tensor<1x32x32x1xf32> {
  %0 = quant.qcast %x : tensor<1x32x32x1xf32> to tensor<1x32x32x1x!x>
  %1 = quant.dcast %0 : tensor<1x32x32x1x!x> to tensor<1x32x32x1xf32>
  %2 = spiq.clamp %1 : (tensor<1x32x32x1xf32>) -> tensor<1x32x32x1xf32>
  return %2 : tensor<1x32x32x1xf32>
}

// -----

// Pixels that are bytes are stored exactly; others with these bounds are not.

!x = !quant.uniform<u8:f32, 1.0>

// CHECK-LABEL: func.func @bytes(
// CHECK-NOT: spiq.predicted_sqnr
// CHECK-LABEL: func.func @unknown(
// CHECK-SAME: {spiq.predicted_sqnr = 5{{[345]}}.
func.func @bytes(%x: tensor<1x32x32x1xf32> {spiq.bytes, spiq.stats = #spiq.channel_stats<mean = [128.0], stddev = [64.0], min = [0.0], max = [255.0]>})
    -> tensor<1x32x32x1xf32> {
  %0 = quant.qcast %x : tensor<1x32x32x1xf32> to tensor<1x32x32x1x!x>
  %1 = quant.dcast %0 : tensor<1x32x32x1x!x> to tensor<1x32x32x1xf32>
  %2 = spiq.clamp %1 : (tensor<1x32x32x1xf32>) -> tensor<1x32x32x1xf32>
  return %2 : tensor<1x32x32x1xf32>
}
func.func @unknown(%x: tensor<1x32x32x1xf32> {spiq.stats = #spiq.channel_stats<mean = [128.0], stddev = [64.0], min = [0.0], max = [255.0]>})
    -> tensor<1x32x32x1xf32> {
  %0 = quant.qcast %x : tensor<1x32x32x1xf32> to tensor<1x32x32x1x!x>
  %1 = quant.dcast %0 : tensor<1x32x32x1x!x> to tensor<1x32x32x1xf32>
  %2 = spiq.clamp %1 : (tensor<1x32x32x1xf32>) -> tensor<1x32x32x1xf32>
  return %2 : tensor<1x32x32x1xf32>
}

// -----

// Weights of 0.5 and 1 are stored exactly, one of 0.7 in 4 bits as 5/7: of the
// two channels, whose values are alike, the second has an error of 0.0143 x.

!x = !quant.uniform<u8:f32, 0.00390625:128>
!w = !quant.uniform<i8<-7:7>:f32:0, {0.000558035714285714, 0.000558035714285714}>

// CHECK-LABEL: func.func @weights(
// CHECK: spiq.conv_2d {{.*}}spiq.predicted_sqnr = 3{{[4567]}}.
func.func @weights(%x: tensor<1x32x32x2xf32> {spiq.stats = #spiq.channel_stats<mean = [0.0, 0.0], stddev = [0.1, 0.1]>})
    -> tensor<1x32x32x2xf32> {
  %w = arith.constant dense<[[[[1.0, 0.0]]], [[[0.0, 0.7]]]]> : tensor<2x1x1x2xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %0 = quant.qcast %x : tensor<1x32x32x2xf32> to tensor<1x32x32x2x!x>
  %1 = quant.dcast %0 : tensor<1x32x32x2x!x> to tensor<1x32x32x2xf32>
  %2 = spiq.conv_2d %1, %w, %b {spiq.weight_type = !w}
    : (tensor<1x32x32x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x32x32x2xf32>
  return %2 : tensor<1x32x32x2xf32>
}

// -----

// A float network has no noise; an argument that is no image is not followed.

// CHECK-LABEL: func.func @float(
// CHECK-NOT: spiq.predicted_sqnr
func.func @float(%x: tensor<1x8x8x2xf32>, %i: tensor<4xi32>) -> (tensor<1x8x8x2xf32>, tensor<4xi32>) {
  %0 = spiq.clamp %x {clamp_min = 0.0 : f32} : (tensor<1x8x8x2xf32>) -> tensor<1x8x8x2xf32>
  %1 = arith.addi %i, %i : tensor<4xi32>
  return %0, %1 : tensor<1x8x8x2xf32>, tensor<4xi32>
}
