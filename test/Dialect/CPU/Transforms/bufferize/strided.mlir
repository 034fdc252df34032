// RUN: spiq-opt %s --spiq-bufferize | FileCheck %s

// A pointwise convolution reads pixels at any distance.

// CHECK-LABEL: func.func @half_of_channels(
// CHECK-NOT: memref.alloc
// CHECK: spiq_cpu.conv_2d ins(%{{.*}} : memref<1x2x2x4xi8, strided<[32, 16, 8, 1], offset: 4>>
func.func @half_of_channels(%x: tensor<1x2x2x8xi8>, %w: tensor<16xi8>, %p: tensor<8xi32>) -> tensor<1x2x2x4xi8> {
  %half = tensor.extract_slice %x[0, 0, 0, 4] [1, 2, 2, 4] [1, 1, 1, 1] : tensor<1x2x2x8xi8> to tensor<1x2x2x4xi8>
  %init = tensor.empty() : tensor<1x2x2x4xi8>
  %y = spiq_cpu.conv_2d ins(%half, %w, %p : tensor<1x2x2x4xi8>, tensor<16xi8>, tensor<8xi32>)
    outs(%init : tensor<1x2x2x4xi8>)
    {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 1 : i64, blocks = array<i64: 1>,
     parameters = #spiq_cpu.parameters<bias|multiplier>} -> tensor<1x2x2x4xi8>
  return %y : tensor<1x2x2x4xi8>
}

// A window of two columns reads the pixels of a row at once.

// CHECK-LABEL: func.func @window(
// CHECK: %[[HALF:.*]] = memref.subview
// CHECK: %[[COPY:.*]] = memref.alloc() {{.*}}: memref<1x2x2x4xi8>
// CHECK: linalg.copy ins(%[[HALF]] : {{.*}}) outs(%[[COPY]] : memref<1x2x2x4xi8>)
// CHECK: spiq_cpu.conv_2d ins(%[[COPY]],
func.func @window(%x: tensor<1x2x2x8xi8>, %w: tensor<32xi8>, %p: tensor<8xi32>) -> tensor<1x2x1x4xi8> {
  %half = tensor.extract_slice %x[0, 0, 0, 4] [1, 2, 2, 4] [1, 1, 1, 1] : tensor<1x2x2x8xi8> to tensor<1x2x2x4xi8>
  %init = tensor.empty() : tensor<1x2x1x4xi8>
  %y = spiq_cpu.conv_2d ins(%half, %w, %p : tensor<1x2x2x4xi8>, tensor<32xi8>, tensor<8xi32>)
    outs(%init : tensor<1x2x1x4xi8>)
    {kernel = array<i64: 1, 2>, lanes = 4 : i64, pixels = 1 : i64, blocks = array<i64: 1>,
     parameters = #spiq_cpu.parameters<bias|multiplier>} -> tensor<1x2x1x4xi8>
  return %y : tensor<1x2x1x4xi8>
}

// No kernel reads or writes every other channel.

// CHECK-LABEL: func.func @every_other_channel(
// CHECK-SAME: %[[OUT:[a-z0-9]*]]: memref<1x2x2x8xi8>)
// CHECK: %[[IN:.*]] = memref.alloc() {{.*}}: memref<1x2x2x4xi8>
// CHECK: linalg.copy ins(%{{.*}} : memref<1x2x2x4xi8, strided<[32, 16, 8, 2]>>) outs(%[[IN]] :
// CHECK: %[[DENSE:.*]] = memref.alloc() {{.*}}: memref<1x2x2x4xi8>
// CHECK: spiq_cpu.conv_2d ins(%[[IN]], {{.*}} outs(%[[DENSE]] : memref<1x2x2x4xi8>)
// CHECK: linalg.copy ins(%[[DENSE]] : memref<1x2x2x4xi8>) outs(%{{.*}} : memref<1x2x2x4xi8, strided<[32, 16, 8, 2]>>)
func.func @every_other_channel(%x: tensor<1x2x2x8xi8>, %w: tensor<16xi8>, %p: tensor<8xi32>) -> tensor<1x2x2x8xi8> {
  %half = tensor.extract_slice %x[0, 0, 0, 0] [1, 2, 2, 4] [1, 1, 1, 2] : tensor<1x2x2x8xi8> to tensor<1x2x2x4xi8>
  %all = tensor.empty() : tensor<1x2x2x8xi8>
  %init = tensor.extract_slice %all[0, 0, 0, 0] [1, 2, 2, 4] [1, 1, 1, 2] : tensor<1x2x2x8xi8> to tensor<1x2x2x4xi8>
  %y = spiq_cpu.conv_2d ins(%half, %w, %p : tensor<1x2x2x4xi8>, tensor<16xi8>, tensor<8xi32>)
    outs(%init : tensor<1x2x2x4xi8>)
    {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 1 : i64, blocks = array<i64: 1>,
     parameters = #spiq_cpu.parameters<bias|multiplier>} -> tensor<1x2x2x4xi8>
  %r = tensor.insert_slice %y into %all[0, 0, 0, 0] [1, 2, 2, 4] [1, 1, 1, 2] : tensor<1x2x2x4xi8> into tensor<1x2x2x8xi8>
  return %r : tensor<1x2x2x8xi8>
}
