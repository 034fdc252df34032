// RUN: spiq-opt %s --spiq-split-rows="band-bytes=200 max-overlap=0.25" --canonicalize | FileCheck %s
// RUN: spiq-opt %s --spiq-split-rows=band-bytes=200 --canonicalize | FileCheck %s --check-prefix=OVERLAP
// RUN: spiq-opt %s --spiq-split-rows | FileCheck %s --check-prefix=LARGE
// RUN: not spiq-opt %s --spiq-split-rows=band-bytes=0 2>&1 | FileCheck %s --check-prefix=INVALID

// INVALID: error: expects 'band-bytes' of at least 1 and 'max-overlap' of at least 0, got 0 and 1.250000e-01

!x = !quant.uniform<u8:f32, 0.5>
!m = !quant.uniform<u8:f32:3, {0.5:1, 0.5:2, 0.5:3, 0.5:4}>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// Sixteen rows of eight pixels of four channels: 512 bytes, three bands of six,
// six and four of the output's rows. Each reads a row beyond those of its own,
// but the first and the last one of the image read padding instead.

// CHECK-LABEL: func.func @stride_one(
// CHECK-SAME: %[[X:.*]]: tensor<1x16x8x2x
// CHECK: %[[ALL:.*]] = quant.scast %[[X]]
// CHECK: %[[X0:.*]] = tensor.extract_slice %[[ALL]][0, 0, 0, 0] [1, 7, 8, 2] [1, 1, 1, 1]
// CHECK: %[[Q0:.*]] = quant.scast %[[X0]]
// CHECK: %[[M0:.*]] = spiq.conv_2d %[[Q0]], {{.*}} -> tensor<1x7x8x4x
// CHECK: %[[Y0:.*]] = spiq.conv_2d %[[M0]], {{.*}} padding = array<i64: 1, 0, 1, 1>{{.*}} -> tensor<1x6x8x4x
// CHECK: %[[S0:.*]] = quant.scast %[[Y0]]
// CHECK: tensor.insert_slice %[[S0]] into %{{.*}}[0, 0, 0, 0] [1, 6, 8, 4]
// CHECK: tensor.extract_slice %{{.*}}[0, 5, 0, 0] [1, 8, 8, 2]
// CHECK: padding = array<i64: 0, 0, 1, 1>
// CHECK: tensor.insert_slice %{{.*}} into %{{.*}}[0, 6, 0, 0] [1, 6, 8, 4]
// CHECK: tensor.extract_slice %{{.*}}[0, 11, 0, 0] [1, 5, 8, 2]
// CHECK: padding = array<i64: 0, 1, 1, 1>
// CHECK: tensor.insert_slice %{{.*}} into %{{.*}}[0, 12, 0, 0] [1, 4, 8, 4]
// CHECK: return

// With three bands, four of sixteen rows are computed twice: too many for the
// default. With two bands it is two rows, an eighth.

// OVERLAP-LABEL: func.func @stride_one(
// OVERLAP-COUNT-2: tensor.insert_slice
// OVERLAP-NOT: tensor.insert_slice
// OVERLAP: return

// LARGE-LABEL: func.func @stride_one(
// LARGE-NOT: tensor.extract_slice
func.func @stride_one(%x: tensor<1x16x8x2x!x>) -> tensor<1x16x8x4x!m> {
  %bytes = arith.constant dense<50> : tensor<4x1x1x2xi8>
  %taps = arith.constant dense<20> : tensor<4x3x3x1xi8>
  %w = quant.scast %bytes : tensor<4x1x1x2xi8> to tensor<4x1x1x2x!w>
  %v = quant.scast %taps : tensor<4x3x3x1xi8> to tensor<4x3x3x1x!w>
  %b = arith.constant dense<1> : tensor<4xi32>
  %m = spiq.conv_2d %x, %w, %b : (tensor<1x16x8x2x!x>, tensor<4x1x1x2x!w>, tensor<4xi32>) -> tensor<1x16x8x4x!m>
  %y = spiq.conv_2d %m, %v, %b {groups = 4 : i64, padding = array<i64: 1, 1, 1, 1>} : (tensor<1x16x8x4x!m>, tensor<4x3x3x1x!w>, tensor<4xi32>) -> tensor<1x16x8x4x!m>
  return %y : tensor<1x16x8x4x!m>
}
