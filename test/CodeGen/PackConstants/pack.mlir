// RUN: spiq-opt %s --split-input-file --spiq-pack-constants --allow-unregistered-dialect --mlir-print-local-scope | FileCheck %s

// The columns that a loop takes in blocks lie block behind block; those that
// are left lie by themselves. Two slices of the same block share a constant.

// CHECK-LABEL: func.func @blocks
// CHECK-DAG:   %[[BLOCKS:.*]] = arith.constant dense<{{\[\[}}[1, 2], [6, 7]], {{\[\[}}3, 4], [8, 9]]]> : tensor<2x2x2xi32>
// CHECK-DAG:   %[[REST:.*]] = arith.constant dense<{{\[\[}}5], [10]]> : tensor<2x1xi32>
// CHECK-NOT:   arith.constant dense
// CHECK:       scf.for %[[O:.*]] = %c0 to %c4 step %c2
// CHECK:         %[[I:.*]] = affine.apply affine_map<(d0) -> (d0 floordiv 2)>(%[[O]])
// CHECK:         tensor.extract_slice %[[BLOCKS]][%[[I]], 0, 0] [1, 2, 2] [1, 1, 1] : tensor<2x2x2xi32> to tensor<2x2xi32>
// CHECK:         tensor.extract_slice %[[BLOCKS]]
// CHECK:       "test.use"(%[[REST]])
func.func @blocks() {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  %w = arith.constant dense<[[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]> : tensor<2x5xi32>
  scf.for %o = %c0 to %c4 step %c2 {
    %0 = tensor.extract_slice %w[0, %o] [2, 2] [1, 1] : tensor<2x5xi32> to tensor<2x2xi32>
    %1 = tensor.extract_slice %w[0, %o] [2, 2] [1, 1] : tensor<2x5xi32> to tensor<2x2xi32>
    "test.use"(%0, %1) : (tensor<2x2xi32>, tensor<2x2xi32>) -> ()
  }
  %2 = tensor.extract_slice %w[0, 4] [2, 1] [1, 1] : tensor<2x5xi32> to tensor<2x1xi32>
  "test.use"(%2) : (tensor<2x1xi32>) -> ()
  return
}

// -----

// What something else reads, too, is not stored twice.

// CHECK-LABEL: func.func @whole
// CHECK:       tensor.extract_slice %{{.*}}[0, %{{.*}}] [2, 2] [1, 1] : tensor<2x4xf32>
func.func @whole() -> tensor<2x4xf32> {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  %w = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]> : tensor<2x4xf32>
  scf.for %o = %c0 to %c4 step %c2 {
    %0 = tensor.extract_slice %w[0, %o] [2, 2] [1, 1] : tensor<2x4xf32> to tensor<2x2xf32>
    "test.use"(%0) : (tensor<2x2xf32>) -> ()
  }
  return %w : tensor<2x4xf32>
}

// -----

// Blocks that overlap, parts of rows and steps between columns stay.

// CHECK-LABEL: func.func @others
// CHECK-COUNT-3: tensor<2x4xi32> to tensor
func.func @others() {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %a = arith.constant dense<[[1, 2, 3, 4], [6, 7, 8, 9]]> : tensor<2x4xi32>
  %b = arith.constant dense<[[2, 2, 3, 4], [6, 7, 8, 9]]> : tensor<2x4xi32>
  %c = arith.constant dense<[[3, 2, 3, 4], [6, 7, 8, 9]]> : tensor<2x4xi32>
  scf.for %o = %c0 to %c2 step %c1 {
    %0 = tensor.extract_slice %a[0, %o] [2, 2] [1, 1] : tensor<2x4xi32> to tensor<2x2xi32>
    %1 = tensor.extract_slice %b[%o, 0] [1, 4] [1, 1] : tensor<2x4xi32> to tensor<1x4xi32>
    %2 = tensor.extract_slice %c[0, %o] [2, 1] [1, 2] : tensor<2x4xi32> to tensor<2x1xi32>
    "test.use"(%0, %1, %2) : (tensor<2x2xi32>, tensor<1x4xi32>, tensor<2x1xi32>) -> ()
  }
  return
}

// -----

// Neither do constants whose elements have no size in bytes move.

// CHECK-LABEL: func.func @indices
// CHECK:       arith.constant dense<{{.*}}> : tensor<2x2xindex>
// CHECK:       tensor.extract_slice %{{.*}}[0, 0] [2, 1] [1, 1] : tensor<2x2xindex> to tensor<2x1xindex>
func.func @indices() -> tensor<2x1xindex> {
  %w = arith.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xindex>
  %0 = tensor.extract_slice %w[0, 0] [2, 1] [1, 1] : tensor<2x2xindex> to tensor<2x1xindex>
  return %0 : tensor<2x1xindex>
}
