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

// Merged slices in which the parts of two results are computed: each goes to
// the destination of its own result.

// CHECK-LABEL: func.func @slices
// CHECK-NEXT:    %[[B:.*]] = tensor.empty() : tensor<4xf32>
// CHECK-NEXT:    %[[A:.*]] = tensor.empty() : tensor<4xf32>
// CHECK-NEXT:    %[[SB:.*]] = tensor.extract_slice %[[B]]
// CHECK-NEXT:    %[[SA:.*]] = tensor.extract_slice %[[A]]
// CHECK:         %[[FA:.*]] = linalg.fill ins(%{{.*}}) outs(%[[SA]] :
// CHECK:         tensor.insert_slice %[[FA]] into %[[A]]
// CHECK:         %[[FB:.*]] = linalg.fill ins(%{{.*}}) outs(%[[SB]] :
// CHECK:         tensor.insert_slice %[[FB]] into %[[B]]
func.func @slices(%x: f32, %y: f32) -> (tensor<4xf32>, tensor<4xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  %s = tensor.extract_slice %e[0] [2] [1] : tensor<4xf32> to tensor<2xf32>
  %0 = linalg.fill ins(%x : f32) outs(%s : tensor<2xf32>) -> tensor<2xf32>
  %1 = tensor.insert_slice %0 into %e[0] [2] [1] : tensor<2xf32> into tensor<4xf32>
  %2 = linalg.fill ins(%y : f32) outs(%s : tensor<2xf32>) -> tensor<2xf32>
  %3 = tensor.insert_slice %2 into %e[0] [2] [1] : tensor<2xf32> into tensor<4xf32>
  return %1, %3 : tensor<4xf32>, tensor<4xf32>
}
