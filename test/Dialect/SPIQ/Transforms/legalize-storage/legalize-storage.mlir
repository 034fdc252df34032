// RUN: spiq-opt %s --spiq-legalize-storage --canonicalize | FileCheck %s
// RUN: spiq-opt %s --spiq-legalize-storage=storage=signed --canonicalize \
// RUN:   | FileCheck %s --check-prefix=SIGNED
// RUN: not spiq-opt %s --spiq-legalize-storage=storage=both 2>&1 \
// RUN:   | FileCheck %s --check-prefix=ERROR

// ERROR: error: unknown storage 'both'; expected unsigned or signed

!in = !quant.uniform<i8:f32:3, {0.5:-128,0.25:3}>
!out = !quant.uniform<i8:f32, 0.5:-1>
!w = !quant.uniform<i8<-127:127>:f32:0, {0.1,0.2}>

// Biases absorb 128 times the sum of their weights (3 and 1); weights stay
// signed. The function's argument and result keep their storage.

// CHECK-DAG: ![[$W:.*]] = !quant.uniform<i8<-127:127>:f32:0
// CHECK-DAG: ![[$IN:.*]] = !quant.uniform<u8:f32:3, {5.000000e-01,2.500000e-01:131}>
// CHECK-LABEL: func.func @layers(
// CHECK-SAME: %[[X:.*]]: tensor<1x2x2x2xf32>, %[[R:.*]]: tensor<1x2x2x2x!quant.uniform<i8:f32, 5.000000e-01:-1>>)
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[-374, -108]> : tensor<2xi32>
// CHECK-DAG: %[[FLIP:.*]] = arith.constant dense<-128> : tensor<1x2x2x2xi8>
// CHECK: %[[Q:.*]] = quant.qcast %[[X]] : {{.*}} to tensor<1x2x2x2x![[$IN]]>
// CHECK: %[[Y:.*]] = spiq.conv_2d %[[Q]], %{{.*}}, %[[B]]
// CHECK-SAME: tensor<2x1x1x2x![[$W]]>
// CHECK-SAME: -> tensor<1x2x2x2x!quant.uniform<u8:f32, 5.000000e-01:127>>
// CHECK: %[[RBYTES:.*]] = quant.scast %[[R]]
// CHECK: %[[RFLIPPED:.*]] = arith.xori %[[RBYTES]], %[[FLIP]]
// CHECK: %[[RU:.*]] = quant.scast %[[RFLIPPED]]
// CHECK: %[[Z:.*]] = spiq.add %[[Y]], %[[RU]]
// CHECK: %[[ZBYTES:.*]] = quant.scast %[[Z]]
// CHECK: %[[ZFLIPPED:.*]] = arith.xori %[[ZBYTES]], %[[FLIP]]
// CHECK: %[[ZS:.*]] = quant.scast %[[ZFLIPPED]]
// CHECK: return %[[ZS]]

// SIGNED-LABEL: func.func @layers(
// SIGNED-NOT: arith.xori
// SIGNED: arith.constant dense<[10, 20]> : tensor<2xi32>
// SIGNED-NOT: arith.xori
func.func @layers(%x: tensor<1x2x2x2xf32>, %r: tensor<1x2x2x2x!out>) -> tensor<1x2x2x2x!out> {
  %bytes = arith.constant dense<[[[[1, 2]]], [[[-3, 4]]]]> : tensor<2x1x1x2xi8>
  %w = quant.scast %bytes : tensor<2x1x1x2xi8> to tensor<2x1x1x2x!w>
  %b = arith.constant dense<[10, 20]> : tensor<2xi32>
  %q = quant.qcast %x : tensor<1x2x2x2xf32> to tensor<1x2x2x2x!in>
  %y = spiq.conv_2d %q, %w, %b : (tensor<1x2x2x2x!in>, tensor<2x1x1x2x!w>, tensor<2xi32>) -> tensor<1x2x2x2x!out>
  %z = spiq.add %y, %r : (tensor<1x2x2x2x!out>, tensor<1x2x2x2x!out>) -> tensor<1x2x2x2x!out>
  return %z : tensor<1x2x2x2x!out>
}

// A layer whose bias is not known keeps its storage.

// CHECK-LABEL: func.func @unknown_bias(
// CHECK-NOT: arith.xori
// CHECK: spiq.conv_2d %{{.*}} : (tensor<1x2x2x2x!i8x2_
func.func @unknown_bias(%x: tensor<1x2x2x2x!in>, %b: tensor<2xi32>) -> tensor<1x2x2x2xf32> {
  %bytes = arith.constant dense<1> : tensor<2x1x1x2xi8>
  %w = quant.scast %bytes : tensor<2x1x1x2xi8> to tensor<2x1x1x2x!w>
  %y = spiq.conv_2d %x, %w, %b : (tensor<1x2x2x2x!in>, tensor<2x1x1x2x!w>, tensor<2xi32>) -> tensor<1x2x2x2xf32>
  return %y : tensor<1x2x2x2xf32>
}
