// RUN: spiq-opt --convert-spiq-to-linalg --split-input-file %s | FileCheck %s

!in = !quant.uniform<i8:f32, 0.05:-3>
!w = !quant.uniform<i8<-127:127>:f32:0, {0.25, 0.5}>
!out = !quant.uniform<i8:f32:3, {0.5:1, 0.25:2}>

// Padding holds the zero point; M = t / s = [0.5, 2]; the clamp at 0 limits to
// the zero point: 0 relative to it; the upper bound 3 is q = z + [6, 12].
// CHECK-LABEL: func.func @conv_2d(
// CHECK-SAME:    %[[X:.*]]: tensor<1x5x5x3xi8>) -> tensor<1x5x5x2xi8>
// CHECK:         %[[BIAS:.*]] = arith.constant dense<[100, 200]> : tensor<2xi32>
// CHECK:         %[[ZP:.*]] = arith.constant -3 : i8
// CHECK:         %[[PADDED:.*]] = tensor.pad %[[X]]
// CHECK:           tensor.yield %[[ZP]] : i8
// CHECK:         %[[ACC:.*]] = linalg.conv_2d_nhwc_hwcf
// CHECK-SAME:      ins(%[[PADDED]], %{{.*}} : tensor<1x7x7x3xi8>, tensor<3x3x3x2xi8>)
// CHECK-SAME:      outs(%{{.*}} : tensor<1x5x5x2xi32>)
// CHECK-DAG:     %[[M:.*]] = arith.constant dense<[5.000000e-01, 2.000000e+00]> : tensor<2xf32>
// CHECK-DAG:     %[[HIGH:.*]] = arith.constant dense<[6.000000e+00, 1.200000e+01]> : tensor<2xf32>
// CHECK-DAG:     %[[Z:.*]] = arith.constant dense<[1, 2]> : tensor<2xi32>
// CHECK:         linalg.generic
// CHECK-SAME:      iterator_types = ["parallel", "parallel", "parallel", "parallel"]
// CHECK-SAME:      ins(%[[ACC]], %[[BIAS]], %[[M]], %[[HIGH]], %[[Z]] :
// CHECK-NEXT:    ^bb0(%[[A:.*]]: i32, %[[B:.*]]: i32, %[[MULT:.*]]: f32, %[[MAX:.*]]: f32, %[[ZERO:.*]]: i32, %{{.*}}: i8):
// CHECK-NEXT:      %[[SUM:.*]] = arith.addi %[[A]], %[[B]] : i32
// CHECK-NEXT:      %[[FLOAT:.*]] = arith.sitofp %[[SUM]] : i32 to f32
// CHECK-NEXT:      %[[SCALED:.*]] = arith.mulf %[[FLOAT]], %[[MULT]] : f32
// CHECK-NEXT:      %[[ROUNDED:.*]] = math.roundeven %[[SCALED]] : f32
// CHECK-NEXT:      %[[MIN:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT:      arith.cmpf ogt
// CHECK-NEXT:      arith.select
// CHECK-NEXT:      arith.cmpf olt, %{{.*}}, %[[MAX]]
// CHECK-NEXT:      arith.select
// CHECK-NEXT:      arith.fptosi %{{.*}} : f32 to i32
// CHECK-NEXT:      arith.addi %{{.*}}, %[[ZERO]] : i32
// CHECK-NEXT:      arith.trunci %{{.*}} : i32 to i8
func.func @conv_2d(%x: tensor<1x5x5x3x!in>) -> tensor<1x5x5x2x!out> {
  %c = arith.constant dense<7> : tensor<2x3x3x3xi8>
  %w = quant.scast %c : tensor<2x3x3x3xi8> to tensor<2x3x3x3x!w>
  %b = arith.constant dense<[100, 200]> : tensor<2xi32>
  %y = spiq.conv_2d %x, %w, %b {padding = array<i64: 1, 1, 1, 1>, clamp_min = 0.0 : f32, clamp_max = 3.0 : f32}
       : (tensor<1x5x5x3x!in>, tensor<2x3x3x3x!w>, tensor<2xi32>) -> tensor<1x5x5x2x!out>
  return %y : tensor<1x5x5x2x!out>
}

// -----

!in = !quant.uniform<u8:f32, 0.05:128>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
!out = !quant.uniform<u8:f32, 0.25:128>

