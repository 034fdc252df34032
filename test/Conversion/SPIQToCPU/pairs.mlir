// RUN: spiq-opt %s --convert-spiq-to-cpu=isa=avx2 --canonicalize -split-input-file | FileCheck %s
// RUN: spiq-opt %s --convert-spiq-to-cpu=isa=avx-vnni -split-input-file | FileCheck %s --check-prefix=VNNI

// Two steps of four input bytes are one pair. The table begins with the offset
// of the weights, the index of the first pair and the number of pairs.

!x = !quant.uniform<u8:f32, 0.5:7>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// CHECK-LABEL: func.func @pair(
// CHECK-DAG: %[[TABLE:.*]] = arith.constant dense<[0, 3, 1, 0, 4]> : tensor<5xi32>
// CHECK-DAG: %[[W:.*]] = arith.constant dense<9> : tensor<64xi8>
// CHECK: spiq_cpu.conv_2d ins(%{{.*}}, %[[W]], %{{.*}} : tensor<1x4x4x8xi8>, tensor<64xi8>, tensor<24xi32>)
// CHECK-SAME: pairs(%[[TABLE]] : tensor<5xi32>)
// VNNI-LABEL: func.func @pair(
// VNNI-NOT: pairs
// VNNI: return
func.func @pair(%x: tensor<1x4x4x8x!x>) -> tensor<1x4x4x8x!x> {
  %bytes = arith.constant dense<9> : tensor<8x1x1x8xi8>
  %w = quant.scast %bytes : tensor<8x1x1x8xi8> to tensor<8x1x1x8x!w>
  %b = arith.constant dense<1> : tensor<8xi32>
  %y = spiq.conv_2d %x, %w, %b : (tensor<1x4x4x8x!x>, tensor<8x1x1x8x!w>, tensor<8xi32>) -> tensor<1x4x4x8x!x>
  return %y : tensor<1x4x4x8x!x>
}

// -----

// The neighbours 100 and 100 exceed 128, with 3 of their partner by 75, which
// become a step of their own.

!x = !quant.uniform<u8:f32, 0.5:7>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// CHECK-LABEL: func.func @split(
// CHECK-DAG: arith.constant dense<[0, 3, 3, 0, 8, 4, 12, 0, 0]> : tensor<9xi32>
// CHECK-DAG: arith.constant dense<"0x196401FF00{{0*}}0300{{0*}}0202FE0200{{0*}}0100{{0*}}4B00{{0*}}"> : tensor<192xi8>
func.func @split(%x: tensor<1x4x4x16x!x>) -> tensor<1x4x4x1x!x> {
  %bytes = arith.constant dense<[[[[100, 100, 1, -1, 2, 2, -2, 2, 3, 0, 0, 0, 1, 0, 0, 0]]]]> : tensor<1x1x1x16xi8>
  %w = quant.scast %bytes : tensor<1x1x1x16xi8> to tensor<1x1x1x16x!w>
  %b = arith.constant dense<1> : tensor<1xi32>
  %y = spiq.conv_2d %x, %w, %b : (tensor<1x4x4x16x!x>, tensor<1x1x1x16x!w>, tensor<1xi32>) -> tensor<1x4x4x1x!x>
  return %y : tensor<1x4x4x1x!x>
}

// -----

// Weights that would take too many steps, and layers of few pixels, stay as they
// are.

!x = !quant.uniform<u8:f32, 0.5:7>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// CHECK-LABEL: func.func @large(
// CHECK: spiq_cpu.conv_2d
// CHECK-NOT: pairs
// CHECK: return
func.func @large(%x: tensor<1x4x4x8x!x>) -> tensor<1x4x4x8x!x> {
  %bytes = arith.constant dense<127> : tensor<8x1x1x8xi8>
  %w = quant.scast %bytes : tensor<8x1x1x8xi8> to tensor<8x1x1x8x!w>
  %b = arith.constant dense<1> : tensor<8xi32>
  %y = spiq.conv_2d %x, %w, %b : (tensor<1x4x4x8x!x>, tensor<8x1x1x8x!w>, tensor<8xi32>) -> tensor<1x4x4x8x!x>
  return %y : tensor<1x4x4x8x!x>
}

// CHECK-LABEL: func.func @fully_connected(
// CHECK: spiq_cpu.conv_2d
// CHECK-NOT: pairs
// CHECK: return
func.func @fully_connected(%x: tensor<1x8x!x>) -> tensor<1x8x!x> {
  %bytes = arith.constant dense<9> : tensor<8x8xi8>
  %w = quant.scast %bytes : tensor<8x8xi8> to tensor<8x8x!w>
  %b = arith.constant dense<1> : tensor<8xi32>
  %y = spiq.fully_connected %x, %w, %b : (tensor<1x8x!x>, tensor<8x8x!w>, tensor<8xi32>) -> tensor<1x8x!x>
  return %y : tensor<1x8x!x>
}
