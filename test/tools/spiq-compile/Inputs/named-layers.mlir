// Two convolutions named after the nodes that they were made of.
#stats = #spiq.channel_stats<mean = [0.5, -1.0], stddev = [0.5, 2.0]>
func.func @named_layers(%x: tensor<1x6x8x3xf32>) -> (tensor<1x6x8x2xf32> {spiq.name = "y"}) {
  %w = arith.constant dense<[[[[2.0, 1.0, -1.0]]], [[[1.0, -3.0, 0.5]]]]> : tensor<2x1x1x3xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %v = arith.constant dense<[[[[1.0, 1.0]]], [[[0.5, -1.0]]]]> : tensor<2x1x1x2xf32>
  %0 = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32, stats = #stats}
    : (tensor<1x6x8x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>) -> tensor<1x6x8x2xf32> loc(fused["/conv", "/relu"])
  %1 = spiq.conv_2d %0, %v, %b
    : (tensor<1x6x8x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x6x8x2xf32> loc("/last")
  return %1 : tensor<1x6x8x2xf32>
}
