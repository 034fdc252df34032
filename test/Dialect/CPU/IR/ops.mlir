// RUN: spiq-opt %s | spiq-opt | FileCheck %s
// RUN: spiq-opt %s --mlir-print-op-generic | spiq-opt | FileCheck %s

// CHECK-LABEL: func.func @register_ops(
// CHECK: spiq_cpu.dot %{{.*}}, %{{.*}}, %{{.*}} : vector<16xi8> into vector<4xi32>
// CHECK: spiq_cpu.dot %{{.*}}, %{{.*}}, %{{.*}} {signed_lhs} : vector<16xi8> into vector<4xi32>
// CHECK: spiq_cpu.pack %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : vector<4xi32> to vector<16xi8>
// CHECK: spiq_cpu.pack %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {signed_result} : vector<4xi32> to vector<16xi8>
// CHECK: spiq_cpu.pack %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} zero_points(%{{.*}}, %{{.*}} : vector<8xi16>, vector<8xi16>) : vector<4xi32> to vector<16xi8>
func.func @register_ops(%acc: vector<4xi32>, %x: vector<16xi8>, %w: vector<16xi8>, %z: vector<8xi16>)
    -> (vector<16xi8>, vector<16xi8>, vector<16xi8>) {
  %u = spiq_cpu.dot %acc, %x, %w : vector<16xi8> into vector<4xi32>
  %s = spiq_cpu.dot %u, %x, %w {signed_lhs} : vector<16xi8> into vector<4xi32>
  %p = spiq_cpu.pack %u, %s, %u, %s : vector<4xi32> to vector<16xi8>
  %q = spiq_cpu.pack %u, %s, %u, %s {signed_result} : vector<4xi32> to vector<16xi8>
  %r = spiq_cpu.pack %u, %s, %u, %s zero_points(%z, %z : vector<8xi16>, vector<8xi16>) : vector<4xi32> to vector<16xi8>
  return %p, %q, %r : vector<16xi8>, vector<16xi8>, vector<16xi8>
}

// CHECK-LABEL: func.func @dot_pair(
// CHECK: spiq_cpu.dot_pair %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : vector<16xi8> into vector<4xi32>
func.func @dot_pair(%acc: vector<4xi32>, %x: vector<16xi8>, %w: vector<16xi8>) -> vector<4xi32> {
  %y = spiq_cpu.dot_pair %acc, %x, %w, %x, %w : vector<16xi8> into vector<4xi32>
  return %y : vector<4xi32>
}

// CHECK-LABEL: func.func @unpack(
// CHECK: %{{.*}}, %{{.*}} = spiq_cpu.unpack %{{.*}} : vector<16xi8>
func.func @unpack(%packed: vector<16xi8>) -> (vector<16xi8>, vector<16xi8>) {
  %low, %high = spiq_cpu.unpack %packed : vector<16xi8>
  return %low, %high : vector<16xi8>, vector<16xi8>
}

// CHECK-LABEL: func.func @conv_2d(
// CHECK: spiq_cpu.conv_2d ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<64xi32>)
// CHECK-SAME: residual(%{{.*}} : tensor<1x3x3x16xi8>) outs(%{{.*}} : tensor<1x3x3x16xi8>)
// CHECK-SAME: parameters = #spiq_cpu.parameters<bias|multiplier|residual_multiplier|max>
// CHECK-SAME: pixels_outermost
// CHECK-SAME: signed_storage
// CHECK-SAME: -> tensor<1x3x3x16xi8>
func.func @conv_2d(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<64xi32>,
                   %r: tensor<1x3x3x16xi8>, %init: tensor<1x3x3x16xi8>) -> tensor<1x3x3x16xi8> {
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<64xi32>)
         residual(%r : tensor<1x3x3x16xi8>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 3 : i64, blocks = array<i64: 4>,
          parameters = #spiq_cpu.parameters<bias|multiplier|residual_multiplier|max>,
          pixels_outermost, signed_storage}
       -> tensor<1x3x3x16xi8>
  return %y : tensor<1x3x3x16xi8>
}

