// RUN: spiq-opt %s -spiq-record-signature | FileCheck %s

// CHECK:      func.func @main
// CHECK-SAME: spiq.signature = {inputs = [{name = "image", type = tensor<1x4xf32>}, {name = "input1", type = tensor<2x!quant.uniform<u8:f32, 5.000000e-01:3>>}],
// CHECK-SAME:   outputs = [{name = "output0", type = tensor<1x4xf32>}]}
func.func @main(%x: tensor<1x4xf32> {spiq.name = "image"},
                %q: tensor<2x!quant.uniform<u8:f32, 0.5:3>>) -> tensor<1x4xf32> {
  %y = call @helper(%x) : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}

// CHECK:     func.func private @helper
// CHECK-NOT: spiq.signature
func.func private @helper(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  return %x : tensor<1x4xf32>
}
