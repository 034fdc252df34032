// RUN: spiq-opt %s -split-input-file -verify-diagnostics -spiq-record-signature

// expected-error @below {{expected one public function with a body, the model's entry, but found 2}}
module {
  // expected-note @below {{candidate 'a'; make all but one private}}
  func.func @a() { return }
  // expected-note @below {{candidate 'b'; make all but one private}}
  func.func @b() { return }
}

// -----

// expected-error @below {{'func.func' op input 0 has type 'tensor<?xf32>', but a compiled model takes and returns statically shaped tensors of f32, i8, i32, i64 or quantized 8-bit values}}
func.func @dynamic(%x: tensor<?xf32>) { return }

// -----

// expected-error @below {{'func.func' op output 0 has type 'tensor<2xf64>', but a compiled model takes and returns statically shaped tensors of f32, i8, i32, i64 or quantized 8-bit values}}
func.func @double() -> tensor<2xf64> {
  %x = arith.constant dense<0.0> : tensor<2xf64>
  return %x : tensor<2xf64>
}

// -----

// expected-error @below {{'func.func' op has no body; a compiled model holds all that it calls}}
func.func private @external(tensor<2xf32>) -> tensor<2xf32>
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = func.call @external(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// expected-error @below {{'llvm.func' op is the model's entry, but not a func.func}}
llvm.func @lowered() {
  llvm.return
}
