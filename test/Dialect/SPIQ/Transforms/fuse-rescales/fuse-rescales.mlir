// RUN: spiq-opt %s -spiq-fuse-rescales=remarks=false -split-input-file | FileCheck %s
// RUN: spiq-opt %s -spiq-fuse-rescales="remarks=false bias-correction=false" -split-input-file | FileCheck %s --check-prefix=PLAIN

!x = !quant.uniform<u8:f32:1, {0.5:10, 0.25}>
!w = !quant.uniform<i8<-127:127>:f32:0, {0.0078740157480314960}>
!y = !quant.uniform<u8:f32:1, {0.1:3}>

// Folded weights 2 * 0.5 and -4 * 0.25 are 127 and -127 steps of 1/127; the bias
// 3 is 381 steps, minus the zero point 10 times 127.
// CHECK-LABEL: @layer
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}127, -127]]> : tensor<1x2xi8>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<-889> : tensor<1xi32>
// CHECK-DAG: %[[X:.*]] = quant.qcast
// CHECK-DAG: %[[WQ:.*]] = quant.scast %[[W]] : tensor<1x2xi8> to tensor<1x2x!i8x1_{{[0-9]*}}>
// CHECK: %[[Y:.*]] = spiq.fully_connected %[[X]], %[[WQ]], %[[B]] {clamp_min = 0.000000e+00 : f32} : (tensor<1x2x!u8x2_>, tensor<1x2x!i8x1_{{[0-9]*}}>, tensor<1xi32>) -> tensor<1x1x!u8x1_{{[0-9]*}}>
// CHECK: quant.dcast %[[Y]]
func.func @layer(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[2.0, -4.0]]> : tensor<1x2xf32>
  %b = arith.constant dense<3.0> : tensor<1xf32>
  %0 = quant.qcast %x : tensor<1x2xf32> to tensor<1x2x!x>
  %1 = quant.dcast %0 : tensor<1x2x!x> to tensor<1x2xf32>
  %2 = spiq.fully_connected %1, %w, %b {clamp_min = 0.0 : f32, spiq.weight_type = !w} : (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %3 = quant.qcast %2 : tensor<1x1xf32> to tensor<1x1x!y>
  %4 = quant.dcast %3 : tensor<1x1x!y> to tensor<1x1xf32>
  return %4 : tensor<1x1xf32>
}

// -----

!x = !quant.uniform<u8:f32:1, {1.0, 1.0}>
!w = !quant.uniform<i8<-1:1>:f32:0, {1.0}>

