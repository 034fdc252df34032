// RUN: spiq-opt %s --spiq-quantized-io --verify-diagnostics | FileCheck %s

!q = !quant.uniform<u8:f32, 0.5:3>
!r = !quant.uniform<u8:f32, 0.25>

// CHECK-LABEL: func.func @border(
// CHECK-SAME: %[[X:.*]]: tensor<1x4x!quant.uniform<u8:f32, 5.000000e-01:3>>) -> tensor<1x4x!quant.uniform<u8:f32, 2.500000e-01>>
// CHECK-NOT: quant.qcast
// CHECK: %[[Y:.*]] = spiq.clamp %[[X]]
// CHECK-NOT: quant.dcast
// CHECK: return %[[Y]]
func.func @border(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %q = quant.qcast %x : tensor<1x4xf32> to tensor<1x4x!q>
  %y = spiq.clamp %q {clamp_min = 0.0 : f32} : (tensor<1x4x!q>) -> tensor<1x4x!r>
  %d = quant.dcast %y : tensor<1x4x!r> to tensor<1x4xf32>
  return %d : tensor<1x4xf32>
}

// Another use reads the f32 values: the argument stays.

// CHECK-LABEL: func.func @float_use(
// CHECK-SAME: %[[X:.*]]: tensor<1x4xf32> {spiq.name = "image"}) -> (tensor<1x4x!quant.uniform<u8:f32, 5.000000e-01:3>>, tensor<1x4xf32>)
// CHECK: quant.qcast %[[X]]
// expected-remark @+2 {{input "image" stays f32: an operation reads its f32 values}}
// expected-remark @+1 {{output 1 stays f32: the network computes it in f32}}
func.func @float_use(%x: tensor<1x4xf32> {spiq.name = "image"}) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  %q = quant.qcast %x : tensor<1x4xf32> to tensor<1x4x!q>
  %d = quant.dcast %q : tensor<1x4x!q> to tensor<1x4xf32>
  %z = arith.negf %x : tensor<1x4xf32>
  return %d, %z : tensor<1x4xf32>, tensor<1x4xf32>
}
