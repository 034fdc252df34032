// RUN: spiq-opt %s --spiq-expose-layers | FileCheck %s

!q = !quant.uniform<u8:f32, 0.5:3>

// Quantized values are dequantized. The value of merged operations has the name
// of the last one; a name that was met before, an operation without a name and
// what the function returns anyway are left out.

// CHECK-LABEL: func.func @values(
// CHECK-SAME: -> (tensor<1x4xf32>{{.*}}spiq.name = "y"{{.*}}, tensor<1x4xf32> {spiq.name = "layer:/relu"}, tensor<1x4xf32> {spiq.name = "layer:/float"})
// CHECK: %[[A:.*]] = spiq.clamp
// CHECK: %[[B:.*]] = spiq.clamp %[[A]]
// CHECK: %[[C:.*]] = spiq.clamp %[[B]]
// CHECK: %[[D:.*]] = quant.dcast %[[C]]
// CHECK: %[[E:.*]] = spiq.clamp %[[D]]
// CHECK: %[[REAL:.*]] = quant.dcast %[[A]]
// CHECK: return %[[D]], %[[REAL]], %[[E]]
func.func @values(%x: tensor<1x4x!q>) -> (tensor<1x4xf32> {spiq.name = "y"}) {
  %a = spiq.clamp %x {clamp_min = 0.0 : f32} : (tensor<1x4x!q>) -> tensor<1x4x!q> loc(fused["/conv", "/relu"])
  %b = spiq.clamp %a : (tensor<1x4x!q>) -> tensor<1x4x!q> loc("/relu")
  %c = spiq.clamp %b : (tensor<1x4x!q>) -> tensor<1x4x!q> loc("/last")
  %d = quant.dcast %c : tensor<1x4x!q> to tensor<1x4xf32>
  %e = spiq.clamp %d : (tensor<1x4xf32>) -> tensor<1x4xf32> loc("/float")
  return %d : tensor<1x4xf32>
}

// Other functions keep their signature.

// CHECK-LABEL: func.func private @helper(
// CHECK-SAME: -> tensor<1x4xf32>
// CHECK: return %{{[^,]*}} : tensor<1x4xf32>
func.func private @helper(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %a = spiq.clamp %x : (tensor<1x4xf32>) -> tensor<1x4xf32> loc("/a")
  %b = spiq.clamp %a : (tensor<1x4xf32>) -> tensor<1x4xf32> loc("/b")
  return %b : tensor<1x4xf32>
}