// CHECK-LABEL: func.func @conv_2d_of_pairs(
// CHECK: spiq_cpu.conv_2d ins(%{{.*}}, %{{.*}}, %{{.*}} : memref<1x1x1x8xi8>, memref<32xi8>, memref<8xi32>)
// CHECK-SAME: pairs(%{{.*}} : memref<5xi32>) outs(%{{.*}} : memref<1x1x1x4xi8>)
func.func @conv_2d_of_pairs(%x: memref<1x1x1x8xi8>, %w: memref<32xi8>, %p: memref<8xi32>,
                            %t: memref<5xi32>, %y: memref<1x1x1x4xi8>) {
  spiq_cpu.conv_2d
    ins(%x, %w, %p : memref<1x1x1x8xi8>, memref<32xi8>, memref<8xi32>)
    pairs(%t : memref<5xi32>)
    outs(%y : memref<1x1x1x4xi8>)
    {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 1 : i64, blocks = array<i64: 1>,
     parameters = #spiq_cpu.parameters<bias|multiplier>}
  return
}

// CHECK-LABEL: func.func @conv_2d_on_buffers(
// CHECK: spiq_cpu.conv_2d ins(%{{.*}} : memref<1x1x1x3xi8>, memref<16xi8>, memref<8xi32>)
// CHECK-SAME: outs(%{{.*}} : memref<1x1x1x3xf32>)
// CHECK-SAME: clamp_max = 6.000000e+00 : f32, clamp_min = 0.000000e+00 : f32
func.func @conv_2d_on_buffers(%x: memref<1x1x1x3xi8>, %w: memref<16xi8>, %p: memref<8xi32>,
                              %y: memref<1x1x1x3xf32>) {
  spiq_cpu.conv_2d
    ins(%x, %w, %p : memref<1x1x1x3xi8>, memref<16xi8>, memref<8xi32>)
    outs(%y : memref<1x1x1x3xf32>)
    {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 1 : i64, blocks = array<i64: 1>,
     parameters = #spiq_cpu.parameters<bias|multiplier>,
     clamp_min = 0.0 : f32, clamp_max = 6.0 : f32}
  return
}

// Three vectors of 16 weights take 24 bytes.

// CHECK-LABEL: func.func @conv_2d_of_nibbles(
// CHECK: spiq_cpu.conv_2d ins(%{{.*}} : memref<1x1x1x4xi8>, memref<24xi8>, memref<24xi32>)
// CHECK-SAME: weight_bits = 4 : i64
func.func @conv_2d_of_nibbles(%x: memref<1x1x1x4xi8>, %w: memref<24xi8>, %p: memref<24xi32>,
                              %y: memref<1x1x1x12xi8>) {
  spiq_cpu.conv_2d
    ins(%x, %w, %p : memref<1x1x1x4xi8>, memref<24xi8>, memref<24xi32>)
    outs(%y : memref<1x1x1x12xi8>)
    {kernel = array<i64: 1, 1>, weight_bits = 4 : i64, lanes = 4 : i64, pixels = 1 : i64,
     blocks = array<i64: 3>, parameters = #spiq_cpu.parameters<bias|multiplier>}
  return
}

// CHECK-LABEL: func.func @depthwise_conv_2d(
// CHECK: spiq_cpu.depthwise_conv_2d ins(%{{.*}} : tensor<1x4x4x16xi8>, tensor<384xi8>, tensor<32xi32>)
// CHECK-SAME: columns = 2 : i64,
// CHECK-SAME: pieces = array<i64: 1>, rows = 2 : i64
func.func @depthwise_conv_2d(%x: tensor<1x4x4x16xi8>, %w: tensor<384xi8>, %p: tensor<32xi32>,
                             %init: tensor<1x2x2x16xi8>) -> tensor<1x2x2x16xi8> {
  %y = spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : tensor<1x4x4x16xi8>, tensor<384xi8>, tensor<32xi32>)
         outs(%init : tensor<1x2x2x16xi8>)
         {kernel = array<i64: 3, 3>, rows = 2 : i64, columns = 2 : i64, blocks = array<i64: 4>,
          pieces = array<i64: 1>,
          parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x2x2x16xi8>
  return %y : tensor<1x2x2x16xi8>
}

// CHECK-LABEL: func.func @quantize(
// CHECK: spiq_cpu.quantize ins(%{{.*}} : tensor<1x2x3x4xf32>) outs(%{{.*}} : tensor<1x3x4x2xi8>)
func.func @quantize(%x: tensor<1x2x3x4xf32>, %init: tensor<1x3x4x2xi8>) -> tensor<1x3x4x2xi8> {
  %y = spiq_cpu.quantize ins(%x : tensor<1x2x3x4xf32>) outs(%init : tensor<1x3x4x2xi8>)
         {lanes = 4 : i64, scales = array<f32: 0.5, 0.25>, zero_points = array<i32: 128, 0>,
          min = array<i32: 0, 0>, max = array<i32: 255, 15>}
       -> tensor<1x3x4x2xi8>
  return %y : tensor<1x3x4x2xi8>
}

// CHECK: func.func private @schedules()
// CHECK-SAME: conv = #spiq_cpu.conv_schedule<pixels = 6, blocks = [4, 1], outermost = channels>
// CHECK-SAME: depthwise = #spiq_cpu.depthwise_schedule<rows = 2, columns = 3, lanes = [16, 8], pieces = [1, 2]>
// CHECK-SAME: merged = #spiq_cpu.conv_schedule<pixels = 1, blocks = [2], outermost = pixels, merged_groups = 4>
func.func private @schedules() attributes {
  conv = #spiq_cpu.conv_schedule<pixels = 6, blocks = [4, 1], outermost = channels>,
  merged = #spiq_cpu.conv_schedule<pixels = 1, blocks = [2], outermost = pixels, merged_groups = 4>,
  depthwise = #spiq_cpu.depthwise_schedule<rows = 2, columns = 3, lanes = [16, 8], pieces = [1, 2]>}
