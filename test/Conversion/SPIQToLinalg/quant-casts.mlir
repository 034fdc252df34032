// RUN: spiq-opt --convert-spiq-to-linalg --split-input-file %s | FileCheck %s

!per_tensor = !quant.uniform<u8:f32, 0.05:3>

// The function type holds stored values.
// CHECK-LABEL: func.func @quantize(
// CHECK-SAME:    %[[X:.*]]: tensor<2x4xf32>) -> tensor<2x4xi8>
// CHECK:       linalg.generic
// CHECK-SAME:    iterator_types = ["parallel", "parallel"]
// CHECK-SAME:    ins(%[[X]] : tensor<2x4xf32>)
// CHECK:         %[[S:.*]] = arith.constant 5.000000e-02 : f32
// CHECK:         %[[SCALED:.*]] = arith.divf %{{.*}}, %[[S]] : f32
// CHECK:         %[[ROUNDED:.*]] = math.roundeven %[[SCALED]] : f32
// CHECK:         %[[LOW:.*]] = arith.constant -3.000000e+00 : f32
// CHECK:         %[[ABOVE:.*]] = arith.cmpf ogt, %[[ROUNDED]], %[[LOW]] : f32
// CHECK:         arith.select %[[ABOVE]], %[[ROUNDED]], %[[LOW]] : f32
// CHECK:         arith.constant 2.520000e+02 : f32
// CHECK:         arith.cmpf olt
// CHECK:         %[[BELOW:.*]] = arith.select
// CHECK:         %[[INTEGER:.*]] = arith.fptosi %[[BELOW]] : f32 to i32
// CHECK:         %[[Z:.*]] = arith.constant 3 : i32
// CHECK:         %[[Q:.*]] = arith.addi %[[INTEGER]], %[[Z]] : i32
// CHECK:         arith.trunci %[[Q]] : i32 to i8
// CHECK-NOT:     !quant
func.func @quantize(%x: tensor<2x4xf32>) -> tensor<2x4x!per_tensor> {
  %q = quant.qcast %x : tensor<2x4xf32> to tensor<2x4x!per_tensor>
  return %q : tensor<2x4x!per_tensor>
}

// -----

!per_axis = !quant.uniform<i8:f32:0, {0.5:1, 0.25:-2}>

// Parameters follow the quantized axis, here the first.
// CHECK: #[[ID:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK: #[[AXIS:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func.func @dequantize_per_axis(
// CHECK-SAME:    tensor<2x4xi8>) -> tensor<2x4xf32>
// CHECK-DAG:   %[[Z:.*]] = arith.constant dense<[1, -2]> : tensor<2xi32>
// CHECK-DAG:   %[[S:.*]] = arith.constant dense<[5.000000e-01, 2.500000e-01]> : tensor<2xf32>
// CHECK:       linalg.generic {indexing_maps = [#[[ID]], #[[AXIS]], #[[AXIS]], #[[ID]]]
// CHECK-SAME:    ins(%{{.*}}, %[[Z]], %[[S]] :
// CHECK:         arith.extsi %{{.*}} : i8 to i32
// CHECK:         arith.subi
// CHECK:         arith.sitofp %{{.*}} : i32 to f32
// CHECK:         arith.mulf
func.func @dequantize_per_axis(%q: tensor<2x4x!per_axis>) -> tensor<2x4xf32> {
  %x = quant.dcast %q : tensor<2x4x!per_axis> to tensor<2x4xf32>
  return %x : tensor<2x4xf32>
}

// -----

!unsigned = !quant.uniform<u8:f32, 0.5>

// A zero point of zero costs nothing.
// CHECK-LABEL: func.func @dequantize_unsigned(
// CHECK:         arith.extui
// CHECK-NEXT:    arith.sitofp
// CHECK-NOT:     arith.subi
func.func @dequantize_unsigned(%q: tensor<4x!unsigned>) -> tensor<4xf32> {
  %x = quant.dcast %q : tensor<4x!unsigned> to tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

!type = !quant.uniform<i8:f32, 0.5>

// A pair of casts rounds: it is not folded.
// CHECK-LABEL: func.func @pair(
// CHECK:         math.roundeven
// CHECK:         arith.sitofp
func.func @pair(%x: tensor<4xf32>) -> tensor<4xf32> {
  %q = quant.qcast %x : tensor<4xf32> to tensor<4x!type>
  %y = quant.dcast %q : tensor<4x!type> to tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

!type = !quant.uniform<i8:f32, 0.5>

// Storage casts vanish, in calls too.
// CHECK-LABEL: func.func @reshape(
// CHECK-SAME:    %[[X:.*]]: tensor<2x4xi8>) -> tensor<8xi8>
// CHECK-NEXT:  %[[Y:.*]] = tensor.collapse_shape %[[X]]
// CHECK-NEXT:  return %[[Y]]
func.func @reshape(%x: tensor<2x4x!type>) -> tensor<8x!type> {
  %s = quant.scast %x : tensor<2x4x!type> to tensor<2x4xi8>
  %t = tensor.collapse_shape %s [[0, 1]] : tensor<2x4xi8> into tensor<8xi8>
  %y = quant.scast %t : tensor<8xi8> to tensor<8x!type>
  return %y : tensor<8x!type>
}

// CHECK-LABEL: func.func @caller(
// CHECK:         call @reshape(%{{.*}}) : (tensor<2x4xi8>) -> tensor<8xi8>
func.func @caller(%x: tensor<2x4x!type>) -> tensor<8x!type> {
  %y = func.call @reshape(%x) : (tensor<2x4x!type>) -> tensor<8x!type>
  return %y : tensor<8x!type>
}
