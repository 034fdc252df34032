// RUN: spiq-opt %s -split-input-file -verify-diagnostics -spiq-emit-c-interface

// expected-error @below {{'llvm.func' op has 1 parameters, but its signature and the workspace ask for 2}}
llvm.func @main(%x: !llvm.ptr) attributes {spiq.signature = {inputs = [{name = "x", type = tensor<2xf32>}], outputs = []}} {
  llvm.return
}

// -----

// expected-error @below {{'llvm.func' op tensor 'x' of type 'tensor<2xf64>' cannot cross the C interface}}
llvm.func @main(%x: !llvm.ptr, %workspace: !llvm.ptr) attributes {spiq.signature = {inputs = [{name = "x", type = tensor<2xf64>}], outputs = []}} {
  llvm.return
}