// Unsigned times signed: no named operation extends its operands differently.
// A zero point of 128 is the byte -128. Parameters equal for all channels are
// scalars.
// CHECK-LABEL: func.func @unsigned_input(
// CHECK:         arith.constant -128 : i8
// CHECK:         tensor.pad
// CHECK:         linalg.generic
// CHECK-SAME:      "reduction", "reduction", "reduction"]
// CHECK-SAME:      ins(%{{.*}}, %{{.*}} : tensor<1x7x7x3xi8>, tensor<3x3x3x2xi8>)
// CHECK:           arith.extui %{{.*}} : i8 to i32
// CHECK:           arith.extsi %{{.*}} : i8 to i32
// CHECK:           arith.muli
// CHECK:           arith.addi
// CHECK:         linalg.generic
// CHECK-SAME:      ins(%{{.*}} : tensor<1x5x5x2xi32>)
// CHECK:           arith.constant 5 : i32
// CHECK:           arith.constant 2.000000e+00 : f32
// CHECK:           arith.mulf
// CHECK:           arith.constant -1.280000e+02 : f32
// CHECK:           arith.constant 1.270000e+02 : f32
// CHECK:           arith.constant 128 : i32
func.func @unsigned_input(%x: tensor<1x5x5x3x!in>) -> tensor<1x5x5x2x!out> {
  %c = arith.constant dense<7> : tensor<2x3x3x3xi8>
  %w = quant.scast %c : tensor<2x3x3x3xi8> to tensor<2x3x3x3x!w>
  %b = arith.constant dense<5> : tensor<2xi32>
  %y = spiq.conv_2d %x, %w, %b {padding = array<i64: 1, 1, 1, 1>}
       : (tensor<1x5x5x3x!in>, tensor<2x3x3x3x!w>, tensor<2xi32>) -> tensor<1x5x5x2x!out>
  return %y : tensor<1x5x5x2x!out>
}

// -----

!in = !quant.uniform<i8:f32:3, {0.05:1, 0.05:2}>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
!out = !quant.uniform<i8:f32, 0.25>
!r = !quant.uniform<i8:f32, 0.125:4>

// Zero points that differ between channels pad by insertion into a broadcast;
// the residual has a multiplier of its own: 0.125 / 0.25.
// CHECK-LABEL: func.func @residual(
// CHECK-SAME:    %[[X:.*]]: tensor<1x2x2x2xi8>, %[[R:.*]]: tensor<1x3x3x2xi8>)
// CHECK:         %[[ZPS:.*]] = arith.constant dense<[1, 2]> : tensor<2xi8>
// CHECK:         %[[AROUND:.*]] = linalg.broadcast ins(%[[ZPS]] : tensor<2xi8>) outs(%{{.*}} : tensor<1x4x4x2xi8>) dimensions = [0, 1, 2]
// CHECK:         tensor.insert_slice %[[X]] into %[[AROUND]][0, 1, 1, 0] [1, 2, 2, 2] [1, 1, 1, 1]
// CHECK:         linalg.generic
// CHECK:           %[[TERM:.*]] = arith.mulf
// CHECK:           arith.extsi
// CHECK:           arith.constant 4 : i32
// CHECK:           arith.subi
// CHECK:           arith.sitofp
// CHECK:           arith.constant 5.000000e-01 : f32
// CHECK:           %[[RESIDUAL:.*]] = arith.mulf
// CHECK:           arith.addf %[[TERM]], %[[RESIDUAL]] : f32
// CHECK:           math.roundeven
func.func @residual(%x: tensor<1x2x2x2x!in>, %r: tensor<1x3x3x2x!r>) -> tensor<1x3x3x2x!out> {
  %c = arith.constant dense<7> : tensor<2x2x2x2xi8>
  %w = quant.scast %c : tensor<2x2x2x2xi8> to tensor<2x2x2x2x!w>
  %b = arith.constant dense<5> : tensor<2xi32>
  %y = spiq.conv_2d %x, %w, %b residual %r {padding = array<i64: 1, 1, 1, 1>}
       : (tensor<1x2x2x2x!in>, tensor<2x2x2x2x!w>, tensor<2xi32>, tensor<1x3x3x2x!r>) -> tensor<1x3x3x2x!out>
  return %y : tensor<1x3x3x2x!out>
}

// -----

!in = !quant.uniform<i8:f32, 0.05>
!w = !quant.uniform<i8<-127:127>:f32:0, {0.25, 0.5}>

