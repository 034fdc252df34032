// RUN: spiq-opt %s -spiq-label-layers | FileCheck %s

// Layers of equal shape share a function.

// CHECK:     llvm.func internal @kernel() attributes {passthrough = ["noinline", ["spiq-layers", "conv1+relu1\0Aconv2"]]}
// CHECK:     llvm.func internal @unnamed() {
// CHECK-NOT: passthrough
llvm.func internal @kernel() attributes {passthrough = ["noinline"]} {
  llvm.return
}
llvm.func internal @unnamed() {
  llvm.return
}
llvm.func @main() attributes {spiq.signature = {inputs = [], outputs = []}} {
  llvm.call @kernel() : () -> () loc(fused["conv1", "relu1"])
  llvm.call @kernel() : () -> () loc("conv2")
  llvm.call @kernel() : () -> () loc("conv2")
  llvm.call @unnamed() : () -> ()
  llvm.return
}
