// A small quantized network gives the same integers through the reference
// interpreter and through the portable lowering, compiled by MLIR's own tools.

// RUN: spiq-interpret --function=network %s | FileCheck %s --check-prefix=REFERENCE
// RUN: spiq-opt --convert-spiq-to-linalg %s \
// RUN:   | mlir-opt --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// RUN:     --convert-linalg-to-loops --expand-strided-metadata --lower-affine \
// RUN:     --convert-scf-to-cf --convert-math-to-llvm --convert-arith-to-llvm \
// RUN:     --finalize-memref-to-llvm --convert-func-to-llvm \
// RUN:     --convert-cf-to-llvm --reconcile-unrealized-casts \
// RUN:   | mlir-runner -e main --entry-point-result=void \
// RUN:     --shared-libs=%llvm_libs/libmlir_runner_utils.so,%llvm_libs/libmlir_c_runner_utils.so \
// RUN:   | FileCheck %s --check-prefix=COMPILED

// REFERENCE: tensor<1x6xint> [-41, 33, 21, 25, 4, 32]
// COMPILED: {{\[\[}}-41,   33,   21,   25,   4,   32]]

!in = !quant.uniform<u8:f32:3, {0.015:128, 0.02:100, 0.01:140}>
!first = !quant.uniform<u8:f32:3, {0.05, 0.04, 0.06, 0.03}>
!depthwise = !quant.uniform<i8:f32:3, {0.05:-128, 0.06:-128, 0.04:-128, 0.05:-128}>
!sum = !quant.uniform<i8:f32, 0.09:3>
!joined = !quant.uniform<u8:f32:3, {0.09:131, 0.09:131, 0.09:131, 0.09:131, 0.05, 0.04, 0.06, 0.03}>
!joined_stored = !quant.uniform<u8:f32, 0.06:90>
!out = !quant.uniform<i8:f32, 0.1:-5>
!w_first = !quant.uniform<i8<-127:127>:f32:0, {0.0001, 0.00012, 0.00009, 0.00011}>
!w_depthwise = !quant.uniform<i8<-127:127>:f32:0, {0.0003, 0.0002, 0.0003, 0.0002}>
!w_pointwise = !quant.uniform<i8<-127:127>:f32:0, {0.0002, 0.0003, 0.00025, 0.00022}>
!w_last = !quant.uniform<i8<-127:127>:f32, 0.0005>

