// RUN: spiq-opt %s -split-input-file -spiq-vectorize-tiles="vector-bits=128 vector-registers=16" -cse | FileCheck %s

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>

// Accumulators are values of the reduction loop; the operation behind takes them
// from there, not from the tensor.

// CHECK-LABEL: func.func @product
// CHECK:         %[[ACC:.*]]:2 = scf.for %[[K:.*]] = {{.*}} iter_args(%[[A0:.*]] = %{{.*}}, %[[A1:.*]] = %{{.*}}) -> (vector<4xi32>, vector<4xi32>)
// CHECK-DAG:       tensor.extract %{{.*}}[%c0{{.*}}, %[[K]]] : tensor<2x8xi8>
// CHECK-DAG:       tensor.extract %{{.*}}[%c1{{.*}}, %[[K]]] : tensor<2x8xi8>
// CHECK-DAG:       vector.transfer_read %{{.*}}[%[[K]], %c0{{.*}}], {{.*}} : tensor<8x4xi8>, vector<4xi8>
// CHECK:           scf.yield
// CHECK:         math.absi %[[ACC]]#0 : vector<4xi32>
// CHECK:         math.absi %[[ACC]]#1 : vector<4xi32>
// CHECK:         vector.transfer_write {{.*}} : vector<2x4xi32>, tensor<2x4xi32>
// CHECK-NOT:     linalg.generic
func.func @product(%x: tensor<2x8xi8>, %w: tensor<8x4xi8>, %init: tensor<2x4xi32>) -> tensor<2x4xi32> {
  %p = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %w : tensor<2x8xi8>, tensor<8x4xi8>) outs(%init : tensor<2x4xi32>) {
  ^bb0(%l: i8, %r: i8, %acc: i32):
    %le = arith.extsi %l : i8 to i32
    %re = arith.extsi %r : i8 to i32
    %m = arith.muli %le, %re : i32
    %n = arith.addi %acc, %m : i32
    linalg.yield %n : i32
  } -> tensor<2x4xi32>
  %y = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%p : tensor<2x4xi32>) outs(%init : tensor<2x4xi32>) {
  ^bb0(%in: i32, %out: i32):
    %n = math.absi %in : i32
    linalg.yield %n : i32
  } -> tensor<2x4xi32>
  return %y : tensor<2x4xi32>
}

// -----

// A tail of the vector dimension gets a narrower vector.

// CHECK-LABEL: func.func @tail
// CHECK-DAG:     arith.negf {{.*}} : vector<4xf32>
// CHECK-DAG:     arith.negf {{.*}} : vector<2xf32>
func.func @tail(%x: tensor<6xf32>) -> tensor<6xf32> {
  %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%x : tensor<6xf32>) outs(%x : tensor<6xf32>) {
  ^bb0(%in: f32, %out: f32):
    %n = arith.negf %in : f32
    linalg.yield %n : f32
  } -> tensor<6xf32>
  return %y : tensor<6xf32>
}

// -----

// Elements that are not neighbours are gathered one by one.

// CHECK-LABEL: func.func @strided
// CHECK-COUNT-4: tensor.extract
// CHECK:         vector.from_elements {{.*}} : vector<4xf32>
func.func @strided(%x: tensor<8xf32>, %e: tensor<4xf32>) -> tensor<4xf32> {
  %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i * 2)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%x : tensor<8xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// What is too large, or has no vector dimension, is left alone.

// CHECK-LABEL: func.func @untouched
// CHECK-COUNT-2: linalg.generic
func.func @untouched(%x: tensor<64x64xf32>, %s: tensor<f32>) -> (tensor<64x64xf32>, tensor<f32>) {
  %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<64x64xf32>) outs(%x : tensor<64x64xf32>) {
  ^bb0(%in: f32, %out: f32):
    %n = arith.negf %in : f32
    linalg.yield %n : f32
  } -> tensor<64x64xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> ()>], iterator_types = ["reduction", "reduction"]} ins(%x : tensor<64x64xf32>) outs(%s : tensor<f32>) {
  ^bb0(%in: f32, %out: f32):
    %n = arith.addf %in, %out : f32
    linalg.yield %n : f32
  } -> tensor<f32>
  return %y, %r : tensor<64x64xf32>, tensor<f32>
}
