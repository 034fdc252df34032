// RUN: spiq-opt %s --convert-spiq-to-cpu=isa=avx2 -split-input-file -verify-diagnostics | FileCheck %s

// An attached schedule takes the place of the cost model's.

!x = !quant.uniform<u8:f32, 0.5:7>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// CHECK-LABEL: func.func @conv(
// CHECK: spiq_cpu.conv_2d
// CHECK-SAME: blocks = array<i64: 2, 1>
// CHECK-SAME: pixels = 3
// CHECK-SAME: pixels_outermost
func.func @conv(%x: tensor<1x5x5x4x!x>) -> tensor<1x5x5x24x!x> {
  %bytes = arith.constant dense<5> : tensor<24x1x1x4xi8>
  %w = quant.scast %bytes : tensor<24x1x1x4xi8> to tensor<24x1x1x4x!w>
  %b = arith.constant dense<1> : tensor<24xi32>
  %y = spiq.conv_2d %x, %w, %b {spiq_cpu.schedule = #spiq_cpu.conv_schedule<pixels = 3, blocks = [2, 1], outermost = pixels>}
    : (tensor<1x5x5x4x!x>, tensor<24x1x1x4x!w>, tensor<24xi32>) -> tensor<1x5x5x24x!x>
  return %y : tensor<1x5x5x24x!x>
}

// Two groups of the layer in each of the two groups of the kernel.

// CHECK-LABEL: func.func @merged(
// CHECK: spiq_cpu.conv_2d
// CHECK-SAME: blocks = array<i64: 1>
// CHECK-SAME: groups = 2
// CHECK-SAME: pixels = 1
// CHECK-NOT: pixels_outermost
func.func @merged(%x: tensor<1x5x5x16x!x>) -> tensor<1x5x5x16x!x> {
  %bytes = arith.constant dense<5> : tensor<16x1x1x4xi8>
  %w = quant.scast %bytes : tensor<16x1x1x4xi8> to tensor<16x1x1x4x!w>
  %b = arith.constant dense<1> : tensor<16xi32>
  %y = spiq.conv_2d %x, %w, %b {groups = 4 : i64, spiq_cpu.schedule = #spiq_cpu.conv_schedule<pixels = 1, blocks = [1], outermost = channels, merged_groups = 2>}
    : (tensor<1x5x5x16x!x>, tensor<16x1x1x4x!w>, tensor<16xi32>) -> tensor<1x5x5x16x!x>
  return %y : tensor<1x5x5x16x!x>
}

// CHECK-LABEL: func.func @fully_connected(
// CHECK: spiq_cpu.conv_2d
// CHECK-SAME: blocks = array<i64: 3>
func.func @fully_connected(%x: tensor<1x4x!x>) -> tensor<1x24x!x> {
  %bytes = arith.constant dense<5> : tensor<24x4xi8>
  %w = quant.scast %bytes : tensor<24x4xi8> to tensor<24x4x!w>
  %b = arith.constant dense<1> : tensor<24xi32>
  %y = spiq.fully_connected %x, %w, %b {spiq_cpu.schedule = #spiq_cpu.conv_schedule<pixels = 1, blocks = [3], outermost = pixels>}
    : (tensor<1x4x!x>, tensor<24x4x!w>, tensor<24xi32>) -> tensor<1x24x!x>
  return %y : tensor<1x24x!x>
}

// CHECK-LABEL: func.func @depthwise(
// CHECK: spiq_cpu.depthwise_conv_2d
// CHECK-SAME: blocks = array<i64: 8, 4>
// CHECK-SAME: columns = 1
// CHECK-SAME: pieces = array<i64: 2, 1>
// CHECK-SAME: rows = 2
func.func @depthwise(%x: tensor<1x7x7x32x!x>) -> tensor<1x5x5x32x!x> {
  %bytes = arith.constant dense<5> : tensor<32x3x3x1xi8>
  %w = quant.scast %bytes : tensor<32x3x3x1xi8> to tensor<32x3x3x1x!w>
  %b = arith.constant dense<1> : tensor<32xi32>
  %y = spiq.conv_2d %x, %w, %b {groups = 32 : i64, spiq_cpu.schedule = #spiq_cpu.depthwise_schedule<rows = 2, columns = 1, lanes = [8, 4], pieces = [2, 1]>}
    : (tensor<1x7x7x32x!x>, tensor<32x3x3x1x!w>, tensor<32xi32>) -> tensor<1x5x5x32x!x>
  return %y : tensor<1x5x5x32x!x>
}

// -----

// Schedules that a layer cannot have name what it expects.

!x = !quant.uniform<u8:f32, 0.5:7>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

func.func @pixels(%x: tensor<1x2x2x4x!x>, %w: tensor<24x1x1x4x!w>, %b: tensor<24xi32>) -> tensor<1x2x2x24x!x> {
  // expected-error@+1 {{'spiq.conv_2d' op has a 'spiq_cpu.schedule' that does not fit: expects a tile of at most 4 pixels, got 5}}
  %y = spiq.conv_2d %x, %w, %b {spiq_cpu.schedule = #spiq_cpu.conv_schedule<pixels = 5, blocks = [3], outermost = pixels>}
    : (tensor<1x2x2x4x!x>, tensor<24x1x1x4x!w>, tensor<24xi32>) -> tensor<1x2x2x24x!x>
  return %y : tensor<1x2x2x24x!x>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:7>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

func.func @blocks(%x: tensor<1x2x2x4x!x>, %w: tensor<24x1x1x4x!w>, %b: tensor<24xi32>) -> tensor<1x2x2x24x!x> {
  // expected-error@+1 {{expects blocks of 3 vectors together, got 4}}
  %y = spiq.conv_2d %x, %w, %b {spiq_cpu.schedule = #spiq_cpu.conv_schedule<pixels = 1, blocks = [2, 2], outermost = pixels>}
    : (tensor<1x2x2x4x!x>, tensor<24x1x1x4x!w>, tensor<24xi32>) -> tensor<1x2x2x24x!x>
  return %y : tensor<1x2x2x24x!x>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:7>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

func.func @registers(%x: tensor<1x9x9x4x!x>, %w: tensor<24x1x1x4x!w>, %b: tensor<24xi32>) -> tensor<1x9x9x24x!x> {
  // expected-error@+1 {{expects at most 16 accumulators, got 17}}
  %y = spiq.conv_2d %x, %w, %b {spiq_cpu.schedule = #spiq_cpu.conv_schedule<pixels = 17, blocks = [3], outermost = pixels>}
    : (tensor<1x9x9x4x!x>, tensor<24x1x1x4x!w>, tensor<24xi32>) -> tensor<1x9x9x24x!x>
  return %y : tensor<1x9x9x24x!x>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:7>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

func.func @groups(%x: tensor<1x2x2x4x!x>, %w: tensor<24x1x1x4x!w>, %b: tensor<24xi32>) -> tensor<1x2x2x24x!x> {
  // expected-error@+1 {{expects merged groups that divide 1, got 2}}
  %y = spiq.conv_2d %x, %w, %b {spiq_cpu.schedule = #spiq_cpu.conv_schedule<pixels = 1, blocks = [3], outermost = pixels, merged_groups = 2>}
    : (tensor<1x2x2x4x!x>, tensor<24x1x1x4x!w>, tensor<24xi32>) -> tensor<1x2x2x24x!x>
  return %y : tensor<1x2x2x24x!x>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:7>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

func.func @float_output(%x: tensor<1x4x!x>, %w: tensor<32x4x!w>, %b: tensor<32xi32>) -> tensor<1x32xf32> {
  // expected-error@+1 {{expects no block of 4 vectors, which is in packed order, for an f32 output}}
  %y = spiq.fully_connected %x, %w, %b {spiq_cpu.schedule = #spiq_cpu.conv_schedule<pixels = 1, blocks = [4], outermost = pixels>}
    : (tensor<1x4x!x>, tensor<32x4x!w>, tensor<32xi32>) -> tensor<1x32xf32>
  return %y : tensor<1x32xf32>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:7>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

func.func @depthwise_kind(%x: tensor<1x7x7x32x!x>, %w: tensor<32x3x3x1x!w>, %b: tensor<32xi32>) -> tensor<1x5x5x32x!x> {
  // expected-error@+1 {{expects a #spiq_cpu.depthwise_schedule, got #spiq_cpu.conv_schedule}}
  %y = spiq.conv_2d %x, %w, %b {groups = 32 : i64, spiq_cpu.schedule = #spiq_cpu.conv_schedule<pixels = 1, blocks = [4], outermost = pixels>}
    : (tensor<1x7x7x32x!x>, tensor<32x3x3x1x!w>, tensor<32xi32>) -> tensor<1x5x5x32x!x>
  return %y : tensor<1x5x5x32x!x>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:7>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

func.func @depthwise_tile(%x: tensor<1x7x7x32x!x>, %w: tensor<32x3x3x1x!w>, %b: tensor<32xi32>) -> tensor<1x5x5x32x!x> {
  // expected-error@+1 {{expects a tile within 5 x 5 output pixels, got 1 x 8}}
  %y = spiq.conv_2d %x, %w, %b {groups = 32 : i64, spiq_cpu.schedule = #spiq_cpu.depthwise_schedule<rows = 1, columns = 4, lanes = [8], pieces = [2]>}
    : (tensor<1x7x7x32x!x>, tensor<32x3x3x1x!w>, tensor<32xi32>) -> tensor<1x5x5x32x!x>
  return %y : tensor<1x5x5x32x!x>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:7>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

func.func @depthwise_lanes(%x: tensor<1x7x7x64x!x>, %w: tensor<64x3x3x1x!w>, %b: tensor<64xi32>) -> tensor<1x5x5x64x!x> {
  // expected-error@+1 {{expects blocks of up to 8 lanes with 16 to 64 channels, got 16 lanes with 64 channels}}
  %y = spiq.conv_2d %x, %w, %b {groups = 64 : i64, spiq_cpu.schedule = #spiq_cpu.depthwise_schedule<rows = 1, columns = 1, lanes = [16], pieces = [1]>}
    : (tensor<1x7x7x64x!x>, tensor<64x3x3x1x!w>, tensor<64xi32>) -> tensor<1x5x5x64x!x>
  return %y : tensor<1x5x5x64x!x>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:7>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

func.func @depthwise_cover(%x: tensor<1x7x7x64x!x>, %w: tensor<64x3x3x1x!w>, %b: tensor<64xi32>) -> tensor<1x5x5x64x!x> {
  // expected-error@+1 {{expects blocks for 64 channels, got 32}}
  %y = spiq.conv_2d %x, %w, %b {groups = 64 : i64, spiq_cpu.schedule = #spiq_cpu.depthwise_schedule<rows = 1, columns = 1, lanes = [8], pieces = [1]>}
    : (tensor<1x7x7x64x!x>, tensor<64x3x3x1x!w>, tensor<64xi32>) -> tensor<1x5x5x64x!x>
  return %y : tensor<1x5x5x64x!x>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:7>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

func.func @depthwise_excess(%x: tensor<1x7x7x32x!x>, %w: tensor<32x3x3x1x!w>, %b: tensor<32xi32>) -> tensor<1x5x5x32x!x> {
  // expected-error@+1 {{expects no block behind the last of 32 channels}}
  %y = spiq.conv_2d %x, %w, %b {groups = 32 : i64, spiq_cpu.schedule = #spiq_cpu.depthwise_schedule<rows = 1, columns = 1, lanes = [8, 8], pieces = [1, 1]>}
    : (tensor<1x7x7x32x!x>, tensor<32x3x3x1x!w>, tensor<32xi32>) -> tensor<1x5x5x32x!x>
  return %y : tensor<1x5x5x32x!x>
}
