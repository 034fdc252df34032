// RUN: not spiq-opt %s -spiq-parallelize 2>&1 | FileCheck %s
// CHECK: error: 'func.func' op is no llvm.func; lower to LLVM dialect first
func.func @main() {
  return
}
