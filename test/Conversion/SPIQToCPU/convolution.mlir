// RUN: spiq-opt %s --convert-spiq-to-cpu=isa=sse4.1 --canonicalize | FileCheck %s
// RUN: spiq-opt %s --convert-spiq-to-cpu=isa=dotprod | FileCheck %s --check-prefix=SIGNED
// RUN: spiq-opt %s --convert-spiq-to-cpu=isa=neon --canonicalize | FileCheck %s --check-prefix=NEON
// RUN: spiq-opt %s --convert-spiq-to-cpu=isa=avx512-vnni | FileCheck %s --check-prefix=VNNI
// RUN: not spiq-opt %s --convert-spiq-to-cpu=isa=mmx 2>&1 | FileCheck %s --check-prefix=ISA
// RUN: not spiq-opt %s --convert-spiq-to-cpu=l1-bytes=10 2>&1 | FileCheck %s --check-prefix=L1

// ISA: error: unknown instruction set 'mmx'; expected generic, sse4.1,
// L1: error: expects 'l1-bytes' of at least 1024, got 10

!x = !quant.uniform<u8:f32, 0.5:7>
!s = !quant.uniform<i8:f32, 0.5:7>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// Three output channels in one vector of four lanes: each lane holds the four
// input bytes of its channel, the last lane and the missing bytes are zero. The
// parameters are bias, multiplier (0.25 / 0.5 = 0x3f000000) and zero point. One
// more row than the image has keeps reads of four bytes inside of the buffer,
// since kernel rows have three.

// CHECK-LABEL: func.func @packing(
// CHECK-DAG: arith.constant dense<[1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 0, 0, 0, 0]> : tensor<16xi8>
// CHECK-DAG: arith.constant dense<[10, 20, 30, 0, 1056964608, 1056964608, 1056964608, 0, 7, 7, 7, 0]> : tensor<12xi32>
// CHECK: tensor.insert_slice %{{.*}} into %{{.*}}[0, 0, 0, 0] [1, 2, 2, 3] [1, 1, 1, 1] : tensor<1x2x2x3xi8> into tensor<1x3x2x3xi8>
// CHECK: spiq_cpu.conv_2d ins(%{{.*}} : tensor<1x3x2x3xi8>, tensor<16xi8>, tensor<12xi32>)
// CHECK-SAME: outs(%{{.*}} : tensor<1x2x2x3xi8>)
// CHECK-SAME: blocks = array<i64: 1>
// CHECK-SAME: kernel = array<i64: 1, 1>
// CHECK-SAME: lanes = 4
// CHECK-SAME: parameters = #spiq_cpu.parameters<bias|multiplier|zero_point>
// CHECK-NOT: spiq.conv_2d
// CHECK: return

// The instruction set multiplies signed bytes, so unsigned ones are left alone.

// SIGNED-LABEL: func.func @packing(
// SIGNED: spiq.conv_2d
// SIGNED: return
func.func @packing(%x: tensor<1x2x2x3x!x>) -> tensor<1x2x2x3x!x> {
  %bytes = arith.constant dense<[[[[1, 2, 3]]], [[[4, 5, 6]]], [[[7, 8, 9]]]]> : tensor<3x1x1x3xi8>
  %w = quant.scast %bytes : tensor<3x1x1x3xi8> to tensor<3x1x1x3x!w>
  %b = arith.constant dense<[10, 20, 30]> : tensor<3xi32>
  %y = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x3x!x>, tensor<3x1x1x3x!w>, tensor<3xi32>) -> tensor<1x2x2x3x!x>
  return %y : tensor<1x2x2x3x!x>
}

// A row of one byte is shorter than a group of four: three spare rows.

