// RUN: not spiq-opt %s -spiq-record-times 2>&1 | FileCheck %s
// RUN: not spiq-opt %s -spiq-record-times=counter=tsc 2>&1 | FileCheck %s --check-prefix=COUNTER
// CHECK: error: 'func.func' op has no workspace to record times in; run spiq-plan-memory first
// COUNTER: error: spiq-record-times: unknown counter 'tsc'; use cycles or cntvct_el0
func.func @main(%x: memref<4xf32>) {
  return
}
