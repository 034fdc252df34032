// RUN: not spiq-opt %s -spiq-emit-c-interface=name=my-model 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not spiq-opt %s -spiq-emit-c-interface 2>&1 | FileCheck %s --check-prefix=SIGNATURE
// NAME: error: spiq-emit-c-interface: the model name 'my-model' is not a C identifier
// SIGNATURE: error: 'llvm.func' op cannot get a C interface: expected an llvm.func with a spiq.signature; run spiq-record-signature before lowering
llvm.func @main(%x: !llvm.ptr) {
  llvm.return
}
