// RUN: spiq-opt --convert-spiq-to-linalg --split-input-file %s | FileCheck %s

// CHECK-LABEL: func.func @sigmoid(
// CHECK:           %[[N:.*]] = arith.negf
// CHECK:           %[[E:.*]] = math.exp %[[N]]
// CHECK:           %[[D:.*]] = arith.addf %[[E]]
// CHECK:           arith.divf %{{.*}}, %[[D]]
func.func @sigmoid(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = spiq.activation sigmoid %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func.func @prelu(
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>, %[[A:.*]]: tensor<3xf32>)
// CHECK:         linalg.generic
// CHECK-SAME:      ins(%[[X]], %[[A]] :
// CHECK:           %[[S:.*]] = arith.mulf
// CHECK:           %[[C:.*]] = arith.cmpf olt
// CHECK:           arith.select %[[C]], %[[S]]
func.func @prelu(%x: tensor<2x3xf32>, %a: tensor<3xf32>) -> tensor<2x3xf32> {
  %y = spiq.activation prelu %x slope %a : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

// log(1 + exp(x)) in a form that does not overflow.
// CHECK-LABEL: func.func @softplus(
// CHECK:           math.absf
// CHECK:           math.exp
// CHECK:           math.log1p
func.func @softplus(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = spiq.activation softplus %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func.func @others(
// CHECK:           math.tanh
// CHECK:           math.expm1
// CHECK:           math.erf
// CHECK:           math.tanh
func.func @others(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %a = spiq.activation tanh %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %b = spiq.activation elu %a {alpha = 1.0 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %c = spiq.activation gelu %b : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %d = spiq.activation hard_swish %c : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %e = spiq.activation mish %d : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %e : tensor<2x3xf32>
}

// -----

!type = !quant.uniform<i8:f32, 0.5>

// Equal channels share a table; byte 0 holds f(0), byte 127 f(63.5) = 127, and
// byte 128, the stored value -128, 0.25 * -64 / 0.5 = -32.
// CHECK-LABEL: func.func @shared_table(
// CHECK:         %[[TABLE:.*]] = arith.constant dense<"0x000102{{.*}}7D7E7FE0E0E0E1{{.*}}"> : tensor<256xi8>
// CHECK:         linalg.generic
// CHECK-NEXT:    ^bb0(%[[Q:.*]]: i8, %{{.*}}: i8):
// CHECK-NEXT:      %[[I:.*]] = arith.index_castui %[[Q]] : i8 to index
// CHECK-NEXT:      %[[Y:.*]] = tensor.extract %[[TABLE]][%[[I]]] : tensor<256xi8>
// CHECK-NEXT:      linalg.yield %[[Y]]
func.func @shared_table(%x: tensor<2x3x!type>) -> tensor<2x3x!type> {
  %y = spiq.activation leaky_relu %x {alpha = 0.25 : f32} : (tensor<2x3x!type>) -> tensor<2x3x!type>
  return %y : tensor<2x3x!type>
}

// -----

!type = !quant.uniform<u8:f32:1, {0.5, 0.25}>
!out = !quant.uniform<u8:f32, 0.00392156862>

// Channels with scales of their own have tables of their own.
// CHECK-LABEL: func.func @table_per_channel(
// CHECK:         %[[TABLE:.*]] = arith.constant dense<{{.*}}> : tensor<2x256xi8>
// CHECK:         linalg.generic
// CHECK:           %[[C:.*]] = linalg.index 1 : index
// CHECK:           %[[I:.*]] = arith.index_castui
// CHECK:           tensor.extract %[[TABLE]][%[[C]], %[[I]]] : tensor<2x256xi8>
func.func @table_per_channel(%x: tensor<3x2x!type>) -> tensor<3x2x!out> {
  %y = spiq.activation sigmoid %x : (tensor<3x2x!type>) -> tensor<3x2x!out>
  return %y : tensor<3x2x!out>
}
