// RUN: spiq-opt %s -verify-diagnostics -spiq-emit-c-interface
// expected-error @below {{'llvm.func' op has 1 parameters, but its signature and the workspace ask for 2}}
llvm.func @main(%x: !llvm.ptr) attributes {spiq.signature = {inputs = [{name = "x", type = tensor<2xf32>}], outputs = []}} {
  llvm.return
}
