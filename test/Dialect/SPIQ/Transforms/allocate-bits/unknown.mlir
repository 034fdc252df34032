// RUN: not spiq-opt %s --spiq-derive-scales --spiq-allocate-bits=bits-budget=5 2>&1 | FileCheck %s

// What lies behind an operation that cannot be computed at compile time cannot
// be weighed.

// CHECK: error: bits of weights cannot be chosen: no result of the network can be computed at compile time
func.func private @custom(tensor<1x2xf32>) -> tensor<1x2xf32>
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 0.7]]> : tensor<2x2xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %y = spiq.fully_connected %x, %w, %b
    : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %z = func.call @custom(%y) : (tensor<1x2xf32>) -> tensor<1x2xf32>
  return %z : tensor<1x2xf32>
}
