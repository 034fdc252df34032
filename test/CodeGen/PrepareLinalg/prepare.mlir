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

// The steps of 16 maxima do not wait for each other.
// CHECK-LABEL: func.func @maximum
// CHECK:         tensor.expand_shape %arg0 {{\[\[}}0], [1, 2]] output_shape [2, 5, 16]
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "reduction", "parallel"]
// CHECK:         %[[Y:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]{{.*}} outs(%arg1 :
// CHECK:         return %[[Y]]
func.func @maximum(%x: tensor<2x80xf32>, %init: tensor<2xf32>) -> tensor<2xf32> {
  %y = linalg.reduce { arith.maximumf } ins(%x : tensor<2x80xf32>) outs(%init : tensor<2xf32>) dimensions = [1]
  return %y : tensor<2xf32>
}

// Sums depend on the order, also those of maxima; short rows and other dimensions
// stay.
// CHECK-LABEL: func.func @others
// CHECK-NOT:     tensor.expand_shape
// CHECK:         return
func.func @others(%x: tensor<2x80xf32>, %y: tensor<2x24xf32>, %i: tensor<2xf32>, %j: tensor<80xf32>)
    -> (tensor<2xf32>, tensor<2xf32>, tensor<80xf32>) {
  %0 = linalg.reduce { arith.addf } ins(%x : tensor<2x80xf32>) outs(%i : tensor<2xf32>) dimensions = [1]
  %1 = linalg.reduce { arith.maximumf } ins(%y : tensor<2x24xf32>) outs(%i : tensor<2xf32>) dimensions = [1]
  %2 = linalg.reduce { arith.maximumf } ins(%x : tensor<2x80xf32>) outs(%j : tensor<80xf32>) dimensions = [0]
  %3 = linalg.reduce ins(%x : tensor<2x80xf32>) outs(%0 : tensor<2xf32>) dimensions = [1]
    (%a: f32, %sum: f32) {
      %zero = arith.constant 0.0 : f32
      %4 = arith.maximumf %a, %zero : f32
      %5 = arith.addf %4, %sum : f32
      linalg.yield %5 : f32
    }
  return %3, %1, %2 : tensor<2xf32>, tensor<2xf32>, tensor<80xf32>
}
