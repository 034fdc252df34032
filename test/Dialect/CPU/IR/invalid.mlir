// RUN: spiq-opt %s -split-input-file -verify-diagnostics

func.func @dot(%acc: vector<4xi32>, %x: vector<8xi8>) {
  // expected-error @below {{expects four bytes per lane, got 8 bytes for 4 lanes}}
  %y = spiq_cpu.dot %acc, %x, %x : vector<8xi8> into vector<4xi32>
  return
}

// -----

func.func @dot_pair(%acc: vector<4xi32>, %x: vector<8xi8>) {
  // expected-error @below {{expects four bytes per lane, got 8 bytes for 4 lanes}}
  %y = spiq_cpu.dot_pair %acc, %x, %x, %x, %x : vector<8xi8> into vector<4xi32>
  return
}

// -----

func.func @pack_bytes(%x: vector<4xi32>) {
  // expected-error @below {{expects a multiple of four lanes and four result bytes per lane, got 4 lanes and 8 bytes}}
  %y = spiq_cpu.pack %x, %x, %x, %x : vector<4xi32> to vector<8xi8>
  return
}

// -----

func.func @pack_one_zero_point(%x: vector<4xi32>, %z: vector<8xi16>) {
  // expected-error @below {{expects two vectors of zero points, got 1}}
  %y = spiq_cpu.pack %x, %x, %x, %x zero_points(%z : vector<8xi16>) : vector<4xi32> to vector<16xi8>
  return
}

// -----

func.func @pack_zero_points(%x: vector<4xi32>, %z: vector<4xi16>) {
  // expected-error @below {{expects zero points of type vector<8xi16>, got 'vector<4xi16>'}}
  %y = spiq_cpu.pack %x, %x, %x, %x zero_points(%z, %z : vector<4xi16>, vector<4xi16>) : vector<4xi32> to vector<16xi8>
  return
}

// -----

func.func @pack_lanes(%x: vector<2xi32>) {
  // expected-error @below {{expects a multiple of four lanes and four result bytes per lane, got 2 lanes and 8 bytes}}
  %y = spiq_cpu.pack %x, %x, %x, %x : vector<2xi32> to vector<8xi8>
  return
}

// -----

func.func @conv_kernel(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects 'kernel' to have 2 positive values}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 0>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_strides(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects 'strides' to have 2 positive values}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, strides = array<i64: 1>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_dilations(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects 'dilations' to have 2 positive values}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, dilations = array<i64: 1, 1, 1>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_images(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<2x3x3x16xi8>) {
  // expected-error @below {{expects as many output images as input images (1), got 2}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<2x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<2x3x3x16xi8>
  return
}

// -----

func.func @conv_rows(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects a padded input of at least 5 elements along axis 1, got 3}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, strides = array<i64: 2, 1>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_columns(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects a padded input of at least 5 elements along axis 2, got 3}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 2>, dilations = array<i64: 1, 2>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_types(%x: tensor<1x3x3x4xf32>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects an input of bytes and an output of bytes or f32}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xf32>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_lanes(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects at least 4 lanes and a tile of 1 to 9 pixels}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 2 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_no_pixel(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects at least 4 lanes and a tile of 1 to 9 pixels}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 0 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_pixels(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects at least 4 lanes and a tile of 1 to 9 pixels}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 10 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_empty_block(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects blocks of 1 to 16 vectors, got 0}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4, 0>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_large_block(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects blocks of 1 to 16 vectors, got 17}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 17>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_groups(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects groups that divide 4 input and 16 output channels, got 3}}
  %y = spiq_cpu.conv_2d ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, groups = 3 : i64, lanes = 4 : i64, pixels = 1 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_packed_f32(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xf32>) {
  // expected-error @below {{expects no block of 4 vectors, which is in packed order, for an f32 output}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xf32>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xf32>
  return
}

// -----

