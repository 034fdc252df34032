// Networks that a rule cannot run.
// RUN: spiq-opt %s -split-input-file -verify-diagnostics --spiq-derive-scales="rule=synthetic"

// expected-error @below {{'func.func' op cannot be run on generated images: argument #1 is no f32 tensor of images}}
func.func @integers(%x: tensor<1x4xf32>, %i: tensor<2xi32>) -> (tensor<1x4xf32>, tensor<2xi32>) {
  %0 = spiq.clamp %x {clamp_min = 0.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0, %i : tensor<1x4xf32>, tensor<2xi32>
}

// -----

func.func @dynamic(%x: tensor<1x4xf32>) -> tensor<1x?xf32> {
  %0 = tensor.cast %x : tensor<1x4xf32> to tensor<1x?xf32>
  // expected-error @below {{cannot be run at compile time: a value has type 'tensor<1x?xf32>'}}
  %1 = math.absf %0 : tensor<1x?xf32>
  return %1 : tensor<1x?xf32>
}

// -----

func.func private @callee(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  return %x : tensor<1x4xf32>
}

func.func @call(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // expected-error @below {{'func.call' op cannot be run at compile time: it calls a function; inline that before}}
  %0 = func.call @callee(%x) : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// expected-error @below {{cannot be compiled for this machine: op was not bufferized}}
func.func @unknown(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = tosa.sin %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}
