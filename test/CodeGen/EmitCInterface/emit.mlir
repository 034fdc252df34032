// RUN: spiq-opt %s -spiq-emit-c-interface=name=net | FileCheck %s

// CHECK-DAG:   module attributes {spiq.signature = {{.*}}, spiq.workspace_bytes = 128 : i64}
// CHECK-DAG:   llvm.func internal @spiq.entry(
// CHECK-DAG:   llvm.func @net_run(%[[IN:.*]]: !llvm.ptr, %[[OUT:.*]]: !llvm.ptr, %[[WS:.*]]: !llvm.ptr) -> i32
// CHECK-DAG:   llvm.func @net_workspace_size() -> i64
// CHECK-DAG:   llvm.func @net_info() -> !llvm.ptr
// CHECK-DAG:   llvm.func @spiq_model() -> !llvm.ptr
// CHECK-DAG:   llvm.mlir.global private constant @net.input0.scales(dense<[5.000000e-01, 2.500000e-01]>
// CHECK-DAG:   llvm.mlir.global private constant @net.input0.zero_points(dense<[3, 4]>
// CHECK-DAG:   llvm.mlir.global private constant @net.output0.shape(dense<[1, 2]>
llvm.func @main(%x: !llvm.ptr, %y: !llvm.ptr, %ws: !llvm.ptr {spiq.workspace}) attributes {
    spiq.signature = {inputs = [{name = "x", type = tensor<1x2x!quant.uniform<u8:f32:1, {0.5:3, 0.25:4}>>}],
                      outputs = [{name = "y", type = tensor<1x2xf32>}]},
    spiq.workspace_bytes = 128 : i64} {
  llvm.return
}