// CHECK-LABEL: func.func @spare_rows(
// CHECK: spiq_cpu.conv_2d ins(%{{.*}} : tensor<1x4x1x1xi8>
func.func @spare_rows(%x: tensor<1x1x1x1x!x>) -> tensor<1x1x1x1x!x> {
  %bytes = arith.constant dense<3> : tensor<1x1x1x1xi8>
  %w = quant.scast %bytes : tensor<1x1x1x1xi8> to tensor<1x1x1x1x!w>
  %b = arith.constant dense<1> : tensor<1xi32>
  %y = spiq.conv_2d %x, %w, %b : (tensor<1x1x1x1x!x>, tensor<1x1x1x1x!w>, tensor<1xi32>) -> tensor<1x1x1x1x!x>
  return %y : tensor<1x1x1x1x!x>
}

// SIGNED-LABEL: func.func @signed(
// SIGNED: spiq_cpu.conv_2d
// SIGNED-SAME: signed_storage
// CHECK-LABEL: func.func @signed(
// CHECK-NOT: spiq_cpu
// CHECK: spiq.conv_2d
func.func @signed(%x: tensor<1x2x2x4x!s>) -> tensor<1x2x2x3x!s> {
  %bytes = arith.constant dense<5> : tensor<3x1x1x4xi8>
  %w = quant.scast %bytes : tensor<3x1x1x4xi8> to tensor<3x1x1x4x!w>
  %b = arith.constant dense<1> : tensor<3xi32>
  %y = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x4x!s>, tensor<3x1x1x4x!w>, tensor<3xi32>) -> tensor<1x2x2x3x!s>
  return %y : tensor<1x2x2x3x!s>
}

// Padding holds the zero point.

// CHECK-LABEL: func.func @padding(
// CHECK-DAG: %[[ZP:.*]] = arith.constant 7 : i8
// CHECK: linalg.fill ins(%[[ZP]] : i8)
// CHECK: spiq_cpu.conv_2d ins(%{{.*}} : tensor<1x4x4x4xi8>
func.func @padding(%x: tensor<1x2x2x4x!x>) -> tensor<1x2x2x4x!x> {
  %bytes = arith.constant dense<5> : tensor<4x3x3x4xi8>
  %w = quant.scast %bytes : tensor<4x3x3x4xi8> to tensor<4x3x3x4x!w>
  %b = arith.constant dense<1> : tensor<4xi32>
  %y = spiq.conv_2d %x, %w, %b {padding = array<i64: 1, 1, 1, 1>} : (tensor<1x2x2x4x!x>, tensor<4x3x3x4x!w>, tensor<4xi32>) -> tensor<1x2x2x4x!x>
  return %y : tensor<1x2x2x4x!x>
}

// CHECK-LABEL: func.func @fully_connected(
// CHECK: spiq_cpu.conv_2d ins(%{{.*}} : tensor<2x1x1x8xi8>
// CHECK-SAME: outs(%{{.*}} : tensor<2x1x1x5xf32>)
// CHECK-SAME: clamp_min = 0.000000e+00 : f32
func.func @fully_connected(%x: tensor<2x8x!x>) -> tensor<2x5xf32> {
  %bytes = arith.constant dense<5> : tensor<5x8xi8>
  %w = quant.scast %bytes : tensor<5x8xi8> to tensor<5x8x!w>
  %b = arith.constant dense<1> : tensor<5xi32>
  %y = spiq.fully_connected %x, %w, %b {clamp_min = 0.0 : f32} : (tensor<2x8x!x>, tensor<5x8x!w>, tensor<5xi32>) -> tensor<2x5xf32>
  return %y : tensor<2x5xf32>
}

// Groups of two inputs are computed together where their zeros cost less than
// empty lanes: here, both at once.

