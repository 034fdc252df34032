// RUN: spiq-opt %s -spiq-unroll-transfers -canonicalize | FileCheck %s

// CHECK-LABEL: func.func @tile
// CHECK-SAME:    %[[A:.*]]: vector<4xf32>, %[[B:.*]]: vector<4xf32>
// CHECK-DAG:     vector.transfer_write %[[A]], %{{.*}}[%c0, %c0] {{.*}} : vector<4xf32>, memref<2x4xf32>
// CHECK-DAG:     vector.transfer_write %[[B]], %{{.*}}[%c1, %c0] {{.*}} : vector<4xf32>, memref<2x4xf32>
// CHECK-NOT:     vector<2x4xf32>
func.func @tile(%a: vector<4xf32>, %b: vector<4xf32>, %m: memref<2x4xf32>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant dense<0.0> : vector<2x4xf32>
  %0 = vector.insert %a, %zero [0] : vector<4xf32> into vector<2x4xf32>
  %1 = vector.insert %b, %0 [1] : vector<4xf32> into vector<2x4xf32>
  vector.transfer_write %1, %m[%c0, %c0] {in_bounds = [true, true]} : vector<2x4xf32>, memref<2x4xf32>
  return
}

// A tile of unknown origin is written row by row.

// CHECK-LABEL: func.func @rows
// CHECK-COUNT-2: vector.transfer_write %{{.*}} : vector<4xf32>, memref<2x4xf32>
func.func @rows(%a: vector<2x4xf32>, %m: memref<2x4xf32>) {
  %c0 = arith.constant 0 : index
  vector.transfer_write %a, %m[%c0, %c0] {in_bounds = [true, true]} : vector<2x4xf32>, memref<2x4xf32>
  return
}
