// RUN: spiq-opt %s --convert-spiq-to-cpu=isa=avx512-vnni --canonicalize | FileCheck %s
// RUN: spiq-opt %s --convert-spiq-to-cpu=isa=avx2 --canonicalize | FileCheck %s --check-prefix=AVX2

// The schedules of depthwise layers.

!x = !quant.uniform<u8:f32, 0.5:7>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// Two columns share an interleaved row; full vectors.

// CHECK-LABEL: func.func @full(
// CHECK: spiq_cpu.depthwise_conv_2d ins(%{{.*}} : tensor<1x30x30x128xi8>
// CHECK-SAME: blocks = array<i64: 16, 16>, columns = 2
// CHECK-SAME: pieces = array<i64: 1, 1>, rows = 2
// AVX2-LABEL: func.func @full(
// AVX2: blocks = array<i64: 8, 8, 8, 8>, columns = 2
// AVX2-SAME: rows = 1
func.func @full(%x: tensor<1x28x28x128x!x>) -> tensor<1x28x28x128x!x> {
  %bytes = arith.constant dense<5> : tensor<128x3x3x1xi8>
  %w = quant.scast %bytes : tensor<128x3x3x1xi8> to tensor<128x3x3x1x!w>
  %b = arith.constant dense<1> : tensor<128xi32>
  %y = spiq.conv_2d %x, %w, %b {groups = 128 : i64, padding = array<i64: 1, 1, 1, 1>} : (tensor<1x28x28x128x!x>, tensor<128x3x3x1x!w>, tensor<128xi32>) -> tensor<1x28x28x128x!x>
  return %y : tensor<1x28x28x128x!x>
}

// The channels behind the last full vector fill one with pieces of four groups
// of columns.

// CHECK-LABEL: func.func @tail(
// CHECK: blocks = array<i64: 16, 16, 16>
// CHECK-SAME: pieces = array<i64: 1, 1, 4>
func.func @tail(%x: tensor<1x56x56x144x!x>) -> tensor<1x56x56x144x!x> {
  %bytes = arith.constant dense<5> : tensor<144x3x3x1xi8>
  %w = quant.scast %bytes : tensor<144x3x3x1xi8> to tensor<144x3x3x1x!w>
  %b = arith.constant dense<1> : tensor<144xi32>
  %y = spiq.conv_2d %x, %w, %b {groups = 144 : i64, padding = array<i64: 1, 1, 1, 1>} : (tensor<1x56x56x144x!x>, tensor<144x3x3x1x!w>, tensor<144xi32>) -> tensor<1x56x56x144x!x>
  return %y : tensor<1x56x56x144x!x>
}

// CHECK-LABEL: func.func @narrow(
// CHECK: blocks = array<i64: 16>
// CHECK-SAME: pieces = array<i64: 2>
func.func @narrow(%x: tensor<1x56x56x32x!x>) -> tensor<1x28x28x32x!x> {
  %bytes = arith.constant dense<5> : tensor<32x3x3x1xi8>
  %w = quant.scast %bytes : tensor<32x3x3x1xi8> to tensor<32x3x3x1x!w>
  %b = arith.constant dense<1> : tensor<32xi32>
  %y = spiq.conv_2d %x, %w, %b {groups = 32 : i64, strides = array<i64: 2, 2>, padding = array<i64: 1, 0, 1, 0>} : (tensor<1x56x56x32x!x>, tensor<32x3x3x1x!w>, tensor<32xi32>) -> tensor<1x28x28x32x!x>
  return %y : tensor<1x28x28x32x!x>
}

// Fewer channels than the smallest piece: a convolution of all at once.

// CHECK-LABEL: func.func @few(
// CHECK: spiq_cpu.conv_2d
// CHECK-SAME: blocks = array<i64: 1>
// CHECK-SAME: kernel = array<i64: 3, 3>
func.func @few(%x: tensor<1x9x9x7x!x>) -> tensor<1x7x7x7x!x> {
  %bytes = arith.constant dense<5> : tensor<7x3x3x1xi8>
  %w = quant.scast %bytes : tensor<7x3x3x1xi8> to tensor<7x3x3x1x!w>
  %b = arith.constant dense<1> : tensor<7xi32>
  %y = spiq.conv_2d %x, %w, %b {groups = 7 : i64} : (tensor<1x9x9x7x!x>, tensor<7x3x3x1x!w>, tensor<7xi32>) -> tensor<1x7x7x7x!x>
  return %y : tensor<1x7x7x7x!x>
}
