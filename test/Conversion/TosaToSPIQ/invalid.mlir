// What cannot be converted is said once and completely.

// RUN: spiq-opt %s --convert-tosa-to-spiq --split-input-file --verify-diagnostics

func.func @dynamic(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // expected-error @below {{'tosa.tanh' op expects a result of static shape, got 'tensor<?x4xf32>'; give the network's inputs static shapes and run tosa-infer-shapes}}
  %0 = tosa.tanh %x : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

// expected-error @below {{cannot convert these operations of TOSA: 'tosa.custom' (2x), 'tosa.cond_if' (1x)}}
module {
  func.func @unknown(%x: tensor<1x4x4xf32>, %c: tensor<1xi1>) -> tensor<1x4x4xf32> {
    // expected-note @below {{first 'tosa.custom' is here}}
    %0 = tosa.custom %x {operator_name = "a", domain_name = "b", implementation_attrs = ""} : (tensor<1x4x4xf32>) -> tensor<1x4x4xf32>
    %1 = tosa.custom %0 {operator_name = "a", domain_name = "b", implementation_attrs = ""} : (tensor<1x4x4xf32>) -> tensor<1x4x4xf32>
    // expected-note @below {{first 'tosa.cond_if' is here}}
    %2 = "tosa.cond_if"(%c, %1) ({
    ^bb0(%y: tensor<1x4x4xf32>):
      tosa.yield %y : tensor<1x4x4xf32>
    }, {
    ^bb0(%y: tensor<1x4x4xf32>):
      tosa.yield %y : tensor<1x4x4xf32>
    }) : (tensor<1xi1>, tensor<1x4x4xf32>) -> tensor<1x4x4xf32>
    return %2 : tensor<1x4x4xf32>
  }
}
