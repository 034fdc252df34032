// RUN: spiq-opt %s -spiq-prepare-linalg | FileCheck %s

// CHECK-LABEL: func.func @softmax
// CHECK-NOT:     linalg.softmax
// CHECK:         math.exp
func.func @softmax(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %e = tensor.empty() : tensor<1x4xf32>
  %y = linalg.softmax dimension(1) ins(%x : tensor<1x4xf32>) outs(%e : tensor<1x4xf32>) -> tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}

// CHECK-LABEL: func.func @concat
// CHECK-NOT:     tensor.concat
// CHECK-COUNT-2: tensor.insert_slice
func.func @concat(%x: tensor<1x4xf32>, %y: tensor<1x2xf32>) -> tensor<1x6xf32> {
  %z = tensor.concat dim(1) %x, %y : (tensor<1x4xf32>, tensor<1x2xf32>) -> tensor<1x6xf32>
  return %z : tensor<1x6xf32>
}

// CHECK-LABEL: func.func @matmul
// CHECK-NOT:     linalg.matmul
// CHECK:         linalg.generic
func.func @matmul(%x: tensor<2x3xf32>, %w: tensor<3x4xf32>, %e: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %y = linalg.matmul ins(%x, %w : tensor<2x3xf32>, tensor<3x4xf32>) outs(%e : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}