// The weight 0.4 rounds to 0, which takes 0.4 * 5 from the mean: the bias makes up
// for it. The result stays in f32.
// CHECK-LABEL: @bias_correction
// CHECK-DAG: arith.constant dense<{{\[\[}}1, 0]]> : tensor<1x2xi8>
// CHECK-DAG: arith.constant dense<2> : tensor<1xi32>
// CHECK: spiq.fully_connected {{.*}} -> tensor<1x1xf32>
// CHECK-NOT: quant.dcast
// PLAIN-LABEL: @bias_correction
// PLAIN: arith.constant dense<0> : tensor<1xi32>
func.func @bias_correction(%x: tensor<1x2xf32> {spiq.stats = #spiq.channel_stats<mean = [7.0, 5.0], stddev = [1.0, 1.0]>}) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[1.0, 0.4]]> : tensor<1x2xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %0 = quant.qcast %x : tensor<1x2xf32> to tensor<1x2x!x>
  %1 = quant.dcast %0 : tensor<1x2x!x> to tensor<1x2xf32>
  %2 = spiq.fully_connected %1, %w, %b {spiq.weight_type = !w} : (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// -----

!x = !quant.uniform<i8:f32, 0.5:1>
!w = !quant.uniform<i8:f32:0, {0.25, 0.125}>
!y = !quant.uniform<i8:f32, 2.0>

// Weights quantized elsewhere stay as they are; their scales take up the input's.
// CHECK: !{{i8x2_[0-9]*}} = !quant.uniform<i8:f32:0, {1.250000e-01,6.250000e-02}>
// CHECK-LABEL: @quantized_elsewhere
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}-128], [7]]> : tensor<2x1xi8>
// CHECK-DAG: arith.constant dense<[136, 9]> : tensor<2xi32>
// CHECK: spiq.fully_connected
// CHECK-SAME: -> tensor<1x2x!quant.uniform<i8:f32, 2.000000e+00>>
func.func @quantized_elsewhere(%x: tensor<1x1x!x>) -> tensor<1x2x!y> {
  %c = arith.constant dense<[[-128], [7]]> : tensor<2x1xi8>
  %s = quant.scast %c : tensor<2x1xi8> to tensor<2x1x!w>
  %w = quant.dcast %s : tensor<2x1x!w> to tensor<2x1xf32>
  %b = arith.constant dense<1.0> : tensor<2xf32>
  %0 = quant.dcast %x : tensor<1x1x!x> to tensor<1x1xf32>
  %1 = spiq.fully_connected %0, %w, %b : (tensor<1x1xf32>, tensor<2x1xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %2 = quant.qcast %1 : tensor<1x2xf32> to tensor<1x2x!y>
  return %2 : tensor<1x2x!y>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:1>
!y = !quant.uniform<u8:f32, 2.0>

// Other operations between casts; a max-pooling whose result has another scale is
// requantized behind it, and a cast from one type to another is a requantization.
// CHECK-LABEL: @operations
// CHECK: %[[A:.*]] = spiq.add %{{.*}}, %{{.*}} {clamp_min = 0.000000e+00 : f32} : {{.*}} -> tensor<1x2x2x1x!quant.uniform<u8:f32, 2.000000e+00>>
// CHECK-NEXT: %[[P:.*]] = spiq.max_pool_2d %[[A]] {{.*}} -> tensor<1x1x1x1x!quant.uniform<u8:f32, 2.000000e+00>>
// CHECK-NEXT: %[[R:.*]] = spiq.clamp %[[P]] : {{.*}} -> tensor<1x1x1x1x!quant.uniform<u8:f32, 5.000000e-01:1>>
// CHECK-NEXT: %[[S:.*]] = spiq.clamp %[[R]] : {{.*}} -> tensor<1x1x1x1x!quant.uniform<u8:f32, 2.000000e+00>>
// CHECK-NEXT: return %[[S]]
func.func @operations(%x: tensor<1x2x2x1x!x>) -> tensor<1x1x1x1x!y> {
  %0 = quant.dcast %x : tensor<1x2x2x1x!x> to tensor<1x2x2x1xf32>
  %1 = spiq.add %0, %0 {clamp_min = 0.0 : f32} : (tensor<1x2x2x1xf32>, tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32>
  %2 = quant.qcast %1 : tensor<1x2x2x1xf32> to tensor<1x2x2x1x!y>
  %3 = quant.dcast %2 : tensor<1x2x2x1x!y> to tensor<1x2x2x1xf32>
  %4 = spiq.max_pool_2d %3 {kernel = array<i64: 2, 2>} : (tensor<1x2x2x1xf32>) -> tensor<1x1x1x1xf32>
  %5 = quant.qcast %4 : tensor<1x1x1x1xf32> to tensor<1x1x1x1x!x>
  %6 = quant.dcast %5 : tensor<1x1x1x1x!x> to tensor<1x1x1x1xf32>
  %7 = quant.qcast %6 : tensor<1x1x1x1xf32> to tensor<1x1x1x1x!y>
  return %7 : tensor<1x1x1x1x!y>
}

// -----

!x = !quant.uniform<u8:f32:2, {0.5:1, 0.25}>
!y = !quant.uniform<u8:f32:1, {0.5:1, 0.25, 0.5:1, 0.25}>
!z = !quant.uniform<u8:f32:1, {0.5:1, 0.5:1, 0.25, 0.25}>

// A flattening repeats the channels: bytes are moved. With other scales behind it,
// it cannot be.
// CHECK-LABEL: @movement
// CHECK: %[[B:.*]] = quant.scast %{{.*}} to tensor<1x2x2xi8>
// CHECK-NEXT: %[[M:.*]] = tensor.collapse_shape %[[B]] {{.*}} : tensor<1x2x2xi8> into tensor<1x4xi8>
// CHECK-NEXT: quant.scast %[[M]]
// CHECK: tensor.collapse_shape {{.*}}xf32>
// CHECK: quant.qcast
func.func @movement(%x: tensor<1x2x2x!x>) -> (tensor<1x4x!y>, tensor<1x4x!z>) {
  %0 = quant.dcast %x : tensor<1x2x2x!x> to tensor<1x2x2xf32>
  %1 = tensor.collapse_shape %0 [[0], [1, 2]] : tensor<1x2x2xf32> into tensor<1x4xf32>
  %2 = quant.qcast %1 : tensor<1x4xf32> to tensor<1x4x!y>
  %3 = tensor.collapse_shape %0 [[0], [1, 2]] : tensor<1x2x2xf32> into tensor<1x4xf32>
  %4 = quant.qcast %3 : tensor<1x4xf32> to tensor<1x4x!z>
  return %2, %4 : tensor<1x4x!y>, tensor<1x4x!z>
}

// -----

!w = !quant.uniform<i8<-127:127>:f32:0, {0.5}>
!c = !quant.uniform<u8:f32:1, {0.5:100, 0.25}>

// Dynamic layers keep an f32 input; constants become integers.
// CHECK-LABEL: @dynamic_and_constant
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}2, -4]]> : tensor<1x2xi8>
// CHECK-DAG: %[[C:.*]] = arith.constant dense<{{\[\[}}98, -116]]> : tensor<1x2xi8>
// CHECK: %[[WQ:.*]] = quant.scast %[[W]]
// CHECK: spiq.fully_connected %{{.*}}, %[[WQ]], %{{.*}} : (tensor<1x2xf32>, tensor<1x2x!i8x1_>, tensor<1xf32>) -> tensor<1x1xf32>
// CHECK: quant.scast %[[C]]
func.func @dynamic_and_constant(%x: tensor<1x2xf32>) -> (tensor<1x1xf32>, tensor<1x2x!c>) {
  %w = arith.constant dense<[[1.0, -2.0]]> : tensor<1x2xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %0 = quant.qcast %w : tensor<1x2xf32> to tensor<1x2x!w>
  %1 = quant.dcast %0 : tensor<1x2x!w> to tensor<1x2xf32>
  %2 = spiq.fully_connected %x, %1, %b {spiq.dynamic} : (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %c = arith.constant dense<[[-1.0, 35.0]]> : tensor<1x2xf32>
  %3 = quant.qcast %c : tensor<1x2xf32> to tensor<1x2x!c>
  return %2, %3 : tensor<1x1xf32>, tensor<1x2x!c>
}

// -----

!x = !quant.uniform<u8:f32, 1.0>
!w = !quant.uniform<i8<-127:127>:f32:0, {1.0}>

// A bias beyond i32 coarsens the weights: 2^33 is 2^30 steps of 8, and 12.5 is 12.
// CHECK-LABEL: @large_bias
// CHECK-DAG: arith.constant dense<12> : tensor<1x1xi8>
// CHECK-DAG: arith.constant dense<1073741824> : tensor<1xi32>
func.func @large_bias(%x: tensor<1x1x!x>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[100.0]]> : tensor<1x1xf32>
  %b = arith.constant dense<8589934592.0> : tensor<1xf32>
  %0 = quant.dcast %x : tensor<1x1x!x> to tensor<1x1xf32>
  %1 = spiq.fully_connected %0, %w, %b {spiq.weight_type = !w} : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:3>

// A value with one scale is dequantized as late as it can be: bytes are pooled and
// moved, although the result is f32.
// CHECK-LABEL: @sink
// CHECK-SAME: %[[X:.*]]: tensor<1x4x4x2x![[T:.*]]>)
// CHECK: %[[P:.*]] = spiq.max_pool_2d %[[X]] {{.*}} -> tensor<1x2x2x2x![[T]]>
// CHECK: quant.scast %[[P]] {{.*}} to tensor<1x2x2x2xi8>
// CHECK: linalg.transpose {{.*}} outs(%{{.*}} : tensor<1x2x2x2xi8>)
// CHECK: %[[Q:.*]] = quant.scast %{{.*}} : tensor<1x2x2x2xi8> to
// CHECK-NEXT: %[[Y:.*]] = quant.dcast %[[Q]]
// CHECK-NEXT: return %[[Y]]
func.func @sink(%x: tensor<1x4x4x2x!x>) -> tensor<1x2x2x2xf32> {
  %0 = quant.dcast %x : tensor<1x4x4x2x!x> to tensor<1x4x4x2xf32>
  %1 = spiq.max_pool_2d %0 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>} : (tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32>
  %2 = tensor.empty() : tensor<1x2x2x2xf32>
  %3 = linalg.transpose ins(%1 : tensor<1x2x2x2xf32>) outs(%2 : tensor<1x2x2x2xf32>) permutation = [0, 3, 1, 2]
  return %3 : tensor<1x2x2x2xf32>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:3>

// And it is quantized as early as it can be, if nothing else reads the floats.
// CHECK-LABEL: @hoist
// CHECK-SAME: %[[X:.*]]: tensor<1x3x4x4xf32>, %[[Y:.*]]: tensor<1x4xf32>)
// CHECK: quant.qcast %[[X]]
// CHECK: linalg.transpose ins(%{{.*}} : tensor<1x3x4x4xi8>)
// CHECK: %[[M:.*]] = tensor.expand_shape %[[Y]]
// CHECK: quant.qcast %[[M]]
func.func @hoist(%x: tensor<1x3x4x4xf32>, %y: tensor<1x4xf32>) -> (tensor<1x4x4x3x!x>, tensor<1x2x2x!x>, tensor<1x4xf32>) {
  %0 = tensor.empty() : tensor<1x4x4x3xf32>
  %1 = linalg.transpose ins(%x : tensor<1x3x4x4xf32>) outs(%0 : tensor<1x4x4x3xf32>) permutation = [0, 2, 3, 1]
  %2 = quant.qcast %1 : tensor<1x4x4x3xf32> to tensor<1x4x4x3x!x>
  %3 = tensor.expand_shape %y [[0], [1, 2]] output_shape [1, 2, 2] : tensor<1x4xf32> into tensor<1x2x2xf32>
  %4 = quant.qcast %3 : tensor<1x2x2xf32> to tensor<1x2x2x!x>
  return %2, %4, %y : tensor<1x4x4x3x!x>, tensor<1x2x2x!x>, tensor<1x4xf32>
}
