// REQUIRES: x86-64
// RUN: rm -rf %t && mkdir %t
// RUN: %python -c "import numpy as np; np.save(r'%t/x.npy', np.random.default_rng(0).uniform(0, 255, (1, 6, 7, 24)).astype(np.float32))"
// RUN: spiq-interpret %s --function=block --input=%t/x.npy --output=%t/block.npy --output=%t/last.npy
// RUN: spiq-opt %s --spiq-to-llvm="target=x86-64-v4 name=block" --mlir-print-ir-after=spiq-share-concatenations -o %t/llvm.mlir 2>&1 | FileCheck %s
// RUN: spiq-compile %s -o %t/native.so
// RUN: spiq-compile %s --target=x86-64-v2 -o %t/v2.so
// RUN: spiq-compile %s --native=false -o %t/portable.so
// RUN: spiq-run %t/native.so %t/x.npy -o %t/native/
// RUN: spiq-run %t/native.so %t/x.npy --threads=2 -o %t/threads/
// RUN: spiq-run %t/v2.so %t/x.npy -o %t/v2/
// RUN: spiq-run %t/portable.so %t/x.npy -o %t/portable/
// RUN: cmp %t/block.npy %t/native/output0.npy && cmp %t/last.npy %t/native/output1.npy
// RUN: cmp %t/block.npy %t/threads/output0.npy && cmp %t/last.npy %t/threads/output1.npy
// RUN: cmp %t/block.npy %t/v2/output0.npy && cmp %t/last.npy %t/v2/output1.npy
// RUN: cmp %t/block.npy %t/portable/output0.npy && cmp %t/last.npy %t/portable/output1.npy

// A block of layers, each of which reads the results of all in front of it: 24
// channels, then 16, 8 and 40 more. The concatenations lie in one another, and
// layers write behind what they read.

// CHECK: tensor.extract_slice %{{.*}}[0, 0, 0, 0] [1, 6, 7, 40] [1, 1, 1, 1]
// CHECK: tensor.extract_slice %{{.*}}[0, 0, 0, 0] [1, 6, 7, 48] [1, 1, 1, 1]

!q = !quant.uniform<u8:f32, 1.0>
!w = !quant.uniform<i8<-127:127>:f32, 0.01>
func.func @block(%image: tensor<1x6x7x24xf32>) -> (tensor<1x6x7x88xf32>, tensor<1x4x5x5xf32>) {
  %x = quant.qcast %image : tensor<1x6x7x24xf32> to tensor<1x6x7x24x!q>
  %ca = arith.constant dense<2> : tensor<16x1x1x24xi8>
  %cb = arith.constant dense<3> : tensor<8x3x3x40xi8>
  %cc = arith.constant dense<5> : tensor<40x1x1x48xi8>
  %cd = arith.constant dense<1> : tensor<5x3x3x88xi8>
  %wa = quant.scast %ca : tensor<16x1x1x24xi8> to tensor<16x1x1x24x!w>
  %wb = quant.scast %cb : tensor<8x3x3x40xi8> to tensor<8x3x3x40x!w>
  %wc = quant.scast %cc : tensor<40x1x1x48xi8> to tensor<40x1x1x48x!w>
  %wd = quant.scast %cd : tensor<5x3x3x88xi8> to tensor<5x3x3x88x!w>
  %ba = arith.constant dense<[0, 400, 800, 1200, 1600, 2000, 2400, 2800, 3200, 3600, 4000, 4400, 4800, 5200, 5600, 6000]> : tensor<16xi32>
  %bb = arith.constant dense<[-90000, -60000, -30000, -20000, -120000, -110000, -100000, -80000]> : tensor<8xi32>
  %bc = arith.constant dense<-22000> : tensor<40xi32>
  %bd = arith.constant dense<[-80000, -75000, -70000, -65000, -60000]> : tensor<5xi32>
  %a = spiq.conv_2d %x, %wa, %ba : (tensor<1x6x7x24x!q>, tensor<16x1x1x24x!w>, tensor<16xi32>) -> tensor<1x6x7x16x!q>
  %xa = spiq.concat %x, %a {axis = 3 : i64} : (tensor<1x6x7x24x!q>, tensor<1x6x7x16x!q>) -> tensor<1x6x7x40x!q>
  %b = spiq.conv_2d %xa, %wb, %bb {padding = array<i64: 1, 1, 1, 1>} : (tensor<1x6x7x40x!q>, tensor<8x3x3x40x!w>, tensor<8xi32>) -> tensor<1x6x7x8x!q>
  %xab = spiq.concat %x, %a, %b {axis = 3 : i64} : (tensor<1x6x7x24x!q>, tensor<1x6x7x16x!q>, tensor<1x6x7x8x!q>) -> tensor<1x6x7x48x!q>
  %c = spiq.conv_2d %xab, %wc, %bc : (tensor<1x6x7x48x!q>, tensor<40x1x1x48x!w>, tensor<40xi32>) -> tensor<1x6x7x40x!q>
  %xabc = spiq.concat %x, %a, %b, %c {axis = 3 : i64} : (tensor<1x6x7x24x!q>, tensor<1x6x7x16x!q>, tensor<1x6x7x8x!q>, tensor<1x6x7x40x!q>) -> tensor<1x6x7x88x!q>
  %d = spiq.conv_2d %xabc, %wd, %bd : (tensor<1x6x7x88x!q>, tensor<5x3x3x88x!w>, tensor<5xi32>) -> tensor<1x4x5x5x!q>
  %block = quant.dcast %xabc : tensor<1x6x7x88x!q> to tensor<1x6x7x88xf32>
  %last = quant.dcast %d : tensor<1x4x5x5x!q> to tensor<1x4x5x5xf32>
  return %block, %last : tensor<1x6x7x88xf32>, tensor<1x4x5x5xf32>
}
