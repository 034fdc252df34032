// RUN: spiq-opt %s -split-input-file -allow-unregistered-dialect -spiq-plan-memory | FileCheck %s

// The first and the third buffer never live together and share a place.

// CHECK-LABEL: func.func @chain
// CHECK-SAME:    %[[IN:.*]]: memref<16xf32>, %[[OUT:.*]]: memref<16xf32>,
// CHECK-SAME:    %[[WS:.*]]: memref<192xi8> {spiq.workspace}
// CHECK-SAME:    spiq.workspace_bytes = 192 : i64
// CHECK:         %[[C0:.*]] = arith.constant 0 : index
// CHECK:         %[[A:.*]] = memref.view %[[WS]][%[[C0]]][] : memref<192xi8> to memref<20xf32>
// CHECK:         %[[C128:.*]] = arith.constant 128 : index
// CHECK:         %[[B:.*]] = memref.view %[[WS]][%[[C128]]][] : memref<192xi8> to memref<8xf32>
// CHECK:         %[[C0_1:.*]] = arith.constant 0 : index
// CHECK:         %[[C:.*]] = memref.view %[[WS]][%[[C0_1]]][] : memref<192xi8> to memref<16xi8>
// CHECK-NOT:     memref.alloc
// CHECK-NOT:     memref.dealloc
func.func @chain(%in: memref<16xf32>, %out: memref<16xf32>) {
  %a = memref.alloc() : memref<20xf32>
  "test.use"(%in, %a) : (memref<16xf32>, memref<20xf32>) -> ()
  %b = memref.alloc() : memref<8xf32>
  "test.use"(%a, %b) : (memref<20xf32>, memref<8xf32>) -> ()
  memref.dealloc %a : memref<20xf32>
  %c = memref.alloc() : memref<16xi8>
  "test.use"(%b, %c) : (memref<8xf32>, memref<16xi8>) -> ()
  "test.use"(%c, %out) : (memref<16xi8>, memref<16xf32>) -> ()
  return
}

// -----

// A view keeps its buffer alive.

// CHECK-LABEL: func.func @view
// CHECK-SAME:    spiq.workspace_bytes = 128 : i64
func.func @view() {
  %a = memref.alloc() : memref<4x4xi8>
  %v = memref.collapse_shape %a [[0, 1]] : memref<4x4xi8> into memref<16xi8>
  %b = memref.alloc() : memref<16xi8>
  "test.use"(%a) : (memref<4x4xi8>) -> ()
  "test.use"(%b) : (memref<16xi8>) -> ()
  "test.use"(%v) : (memref<16xi8>) -> ()
  return
}

// -----

// A buffer used inside of a loop lives as long as the loop.

// CHECK-LABEL: func.func @loop
// CHECK-SAME:    spiq.workspace_bytes = 128 : i64
func.func @loop(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = memref.alloc() : memref<64xi8>
  scf.for %i = %c0 to %n step %c1 {
    %b = memref.alloc() : memref<64xi8>
    "test.use"(%a) : (memref<64xi8>) -> ()
    "test.use"(%b) : (memref<64xi8>) -> ()
  }
  return
}

// -----

// Every entry function gets a workspace.

// CHECK-LABEL: func.func @empty
// CHECK-SAME:    (%{{.*}}: memref<0xi8> {spiq.workspace})
func.func @empty() {
  return
}

// -----

// A buffer lives from its first access, not from its allocation or its views.

// CHECK-LABEL: func.func @late
// CHECK-SAME:    spiq.workspace_bytes = 64 : i64
func.func @late() {
  %a = memref.alloc() : memref<4x4xi8>
  %b = memref.alloc() : memref<16xi8>
  %v = memref.collapse_shape %a [[0, 1]] : memref<4x4xi8> into memref<16xi8>
  "test.use"(%b) : (memref<16xi8>) -> ()
  "test.use"(%v) : (memref<16xi8>) -> ()
  return
}