// An f32 result is the accumulator times the scale of the weights.
// CHECK-LABEL: func.func @dequantized(
// CHECK:         %[[ACC:.*]] = linalg.matmul ins(%{{.*}}, %{{.*}} : tensor<1x3xi8>, tensor<3x2xi8>) outs(%{{.*}} : tensor<1x2xi32>)
// CHECK:         %[[T:.*]] = arith.constant dense<[2.500000e-01, 5.000000e-01]> : tensor<2xf32>
// CHECK:         linalg.generic
// CHECK-SAME:      ins(%[[ACC]], %[[T]] :
// CHECK:           arith.sitofp
// CHECK-NEXT:      arith.mulf
// CHECK-NEXT:      linalg.yield %{{.*}} : f32
func.func @dequantized(%x: tensor<1x3x!in>) -> tensor<1x2xf32> {
  %c = arith.constant dense<7> : tensor<2x3xi8>
  %w = quant.scast %c : tensor<2x3xi8> to tensor<2x3x!w>
  %b = arith.constant dense<0> : tensor<2xi32>
  %y = spiq.fully_connected %x, %w, %b : (tensor<1x3x!in>, tensor<2x3x!w>, tensor<2xi32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----

!w = !quant.uniform<i8<-127:127>:f32:0, {0.25, 0.5}>

// The input is quantized at run time; the sums of the weights correct for its
// zero point, and an input of zeros takes a scale of one.
// CHECK-LABEL: func.func @dynamic(
// CHECK:         %[[RANGE:.*]]:2 = linalg.generic
// CHECK-SAME:      iterator_types = ["reduction", "reduction"]
// CHECK:           arith.minimumf
// CHECK:           arith.maximumf
// CHECK:         %[[LOW:.*]] = tensor.extract %[[RANGE]]#0[]
// CHECK:         %[[HIGH:.*]] = tensor.extract %[[RANGE]]#1[]
// CHECK:         %[[WIDTH:.*]] = arith.subf %[[HIGH]], %[[LOW]]
// CHECK:         %[[STEP:.*]] = arith.divf %[[WIDTH]], %{{.*}}
// CHECK:         %[[IS_ZERO:.*]] = arith.cmpf oeq, %[[STEP]]
// CHECK:         %[[S:.*]] = arith.select %[[IS_ZERO]], %{{.*}}, %[[STEP]]
// CHECK:         linalg.generic
// CHECK:           arith.divf %{{.*}}, %[[S]]
// CHECK:           arith.trunci %{{.*}} : i32 to i8
// CHECK:         linalg.generic
// CHECK:           arith.extui
// CHECK:           arith.extsi
// CHECK:         %[[SUMS:.*]] = arith.constant dense<[6, -15]> : tensor<2xi32>
// CHECK:         linalg.generic
// CHECK-SAME:      %[[SUMS]]
// CHECK:           arith.muli
// CHECK:           arith.subi
// CHECK:           arith.sitofp
// CHECK:           %[[MULTIPLIER:.*]] = arith.mulf %[[S]], %{{.*}} : f32
// CHECK:           arith.mulf %{{.*}}, %[[MULTIPLIER]]
// CHECK:           arith.addf
func.func @dynamic(%x: tensor<1x3xf32>, %b: tensor<2xf32>) -> tensor<1x2xf32> {
  %c = arith.constant dense<[[1, 2, 3], [-4, -5, -6]]> : tensor<2x3xi8>
  %w = quant.scast %c : tensor<2x3xi8> to tensor<2x3x!w>
  %y = spiq.fully_connected %x, %w, %b : (tensor<1x3xf32>, tensor<2x3x!w>, tensor<2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----

!in = !quant.uniform<i8:f32, 0.05>
!w = !quant.uniform<i8<-127:127>:f32, 0.1>
!out = !quant.uniform<i8:f32, 0.3>

// A multiplier is divided in double precision and rounded once: the quotient
// of the scales in f32 would be 0.333333302.
// CHECK-LABEL: func.func @multiplier(
// CHECK:           arith.constant 0.333333343 : f32
func.func @multiplier(%x: tensor<1x3x!in>) -> tensor<1x2x!out> {
  %c = arith.constant dense<7> : tensor<2x3xi8>
  %w = quant.scast %c : tensor<2x3xi8> to tensor<2x3x!w>
  %b = arith.constant dense<0> : tensor<2xi32>
  %y = spiq.fully_connected %x, %w, %b : (tensor<1x3x!in>, tensor<2x3x!w>, tensor<2xi32>) -> tensor<1x2x!out>
  return %y : tensor<1x2x!out>
}
