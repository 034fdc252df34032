// RUN: spiq-opt %s -spiq-lower-pads | FileCheck %s
// RUN: spiq-opt %s -spiq-lower-pads -eliminate-empty-tensors -spiq-bufferize \
// RUN:   -canonicalize -cse -canonicalize | FileCheck %s --check-prefix=BUFFER

// The border is filled in front of the producer; the right slab leaves out the
// rows that the upper and the lower one cover.

// CHECK-LABEL: func.func @f
// CHECK:         %[[P:.*]] = bufferization.alloc_tensor() : tensor<1x7x6x2xi8>
// CHECK:         %[[TOP:.*]] = tensor.extract_slice %[[P]][0, 0, 0, 0] [1, 1, 6, 2]
// CHECK:         linalg.fill
// CHECK:         tensor.extract_slice %{{.*}}[0, 5, 0, 0] [1, 2, 6, 2]
// CHECK:         tensor.extract_slice %{{.*}}[0, 1, 4, 0] [1, 4, 2, 2]
// CHECK:         %[[BORDER:.*]] = tensor.insert_slice
// CHECK:         %[[Y:.*]] = linalg.generic
// CHECK:         tensor.insert_slice %[[Y]] into %[[BORDER]][0, 1, 0, 0] [1, 4, 4, 2]

// Nothing is copied: the producer writes into the interior.

// BUFFER-LABEL: func.func @f
// BUFFER-NOT:     {{memref.alloc|linalg.copy}}
// BUFFER:         linalg.generic
// BUFFER-NOT:     {{memref.alloc|linalg.copy}}
// BUFFER:         return
#id = affine_map<(n, h, w, c) -> (n, h, w, c)>
func.func @f(%x: tensor<1x4x4x2xi8>) -> tensor<1x7x6x2xi8> {
  %z = arith.constant 7 : i8
  %e = tensor.empty() : tensor<1x4x4x2xi8>
  %y = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%x : tensor<1x4x4x2xi8>) outs(%e : tensor<1x4x4x2xi8>) {
  ^bb0(%in: i8, %out: i8):
    %s = arith.addi %in, %in : i8
    linalg.yield %s : i8
  } -> tensor<1x4x4x2xi8>
  %p = tensor.pad %y low[0, 1, 0, 0] high[0, 2, 2, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %z : i8
  } : tensor<1x4x4x2xi8> to tensor<1x7x6x2xi8>
  return %p : tensor<1x7x6x2xi8>
}

// Padding that is no constant stays.

// CHECK-LABEL: func.func @variable
// CHECK:         tensor.pad
func.func @variable(%x: tensor<4xi8>, %z: i8) -> tensor<6xi8> {
  %p = tensor.pad %x low[1] high[1] {
  ^bb0(%i: index):
    tensor.yield %z : i8
  } : tensor<4xi8> to tensor<6xi8>
  return %p : tensor<6xi8>
}
