// RUN: spiq-opt %s --spiq-cpu-outline-kernels --canonicalize -split-input-file -verify-diagnostics | FileCheck %s

// Two kernels that differ in their buffers share one function.

// CHECK-LABEL: func.func @pointwise(
// CHECK: call @[[KERNEL:spiq_conv_2d_0]](
// CHECK: call @[[KERNEL]](
// CHECK-NOT: call
// CHECK: return

// Eight steps of four bytes, each one broadcast and one dot product for each of
// the two pixels; the last tile overlaps its predecessor.

// CHECK: func.func private @[[KERNEL]](%[[X:.*]]: !llvm.ptr, %[[W:.*]]: !llvm.ptr, %[[P:.*]]: !llvm.ptr, %[[Y:.*]]: !llvm.ptr, %[[BEGIN:.*]]: index, %[[END:.*]]: index)
// CHECK-SAME: llvm.linkage = #llvm.linkage<internal>
// CHECK-SAME: passthrough = ["noinline"]
// CHECK-DAG: %[[STEPS:.*]] = arith.constant 8 : index
// CHECK: scf.for %{{.*}} = %[[BEGIN]] to %[[END]]
// CHECK: arith.minsi
// CHECK: scf.for %{{.*}} = %{{.*}} to %[[STEPS]] step %{{.*}} iter_args(%{{.*}}, %{{.*}}) -> (vector<4xi32>, vector<4xi32>)
// CHECK-COUNT-2: spiq_cpu.dot %{{.*}} : vector<16xi8> into vector<4xi32>
// CHECK-NOT: spiq_cpu.dot
// CHECK: scf.yield
// CHECK: llvm.intr.lrint
// CHECK: llvm.store
func.func @pointwise(%x: memref<1x1x5x32xi8>, %w: memref<128xi8>, %v: memref<128xi8>, %p: memref<8xi32>,
                     %y: memref<1x1x5x4xi8>, %z: memref<1x1x5x4xi8>) {
  spiq_cpu.conv_2d ins(%x, %w, %p : memref<1x1x5x32xi8>, memref<128xi8>, memref<8xi32>)
    outs(%y : memref<1x1x5x4xi8>)
    {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 2 : i64, blocks = array<i64: 1>,
     parameters = #spiq_cpu.parameters<bias|multiplier>}
  spiq_cpu.conv_2d ins(%x, %v, %p : memref<1x1x5x32xi8>, memref<128xi8>, memref<8xi32>)
    outs(%z : memref<1x1x5x4xi8>)
    {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 2 : i64, blocks = array<i64: 1>,
     parameters = #spiq_cpu.parameters<bias|multiplier>}
  return
}

// -----

// Steps in pairs: a loop over the pairs that the table states for each of the
// two vectors. Kernels that differ in the numbers of their pairs share one
// function.

// CHECK-LABEL: func.func @pairs(
// CHECK: call @[[KERNEL:spiq_conv_2d_0]](
// CHECK: call @[[KERNEL]](
// CHECK: func.func private @[[KERNEL]](
// CHECK: scf.for
// CHECK-COUNT-3: llvm.load %{{.*}} : !llvm.ptr -> vector<1xi32>
// CHECK: %[[COUNT:.*]] = arith.index_cast %{{.*}} : i32 to index
// CHECK-NEXT: scf.for %{{.*}} = %{{.*}} to %[[COUNT]] step %{{.*}} iter_args(%{{.*}}, %{{.*}}) -> (vector<4xi32>, vector<4xi32>)
// CHECK-COUNT-2: spiq_cpu.dot_pair %{{.*}} : vector<16xi8> into vector<4xi32>
// CHECK-NOT: spiq_cpu.dot
// CHECK: scf.yield
// CHECK: scf.for
// CHECK-COUNT-2: spiq_cpu.dot_pair
// CHECK: scf.yield
func.func @pairs(%x: memref<1x1x5x32xi8>, %w: memref<256xi8>, %v: memref<320xi8>, %p: memref<16xi32>,
                 %t: memref<22xi32>, %u: memref<26xi32>, %y: memref<1x1x5x8xi8>) {
  spiq_cpu.conv_2d ins(%x, %w, %p : memref<1x1x5x32xi8>, memref<256xi8>, memref<16xi32>)
    pairs(%t : memref<22xi32>)
    outs(%y : memref<1x1x5x8xi8>)
    {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 2 : i64, blocks = array<i64: 2>,
     parameters = #spiq_cpu.parameters<bias|multiplier>}
  spiq_cpu.conv_2d ins(%x, %v, %p : memref<1x1x5x32xi8>, memref<320xi8>, memref<16xi32>)
    pairs(%u : memref<26xi32>)
    outs(%y : memref<1x1x5x8xi8>)
    {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 2 : i64, blocks = array<i64: 2>,
     parameters = #spiq_cpu.parameters<bias|multiplier>}
  return
}

// -----

// Three vectors of nibbles: two share 16 bytes, the halves of the third share 8.

// CHECK-LABEL: func.func @nibbles(
// CHECK: func.func private
// CHECK: %[[BYTES:.*]] = llvm.load %{{.*}} : !llvm.ptr -> vector<16xi8>
// CHECK: %[[A:.*]], %[[B:.*]] = spiq_cpu.unpack %[[BYTES]] : vector<16xi8>
// CHECK: %[[HALF:.*]] = llvm.load %{{.*}} : !llvm.ptr -> vector<8xi8>
// CHECK: %[[LOW:.*]], %[[HIGH:.*]] = spiq_cpu.unpack %[[HALF]] : vector<8xi8>
// CHECK: %[[C:.*]] = vector.shuffle %[[LOW]], %[[HIGH]] [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
// CHECK: spiq_cpu.dot %{{.*}}, %{{.*}}, %[[A]]
// CHECK: spiq_cpu.dot %{{.*}}, %{{.*}}, %[[B]]
// CHECK: spiq_cpu.dot %{{.*}}, %{{.*}}, %[[C]]
func.func @nibbles(%x: memref<1x1x1x4xi8>, %w: memref<24xi8>, %p: memref<24xi32>, %y: memref<1x1x1x12xi8>) {
  spiq_cpu.conv_2d ins(%x, %w, %p : memref<1x1x1x4xi8>, memref<24xi8>, memref<24xi32>)
    outs(%y : memref<1x1x1x12xi8>)
    {kernel = array<i64: 1, 1>, weight_bits = 4 : i64, lanes = 4 : i64, pixels = 1 : i64,
     blocks = array<i64: 3>, parameters = #spiq_cpu.parameters<bias|multiplier>}
  return
}

// -----

func.func @tensors(%x: tensor<1x1x1x4xi8>, %w: tensor<16xi8>, %p: tensor<8xi32>, %y: tensor<1x1x1x4xi8>) -> tensor<1x1x1x4xi8> {
  // expected-error @below {{expects buffers; run bufferization first}}
  %r = spiq_cpu.conv_2d ins(%x, %w, %p : tensor<1x1x1x4xi8>, tensor<16xi8>, tensor<8xi32>)
    outs(%y : tensor<1x1x1x4xi8>)
    {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 1 : i64, blocks = array<i64: 1>,
     parameters = #spiq_cpu.parameters<bias|multiplier>} -> tensor<1x1x1x4xi8>
  return %r : tensor<1x1x1x4xi8>
}

// -----

func.func @gaps(%x: memref<1x1x2x4xi8, strided<[32, 32, 16, 1]>>, %w: memref<32xi8>, %p: memref<8xi32>, %y: memref<1x1x1x4xi8>) {
  // expected-error @below {{expects contiguous rows of input pixels, got pixels of 4 bytes at a distance of 16}}
  spiq_cpu.conv_2d ins(%x, %w, %p : memref<1x1x2x4xi8, strided<[32, 32, 16, 1]>>, memref<32xi8>, memref<8xi32>)
    outs(%y : memref<1x1x1x4xi8>)
    {kernel = array<i64: 1, 2>, lanes = 4 : i64, pixels = 1 : i64, blocks = array<i64: 1>,
     parameters = #spiq_cpu.parameters<bias|multiplier>}
  return
}

// -----

func.func @spread(%x: memref<1x2x3x4xf32>, %y: memref<1x3x4x2xi8, strided<[48, 16, 4, 2]>>) {
  // expected-error @below {{'spiq_cpu.quantize' op expects contiguous channels of the output, got a distance of 2}}
  spiq_cpu.quantize ins(%x : memref<1x2x3x4xf32>) outs(%y : memref<1x3x4x2xi8, strided<[48, 16, 4, 2]>>)
    {lanes = 4 : i64, scales = array<f32: 0.5, 0.25>, zero_points = array<i32: 128, 0>,
     min = array<i32: 0, 0>, max = array<i32: 255, 15>}
  return
}

// -----

func.func @distant_channels(%x: memref<1x1x1x4xi8, strided<[8, 8, 8, 2]>>, %w: memref<16xi8>, %p: memref<8xi32>, %y: memref<1x1x1x4xi8>) {
  // expected-error @below {{expects images whose channels are neighbours, got channels at a distance of 2}}
  spiq_cpu.conv_2d ins(%x, %w, %p : memref<1x1x1x4xi8, strided<[8, 8, 8, 2]>>, memref<16xi8>, memref<8xi32>)
    outs(%y : memref<1x1x1x4xi8>)
    {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 1 : i64, blocks = array<i64: 1>,
     parameters = #spiq_cpu.parameters<bias|multiplier>}
  return
}
