// A convolution, a depthwise one with a residual around both, and a pooling.
!image = tensor<1x28x28x32xf32>
func.func @wide(%x: tensor<1x28x28x32xf32>) -> !image {
  %w = arith.constant dense<0.03> : tensor<32x3x3x32xf32>
  %d = arith.constant dense<0.1> : tensor<32x3x3x1xf32>
  %b = arith.constant dense<0.1> : tensor<32xf32>
  %0 = spiq.conv_2d %x, %w, %b {padding = array<i64: 1, 1, 1, 1>, clamp_min = 0.0 : f32}
    : (!image, tensor<32x3x3x32xf32>, tensor<32xf32>) -> !image loc("first")
  %1 = spiq.conv_2d %0, %d, %b {padding = array<i64: 1, 1, 1, 1>, groups = 32 : i64}
    : (!image, tensor<32x3x3x1xf32>, tensor<32xf32>) -> !image loc("second")
  %2 = spiq.add %0, %1 : (!image, !image) -> !image loc("sum")
  %3 = spiq.max_pool_2d %2 {kernel = array<i64: 3, 3>, padding = array<i64: 1, 1, 1, 1>} : (!image) -> !image loc("pool")
  return %3 : !image
}
