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

// What is not contiguous is loaded and stored element by element.

// CHECK-LABEL: func.func @strided
// CHECK-DAG:     %[[X:.*]] = memref.load %{{.*}}[%c0]
// CHECK-DAG:     %[[Y:.*]] = memref.load %{{.*}}[%c1]
// CHECK:         %[[V:.*]] = vector.from_elements %[[X]], %[[Y]] : vector<2xi8>
// CHECK-NOT:     vector.transfer
// CHECK-COUNT-2: memref.store %{{.*}}, %{{.*}} : memref<2xi8, strided<[3]>>
// CHECK:         vector.transfer_write %[[V]]
func.func @strided(%a: memref<2xi8, strided<[2]>>, %b: memref<2xi8, strided<[3]>>, %c: memref<2xi8>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i8
  %0 = vector.transfer_read %a[%c0], %zero {in_bounds = [true]} : memref<2xi8, strided<[2]>>, vector<2xi8>
  vector.transfer_write %0, %b[%c0] {in_bounds = [true]} : vector<2xi8>, memref<2xi8, strided<[3]>>
  vector.transfer_write %0, %c[%c0] {in_bounds = [true]} : vector<2xi8>, memref<2xi8>
  return
}
