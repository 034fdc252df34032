// RUN: spiq-opt --convert-spiq-to-linalg --split-input-file --verify-diagnostics %s

!wide = !quant.uniform<i16:f32, 0.5>

// expected-error @below {{cannot be lowered: type 'tensor<4x!quant.uniform<i16:f32, 5.000000e-01>>' is not a static tensor of 8-bit values with f32 expressed type and positive finite scales}}
func.func @wide_storage(%x: tensor<4x!wide>) -> tensor<4xf32> {
  %y = quant.dcast %x : tensor<4x!wide> to tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

!type = !quant.uniform<i8:f32, 0.5>

func.func @dynamic_shape(%x: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error @+1 {{'quant.qcast' op cannot be lowered: type 'tensor<?x!quant.uniform<i8:f32, 5.000000e-01>>' is not a static tensor}}
  %q = quant.qcast %x : tensor<?xf32> to tensor<?x!type>
  %y = quant.dcast %q : tensor<?x!type> to tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

!type = !quant.uniform<i8:f32, 0.5>

func.func @scalar(%x: f32) -> f32 {
  // expected-error @+1 {{cannot be lowered: type '!quant.uniform<i8:f32, 5.000000e-01>' is not a static tensor}}
  %q = quant.qcast %x : f32 to !type
  %y = quant.dcast %q : !type to f32
  return %y : f32
}

// -----

!type = !quant.uniform<i8:f32, 0.5>

func.func @upstream_operation(%x: tensor<2x4x!type>) -> tensor<8x!type> {
  // expected-error @+1 {{'tensor.collapse_shape' op cannot be lowered with a quantized type; convert operands and results with 'quant.scast'}}
  %y = tensor.collapse_shape %x [[0, 1]] : tensor<2x4x!type> into tensor<8x!type>
  return %y : tensor<8x!type>
}

// -----

!type = !quant.uniform<i8:f32, 0.5>

func.func @rescale(%x: tensor<4x!type>, %m: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4x!type> {
  // expected-error @+1 {{'spiq.rescale' op cannot be lowered: expects constant 'multiplier' in quantized form; make the operand an arith.constant}}
  %y = spiq.rescale %x, %m, %b : (tensor<4x!type>, tensor<4xf32>, tensor<4xf32>) -> tensor<4x!type>
  return %y : tensor<4x!type>
}

// -----

!type = !quant.uniform<i8:f32, 0.5>

func.func @rescale_offset(%x: tensor<4x!type>, %b: tensor<4xf32>) -> tensor<4x!type> {
  %m = arith.constant dense<1.5> : tensor<4xf32>
  // expected-error @+1 {{'spiq.rescale' op cannot be lowered: expects constant 'offset' in quantized form}}
  %y = spiq.rescale %x, %m, %b : (tensor<4x!type>, tensor<4xf32>, tensor<4xf32>) -> tensor<4x!type>
  return %y : tensor<4x!type>
}

// -----

!type = !quant.uniform<i8:f32, 0.5>

func.func @prelu(%x: tensor<4x!type>, %a: tensor<4xf32>) -> tensor<4x!type> {
  // expected-error @+1 {{'spiq.activation' op cannot be lowered: expects constant 'slope' in quantized form}}
  %y = spiq.activation prelu %x slope %a : (tensor<4x!type>, tensor<4xf32>) -> tensor<4x!type>
  return %y : tensor<4x!type>
}

// -----

!weights = !quant.uniform<i8<-127:127>:f32, 0.5>

func.func @dynamic_weights(%x: tensor<1x4xf32>, %w: tensor<2x4x!weights>, %b: tensor<2xf32>) -> tensor<1x2xf32> {
  // expected-error @+1 {{'spiq.fully_connected' op cannot be lowered: expects constant 'weights' in quantized form}}
  %y = spiq.fully_connected %x, %w, %b : (tensor<1x4xf32>, tensor<2x4x!weights>, tensor<2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
