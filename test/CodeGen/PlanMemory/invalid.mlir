// RUN: spiq-opt %s -split-input-file -verify-diagnostics -allow-unregistered-dialect -spiq-plan-memory

func.func @dynamic(%n: index) {
  // expected-error @below {{'memref.alloc' op cannot be planned: expected a buffer of static shape and dense layout, but got 'memref<?xi8>'}}
  %a = memref.alloc(%n) : memref<?xi8>
  "test.use"(%a) : (memref<?xi8>) -> ()
  return
}

// -----

func.func @stack() {
  // expected-error @below {{'memref.alloca' op cannot be planned: only memref.alloc can be}}
  %a = memref.alloca() : memref<4xi8>
  "test.use"(%a) : (memref<4xi8>) -> ()
  return
}

// -----

func.func @returned() -> memref<4xi8> {
  // expected-error @below {{'memref.alloc' op cannot be planned: the function returns the buffer; turn results into parameters first}}
  %a = memref.alloc() : memref<4xi8>
  return %a : memref<4xi8>
}

// -----

func.func @carried(%init: memref<4xi8>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%last = %init) -> (memref<4xi8>) {
    // expected-error @below {{'memref.alloc' op cannot be planned: a loop carries the buffer from one iteration to the next; allocate it outside of the loop}}
    %a = memref.alloc() : memref<4xi8>
    "test.use"(%last, %a) : (memref<4xi8>, memref<4xi8>) -> ()
    scf.yield %a : memref<4xi8>
  }
  "test.use"(%r) : (memref<4xi8>) -> ()
  return
}

// -----

// expected-error @below {{'func.func' op has several blocks; memory is planned for structured control flow only}}
func.func @blocks() {
  cf.br ^next
^next:
  return
}