// CHECK-LABEL: func.func @groups(
// CHECK: arith.constant dense<[9, 9, 0, 0, 9, 9, 0, 0, 0, 0, 9, 9, 0, 0, 9, 9]> : tensor<16xi8>
// CHECK: spiq_cpu.conv_2d
// CHECK-NOT: groups
// CHECK: return
func.func @groups(%x: tensor<1x2x2x4x!x>) -> tensor<1x2x2x4x!x> {
  %bytes = arith.constant dense<9> : tensor<4x1x1x2xi8>
  %w = quant.scast %bytes : tensor<4x1x1x2xi8> to tensor<4x1x1x2x!w>
  %b = arith.constant dense<1> : tensor<4xi32>
  %y = spiq.conv_2d %x, %w, %b {groups = 2 : i64} : (tensor<1x2x2x4x!x>, tensor<4x1x1x2x!w>, tensor<4xi32>) -> tensor<1x2x2x4x!x>
  return %y : tensor<1x2x2x4x!x>
}

// Groups that fill vectors stay apart.

// CHECK-LABEL: func.func @wide_groups(
// CHECK: spiq_cpu.conv_2d
// CHECK-SAME: groups = 2
func.func @wide_groups(%x: tensor<1x8x8x32x!x>) -> tensor<1x8x8x32x!x> {
  %bytes = arith.constant dense<5> : tensor<32x3x3x16xi8>
  %w = quant.scast %bytes : tensor<32x3x3x16xi8> to tensor<32x3x3x16x!w>
  %b = arith.constant dense<1> : tensor<32xi32>
  %y = spiq.conv_2d %x, %w, %b {groups = 2 : i64, padding = array<i64: 1, 1, 1, 1>} : (tensor<1x8x8x32x!x>, tensor<32x3x3x16x!w>, tensor<32xi32>) -> tensor<1x8x8x32x!x>
  return %y : tensor<1x8x8x32x!x>
}

// The last group of four bytes of a row of six ends with the row: no spare row.

// CHECK-LABEL: func.func @row_tail(
// CHECK-DAG: arith.constant dense<[1, 2, 3, 4, {{.*}}, 0, 0, 5, 60, {{.*}}]> : tensor<32xi8>
// CHECK: spiq_cpu.conv_2d ins(%{{.*}} : tensor<1x2x2x6xi8>
func.func @row_tail(%x: tensor<1x2x2x6x!x>) -> tensor<1x2x2x1x!x> {
  %bytes = arith.constant dense<[[[[1, 2, 3, 4, 5, 60]]]]> : tensor<1x1x1x6xi8>
  %w = quant.scast %bytes : tensor<1x1x1x6xi8> to tensor<1x1x1x6x!w>
  %b = arith.constant dense<1> : tensor<1xi32>
  %y = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x6x!x>, tensor<1x1x1x6x!w>, tensor<1xi32>) -> tensor<1x2x2x1x!x>
  return %y : tensor<1x2x2x1x!x>
}

// Left alone: a bias that is not known.

// CHECK-LABEL: func.func @left_alone(
// CHECK-NOT: spiq_cpu
// CHECK: spiq.conv_2d
func.func @left_alone(%x: tensor<1x2x2x4x!x>, %b: tensor<4xi32>) -> tensor<1x2x2x4x!x> {
  %bytes4 = arith.constant dense<5> : tensor<4x1x1x4xi8>
  %w4 = quant.scast %bytes4 : tensor<4x1x1x4xi8> to tensor<4x1x1x4x!w>
  %z = spiq.conv_2d %x, %w4, %b : (tensor<1x2x2x4x!x>, tensor<4x1x1x4x!w>, tensor<4xi32>) -> tensor<1x2x2x4x!x>
  return %z : tensor<1x2x2x4x!x>
}

// With an activation the multiplier is the weights' scale, 0.25; behind it comes
// one divided by the scale of the result, 2.0, and the slope, 0.5.

