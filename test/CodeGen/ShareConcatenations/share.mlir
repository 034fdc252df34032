// RUN: spiq-opt %s --spiq-share-concatenations | FileCheck %s

// Three tensors, the first two of which are also concatenated alone.

// CHECK-LABEL: func.func @prefix(
// CHECK-SAME: %[[A:[a-z0-9]*]]: tensor<4x8xf32>, %[[B:[a-z0-9]*]]: tensor<4x8xf32>
// CHECK: %[[DEST:.*]] = tensor.empty() : tensor<4x24xf32>
// CHECK: %[[PART:.*]] = tensor.insert_slice %[[A]] into %[[DEST]][0, 0] [4, 8]
// CHECK: %[[WHOLE:.*]] = tensor.insert_slice %[[B]] into %[[PART]][0, 8] [4, 8]
// CHECK: %[[AB:.*]] = tensor.extract_slice %[[WHOLE]][0, 0] [4, 16] [1, 1]
// CHECK: %[[X:.*]] = linalg.exp ins(%[[AB]]
// CHECK: %[[ABC:.*]] = tensor.insert_slice %{{.*}} into %[[WHOLE]][0, 16] [4, 8]
// CHECK-NOT: tensor.insert_slice
// CHECK: return %[[ABC]]
func.func @prefix(%a: tensor<4x8xf32>, %b: tensor<4x8xf32>) -> tensor<4x24xf32> {
  %e = tensor.empty() : tensor<4x16xf32>
  %0 = tensor.insert_slice %a into %e[0, 0] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<4x16xf32>
  %ab = tensor.insert_slice %b into %0[0, 8] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<4x16xf32>
  %f = tensor.empty() : tensor<4x16xf32>
  %x = linalg.exp ins(%ab : tensor<4x16xf32>) outs(%f : tensor<4x16xf32>) -> tensor<4x16xf32>
  %c = tensor.extract_slice %x[0, 0] [4, 8] [1, 1] : tensor<4x16xf32> to tensor<4x8xf32>
  %g = tensor.empty() : tensor<4x24xf32>
  %1 = tensor.insert_slice %a into %g[0, 0] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<4x24xf32>
  %2 = tensor.insert_slice %b into %1[0, 8] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<4x24xf32>
  %3 = tensor.insert_slice %c into %2[0, 16] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<4x24xf32>
  return %3 : tensor<4x24xf32>
}

// Another order, other places: nothing in common.

// CHECK-LABEL: func.func @different(
// CHECK-NOT: tensor.extract_slice
// CHECK: return
func.func @different(%a: tensor<4x8xf32>, %b: tensor<4x8xf32>) -> (tensor<4x16xf32>, tensor<4x24xf32>) {
  %e = tensor.empty() : tensor<4x16xf32>
  %0 = tensor.insert_slice %b into %e[0, 0] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<4x16xf32>
  %1 = tensor.insert_slice %a into %0[0, 8] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<4x16xf32>
  %f = tensor.empty() : tensor<4x24xf32>
  %2 = tensor.insert_slice %a into %f[0, 0] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<4x24xf32>
  %3 = tensor.insert_slice %b into %2[0, 8] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<4x24xf32>
  %4 = tensor.insert_slice %a into %3[0, 16] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<4x24xf32>
  return %1, %4 : tensor<4x16xf32>, tensor<4x24xf32>
}
