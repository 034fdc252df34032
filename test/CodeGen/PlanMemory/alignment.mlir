// RUN: not spiq-opt %s -spiq-plan-memory=alignment=48 2>&1 | FileCheck %s
// CHECK: error: spiq-plan-memory: alignment must be a power of two, but is 48
func.func @f() {
  return
}
