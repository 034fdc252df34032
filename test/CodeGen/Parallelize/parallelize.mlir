// RUN: spiq-opt %s -spiq-parallelize=max-threads=16 | FileCheck %s
// RUN: spiq-opt %s -spiq-parallelize -spiq-emit-c-interface=name=net \
// RUN:   | FileCheck %s --check-prefix=ABI

llvm.func internal @k(%a: !llvm.ptr, %scale: f32, %begin: i64, %end: i64) {
  llvm.return
}

// The entry function stays as it is.

// CHECK-LABEL: llvm.func @main(
// CHECK-COUNT-3: llvm.call @k(%arg0,
// CHECK:         llvm.return

// In the copy, a call becomes a loop over no more pieces than there are units,
// threads, and work: 100000 cycles are 16 pieces of at least 6000, and 20000
// cycles are 3. The last call is too small.

// CHECK-LABEL: llvm.func @main.parallel(
// CHECK-SAME:    %[[X:.*]]: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %[[FOR:.*]]: !llvm.ptr) attributes {spiq.parallel_entry}
// CHECK:         %[[FUNCTION:.*]] = llvm.load %{{.*}} : !llvm.ptr -> !llvm.ptr
// CHECK:         %[[CONTEXT:.*]] = llvm.load %{{.*}} : !llvm.ptr -> !llvm.ptr
// CHECK:         %[[LOADED:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i64
// CHECK:         %[[THREADS:.*]] = llvm.intr.umax(%[[LOADED]]
// CHECK:         %[[MAX:.*]] = llvm.mlir.constant(16 : i64)
// CHECK:         %[[COUNT:.*]] = llvm.intr.umin(%[[THREADS]], %[[MAX]])
// CHECK:         llvm.store %[[COUNT]], %[[P0:.*]] : i64, !llvm.ptr
// CHECK:         llvm.store %[[X]], %{{.*}} : !llvm.ptr, !llvm.ptr
// CHECK:         %[[PIECE:.*]] = llvm.mlir.addressof @k.piece
// CHECK:         llvm.call %[[FUNCTION]](%[[CONTEXT]], %[[COUNT]], %[[PIECE]], %{{.*}})
// CHECK:         %[[MAX3:.*]] = llvm.mlir.constant(3 : i64)
// CHECK:         llvm.intr.umin(%[[THREADS]], %[[MAX3]])
// CHECK:         llvm.call @k(%[[X]],

// A piece is a range of units.

// CHECK-LABEL: llvm.func internal @k.piece(
// CHECK-SAME:    %[[ARG:.*]]: !llvm.ptr, %[[INDEX:.*]]: i64)
// CHECK:         %[[N:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i64
// CHECK:         %[[SCALED:.*]] = llvm.mul %[[INDEX]], %{{.*}} : i64
// CHECK:         %[[BEGIN:.*]] = llvm.udiv %[[SCALED]], %[[N]] : i64
// CHECK:         %[[END:.*]] = llvm.udiv %{{.*}}, %[[N]] : i64
// CHECK:         llvm.call @k(%{{.*}}, %{{.*}}, %[[BEGIN]], %[[END]])

// ABI-DAG:       llvm.func @net_run(%{{[^,]*}}: !llvm.ptr, %{{[^,]*}}: !llvm.ptr, %{{[^,]*}}: !llvm.ptr) -> i32
// ABI-DAG:       llvm.func @net_run_parallel(%{{[^,]*}}: !llvm.ptr, %{{[^,]*}}: !llvm.ptr, %{{[^,]*}}: !llvm.ptr, %{{[^,]*}}: !llvm.ptr) -> i32
// ABI-DAG:       llvm.mlir.addressof @net_run_parallel
// ABI-DAG:       llvm.func internal @main.parallel
// ABI-NOT:       spiq.parallel_entry
llvm.func @main(%x: !llvm.ptr, %y: !llvm.ptr, %ws: !llvm.ptr {spiq.workspace}) attributes {
    spiq.signature = {inputs = [{name = "x", type = tensor<1x2xf32>}],
                      outputs = [{name = "y", type = tensor<1x2xf32>}]},
    spiq.workspace_bytes = 128 : i64} {
  %c0 = llvm.mlir.constant(0 : i64) : i64
  %c40 = llvm.mlir.constant(40 : i64) : i64
  %s = llvm.mlir.constant(0.5 : f32) : f32
  llvm.call @k(%x, %s, %c0, %c40) {spiq.work_units = 40 : i64, spiq.cycles = 100000 : i64} : (!llvm.ptr, f32, i64, i64) -> ()
  llvm.call @k(%x, %s, %c0, %c40) {spiq.work_units = 40 : i64, spiq.cycles = 20000 : i64} : (!llvm.ptr, f32, i64, i64) -> ()
  llvm.call @k(%x, %s, %c0, %c40) {spiq.work_units = 40 : i64, spiq.cycles = 9000 : i64} : (!llvm.ptr, f32, i64, i64) -> ()
  llvm.return
}
