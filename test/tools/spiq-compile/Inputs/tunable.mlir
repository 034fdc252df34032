// A convolution, a depthwise one and a convolution. Every channel has another bias.
!image = tensor<1x28x28x32xf32>
func.func @tunable(%x: !image) -> !image {
  %w = arith.constant dense<0.03> : tensor<32x3x3x32xf32>
  %d = arith.constant dense<0.1> : tensor<32x3x3x1xf32>
  %v = arith.constant dense<0.2> : tensor<32x1x1x32xf32>
  %b = arith.constant dense<[-1.0, -0.5625, -0.125, 0.3125, 0.75, -0.8125, -0.375, 0.0625, 0.5, 0.9375, -0.625, -0.1875, 0.25, 0.6875, -0.875, -0.4375, 0.0, 0.4375, 0.875, -0.6875, -0.25, 0.1875, 0.625, -0.9375, -0.5, -0.0625, 0.375, 0.8125, -0.75, -0.3125, 0.125, 0.5625]> : tensor<32xf32>
  %0 = spiq.conv_2d %x, %w, %b {padding = array<i64: 1, 1, 1, 1>, clamp_min = 0.0 : f32}
    : (!image, tensor<32x3x3x32xf32>, tensor<32xf32>) -> !image loc("first")
  %1 = spiq.conv_2d %0, %d, %b {padding = array<i64: 1, 1, 1, 1>, groups = 32 : i64}
    : (!image, tensor<32x3x3x1xf32>, tensor<32xf32>) -> !image loc("second")
  %2 = spiq.conv_2d %1, %v, %b
    : (!image, tensor<32x1x1x32xf32>, tensor<32xf32>) -> !image loc("third")
  return %2 : !image
}
