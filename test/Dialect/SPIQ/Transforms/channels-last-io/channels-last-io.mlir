// RUN: spiq-opt %s --spiq-channels-last-io | FileCheck %s

// The transposition of the imported network meets that of the new signature.

// CHECK-LABEL: func.func @cancels(
// CHECK-SAME: %[[X:.*]]: tensor<1x4x5x3xf32> {spiq.name = "image"}) -> tensor<1x4x5x3xf32>
// CHECK-NOT: linalg.transpose
// CHECK: %[[Y:.*]] = spiq.clamp %[[X]]
// CHECK: return %[[Y]]
func.func @cancels(%x: tensor<1x3x4x5xf32> {spiq.name = "image"}) -> tensor<1x3x4x5xf32> {
  %init = tensor.empty() : tensor<1x4x5x3xf32>
  %last = linalg.transpose ins(%x : tensor<1x3x4x5xf32>) outs(%init : tensor<1x4x5x3xf32>) permutation = [0, 2, 3, 1]
  %y = spiq.clamp %last {clamp_min = 0.0 : f32} : (tensor<1x4x5x3xf32>) -> tensor<1x4x5x3xf32>
  %out = tensor.empty() : tensor<1x3x4x5xf32>
  %first = linalg.transpose ins(%y : tensor<1x4x5x3xf32>) outs(%out : tensor<1x3x4x5xf32>) permutation = [0, 3, 1, 2]
  return %first : tensor<1x3x4x5xf32>
}

// Matrices have no layout; a use that needs channels first keeps them.

// CHECK-LABEL: func.func @keeps(
// CHECK-SAME: %[[X:.*]]: tensor<1x4x5x3xf32>, %[[M:.*]]: tensor<2x3xf32>) -> (tensor<1x60xf32>, tensor<2x3xf32>)
// CHECK: %[[T:.*]] = linalg.transpose ins(%[[X]] : {{.*}} permutation = [0, 3, 1, 2]
// CHECK: tensor.collapse_shape %[[T]]
func.func @keeps(%x: tensor<1x3x4x5xf32>, %m: tensor<2x3xf32>) -> (tensor<1x60xf32>, tensor<2x3xf32>) {
  %flat = tensor.collapse_shape %x [[0], [1, 2, 3]] : tensor<1x3x4x5xf32> into tensor<1x60xf32>
  return %flat, %m : tensor<1x60xf32>, tensor<2x3xf32>
}
