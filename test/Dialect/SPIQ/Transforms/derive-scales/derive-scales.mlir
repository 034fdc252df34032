// RUN: spiq-opt %s -spiq-derive-scales="rule=literal deviations=5" -split-input-file | FileCheck %s --check-prefixes=CHECK,LITERAL
// RUN: spiq-opt %s -spiq-derive-scales -split-input-file | FileCheck %s --check-prefixes=CHECK,DEFAULT
// RUN: spiq-opt %s -spiq-derive-scales="rule=literal deviations=5 scheme=per-tensor" -split-input-file | FileCheck %s --check-prefix=TENSOR
// RUN: spiq-opt %s -spiq-derive-scales="rule=literal deviations=5 signedness=signed activation-bits=4 weight-bits=4 first-last-bits=4" -split-input-file | FileCheck %s --check-prefix=SIGNED
// RUN: spiq-opt %s -spiq-derive-scales=scheme=dynamic -split-input-file | FileCheck %s --check-prefix=DYNAMIC
// RUN: spiq-opt %s -spiq-derive-scales=results=true -split-input-file | FileCheck %s --check-prefix=RESULTS

// Ranges [0, 0 + 5 * 1] and [0, 2.75 + 5 * 2] are 255 steps of 5/255 and 12.75/255.
// Folded weights of the second layer: 1 * 5/255 and 1 * 0.05, largest 127 steps.
// The result of the last layer is not quantized.
// DEFAULT: !u8x2_ = !quant.uniform<u8:f32:1, {0.0379{{[0-9]*}},0.0793{{[0-9]*}}}>
// LITERAL-DAG: ![[W:i8x1_]] = !quant.uniform<i8<-127:127>:f32:0, {3.937007{{[0-9]*}}E-4}>
// LITERAL-DAG: !u8x2_ = !quant.uniform<u8:f32:1, {0.01960784{{[0-9]*}},5.000000e-02}>
// TENSOR: !quant.uniform<u8:f32, 5.000000e-02>
// SIGNED-DAG: !{{i8x2_[0-9]*}} = !quant.uniform<i8<-8:7>:f32:1, {0.71428571{{[0-9]*}},1.82142857{{[0-9]*}}}>
// CHECK-LABEL: @two_layers
// CHECK: %[[Y:.*]] = spiq.fully_connected {{.*}}clamp_min{{.*}}spiq.weight_type = !i8x2_
// CHECK: %[[Q:.*]] = quant.qcast %[[Y]]
// CHECK: %[[D:.*]] = quant.dcast %[[Q]]
// CHECK: %[[Z:.*]] = spiq.fully_connected %[[D]]
// LITERAL-SAME: spiq.weight_type = ![[W]]
// CHECK-NEXT: return %[[Z]]
// SIGNED-DAG: !i8x1_ = !quant.uniform<i8<-7:7>:f32:0
// DYNAMIC-LABEL: @two_layers
// DYNAMIC: %[[W:.*]] = arith.constant dense<[{{\[}}1.000000e+00, -1.000000e+00{{\]}}]>
// DYNAMIC: %[[WQ:.*]] = quant.qcast %[[W]]
// DYNAMIC: %[[WD:.*]] = quant.dcast %[[WQ]]
// DYNAMIC: spiq.fully_connected %{{.*}}, %[[WD]], {{.*}}spiq.dynamic
func.func @two_layers(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %v = arith.constant dense<[[1.0, -1.0]]> : tensor<1x2xf32>
  %c = arith.constant dense<0.0> : tensor<1xf32>
  %y = spiq.fully_connected %x, %w, %b {clamp_min = 0.0 : f32, stats = #spiq.channel_stats<mean = [0.0, 2.75], stddev = [1.0, 2.0]>}
    : (tensor<1x1xf32>, tensor<2x1xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %z = spiq.fully_connected %y, %v, %c : (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  return %z : tensor<1x1xf32>
}

// -----

// A single channel has a per-tensor type. A pooling has the type of its input, a concatenation slices of its inputs'
// types; the addition behind the last layer stays float.
// LITERAL: !u8x2_ = !quant.uniform<u8:f32:3, {[[S:[^,]*]]:128,[[S]]:128}>
// CHECK-LABEL: @shared_scales
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x4x1xf32> {{.*}}, %[[Y:.*]]: tensor
// CHECK-DAG: quant.qcast %[[X]] : tensor<1x4x4x1xf32> to tensor<1x4x4x1x!quant.uniform<[[XT:u8:f32, [0-9.E:-]*]]>>
// CHECK-DAG: quant.qcast %[[Y]] : tensor<1x3x3x1xf32> to tensor<1x3x3x1x!quant.uniform<u8:f32, {{[0-9.E:-]*}}>>
// CHECK: %[[P:.*]] = spiq.max_pool_2d
// CHECK: quant.qcast %[[P]] : tensor<1x3x3x1xf32> to tensor<1x3x3x1x!quant.uniform<[[XT]]>>
// CHECK: %[[C:.*]] = spiq.concat
// CHECK: quant.qcast %[[C]] {{.*}} to tensor<1x3x3x2x!u8x2_>
// CHECK: %[[Y:.*]] = spiq.conv_2d
// CHECK-NOT: quant.qcast
// CHECK: spiq.add %[[Y]]
// CHECK-NEXT: return
func.func @shared_scales(%x: tensor<1x4x4x1xf32> {spiq.stats = #spiq.channel_stats<mean = [0.0], stddev = [1.0]>},
    %y: tensor<1x3x3x1xf32> {spiq.stats = #spiq.channel_stats<mean = [0.0], stddev = [1.0]>}) -> tensor<1x3x3x1xf32> {
  %w = arith.constant dense<1.0> : tensor<1x1x1x2xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %p = spiq.max_pool_2d %x {kernel = array<i64: 2, 2>} : (tensor<1x4x4x1xf32>) -> tensor<1x3x3x1xf32>
  %c = spiq.concat %p, %y {axis = 3 : i64} : (tensor<1x3x3x1xf32>, tensor<1x3x3x1xf32>) -> tensor<1x3x3x2xf32>
  %z = spiq.conv_2d %c, %w, %b : (tensor<1x3x3x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>) -> tensor<1x3x3x1xf32>
  %s = spiq.add %z, %z : (tensor<1x3x3x1xf32>, tensor<1x3x3x1xf32>) -> tensor<1x3x3x1xf32>
  return %s : tensor<1x3x3x1xf32>
}

// -----

// Without statistics the layer quantizes its input at run time.
// CHECK-LABEL: @unknown_range
// CHECK: math.cos
// CHECK-NEXT: spiq.fully_connected {{.*}}spiq.dynamic
func.func @unknown_range(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<1.0> : tensor<1x1xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %c = math.cos %x : tensor<1x1xf32>
  %y = spiq.fully_connected %c, %w, %b : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}

// -----

// Results are stored with one scale for all channels, a bounded function's
// completely; other readers of layers keep a scale per channel.
// RESULTS-LABEL: @results
// RESULTS: quant.qcast {{.*}} : tensor<1x2xf32> to tensor<1x2x!u8x2_{{[0-9]*}}>
// RESULTS: %[[Z:.*]] = spiq.fully_connected
// RESULTS: %[[Q:.*]] = quant.qcast %[[Z]] : tensor<1x2xf32> to tensor<1x2x!quant.uniform<u8:f32, {{[^,]*}}>>
// RESULTS: %[[D:.*]] = quant.dcast %[[Q]]
// RESULTS: %[[S:.*]] = spiq.activation
// RESULTS: %[[SQ:.*]] = quant.qcast %[[S]] : tensor<1x2xf32> to tensor<1x2x!quant.uniform<u8:f32, 0.0039215686274509803>>
// RESULTS: %[[SD:.*]] = quant.dcast %[[SQ]]
// RESULTS: return %[[D]], %[[SD]]
func.func @results(%x: tensor<1x1xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %w = arith.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %v = arith.constant dense<[[1.0, -1.0], [0.5, 2.0]]> : tensor<2x2xf32>
  %y = spiq.fully_connected %x, %w, %b {clamp_min = 0.0 : f32, stats = #spiq.channel_stats<mean = [0.0, 2.75], stddev = [1.0, 2.0]>}
    : (tensor<1x1xf32>, tensor<2x1xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %z = spiq.fully_connected %y, %v, %b : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %s = spiq.activation sigmoid %z : (tensor<1x2xf32>) -> tensor<1x2xf32>
  return %z, %s : tensor<1x2xf32>, tensor<1x2xf32>
}

// -----

// The layer computes an activation that has a formula, tanh is one of its own.
// CHECK-LABEL: @activation
// CHECK: %[[Y:.*]] = spiq.fully_connected
// CHECK-NEXT: %[[S:.*]] = spiq.activation silu %[[Y]]
// CHECK-NEXT: quant.qcast %[[S]]
// CHECK: %[[Z:.*]] = spiq.fully_connected
// CHECK-NEXT: quant.qcast %[[Z]]
// CHECK: %[[T:.*]] = spiq.activation tanh
// CHECK-NEXT: quant.qcast %[[T]]
func.func @activation(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<1.0> : tensor<1x1xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %y = spiq.fully_connected %x, %w, %b : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %s = spiq.activation silu %y : (tensor<1x1xf32>) -> tensor<1x1xf32>
  %z = spiq.fully_connected %s, %w, %b : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %t = spiq.activation tanh %z : (tensor<1x1xf32>) -> tensor<1x1xf32>
  %o = spiq.fully_connected %t, %w, %b : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  return %o : tensor<1x1xf32>
}
