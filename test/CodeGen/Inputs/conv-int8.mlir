// A quantized 3x3 convolution with padding, stride 2 and requantization, the
// way convert-spiq-to-linalg writes it: NCHW f32 input quantized to NHWC i8.
func.func @main(%x: tensor<1x3x9x9xf32> {spiq.name = "image"}) -> (tensor<1x5x5x20xi8> {spiq.name = "features"}) {
  %w = arith.constant dense<[[[[3, -2, 1], [0, 5, -6], [7, 1, 2]], [[-1, 2, 3], [4, -5, 6], [0, 1, -2]], [[2, 2, 2], [-3, 1, 0], [5, -4, 3]]]]> : tensor<1x3x3x3xi8>
  %empty_w = tensor.empty() : tensor<20x3x3x3xi8>
  %weights = linalg.generic {indexing_maps = [affine_map<(o, h, w, c) -> (0, h, w, c)>, affine_map<(o, h, w, c) -> (o, h, w, c)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%w : tensor<1x3x3x3xi8>) outs(%empty_w : tensor<20x3x3x3xi8>) {
  ^bb0(%a: i8, %b: i8):
    %o = linalg.index 0 : index
    %oi = arith.index_cast %o : index to i8
    %r = arith.addi %a, %oi : i8
    linalg.yield %r : i8
  } -> tensor<20x3x3x3xi8>
  %bias = arith.constant dense<[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]> : tensor<20xi32>
  %m = arith.constant dense<[0.01, 0.02, 0.03, 0.04, 0.05, 0.01, 0.02, 0.03, 0.04, 0.05, 0.01, 0.02, 0.03, 0.04, 0.05, 0.01, 0.02, 0.03, 0.04, 0.05]> : tensor<20xf32>
  %q0 = tensor.empty() : tensor<1x9x9x3xi8>
  %scale = arith.constant 31.5 : f32
  %lo = arith.constant -128.0 : f32
  %hi = arith.constant 127.0 : f32
  %q = linalg.generic {indexing_maps = [affine_map<(n, h, w, c) -> (n, c, h, w)>, affine_map<(n, h, w, c) -> (n, h, w, c)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x3x9x9xf32>) outs(%q0 : tensor<1x9x9x3xi8>) {
  ^bb0(%a: f32, %b: i8):
    %s = arith.mulf %a, %scale : f32
    %r = math.roundeven %s : f32
    %l = arith.maximumf %r, %lo : f32
    %u = arith.minimumf %l, %hi : f32
    %i = arith.fptosi %u : f32 to i8
    linalg.yield %i : i8
  } -> tensor<1x9x9x3xi8>
  %zp = arith.constant 3 : i8
  %p = tensor.pad %q low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %zp : i8
  } : tensor<1x9x9x3xi8> to tensor<1x11x11x3xi8>
  %acc0 = tensor.empty() : tensor<1x5x5x20xi32>
  %binit = linalg.broadcast ins(%bias : tensor<20xi32>) outs(%acc0 : tensor<1x5x5x20xi32>) dimensions = [0, 1, 2]
  %acc = linalg.conv_2d_nhwc_fhwc {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%p, %weights : tensor<1x11x11x3xi8>, tensor<20x3x3x3xi8>) outs(%binit : tensor<1x5x5x20xi32>) -> tensor<1x5x5x20xi32>
  %y0 = tensor.empty() : tensor<1x5x5x20xi8>
  %y = linalg.generic {indexing_maps = [affine_map<(n, h, w, c) -> (n, h, w, c)>, affine_map<(n, h, w, c) -> (c)>, affine_map<(n, h, w, c) -> (n, h, w, c)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%acc, %m : tensor<1x5x5x20xi32>, tensor<20xf32>) outs(%y0 : tensor<1x5x5x20xi8>) {
  ^bb0(%a: i32, %mm: f32, %b: i8):
    %f = arith.sitofp %a : i32 to f32
    %s = arith.mulf %f, %mm : f32
    %r = math.roundeven %s : f32
    %l = arith.maximumf %r, %lo : f32
    %u = arith.minimumf %l, %hi : f32
    %i = arith.fptosi %u : f32 to i8
    linalg.yield %i : i8
  } -> tensor<1x5x5x20xi8>
  return %y : tensor<1x5x5x20xi8>
}
