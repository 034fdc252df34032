// RUN: spiq-opt %s -spiq-tile-and-fuse -verify-diagnostics | FileCheck %s

// A result that is written at positions other than those of the loops cannot be
// tiled. It is no part of its user's tiles either, though it reads no tensor.

// CHECK-LABEL: func.func @unit_dimension
// CHECK:         linalg.generic
// CHECK-SAME:      outs(%{{.*}} : tensor<512x1x64xf32>)
// CHECK:         scf.for
// CHECK-NOT:       outs(%{{.*}} : tensor<512x1x64xf32>)
// CHECK:         return
func.func @unit_dimension(%x: tensor<512x1x64xf32>) -> tensor<512x1x64xf32> {
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<512x1x64xf32>
  %a = linalg.generic {indexing_maps = [affine_map<(m, n) -> ()>, affine_map<(m, n) -> (m, 0, n)>],
                       iterator_types = ["parallel", "parallel"]}
    ins(%one : f32) outs(%e : tensor<512x1x64xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<512x1x64xf32>
  %b = linalg.generic {indexing_maps = [affine_map<(m, u, n) -> (m, u, n)>, affine_map<(m, u, n) -> (m, u, n)>,
                                        affine_map<(m, u, n) -> (m, u, n)>],
                       iterator_types = ["parallel", "parallel", "parallel"]}
    ins(%a, %x : tensor<512x1x64xf32>, tensor<512x1x64xf32>) outs(%e : tensor<512x1x64xf32>) {
  ^bb0(%in: f32, %in_0: f32, %out: f32):
    %sum = arith.addf %in, %in_0 : f32
    linalg.yield %sum : f32
  } -> tensor<512x1x64xf32>
  return %b : tensor<512x1x64xf32>
}

// CHECK-LABEL: func.func @upsample
// CHECK-NOT:     scf.for
func.func @upsample(%x: tensor<64xf32>, %e: tensor<128xf32>) -> tensor<128xf32> {
  %a = linalg.generic {indexing_maps = [affine_map<(n) -> (n)>, affine_map<(n) -> (2 * n)>],
                       iterator_types = ["parallel"]}
    ins(%x : tensor<64xf32>) outs(%e : tensor<128xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<128xf32>
  return %a : tensor<128xf32>
}