func.func @network() -> tensor<1x6x!out> {
  %x8 = arith.constant dense<"0xD373A7E6278D93530A99DE168F6902B78A97F0EC92BE980EED905411A073BA22211673901416E68D7AB98C0F5CA3CBECA50B9F13CF10512FAF9B151324B1E0990D379111901FB5002F09EE47D1F8166DF5DDCDC04CAF3348BF9514CD07FF61D83BF3CA1C7B939F04ECAB42D8A76FFEEC8B772C94440F134B6152D1D832DA1900154DF592589872C6FA332B91903C34D026147F2F53F3C938E3642CD98671F7DBAC1D9EFF90B845CAA23EC0E6E56B600095ABF3E70DC863A452EF5E0DC835EB7D"> : tensor<1x8x8x3xi8>
  %x = quant.scast %x8 : tensor<1x8x8x3xi8> to tensor<1x8x8x3x!in>

  %w0i = arith.constant dense<"0xDC2F63E276BCA796AEA7BC29BC84FD5517AFC4C982A6EC09DF1D11D274A1315C04741F282E3E8EF5675F4874602F4D10E5E6E7E59BFC23E790B1927DB6F1AA9DD81A8E9B8112A70A9A73DE1E879360B61EE1A723C175D91BDEFAA09E5AFD7F7BF8FBFCD096A59B40D83EC4FB"> : tensor<4x3x3x3xi8>
  %w0 = quant.scast %w0i : tensor<4x3x3x3xi8> to tensor<4x3x3x3x!w_first>
  %b0 = arith.constant dense<[-3710, 7919, -8244, -2276]> : tensor<4xi32>
  %a0 = spiq.conv_2d %x, %w0, %b0 {padding = array<i64: 1, 1, 1, 1>, clamp_min = 0.0 : f32, clamp_max = 6.0 : f32}
        : (tensor<1x8x8x3x!in>, tensor<4x3x3x3x!w_first>, tensor<4xi32>) -> tensor<1x8x8x4x!first>

  %w1i = arith.constant dense<"0x747408DDA6310C6B874308CD7B255E983359C305DE69ABDC46BA090B4801D523BA1D504A"> : tensor<4x3x3x1xi8>
  %w1 = quant.scast %w1i : tensor<4x3x3x1xi8> to tensor<4x3x3x1x!w_depthwise>
  %b1 = arith.constant dense<[-1402, -1039, 282, -1143]> : tensor<4xi32>
  %a1 = spiq.conv_2d %a0, %w1, %b1 {padding = array<i64: 1, 1, 1, 1>, groups = 4 : i64, clamp_min = 0.0 : f32}
        : (tensor<1x8x8x4x!first>, tensor<4x3x3x1x!w_depthwise>, tensor<4xi32>) -> tensor<1x8x8x4x!depthwise>

  %w2i = arith.constant dense<"0xB405FFDC3C887E884BC8F9C3B2321B75"> : tensor<4x1x1x4xi8>
  %w2 = quant.scast %w2i : tensor<4x1x1x4xi8> to tensor<4x1x1x4x!w_pointwise>
  %b2 = arith.constant dense<[-180, 663, 2923, -137]> : tensor<4xi32>
  %a2 = spiq.conv_2d %a1, %w2, %b2 residual %a0
        : (tensor<1x8x8x4x!depthwise>, tensor<4x1x1x4x!w_pointwise>, tensor<4xi32>, tensor<1x8x8x4x!first>) -> tensor<1x8x8x4x!sum>

  %a3 = spiq.max_pool_2d %a2 {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, padding = array<i64: 1, 1, 1, 1>}
        : (tensor<1x8x8x4x!sum>) -> tensor<1x4x4x4x!sum>
  %a4 = spiq.max_pool_2d %a0 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>}
        : (tensor<1x8x8x4x!first>) -> tensor<1x4x4x4x!first>
  %a5 = spiq.concat %a3, %a4 {axis = 3 : i64} : (tensor<1x4x4x4x!sum>, tensor<1x4x4x4x!first>) -> tensor<1x4x4x8x!joined>
  %a6 = spiq.activation hard_swish %a5 : (tensor<1x4x4x8x!joined>) -> tensor<1x4x4x8x!joined_stored>
  %a7 = spiq.avg_pool_2d %a6 {kernel = array<i64: 4, 4>} : (tensor<1x4x4x8x!joined_stored>) -> tensor<1x1x1x8x!joined_stored>

  %s7 = quant.scast %a7 : tensor<1x1x1x8x!joined_stored> to tensor<1x1x1x8xi8>
  %s8 = tensor.collapse_shape %s7 [[0], [1, 2, 3]] : tensor<1x1x1x8xi8> into tensor<1x8xi8>
  %a8 = quant.scast %s8 : tensor<1x8xi8> to tensor<1x8x!joined_stored>
  %w3i = arith.constant dense<"0x757ADE95B99BBBF9B3D7B5FC207D671D5881FB6928D94D2596562A9F69E4493741B4FB64AEF04B23D6974E737939E6F7"> : tensor<6x8xi8>
  %w3 = quant.scast %w3i : tensor<6x8xi8> to tensor<6x8x!w_last>
  %b3 = arith.constant dense<[4152, -6218, -3795, -3430, -4838, -8098]> : tensor<6xi32>
  %a9 = spiq.fully_connected %a8, %w3, %b3 : (tensor<1x8x!joined_stored>, tensor<6x8x!w_last>, tensor<6xi32>) -> tensor<1x6x!out>
  return %a9 : tensor<1x6x!out>
}

func.func private @printMemrefI32(tensor<*xi32>)

func.func @main() {
  %quantized = func.call @network() : () -> tensor<1x6x!out>
  %stored = quant.scast %quantized : tensor<1x6x!out> to tensor<1x6xi8>
  %empty = tensor.empty() : tensor<1x6xi32>
  %wide = linalg.map ins(%stored : tensor<1x6xi8>) outs(%empty : tensor<1x6xi32>)
    (%q: i8, %out: i32) {
      %extended = arith.extsi %q : i8 to i32
      linalg.yield %extended : i32
    }
  %unranked = tensor.cast %wide : tensor<1x6xi32> to tensor<*xi32>
  call @printMemrefI32(%unranked) : (tensor<*xi32>) -> ()
  return
}
