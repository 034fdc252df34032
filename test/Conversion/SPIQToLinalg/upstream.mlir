// RUN: spiq-opt --convert-spiq-to-linalg %s | FileCheck %s

// Operations of other dialects are left as they are.
// CHECK-LABEL: func.func @upstream(
// CHECK-NEXT:    %[[SUM:.*]] = arith.addf %{{.*}}, %{{.*}} : tensor<2x3xf32>
// CHECK-NEXT:    %[[EXP:.*]] = math.exp %[[SUM]] : tensor<2x3xf32>
// CHECK-NEXT:    %[[EMPTY:.*]] = tensor.empty() : tensor<2x3xf32>
// CHECK-NEXT:    %[[SOFTMAX:.*]] = linalg.softmax dimension(1) ins(%[[EXP]] : tensor<2x3xf32>) outs(%[[EMPTY]] : tensor<2x3xf32>)
// CHECK-NEXT:    %[[T:.*]] = tensor.empty() : tensor<3x2xf32>
// CHECK-NEXT:    %[[TRANSPOSED:.*]] = linalg.transpose ins(%[[SOFTMAX]] : tensor<2x3xf32>) outs(%[[T]] : tensor<3x2xf32>) permutation = [1, 0]
// CHECK-NEXT:    %[[FLAT:.*]] = tensor.collapse_shape %[[TRANSPOSED]]
// CHECK-NEXT:    return %[[FLAT]]
func.func @upstream(%x: tensor<2x3xf32>, %y: tensor<2x3xf32>) -> tensor<6xf32> {
  %sum = arith.addf %x, %y : tensor<2x3xf32>
  %exp = math.exp %sum : tensor<2x3xf32>
  %empty = tensor.empty() : tensor<2x3xf32>
  %softmax = linalg.softmax dimension(1) ins(%exp : tensor<2x3xf32>) outs(%empty : tensor<2x3xf32>) -> tensor<2x3xf32>
  %t = tensor.empty() : tensor<3x2xf32>
  %transposed = linalg.transpose ins(%softmax : tensor<2x3xf32>) outs(%t : tensor<3x2xf32>) permutation = [1, 0]
  %flat = tensor.collapse_shape %transposed [[0, 1]] : tensor<3x2xf32> into tensor<6xf32>
  return %flat : tensor<6xf32>
}
