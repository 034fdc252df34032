// Two layers of one shape; a line break in a name.
!image = tensor<1x8x8x16xf32>
func.func @main(%x: !image) -> !image {
  %w = arith.constant dense<0.03> : tensor<16x1x1x16xf32>
  %b = arith.constant dense<0.1> : tensor<16xf32>
  %0 = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32}
    : (!image, tensor<16x1x1x16xf32>, tensor<16xf32>) -> !image loc("one")
  %1 = spiq.conv_2d %0, %w, %b {clamp_min = 0.0 : f32}
    : (!image, tensor<16x1x1x16xf32>, tensor<16xf32>) -> !image loc("two\0Alines")
  %2 = spiq.conv_2d %1, %w, %b
    : (!image, tensor<16x1x1x16xf32>, tensor<16xf32>) -> !image loc("three")
  return %2 : !image
}