// CHECK-LABEL: func.func @activation(
// CHECK-DAG: arith.constant dense<[1, 1, 1, 1, 1048576000, 1048576000, 1048576000, 1048576000, 7, 7, 7, 7, 1073741824, 1073741824, 1073741824, 1073741824, 1056964608, 1056964608, 1056964608, 1056964608]> : tensor<20xi32>
// CHECK: spiq_cpu.conv_2d
// CHECK-SAME: activation = #spiq.activation<prelu>
// CHECK-SAME: parameters = #spiq_cpu.parameters<bias|multiplier|zero_point|output_multiplier|slope>
func.func @activation(%x: tensor<1x4x!x>) -> tensor<1x4x!x> {
  %bytes = arith.constant dense<9> : tensor<4x4xi8>
  %w = quant.scast %bytes : tensor<4x4xi8> to tensor<4x4x!w>
  %b = arith.constant dense<1> : tensor<4xi32>
  %y = spiq.fully_connected %x, %w, %b {activation = #spiq.activation<leaky_relu, [0.5]>} : (tensor<1x4x!x>, tensor<4x4x!w>, tensor<4xi32>) -> tensor<1x4x!x>
  return %y : tensor<1x4x!x>
}


!l = !quant.uniform<i8<-127:127>:f32, 1.0e20>

// The product of accumulator and multiplier may not be rounded by one
// instruction. The layer is left alone, and so is the rest: nothing is padded.

// CHECK-LABEL: func.func @large(
// CHECK-NOT: tensor.insert_slice
// CHECK: spiq.conv_2d %arg0
// CHECK: spiq.fully_connected %arg1
func.func @large(%x: tensor<1x2x2x1x!x>, %v: tensor<1x1x!x>) -> (tensor<1x2x2x1x!x>, tensor<1x1x!x>) {
  %bytes = arith.constant dense<1> : tensor<1x3x3x1xi8>
  %byte = arith.constant dense<1> : tensor<1x1xi8>
  %w = quant.scast %bytes : tensor<1x3x3x1xi8> to tensor<1x3x3x1x!l>
  %f = quant.scast %byte : tensor<1x1xi8> to tensor<1x1x!l>
  %b = arith.constant dense<0> : tensor<1xi32>
  %y = spiq.conv_2d %x, %w, %b {padding = array<i64: 1, 1, 1, 1>} : (tensor<1x2x2x1x!x>, tensor<1x3x3x1x!l>, tensor<1xi32>) -> tensor<1x2x2x1x!x>
  %z = spiq.fully_connected %v, %f, %b : (tensor<1x1x!x>, tensor<1x1x!l>, tensor<1xi32>) -> tensor<1x1x!x>
  return %y, %z : tensor<1x2x2x1x!x>, tensor<1x1x!x>
}

// Weights of four bits are stored as nibbles: the first eight of the 16 bytes of
// the vector in the lower halves, the others in the upper ones. Biases are
// multiplied by 16, multipliers divided: 0.25 / 0.5 / 16 = 0x3d000000.

// CHECK-LABEL: func.func @nibbles(
// CHECK-DAG: arith.constant dense<[113, -110, -77, 4, 5, 6, 7, 8]> : tensor<8xi8>
// CHECK-DAG: arith.constant dense<[160, 320, 480, 0, 1023410176, 1023410176, 1023410176, 0, 7, 7, 7, 0]> : tensor<12xi32>
// CHECK: spiq_cpu.conv_2d
// CHECK-SAME: weight_bits = 4
func.func @nibbles(%x: tensor<1x2x2x4x!x>) -> tensor<1x2x2x3x!x> {
  %bytes = arith.constant dense<[[[[1, 2, 3, 4]]], [[[5, 6, 7, -8]]], [[[7, -7, -5, 0]]]]> : tensor<3x1x1x4xi8>
  %w = quant.scast %bytes : tensor<3x1x1x4xi8> to tensor<3x1x1x4x!w>
  %b = arith.constant dense<[10, 20, 30]> : tensor<3xi32>
  %y = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x4x!x>, tensor<3x1x1x4x!w>, tensor<3xi32>) -> tensor<1x2x2x3x!x>
  return %y : tensor<1x2x2x3x!x>
}

// A weight of eight bits, and a bias whose 16-fold is no 32-bit number.

