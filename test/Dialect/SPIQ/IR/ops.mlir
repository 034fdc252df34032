// Every operation in float and in quantized form: custom syntax, generic
// syntax and bytecode carry the same operation.

// RUN: spiq-opt %s | FileCheck %s
// RUN: spiq-opt %s --mlir-print-op-generic | spiq-opt | FileCheck %s
// RUN: spiq-opt %s --emit-bytecode | spiq-opt | FileCheck %s

!u8x2 = !quant.uniform<u8:f32:3, {0.5:10, 0.25:20}>
!u8x4 = !quant.uniform<u8:f32:3, {0.5:1, 0.25:2, 0.125:3, 1.0:4}>
!i8x4 = !quant.uniform<i8:f32:3, {0.5, 0.25, 0.125, 1.0}>
!u4x4 = !quant.uniform<u8<0:15>:f32:3, {0.5:1, 0.25:2, 0.125:3, 1.0:4}>
!w4 = !quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25, 0.125, 1.0}>
!u8 = !quant.uniform<u8:f32, 0.5:128>
!w8 = !quant.uniform<i8<-127:127>:f32, 0.5>

// CHECK-LABEL: func.func @batch_norm
func.func @batch_norm(%x: tensor<1x8x8x4xf32>, %v: tensor<4xf32>) {
  // CHECK: spiq.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : (tensor<1x8x8x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  %0 = spiq.batch_norm %x, %v, %v, %v, %v
    : (tensor<1x8x8x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>,
       tensor<4xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: spiq.batch_norm {{.*}} {epsilon = 1.000000e-03 : f32}
  %1 = spiq.batch_norm %x, %v, %v, %v, %v {epsilon = 1.0e-03 : f32}
    : (tensor<1x8x8x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>,
       tensor<4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// CHECK-LABEL: func.func @conv_2d_float
func.func @conv_2d_float(%x: tensor<1x8x8x2xf32>, %w: tensor<4x3x3x2xf32>,
                         %b: tensor<4xf32>, %r: tensor<1x8x8x4xf32>) {
  // CHECK: spiq.conv_2d %{{.*}}, %{{.*}}, %{{.*}} : (tensor<1x8x8x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>) -> tensor<1x6x6x4xf32>
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x8x8x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>)
      -> tensor<1x6x6x4xf32>
  // CHECK: spiq.conv_2d {{.*}} {dilations = array<i64: 2, 1>, padding = array<i64: 2, 2, 1, 1>, strides = array<i64: 2, 1>}
  %1 = spiq.conv_2d %x, %w, %b {
      strides = array<i64: 2, 1>, padding = array<i64: 2, 2, 1, 1>,
      dilations = array<i64: 2, 1>}
    : (tensor<1x8x8x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>)
      -> tensor<1x4x8x4xf32>
  // CHECK: spiq.conv_2d %{{.*}}, %{{.*}}, %{{.*}} residual %{{.*}} {clamp_max = 6.000000e+00 : f32, clamp_min = 0.000000e+00 : f32, padding = array<i64: 1, 1, 1, 1>}
  %2 = spiq.conv_2d %x, %w, %b residual %r {
      padding = array<i64: 1, 1, 1, 1>, clamp_min = 0.0 : f32,
      clamp_max = 6.0 : f32}
    : (tensor<1x8x8x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>,
       tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// CHECK-LABEL: func.func @conv_2d_depthwise
func.func @conv_2d_depthwise(%x: tensor<2x8x8x4xf32>, %w: tensor<4x3x3x1xf32>,
                             %b: tensor<4xf32>) {
  // CHECK: spiq.conv_2d {{.*}} {groups = 4 : i64, stats = #stats}
  %0 = spiq.conv_2d %x, %w, %b {groups = 4 : i64,
      stats = #spiq.channel_stats<mean = [0.0, 1.0, 2.0, 3.0],
                                  stddev = [1.0, 1.0, 1.0, 1.0]>}
    : (tensor<2x8x8x4xf32>, tensor<4x3x3x1xf32>, tensor<4xf32>)
      -> tensor<2x6x6x4xf32>
  return
}

// CHECK-LABEL: func.func @conv_2d_quantized
func.func @conv_2d_quantized(%x: tensor<1x8x8x2x!u8x2>,
                             %w: tensor<4x1x1x2x!w4>, %b: tensor<4xi32>,
                             %r: tensor<1x8x8x4x!i8x4>) {
  // CHECK: spiq.conv_2d {{.*}} -> tensor<1x8x8x4x!u8x4_>
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x8x8x2x!u8x2>, tensor<4x1x1x2x!w4>, tensor<4xi32>)
      -> tensor<1x8x8x4x!u8x4>
  // CHECK: spiq.conv_2d {{.*}} residual {{.*}} -> tensor<1x8x8x4x!u8x4_1>
  %1 = spiq.conv_2d %x, %w, %b residual %r {clamp_min = 0.0 : f32}
    : (tensor<1x8x8x2x!u8x2>, tensor<4x1x1x2x!w4>, tensor<4xi32>,
       tensor<1x8x8x4x!i8x4>) -> tensor<1x8x8x4x!u4x4>
  // CHECK: spiq.conv_2d {{.*}} -> tensor<1x8x8x4xf32>
  %2 = spiq.conv_2d %x, %w, %b
    : (tensor<1x8x8x2x!u8x2>, tensor<4x1x1x2x!w4>, tensor<4xi32>)
      -> tensor<1x8x8x4xf32>
  return
}

// CHECK-LABEL: func.func @conv_2d_dynamic
func.func @conv_2d_dynamic(%x: tensor<1x8x8x2xf32>, %w: tensor<4x1x1x2x!w4>,
                           %b: tensor<4xf32>) {
  // CHECK: spiq.conv_2d {{.*}} : (tensor<1x8x8x2xf32>, tensor<4x1x1x2x!i8x4_{{.*}}>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x8x8x2xf32>, tensor<4x1x1x2x!w4>, tensor<4xf32>)
      -> tensor<1x8x8x4xf32>
  return
}

// CHECK-LABEL: func.func @transposed_conv_2d
func.func @transposed_conv_2d(%x: tensor<1x4x4x2xf32>,
                              %w: tensor<4x3x3x2xf32>, %b: tensor<4xf32>,
                              %q: tensor<1x4x4x2x!u8x2>,
                              %wq: tensor<4x3x3x2x!w4>, %bq: tensor<4xi32>) {
  // CHECK: spiq.transposed_conv_2d {{.*}} {strides = array<i64: 2, 2>} : {{.*}} -> tensor<1x9x9x4xf32>
  %0 = spiq.transposed_conv_2d %x, %w, %b {strides = array<i64: 2, 2>}
    : (tensor<1x4x4x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>)
      -> tensor<1x9x9x4xf32>
  // CHECK: spiq.transposed_conv_2d {{.*}} {output_padding = array<i64: 1, 0>, padding = array<i64: 1, 1, 0, 1>, strides = array<i64: 2, 2>} : {{.*}} -> tensor<1x8x8x4xf32>
  %1 = spiq.transposed_conv_2d %x, %w, %b {
      strides = array<i64: 2, 2>, padding = array<i64: 1, 1, 0, 1>,
      output_padding = array<i64: 1, 0>}
    : (tensor<1x4x4x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>)
      -> tensor<1x8x8x4xf32>
  // CHECK: spiq.transposed_conv_2d {{.*}} -> tensor<1x6x6x4x!u8x4_>
  %2 = spiq.transposed_conv_2d %q, %wq, %bq
    : (tensor<1x4x4x2x!u8x2>, tensor<4x3x3x2x!w4>, tensor<4xi32>)
      -> tensor<1x6x6x4x!u8x4>
  return
}

// CHECK-LABEL: func.func @fully_connected
func.func @fully_connected(%x: tensor<2x8xf32>, %w: tensor<4x8xf32>,
                           %b: tensor<4xf32>, %q: tensor<2x8x!u8>,
                           %wq: tensor<4x8x!w8>, %bq: tensor<4xi32>) {
  // CHECK: spiq.fully_connected %{{.*}}, %{{.*}}, %{{.*}} : (tensor<2x8xf32>, tensor<4x8xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  %0 = spiq.fully_connected %x, %w, %b
    : (tensor<2x8xf32>, tensor<4x8xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  // CHECK: spiq.fully_connected {{.*}} {clamp_min = 0.000000e+00 : f32} : {{.*}} -> tensor<2x4x!quant.uniform<u8:f32, 5.000000e-01:128>>
  %1 = spiq.fully_connected %q, %wq, %bq {clamp_min = 0.0 : f32}
    : (tensor<2x8x!u8>, tensor<4x8x!w8>, tensor<4xi32>) -> tensor<2x4x!u8>
  // CHECK: spiq.fully_connected {{.*}} -> tensor<2x4xf32>
  %2 = spiq.fully_connected %q, %wq, %bq
    : (tensor<2x8x!u8>, tensor<4x8x!w8>, tensor<4xi32>) -> tensor<2x4xf32>
  // CHECK: spiq.fully_connected {{.*}} -> tensor<2x4xf32>
  %3 = spiq.fully_connected %x, %wq, %b
    : (tensor<2x8xf32>, tensor<4x8x!w8>, tensor<4xf32>) -> tensor<2x4xf32>
  return
}

// CHECK-LABEL: func.func @elementwise
func.func @elementwise(%x: tensor<1x8x8x4xf32>, %g: tensor<1x1x1x4xf32>,
                       %q: tensor<1x8x8x4x!u8x4>, %s: tensor<1x1x1x4x!u8>,
                       %v: tensor<4xf32>) {
  // CHECK: spiq.add %{{.*}}, %{{.*}} : (tensor<1x8x8x4xf32>, tensor<1x1x1x4xf32>) -> tensor<1x8x8x4xf32>
  %0 = spiq.add %x, %g
    : (tensor<1x8x8x4xf32>, tensor<1x1x1x4xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: spiq.add {{.*}} {clamp_min = 0.000000e+00 : f32} : (tensor<1x8x8x4x!u8x4_>, tensor<1x1x1x4x!quant.uniform<u8:f32, 5.000000e-01:128>>) -> tensor<1x8x8x4x!i8x4_{{[0-9]*}}>
  %1 = spiq.add %q, %s {clamp_min = 0.0 : f32}
    : (tensor<1x8x8x4x!u8x4>, tensor<1x1x1x4x!u8>) -> tensor<1x8x8x4x!i8x4>
  // CHECK: spiq.mul %{{.*}}, %{{.*}} : (tensor<1x8x8x4xf32>, tensor<1x1x1x4xf32>) -> tensor<1x8x8x4xf32>
  %2 = spiq.mul %x, %g
    : (tensor<1x8x8x4xf32>, tensor<1x1x1x4xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: spiq.mul {{.*}} -> tensor<1x8x8x4x!quant.uniform<u8:f32, 5.000000e-01:128>>
  %3 = spiq.mul %q, %s
    : (tensor<1x8x8x4x!u8x4>, tensor<1x1x1x4x!u8>) -> tensor<1x8x8x4x!u8>
  // CHECK: spiq.clamp %{{.*}} {clamp_max = 6.000000e+00 : f32, clamp_min = 0.000000e+00 : f32} : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  %4 = spiq.clamp %x {clamp_min = 0.0 : f32, clamp_max = 6.0 : f32}
    : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: spiq.clamp {{.*}} : (tensor<1x8x8x4x!u8x4_>) -> tensor<1x8x8x4x!u8x4_1>
  %5 = spiq.clamp %q {clamp_min = 0.0 : f32}
    : (tensor<1x8x8x4x!u8x4>) -> tensor<1x8x8x4x!u4x4>
  // CHECK: spiq.rescale %{{.*}}, %{{.*}}, %{{.*}} : (tensor<1x8x8x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  %6 = spiq.rescale %x, %v, %v
    : (tensor<1x8x8x4xf32>, tensor<4xf32>, tensor<4xf32>)
      -> tensor<1x8x8x4xf32>
  // CHECK: spiq.rescale {{.*}} {clamp_max = 6.000000e+00 : f32} : {{.*}} -> tensor<1x8x8x4x!quant.uniform<u8:f32, 5.000000e-01:128>>
  %7 = spiq.rescale %q, %v, %v {clamp_max = 6.0 : f32}
    : (tensor<1x8x8x4x!u8x4>, tensor<4xf32>, tensor<4xf32>)
      -> tensor<1x8x8x4x!u8>
  return
}

// CHECK-LABEL: func.func @activation
func.func @activation(%x: tensor<1x8x8x4xf32>, %q: tensor<1x8x8x4x!u8x4>,
                      %a: tensor<4xf32>) {
  // CHECK: spiq.activation leaky_relu %{{.*}} {alpha = 1.000000e-01 : f32} : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  %0 = spiq.activation leaky_relu %x {alpha = 0.1 : f32}
    : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: spiq.activation prelu %{{.*}} slope %{{.*}} : (tensor<1x8x8x4xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  %1 = spiq.activation prelu %x slope %a
    : (tensor<1x8x8x4xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: spiq.activation prelu %{{.*}} slope %{{.*}} : (tensor<1x8x8x4x!u8x4_>, tensor<4xf32>) -> tensor<1x8x8x4x!i8x4_{{[0-9]*}}>
  %2 = spiq.activation prelu %q slope %a
    : (tensor<1x8x8x4x!u8x4>, tensor<4xf32>) -> tensor<1x8x8x4x!i8x4>
  // CHECK: spiq.activation sigmoid
  %3 = spiq.activation sigmoid %x
    : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: spiq.activation hard_sigmoid %{{.*}} {alpha = 2.000000e-01 : f32, beta = 5.000000e-01 : f32}
  %4 = spiq.activation hard_sigmoid %x {alpha = 0.2 : f32, beta = 0.5 : f32}
    : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: spiq.activation tanh
  %5 = spiq.activation tanh %x : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: spiq.activation silu %{{.*}} : (tensor<1x8x8x4x!u8x4_>) -> tensor<1x8x8x4x!u8x4_>
  %6 = spiq.activation silu %q
    : (tensor<1x8x8x4x!u8x4>) -> tensor<1x8x8x4x!u8x4>
  // CHECK: spiq.activation hard_swish
  %7 = spiq.activation hard_swish %x
    : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: spiq.activation elu %{{.*}} {alpha = 1.000000e+00 : f32}
  %8 = spiq.activation elu %x {alpha = 1.0 : f32}
    : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: spiq.activation gelu
  %9 = spiq.activation gelu %x : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: spiq.activation mish
  %10 = spiq.activation mish %x : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: spiq.activation softplus
  %11 = spiq.activation softplus %x
    : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// CHECK-LABEL: func.func @concat
func.func @concat(%x: tensor<1x8x8x4xf32>, %y: tensor<1x8x8x2xf32>,
                  %p: tensor<1x8x8x2x!u8x2>, %q: tensor<1x8x8x2x!u8>) {
  // CHECK: spiq.concat %{{.*}}, %{{.*}}, %{{.*}} {axis = 3 : i64} : {{.*}} -> tensor<1x8x8x10xf32>
  %0 = spiq.concat %x, %y, %x {axis = 3 : i64}
    : (tensor<1x8x8x4xf32>, tensor<1x8x8x2xf32>, tensor<1x8x8x4xf32>)
      -> tensor<1x8x8x10xf32>
  // CHECK: spiq.concat {{.*}} {axis = 3 : i64} : (tensor<1x8x8x2x!u8x2_>, tensor<1x8x8x2x!quant.uniform<u8:f32, 5.000000e-01:128>>) -> tensor<1x8x8x4x!u8x4_>
  %1 = spiq.concat %p, %q {axis = 3 : i64}
    : (tensor<1x8x8x2x!u8x2>, tensor<1x8x8x2x!u8>) -> tensor<1x8x8x4x!u8x4>
  // CHECK: spiq.concat {{.*}} {axis = 1 : i64} : {{.*}} -> tensor<1x16x8x4xf32>
  %2 = spiq.concat %x, %x {axis = 1 : i64}
    : (tensor<1x8x8x4xf32>, tensor<1x8x8x4xf32>) -> tensor<1x16x8x4xf32>
  return
}

// CHECK-LABEL: func.func @pooling
func.func @pooling(%x: tensor<1x8x8x4xf32>, %q: tensor<1x8x8x4x!u8x4>) {
  // CHECK: spiq.max_pool_2d %{{.*}} {kernel = array<i64: 3, 3>, padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>} : (tensor<1x8x8x4xf32>) -> tensor<1x4x4x4xf32>
  %0 = spiq.max_pool_2d %x {kernel = array<i64: 3, 3>,
      strides = array<i64: 2, 2>, padding = array<i64: 1, 1, 1, 1>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x4x4x4xf32>
  // CHECK: spiq.max_pool_2d %{{.*}} {dilations = array<i64: 2, 2>, kernel = array<i64: 2, 2>} : (tensor<1x8x8x4x!u8x4_>) -> tensor<1x6x6x4x!u8x4_>
  %1 = spiq.max_pool_2d %q {kernel = array<i64: 2, 2>,
      dilations = array<i64: 2, 2>}
    : (tensor<1x8x8x4x!u8x4>) -> tensor<1x6x6x4x!u8x4>
  // CHECK: spiq.avg_pool_2d %{{.*}} {kernel = array<i64: 8, 8>} : (tensor<1x8x8x4xf32>) -> tensor<1x1x1x4xf32>
  %2 = spiq.avg_pool_2d %x {kernel = array<i64: 8, 8>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x1x1x4xf32>
  // CHECK: spiq.avg_pool_2d %{{.*}} {ceil_padding = array<i64: 1, 1>, count_include_pad, kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>} : (tensor<1x8x8x4x!u8x4_>) -> tensor<1x4x4x4x!i8x4_{{[0-9]*}}>
  %3 = spiq.avg_pool_2d %q {kernel = array<i64: 3, 3>,
      strides = array<i64: 2, 2>, ceil_padding = array<i64: 1, 1>,
      count_include_pad}
    : (tensor<1x8x8x4x!u8x4>) -> tensor<1x4x4x4x!i8x4>
  // CHECK: spiq.avg_pool_2d %{{.*}} {kernel = array<i64: 8, 8>} : (tensor<1x8x8x4x!u8x4_>) -> tensor<1x1x1x4xf32>
  %4 = spiq.avg_pool_2d %q {kernel = array<i64: 8, 8>}
    : (tensor<1x8x8x4x!u8x4>) -> tensor<1x1x1x4xf32>
  return
}

// CHECK-LABEL: func.func @resize
func.func @resize(%x: tensor<1x8x8x4xf32>, %q: tensor<1x8x8x4x!u8x4>) {
  // CHECK: spiq.resize nearest %{{.*}} {coordinate_mode = #spiq.coordinate_mode<asymmetric>, nearest_mode = #spiq.nearest_mode<floor>} : (tensor<1x8x8x4xf32>) -> tensor<1x16x16x4xf32>
  %0 = spiq.resize nearest %x {
      coordinate_mode = #spiq.coordinate_mode<asymmetric>,
      nearest_mode = #spiq.nearest_mode<floor>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x16x16x4xf32>
  // CHECK: spiq.resize linear %{{.*}} {scales = array<f32: 1.500000e+00, 2.500000e+00>} : (tensor<1x8x8x4x!u8x4_>) -> tensor<1x12x20x4x!i8x4_{{[0-9]*}}>
  %1 = spiq.resize linear %q {scales = array<f32: 1.5, 2.5>}
    : (tensor<1x8x8x4x!u8x4>) -> tensor<1x12x20x4x!i8x4>
  // CHECK: spiq.resize linear %{{.*}} {coordinate_mode = #spiq.coordinate_mode<align_corners>}
  %2 = spiq.resize linear %x {
      coordinate_mode = #spiq.coordinate_mode<align_corners>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x4x4x4xf32>
  return
}

// CHECK-LABEL: func.func @pad
func.func @pad(%x: tensor<1x8x8x4xf32>, %q: tensor<1x8x8x4x!u8x4>) {
  // CHECK: spiq.pad %{{.*}} {high = array<i64: 0, 1, 1, 2>, low = array<i64: 0, 1, 1, 0>} : (tensor<1x8x8x4xf32>) -> tensor<1x10x10x6xf32>
  %0 = spiq.pad %x {low = array<i64: 0, 1, 1, 0>,
                    high = array<i64: 0, 1, 1, 2>}
    : (tensor<1x8x8x4xf32>) -> tensor<1x10x10x6xf32>
  // CHECK: spiq.pad %{{.*}} {{.*}}value = -1.000000e+00 : f32} : (tensor<1x8x8x4x!u8x4_>) -> tensor<1x9x8x4x!u8x4_>
  %1 = spiq.pad %q {low = array<i64: 0, 1, 0, 0>,
                    high = array<i64: 0, 0, 0, 0>, value = -1.0 : f32}
    : (tensor<1x8x8x4x!u8x4>) -> tensor<1x9x8x4x!u8x4>
  return
}
