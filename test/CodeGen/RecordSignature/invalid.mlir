// RUN: spiq-opt %s -split-input-file -verify-diagnostics -spiq-record-signature

// expected-error @below {{expected one public function with a body, the model's entry, but found 2}}
module {
  // expected-note @below {{candidate 'a'; make all but one private}}
  func.func @a() { return }
  // expected-note @below {{candidate 'b'; make all but one private}}
  func.func @b() { return }
}

// -----

// expected-error @below {{'func.func' op input 0 has type 'tensor<?xf32>', but a compiled model takes and returns statically shaped tensors}}
func.func @dynamic(%x: tensor<?xf32>) { return }

// -----

// expected-error @below {{'func.func' op output 0 has type 'tensor<2xf64>', but a compiled model takes and returns statically shaped tensors}}
func.func @double() -> tensor<2xf64> {
  %x = arith.constant dense<0.0> : tensor<2xf64>
  return %x : tensor<2xf64>
}