func.func @conv_channels(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects blocks for 16 channels, got 3 vectors of 4 lanes}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 3>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_weights(%x: tensor<1x3x3x4xi8>, %w: tensor<60xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects 64 bytes of weights, got 60}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<60xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_parameters(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects 48 channel parameters, got 32}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier|max>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_no_residual(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<48xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects a residual exactly if its multiplier is among the parameters}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<48xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier|residual_multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_residual(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>,
    %r: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects a residual exactly if its multiplier is among the parameters}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         residual(%r : tensor<1x3x3x16xi8>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_residual_type(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<48xi32>, %init: tensor<1x3x3x16xi8>,
    %r: tensor<1x3x3x8xi8>) {
  // expected-error @below {{expects a residual of bytes with the shape of the output}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<48xi32>)
         residual(%r : tensor<1x3x3x8xi8>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier|residual_multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @depthwise_kernel(%x: tensor<1x4x4x16xi8>, %w: tensor<384xi8>, %p: tensor<32xi32>, %init: tensor<1x2x2x16xi8>) {
  // expected-error @below {{expects 'kernel' to have 2 positive values}}
  %y = spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : tensor<1x4x4x16xi8>, tensor<384xi8>, tensor<32xi32>)
         outs(%init : tensor<1x2x2x16xi8>)
         {kernel = array<i64: 3>, rows = 2 : i64, columns = 2 : i64,
          blocks = array<i64: 4>, pieces = array<i64: 1>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x2x2x16xi8>
  return
}

// -----

func.func @depthwise_rows(%x: tensor<1x4x4x16xi8>, %w: tensor<384xi8>, %p: tensor<32xi32>, %init: tensor<1x2x2x16xi8>) {
  // expected-error @below {{expects a tile within 2 x 2 output pixels, got 3 x 2}}
  %y = spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : tensor<1x4x4x16xi8>, tensor<384xi8>, tensor<32xi32>)
         outs(%init : tensor<1x2x2x16xi8>)
         {kernel = array<i64: 3, 3>, rows = 3 : i64, columns = 2 : i64,
          blocks = array<i64: 4>, pieces = array<i64: 1>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x2x2x16xi8>
  return
}

// -----

func.func @depthwise_columns(%x: tensor<1x4x4x16xi8>, %w: tensor<384xi8>, %p: tensor<32xi32>, %init: tensor<1x2x2x16xi8>) {
  // expected-error @below {{expects a tile within 2 x 2 output pixels, got 2 x 3}}
  %y = spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : tensor<1x4x4x16xi8>, tensor<384xi8>, tensor<32xi32>)
         outs(%init : tensor<1x2x2x16xi8>)
         {kernel = array<i64: 3, 3>, rows = 2 : i64, columns = 3 : i64,
          blocks = array<i64: 4>, pieces = array<i64: 1>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x2x2x16xi8>
  return
}

// -----

func.func @depthwise_no_column(%x: tensor<1x4x4x16xi8>, %w: tensor<384xi8>, %p: tensor<32xi32>, %init: tensor<1x2x2x16xi8>) {
  // expected-error @below {{expects a tile within 2 x 2 output pixels, got 2 x 0}}
  %y = spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : tensor<1x4x4x16xi8>, tensor<384xi8>, tensor<32xi32>)
         outs(%init : tensor<1x2x2x16xi8>)
         {kernel = array<i64: 3, 3>, rows = 2 : i64, columns = 0 : i64,
          blocks = array<i64: 4>, pieces = array<i64: 1>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x2x2x16xi8>
  return
}

// -----

func.func @depthwise_channels(%x: tensor<1x4x4x17xi8>, %w: tensor<384xi8>, %p: tensor<32xi32>, %init: tensor<1x2x2x16xi8>) {
  // expected-error @below {{expects as many input channels as output channels (16), got 17}}
  %y = spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : tensor<1x4x4x17xi8>, tensor<384xi8>, tensor<32xi32>)
         outs(%init : tensor<1x2x2x16xi8>)
         {kernel = array<i64: 3, 3>, rows = 2 : i64, columns = 2 : i64,
          blocks = array<i64: 4>, pieces = array<i64: 1>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x2x2x16xi8>
  return
}

// -----

func.func @depthwise_types(%x: tensor<1x4x4x16xi8>, %w: tensor<384xi8>, %p: tensor<32xi32>, %init: tensor<1x2x2x16xf32>) {
  // expected-error @below {{expects an input and an output of bytes}}
  %y = spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : tensor<1x4x4x16xi8>, tensor<384xi8>, tensor<32xi32>)
         outs(%init : tensor<1x2x2x16xf32>)
         {kernel = array<i64: 3, 3>, rows = 2 : i64, columns = 2 : i64,
          blocks = array<i64: 4>, pieces = array<i64: 1>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x2x2x16xf32>
  return
}

// -----

func.func @depthwise_small_block(%x: tensor<1x4x4x16xi8>, %w: tensor<384xi8>, %p: tensor<32xi32>, %init: tensor<1x2x2x16xi8>) {
  // expected-error @below {{expects blocks of at least 4 lanes in pieces of equal size, got 1 pieces of 2 lanes}}
  %y = spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : tensor<1x4x4x16xi8>, tensor<384xi8>, tensor<32xi32>)
         outs(%init : tensor<1x2x2x16xi8>)
         {kernel = array<i64: 3, 3>, rows = 2 : i64, columns = 2 : i64,
          blocks = array<i64: 2>, pieces = array<i64: 1>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x2x2x16xi8>
  return
}

// -----

func.func @depthwise_large_block(%x: tensor<1x4x4x16xi8>, %w: tensor<384xi8>, %p: tensor<32xi32>, %init: tensor<1x2x2x16xi8>) {
  // expected-error @below {{expects blocks of at most 16 channels, got 32}}
  %y = spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : tensor<1x4x4x16xi8>, tensor<384xi8>, tensor<32xi32>)
         outs(%init : tensor<1x2x2x16xi8>)
         {kernel = array<i64: 3, 3>, rows = 2 : i64, columns = 2 : i64,
          blocks = array<i64: 8>, pieces = array<i64: 1>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x2x2x16xi8>
  return
}

// -----

func.func @depthwise_pieces(%x: tensor<1x4x4x16xi8>, %w: tensor<384xi8>, %p: tensor<32xi32>, %init: tensor<1x2x2x16xi8>) {
  // expected-error @below {{expects as many pieces as blocks (1), got 2}}
  %y = spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : tensor<1x4x4x16xi8>, tensor<384xi8>, tensor<32xi32>)
         outs(%init : tensor<1x2x2x16xi8>)
         {kernel = array<i64: 3, 3>, rows = 2 : i64, columns = 2 : i64,
          blocks = array<i64: 4>, pieces = array<i64: 1, 1>,
          parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x2x2x16xi8>
  return
}

// -----

func.func @depthwise_uneven_pieces(%x: tensor<1x4x4x16xi8>, %w: tensor<384xi8>, %p: tensor<32xi32>, %init: tensor<1x2x2x16xi8>) {
  // expected-error @below {{expects blocks of at least 4 lanes in pieces of equal size, got 3 pieces of 4 lanes}}
  %y = spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : tensor<1x4x4x16xi8>, tensor<384xi8>, tensor<32xi32>)
         outs(%init : tensor<1x2x2x16xi8>)
         {kernel = array<i64: 3, 3>, rows = 2 : i64, columns = 2 : i64,
          blocks = array<i64: 4>, pieces = array<i64: 3>,
          parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x2x2x16xi8>
  return
}

// -----

func.func @depthwise_piece_columns(%x: tensor<1x4x4x16xi8>, %w: tensor<384xi8>, %p: tensor<32xi32>, %init: tensor<1x2x2x16xi8>) {
  // expected-error @below {{expects a tile within 2 x 2 output pixels, got 2 x 4}}
  %y = spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : tensor<1x4x4x16xi8>, tensor<384xi8>, tensor<32xi32>)
         outs(%init : tensor<1x2x2x16xi8>)
         {kernel = array<i64: 3, 3>, rows = 2 : i64, columns = 2 : i64,
          blocks = array<i64: 4>, pieces = array<i64: 2>,
          parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x2x2x16xi8>
  return
}

// -----

func.func @depthwise_blocks(%x: tensor<1x4x4x20xi8>, %w: tensor<384xi8>, %p: tensor<32xi32>, %init: tensor<1x2x2x20xi8>) {
  // expected-error @below {{expects blocks for 20 channels, got 16}}
  %y = spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : tensor<1x4x4x20xi8>, tensor<384xi8>, tensor<32xi32>)
         outs(%init : tensor<1x2x2x20xi8>)
         {kernel = array<i64: 3, 3>, rows = 2 : i64, columns = 2 : i64,
          blocks = array<i64: 4>, pieces = array<i64: 1>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x2x2x20xi8>
  return
}

// -----

func.func @depthwise_weights(%x: tensor<1x4x4x16xi8>, %w: tensor<383xi8>, %p: tensor<32xi32>, %init: tensor<1x2x2x16xi8>) {
  // expected-error @below {{expects 384 bytes of weights, got 383}}
  %y = spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : tensor<1x4x4x16xi8>, tensor<383xi8>, tensor<32xi32>)
         outs(%init : tensor<1x2x2x16xi8>)
         {kernel = array<i64: 3, 3>, rows = 2 : i64, columns = 2 : i64,
          blocks = array<i64: 4>, pieces = array<i64: 1>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x2x2x16xi8>
  return
}

// -----

func.func @depthwise_parameters(%x: tensor<1x4x4x16xi8>, %w: tensor<384xi8>, %p: tensor<32xi32>, %init: tensor<1x2x2x16xi8>) {
  // expected-error @below {{expects 48 channel parameters, got 32}}
  %y = spiq_cpu.depthwise_conv_2d
         ins(%x, %w, %p : tensor<1x4x4x16xi8>, tensor<384xi8>, tensor<32xi32>)
         outs(%init : tensor<1x2x2x16xi8>)
         {kernel = array<i64: 3, 3>, rows = 2 : i64, columns = 2 : i64,
          blocks = array<i64: 4>, pieces = array<i64: 1>, parameters = #spiq_cpu.parameters<bias|multiplier|min>}
       -> tensor<1x2x2x16xi8>
  return
}

// -----

func.func @quantize_input(%x: tensor<1x2x3x4xi8>, %init: tensor<1x3x4x2xi8>) {
  // expected-error @below {{expects an f32 input and an output of bytes}}
  %y = spiq_cpu.quantize ins(%x : tensor<1x2x3x4xi8>) outs(%init : tensor<1x3x4x2xi8>)
         {lanes = 4 : i64, scales = array<f32: 0.5, 0.5>, zero_points = array<i32: 0, 0>,
          min = array<i32: 0, 0>, max = array<i32: 255, 255>}
       -> tensor<1x3x4x2xi8>
  return
}

// -----

func.func @quantize_output(%x: tensor<1x2x3x4xf32>, %init: tensor<1x3x4x2xf32>) {
  // expected-error @below {{expects an f32 input and an output of bytes}}
  %y = spiq_cpu.quantize ins(%x : tensor<1x2x3x4xf32>) outs(%init : tensor<1x3x4x2xf32>)
         {lanes = 4 : i64, scales = array<f32: 0.5, 0.5>, zero_points = array<i32: 0, 0>,
          min = array<i32: 0, 0>, max = array<i32: 255, 255>}
       -> tensor<1x3x4x2xf32>
  return
}

// -----

func.func @quantize_shape(%x: tensor<1x2x3x4xf32>, %init: tensor<1x2x3x4xi8>) {
  // expected-error @below {{expects an output of shape 1x3x4x2}}
  %y = spiq_cpu.quantize ins(%x : tensor<1x2x3x4xf32>) outs(%init : tensor<1x2x3x4xi8>)
         {lanes = 4 : i64, scales = array<f32: 0.5, 0.5>, zero_points = array<i32: 0, 0>,
          min = array<i32: 0, 0>, max = array<i32: 255, 255>}
       -> tensor<1x2x3x4xi8>
  return
}

// -----

func.func @quantize_channels(%x: tensor<1x5x3x4xf32>, %init: tensor<1x3x4x5xi8>) {
  // expected-error @below {{expects at most 4 channels, got 5}}
  %y = spiq_cpu.quantize ins(%x : tensor<1x5x3x4xf32>) outs(%init : tensor<1x3x4x5xi8>)
         {lanes = 4 : i64, scales = array<f32: 0.5, 0.5>, zero_points = array<i32: 0, 0>,
          min = array<i32: 0, 0>, max = array<i32: 255, 255>}
       -> tensor<1x3x4x5xi8>
  return
}

// -----

func.func @quantize_few_lanes(%x: tensor<1x2x3x4xf32>, %init: tensor<1x3x4x2xi8>) {
  // expected-error @below {{expects 4 to 4 lanes, got 2}}
  %y = spiq_cpu.quantize ins(%x : tensor<1x2x3x4xf32>) outs(%init : tensor<1x3x4x2xi8>)
         {lanes = 2 : i64, scales = array<f32: 0.5, 0.5>, zero_points = array<i32: 0, 0>,
          min = array<i32: 0, 0>, max = array<i32: 255, 255>}
       -> tensor<1x3x4x2xi8>
  return
}

// -----

func.func @quantize_many_lanes(%x: tensor<1x2x3x4xf32>, %init: tensor<1x3x4x2xi8>) {
  // expected-error @below {{expects 4 to 4 lanes, got 8}}
  %y = spiq_cpu.quantize ins(%x : tensor<1x2x3x4xf32>) outs(%init : tensor<1x3x4x2xi8>)
         {lanes = 8 : i64, scales = array<f32: 0.5, 0.5>, zero_points = array<i32: 0, 0>,
          min = array<i32: 0, 0>, max = array<i32: 255, 255>}
       -> tensor<1x3x4x2xi8>
  return
}

// -----

func.func @quantize_scales(%x: tensor<1x2x3x4xf32>, %init: tensor<1x3x4x2xi8>) {
  // expected-error @below {{expects 2 values for each parameter, got 1}}
  %y = spiq_cpu.quantize ins(%x : tensor<1x2x3x4xf32>) outs(%init : tensor<1x3x4x2xi8>)
         {lanes = 4 : i64, scales = array<f32: 0.5>, zero_points = array<i32: 0, 0>,
          min = array<i32: 0, 0>, max = array<i32: 255, 255>}
       -> tensor<1x3x4x2xi8>
  return
}

// -----

func.func @quantize_max(%x: tensor<1x2x3x4xf32>, %init: tensor<1x3x4x2xi8>) {
  // expected-error @below {{expects 2 values for each parameter, got 3}}
  %y = spiq_cpu.quantize ins(%x : tensor<1x2x3x4xf32>) outs(%init : tensor<1x3x4x2xi8>)
         {lanes = 4 : i64, scales = array<f32: 0.5, 0.5>, zero_points = array<i32: 0, 0>,
          min = array<i32: 0, 0>, max = array<i32: 255, 255, 255>}
       -> tensor<1x3x4x2xi8>
  return
}

// -----

func.func @conv_activation(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects parameter 'output_multiplier' for its activation}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier>,
          activation = #spiq.activation<silu>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_slope(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<64xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects no parameter 'slope' for its activation}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<64xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier|output_multiplier|slope>,
          activation = #spiq.activation<silu>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_pairs_signed(%x: tensor<1x3x3x4xi8>, %w: tensor<128xi8>, %p: tensor<32xi32>, %t: tensor<20xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects weights of 8 bits and unsigned storage for pairs}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<128xi8>, tensor<32xi32>)
         pairs(%t : tensor<20xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 1 : i64, blocks = array<i64: 4>,
          parameters = #spiq_cpu.parameters<bias|multiplier>, signed_storage}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_pairs_words(%x: tensor<1x3x3x4xi8>, %w: tensor<128xi8>, %p: tensor<32xi32>, %t: tensor<11xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects at least 12 words of pairs, got 11}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<128xi8>, tensor<32xi32>)
         pairs(%t : tensor<11xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, lanes = 4 : i64, pixels = 1 : i64, blocks = array<i64: 4>,
          parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_weight_bits(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects weights of 4 or 8 bits, got 2}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, weight_bits = 2 : i64, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @conv_nibbles(%x: tensor<1x3x3x4xi8>, %w: tensor<64xi8>, %p: tensor<32xi32>, %init: tensor<1x3x3x16xi8>) {
  // expected-error @below {{expects 32 bytes of weights, got 64}}
  %y = spiq_cpu.conv_2d
         ins(%x, %w, %p : tensor<1x3x3x4xi8>, tensor<64xi8>, tensor<32xi32>)
         outs(%init : tensor<1x3x3x16xi8>)
         {kernel = array<i64: 1, 1>, weight_bits = 4 : i64, lanes = 4 : i64, pixels = 3 : i64,
          blocks = array<i64: 4>, parameters = #spiq_cpu.parameters<bias|multiplier>}
       -> tensor<1x3x3x16xi8>
  return
}

// -----

func.func @unpack_words(%packed: vector<16xi16>) {
  // expected-error @below {{must be vector of 8-bit signless integer values}}
  %low, %high = spiq_cpu.unpack %packed : vector<16xi16>
  return
}

// -----

// expected-error @below {{expects positive 'pixels' and 'merged_groups', got 1 and 0}}
func.func private @schedule_groups() attributes {s = #spiq_cpu.conv_schedule<pixels = 1, blocks = [1], outermost = pixels, merged_groups = 0>}

// -----

// expected-error @below {{expects at least one block}}
func.func private @schedule_no_blocks() attributes {s = #spiq_cpu.conv_schedule<pixels = 1, blocks = [], outermost = pixels>}

// -----

// expected-error @below {{expects blocks of 1 to 16 vectors, got 17}}
func.func private @schedule_blocks() attributes {s = #spiq_cpu.conv_schedule<pixels = 1, blocks = [17], outermost = channels>}

// -----

// expected-error @below {{expects positive 'rows' and 'columns', got 0 and 1}}
func.func private @schedule_rows() attributes {s = #spiq_cpu.depthwise_schedule<rows = 0, columns = 1, lanes = [4], pieces = [1]>}

// -----

// expected-error @below {{expects lanes and pieces of each block, got 2 and 1}}
func.func private @schedule_pieces() attributes {s = #spiq_cpu.depthwise_schedule<rows = 1, columns = 1, lanes = [4, 4], pieces = [1]>}

// -----

// expected-error @below {{expects positive lanes, whose bytes the pieces divide, got 4 lanes and 3 pieces}}
func.func private @schedule_split() attributes {s = #spiq_cpu.depthwise_schedule<rows = 1, columns = 1, lanes = [4], pieces = [3]>}