// CHECK-LABEL: func.func @no_nibbles(
// CHECK-COUNT-2: tensor<16xi8>, tensor<12xi32>
func.func @no_nibbles(%x: tensor<1x1x1x4x!x>) -> tensor<1x1x1x3x!x> {
  %b = arith.constant dense<1> : tensor<3xi32>
  %large = arith.constant dense<[0, 0, 134217728]> : tensor<3xi32>
  %bytes8 = arith.constant dense<8> : tensor<4x1x1x4xi8>
  %bytes7 = arith.constant dense<7> : tensor<3x1x1x4xi8>
  %w8 = quant.scast %bytes8 : tensor<4x1x1x4xi8> to tensor<4x1x1x4x!w>
  %w7 = quant.scast %bytes7 : tensor<3x1x1x4xi8> to tensor<3x1x1x4x!w>
  %b4 = arith.constant dense<1> : tensor<4xi32>
  %y = spiq.conv_2d %x, %w8, %b4 : (tensor<1x1x1x4x!x>, tensor<4x1x1x4x!w>, tensor<4xi32>) -> tensor<1x1x1x4x!x>
  %z = spiq.conv_2d %y, %w7, %large : (tensor<1x1x1x4x!x>, tensor<3x1x1x4x!w>, tensor<3xi32>) -> tensor<1x1x1x3x!x>
  return %z : tensor<1x1x1x3x!x>
}

// Sixteen times -8 is below the least weight that neon multiplies exactly.

// NEON-LABEL: func.func @least_weight(
// NEON: spiq_cpu.conv_2d
// NEON-SAME: tensor<16xi8>, tensor<12xi32>
// NEON: spiq_cpu.conv_2d
// NEON-SAME: tensor<8xi8>, tensor<12xi32>
func.func @least_weight(%x: tensor<1x1x1x4x!s>) -> tensor<1x1x1x4x!s> {
  %b = arith.constant dense<1> : tensor<4xi32>
  %bytes8 = arith.constant dense<-8> : tensor<4x1x1x4xi8>
  %bytes7 = arith.constant dense<-7> : tensor<4x1x1x4xi8>
  %w8 = quant.scast %bytes8 : tensor<4x1x1x4xi8> to tensor<4x1x1x4x!w>
  %w7 = quant.scast %bytes7 : tensor<4x1x1x4xi8> to tensor<4x1x1x4x!w>
  %y = spiq.conv_2d %x, %w8, %b : (tensor<1x1x1x4x!s>, tensor<4x1x1x4x!w>, tensor<4xi32>) -> tensor<1x1x1x4x!s>
  %z = spiq.conv_2d %y, %w7, %b : (tensor<1x1x1x4x!s>, tensor<4x1x1x4x!w>, tensor<4xi32>) -> tensor<1x1x1x4x!s>
  return %z : tensor<1x1x1x4x!s>
}

// A tile of 20 pixels never leaves its row of 80; larger ones would need an
// address for each pixel.

// CHECK-LABEL: func.func @rows(
// CHECK: spiq_cpu.conv_2d
// VNNI-LABEL: func.func @rows(
// VNNI: spiq_cpu.conv_2d
// VNNI-SAME: pixels = 20
func.func @rows(%x: tensor<1x161x161x3x!x>) -> tensor<1x80x80x16x!x> {
  %bytes = arith.constant dense<50> : tensor<16x3x3x3xi8>
  %w = quant.scast %bytes : tensor<16x3x3x3xi8> to tensor<16x3x3x3x!w>
  %b = arith.constant dense<1> : tensor<16xi32>
  %y = spiq.conv_2d %x, %w, %b {strides = array<i64: 2, 2>} : (tensor<1x161x161x3x!x>, tensor<16x3x3x3x!w>, tensor<16xi32>) -> tensor<1x80x80x16x!x>
  return %y : tensor<1x80x80x16x!x>
}
