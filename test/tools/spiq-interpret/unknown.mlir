// RUN: not spiq-interpret %s --function=f 2>&1 | FileCheck %s
// RUN: not spiq-interpret %s --function=branches 2>&1 | FileCheck %s --check-prefix=BLOCKS
// RUN: not spiq-interpret %s --function=caller 2>&1 | FileCheck %s --check-prefix=EXTERNAL

// CHECK: error: 'math.sin' op is not known to the reference interpreter
func.func @f() -> tensor<2xf32> {
  %x = arith.constant dense<1.0> : tensor<2xf32>
  %y = math.sin %x : tensor<2xf32>
  return %y : tensor<2xf32>
}

// BLOCKS: :[[#@LINE+1]]:{{[0-9]+}}: error: expects a body of one block
func.func @branches() {
  cf.br ^next
^next:
  return
}

// EXTERNAL: :[[#@LINE+1]]:{{[0-9]+}}: error: expects a body of one block
func.func private @external()
func.func @caller() {
  func.call @external() : () -> ()
  return
}
