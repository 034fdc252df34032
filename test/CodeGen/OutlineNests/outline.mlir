// RUN: spiq-opt %s -spiq-outline-nests -duplicate-function-elimination | FileCheck %s

// Two layers of equal shape call the same function with their weights.

memref.global "private" constant @w0 : memref<8xf32> = dense<1.0>
memref.global "private" constant @w1 : memref<8xf32> = dense<2.0>

// CHECK-LABEL: func.func @main
// CHECK:         call @[[F:spiq_nest[_0-9]*]](
// CHECK:         call @[[F]](
// CHECK:       func.func private @[[F]](
// CHECK-SAME:    attributes {no_inline}
// CHECK:         scf.for
// CHECK-NOT:   func.func
func.func @main(%x: memref<8xf32>, %y: memref<8xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %w0 = memref.get_global @w0 : memref<8xf32>
  %w1 = memref.get_global @w1 : memref<8xf32>
  scf.for %i = %c0 to %c8 step %c1 {
    %a = memref.load %w0[%i] : memref<8xf32>
    memref.store %a, %x[%i] : memref<8xf32>
  }
  scf.for %i = %c0 to %c8 step %c1 {
    %a = memref.load %w1[%i] : memref<8xf32>
    memref.store %a, %y[%i] : memref<8xf32>
  }
  return
}
