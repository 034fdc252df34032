// RUN: spiq-opt %s -spiq-outline-nests | FileCheck %s

// A nest whose buffers have no static shape stays where it is.

// CHECK-LABEL: func.func @main
// CHECK:         scf.for
// CHECK-NOT:   func.func private
func.func @main(%x: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %a = arith.constant 1.0 : f32
  scf.for %i = %c0 to %c8 step %c1 {
    memref.store %a, %x[%i] : memref<?xf32>
  }
  return
}
