// RUN: spiq-opt %s -spiq-outline-nests -canonicalize | FileCheck %s

// The function of a parallel loop computes a range of its iterations.

// CHECK-LABEL: func.func @main
// CHECK-DAG:     %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG:     %[[C5:.*]] = arith.constant 5 : index
// CHECK:         call @spiq_nest(%{{.*}}, %[[C0]], %[[C5]]) {spiq.cycles = {{[0-9]+}} : i64, spiq.work_units = 5 : i64}
func.func @main(%x: memref<12xf32>, %ws: memref<64xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c12 = arith.constant 12 : index
  %a = arith.constant 1.0 : f32
  scf.for %i = %c2 to %c12 step %c2 {
    memref.store %a, %x[%i] : memref<12xf32>
  } {spiq.parallel}

// All iterations of this one use the same memory.

// CHECK:         call @{{.*}}(%{{[a-z0-9]+}}, %{{[a-z0-9]+}}) : (memref<64xi8>, memref<12xf32>) -> ()
  scf.for %i = %c2 to %c12 step %c2 {
    %v = memref.view %ws[%c0][] : memref<64xi8> to memref<16xf32>
    memref.store %a, %v[%i] : memref<16xf32>
    %b = memref.load %v[%i] : memref<16xf32>
    memref.store %b, %x[%i] : memref<12xf32>
  } {spiq.parallel}
  return
}

// CHECK-LABEL: func.func private @spiq_nest(
// CHECK-SAME:    %{{.*}}: memref<12xf32>, %[[BEGIN:.*]]: index, %[[END:.*]]: index)
// CHECK-DAG:     %[[B2:.*]] = arith.muli %[[BEGIN]], %{{.*}}
// CHECK-DAG:     %[[LOW:.*]] = arith.addi %[[B2]], %{{.*}}
// CHECK-DAG:     %[[E2:.*]] = arith.muli %[[END]], %{{.*}}
// CHECK-DAG:     %[[HIGH:.*]] = arith.addi %[[E2]], %{{.*}}
// CHECK:         %[[STOP:.*]] = arith.minsi %[[HIGH]], %{{.*}}
// CHECK:         scf.for %{{.*}} = %[[LOW]] to %[[STOP]]
