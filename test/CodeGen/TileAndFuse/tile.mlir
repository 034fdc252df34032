// RUN: spiq-opt %s -spiq-tile-and-fuse="vector-bits=512 vector-registers=32" -canonicalize -cse | FileCheck %s
// RUN: spiq-opt %s -spiq-tile-and-fuse="vector-bits=256 vector-registers=16" -canonicalize -cse | FileCheck %s --check-prefix=AVX2

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>
#v = affine_map<(m, n) -> (n)>
#s = affine_map<(m, n) -> ()>

// The fill, the product and the addition share a nest: 6 rows by 64 columns in
// 32 registers of 16 lanes, with the columns in the outermost loop.

// CHECK-LABEL: func.func @layer
// CHECK:         scf.for %{{.*}} = %c0 to %c128 step %c64
// CHECK:           scf.for %{{.*}} = %c0 to %c12 step %c6
// CHECK:             linalg.generic {{.*}} outs({{.*}} : tensor<6x64xf32>)
// CHECK:             linalg.generic {{.*}} ins({{.*}} : tensor<6x32xf32>, tensor<32x64xf32>)
// CHECK:             linalg.generic {{.*}} ins({{.*}} : tensor<6x64xf32>, tensor<64xf32>)
// CHECK-NOT:     linalg.generic

// AVX2-LABEL: func.func @layer
// AVX2:         scf.for %{{.*}} = %c0 to %c128 step %c16
// AVX2:           scf.for %{{.*}} = %c0 to %c12 step %c6
func.func @layer(%x: tensor<12x32xf32>, %w: tensor<32x128xf32>, %bias: tensor<128xf32>) -> tensor<12x128xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<12x128xf32>
  %f = linalg.generic {indexing_maps = [#s, #id], iterator_types = ["parallel", "parallel"]} ins(%zero : f32) outs(%e : tensor<12x128xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<12x128xf32>
  %p = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %w : tensor<12x32xf32>, tensor<32x128xf32>) outs(%f : tensor<12x128xf32>) {
  ^bb0(%l: f32, %r: f32, %acc: f32):
    %m = arith.mulf %l, %r : f32
    %n = arith.addf %acc, %m : f32
    linalg.yield %n : f32
  } -> tensor<12x128xf32>
  %y = linalg.generic {indexing_maps = [#id, #v, #id], iterator_types = ["parallel", "parallel"]} ins(%p, %bias : tensor<12x128xf32>, tensor<128xf32>) outs(%e : tensor<12x128xf32>) {
  ^bb0(%l: f32, %r: f32, %out: f32):
    %n = arith.addf %l, %r : f32
    linalg.yield %n : f32
  } -> tensor<12x128xf32>
  return %y : tensor<12x128xf32>
}

// A value with two users is computed once, in a nest of its own.

// CHECK-LABEL: func.func @shared
// CHECK:         scf.for
// CHECK:           math.absf
// CHECK:         scf.for
// CHECK:           arith.negf
// CHECK-NOT:       math.absf
func.func @shared(%x: tensor<64x64xf32>) -> (tensor<64x64xf32>, tensor<64x64xf32>) {
  %e = tensor.empty() : tensor<64x64xf32>
  %a = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<64x64xf32>) outs(%e : tensor<64x64xf32>) {
  ^bb0(%in: f32, %out: f32):
    %n = math.absf %in : f32
    linalg.yield %n : f32
  } -> tensor<64x64xf32>
  %b = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<64x64xf32>) outs(%e : tensor<64x64xf32>) {
  ^bb0(%in: f32, %out: f32):
    %n = arith.negf %in : f32
    linalg.yield %n : f32
  } -> tensor<64x64xf32>
  return %a, %b : tensor<64x64xf32>, tensor<64x64xf32>
}

// Loops that do not divide evenly are peeled: all tiles are static.

// CHECK-LABEL: func.func @peeled
// CHECK:         math.absf
// CHECK:         math.absf
// CHECK-NOT:     tensor<{{.*}}?{{.*}}>
// CHECK:         return
func.func @peeled(%x: tensor<3x100xf32>) -> tensor<3x100xf32> {
  %e = tensor.empty() : tensor<3x100xf32>
  %a = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x100xf32>) outs(%e : tensor<3x100xf32>) {
  ^bb0(%in: f32, %out: f32):
    %n = math.absf %in : f32
    linalg.yield %n : f32
  } -> tensor<3x100xf32>
  return %a : tensor<3x100xf32>
}
