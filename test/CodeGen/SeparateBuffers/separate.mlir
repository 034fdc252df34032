// RUN: spiq-opt %s -spiq-separate-buffers | FileCheck %s

// CHECK-LABEL: func.func @f
// CHECK-DAG:     %[[A:.*]] = tensor.empty() : tensor<4xf32>
// CHECK-DAG:     %[[B:.*]] = tensor.empty() : tensor<4xf32>
// CHECK:         linalg.fill ins(%{{.*}}) outs(%[[E1:[0-9a-z_]+]] : tensor<4xf32>)
// CHECK-NOT:     outs(%[[E1]] :
// CHECK:         linalg.fill
func.func @f(%x: f32) -> (tensor<4xf32>, tensor<4xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.fill ins(%x : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %1 = linalg.fill ins(%x : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// One that nothing uses is left alone.

// CHECK-LABEL: func.func @unused
// CHECK:         tensor.empty
// CHECK-NOT:     tensor.empty
func.func @unused() {
  %e = tensor.empty() : tensor<4xf32>
  return
}
