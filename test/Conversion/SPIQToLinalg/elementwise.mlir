// RUN: spiq-opt --convert-spiq-to-linalg --split-input-file %s | FileCheck %s

// A broadcast operand is read without the dimensions of size one.
// CHECK-DAG: #[[ID:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// CHECK-DAG: #[[GATE:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d3)>
// CHECK-LABEL: func.func @mul_float(
// CHECK-SAME:    %[[X:.*]]: tensor<1x4x5x3xf32>, %[[G:.*]]: tensor<1x1x1x3xf32>)
// CHECK:         %[[GATES:.*]] = tensor.collapse_shape %[[G]] {{.*}} : tensor<1x1x1x3xf32> into tensor<1x3xf32>
// CHECK:         linalg.generic {indexing_maps = [#[[ID]], #[[GATE]], #[[ID]]]
// CHECK-SAME:      ins(%[[X]], %[[GATES]] :
// CHECK:           %[[P:.*]] = arith.mulf
// CHECK:           arith.constant 6.000000e+00 : f32
// CHECK:           arith.cmpf olt
// CHECK:           arith.select
func.func @mul_float(%x: tensor<1x4x5x3xf32>, %g: tensor<1x1x1x3xf32>) -> tensor<1x4x5x3xf32> {
  %y = spiq.mul %x, %g {clamp_max = 6.0 : f32} : (tensor<1x4x5x3xf32>, tensor<1x1x1x3xf32>) -> tensor<1x4x5x3xf32>
  return %y : tensor<1x4x5x3xf32>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:1>
!b = !quant.uniform<u8:f32:1, {0.25:2, 1.0:3}>
!y = !quant.uniform<i8:f32, 0.125:-4>

// Each operand has its own multipliers: sl / sy = 4, sr / sy = [2, 8].
// CHECK-LABEL: func.func @add_integer(
// CHECK-DAG:     arith.constant dense<[2.000000e+00, 8.000000e+00]> : tensor<2xf32>
// CHECK-DAG:     arith.constant dense<[2, 3]> : tensor<2xi32>
// CHECK:         linalg.generic
// CHECK:           arith.extsi
// CHECK:           arith.constant 1 : i32
// CHECK:           arith.subi
// CHECK:           arith.sitofp
// CHECK:           arith.constant 4.000000e+00 : f32
// CHECK:           %[[L:.*]] = arith.mulf
// CHECK:           arith.extui
// CHECK:           %[[R:.*]] = arith.mulf
// CHECK:           %[[SUM:.*]] = arith.addf %[[L]], %[[R]] : f32
// CHECK:           math.roundeven %[[SUM]]
func.func @add_integer(%a: tensor<3x2x!a>, %b: tensor<3x2x!b>) -> tensor<3x2x!y> {
  %y = spiq.add %a, %b : (tensor<3x2x!a>, tensor<3x2x!b>) -> tensor<3x2x!y>
  return %y : tensor<3x2x!y>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:1>
!b = !quant.uniform<u8:f32, 0.25:2>
!y = !quant.uniform<i8:f32, 0.0625>

// Stored values are multiplied as integers: sl * sr / sy = 2.
// CHECK-LABEL: func.func @mul_integer(
// CHECK:           %[[L:.*]] = arith.subi
// CHECK:           %[[R:.*]] = arith.subi
// CHECK:           %[[P:.*]] = arith.muli %[[L]], %[[R]] : i32
// CHECK:           %[[F:.*]] = arith.sitofp %[[P]]
// CHECK:           %[[M:.*]] = arith.constant 2.000000e+00 : f32
// CHECK:           arith.mulf %[[F]], %[[M]]
func.func @mul_integer(%a: tensor<3x2x!a>, %b: tensor<3x2x!b>) -> tensor<3x2x!y> {
  %y = spiq.mul %a, %b : (tensor<3x2x!a>, tensor<3x2x!b>) -> tensor<3x2x!y>
  return %y : tensor<3x2x!y>
}

// -----

!type = !quant.uniform<i8:f32, 0.5:-10>

// ReLU between equal types is an integer clamp: 0 is stored as -10.
// CHECK-LABEL: func.func @clamp_same_type(
// CHECK:         linalg.generic
// CHECK-NEXT:    ^bb0(%[[Q:.*]]: i8, %{{.*}}: i8):
// CHECK-NEXT:      %[[LOW:.*]] = arith.constant -10 : i8
// CHECK-NEXT:      %[[HIGH:.*]] = arith.constant 127 : i8
// CHECK-NEXT:      %[[MAX:.*]] = arith.maxsi %[[Q]], %[[LOW]] : i8
// CHECK-NEXT:      %[[MIN:.*]] = arith.minsi %[[MAX]], %[[HIGH]] : i8
// CHECK-NEXT:      linalg.yield %[[MIN]]
func.func @clamp_same_type(%x: tensor<3x2x!type>) -> tensor<3x2x!type> {
  %y = spiq.clamp %x {clamp_min = 0.0 : f32} : (tensor<3x2x!type>) -> tensor<3x2x!type>
  return %y : tensor<3x2x!type>
}

// -----

!type = !quant.uniform<u8<0:15>:f32, 0.5:2>

// Unsigned storage with a restricted range.
// CHECK-LABEL: func.func @clamp_unsigned(
// CHECK:           arith.constant 2 : i8
// CHECK:           arith.constant 15 : i8
// CHECK:           arith.maxui
// CHECK:           arith.minui
func.func @clamp_unsigned(%x: tensor<3x2x!type>) -> tensor<3x2x!type> {
  %y = spiq.clamp %x {clamp_min = 0.0 : f32} : (tensor<3x2x!type>) -> tensor<3x2x!type>
  return %y : tensor<3x2x!type>
}

// -----

!a = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<u8:f32, 0.25:3>

// CHECK-LABEL: func.func @clamp_requantizes(
// CHECK:           arith.sitofp
// CHECK:           arith.constant 2.000000e+00 : f32
// CHECK:           arith.mulf
// CHECK:           math.roundeven
// CHECK:           arith.fptosi
func.func @clamp_requantizes(%x: tensor<3x2x!a>) -> tensor<3x2x!b> {
  %y = spiq.clamp %x : (tensor<3x2x!a>) -> tensor<3x2x!b>
  return %y : tensor<3x2x!b>
}

// -----

// CHECK-LABEL: func.func @clamp_float(
// CHECK:         linalg.generic
// CHECK-NOT:       arith.maximumf
// CHECK:           arith.cmpf ogt
// CHECK:           arith.select
// CHECK:           arith.cmpf olt
// CHECK:           arith.select
func.func @clamp_float(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %y = spiq.clamp %x {clamp_min = -1.0 : f32, clamp_max = 1.0 : f32} : (tensor<3x2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:1>
!b = !quant.uniform<i8:f32, 0.25>

// m * sx / sy = [3, -2], b / sy = [4, 8].
// CHECK-LABEL: func.func @rescale_integer(
// CHECK-DAG:     arith.constant dense<[3.000000e+00, -2.000000e+00]> : tensor<2xf32>
// CHECK-DAG:     arith.constant dense<[4.000000e+00, 8.000000e+00]> : tensor<2xf32>
// CHECK:           %[[P:.*]] = arith.mulf
// CHECK:           %[[S:.*]] = arith.addf %[[P]]
// CHECK:           math.roundeven %[[S]]
func.func @rescale_integer(%x: tensor<3x2x!a>) -> tensor<3x2x!b> {
  %m = arith.constant dense<[1.5, -1.0]> : tensor<2xf32>
  %b = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %y = spiq.rescale %x, %m, %b : (tensor<3x2x!a>, tensor<2xf32>, tensor<2xf32>) -> tensor<3x2x!b>
  return %y : tensor<3x2x!b>
}

// -----

// CHECK-LABEL: func.func @rescale_float(
// CHECK-SAME:    %[[X:.*]]: tensor<3x2xf32>, %[[M:.*]]: tensor<2xf32>, %[[B:.*]]: tensor<2xf32>)
// CHECK:         linalg.generic
// CHECK-SAME:      ins(%[[X]], %[[M]], %[[B]] :
// CHECK:           %[[P:.*]] = arith.mulf
// CHECK-NOT:       fastmath
// CHECK:           arith.addf %[[P]]
func.func @rescale_float(%x: tensor<3x2xf32>, %m: tensor<2xf32>, %b: tensor<2xf32>) -> tensor<3x2xf32> {
  %y = spiq.rescale %x, %m, %b : (tensor<3x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}
