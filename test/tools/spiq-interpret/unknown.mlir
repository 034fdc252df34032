// RUN: not spiq-interpret %s 2>&1 | FileCheck %s

// CHECK: error: 'math.sin' op is not known to the reference interpreter
func.func @f() -> tensor<2xf32> {
  %x = arith.constant dense<1.0> : tensor<2xf32>
  %y = math.sin %x : tensor<2xf32>
  return %y : tensor<2xf32>
}
