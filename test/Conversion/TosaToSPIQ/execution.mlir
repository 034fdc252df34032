// The network computes the same numbers whether it goes through SPIQ or through
// upstream's lowering of TOSA. All values are small multiples of powers of two,
// so that both are exact and the texts can be compared.

// DEFINE: %{lower} = --canonicalize --one-shot-bufferize=bufferize-function-boundaries \
// DEFINE:   --convert-linalg-to-loops --convert-scf-to-cf --expand-strided-metadata \
// DEFINE:   --lower-affine --convert-math-to-llvm --convert-math-to-libm \
// DEFINE:   --convert-arith-to-llvm --finalize-memref-to-llvm \
// DEFINE:   --convert-func-to-llvm --convert-cf-to-llvm --reconcile-unrealized-casts
// DEFINE: %{run} = mlir-runner -e main --entry-point-result=void \
// DEFINE:   --shared-libs=%llvm_libs/libmlir_c_runner_utils.so,%llvm_libs/libmlir_runner_utils.so

// RUN: spiq-opt %s --convert-tosa-to-spiq --convert-spiq-to-linalg %{lower} \
// RUN:   | %{run} | sed "s/^Unranked.*//" > %t.spiq
// RUN: mlir-opt %s --pass-pipeline="builtin.module(func.func(tosa-optional-decompositions,tosa-to-linalg-named,tosa-to-linalg,tosa-to-arith,tosa-to-tensor,canonicalize))" \
// RUN:   | mlir-opt %{lower} | %{run} | sed "s/^Unranked.*//" > %t.upstream
// RUN: diff %t.spiq %t.upstream
// RUN: FileCheck %s < %t.spiq

// Not all zeros and not all clamped:
// CHECK: {{\[\[}}33.7881, -58.8477]]

func.func private @printMemrefF32(tensor<*xf32>) attributes {llvm.emit_c_interface}

func.func @net(%x: tensor<1x4x6x6xf32>) -> (tensor<1x2xf32>, tensor<1x4x11x11xf32>) {
  %shift = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %zp = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %w0 = "tosa.const"() {values = dense<[[[[1.0, -1.0], [2.0, 0.0], [0.5, 1.0], [1.0, -2.0]],
                                         [[0.0, 1.0], [1.0, 1.0], [-1.0, 0.5], [2.0, 1.0]]],
                                        [[[3.0, 1.0], [-2.0, 1.0], [1.0, 1.0], [0.0, 1.0]],
                                         [[1.0, 2.0], [1.0, -1.0], [0.5, 0.5], [-1.0, 1.0]]]]>
    : tensor<2x2x4x2xf32>} : () -> tensor<2x2x4x2xf32>
  %b0 = "tosa.const"() {values = dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]> : tensor<8xf32>} : () -> tensor<8xf32>
  %w1 = "tosa.const"() {values = dense<[[[[1.0, 0.5, -1.0, 2.0, 1.0, 0.5, 1.0, -0.5]]],
                                        [[[0.0, 1.0, 1.0, -1.0, 0.5, 1.0, -1.0, 1.0]]],
                                        [[[1.0, 1.0, 0.0, 1.0, -2.0, 0.5, 0.5, 1.0]]],
                                        [[[-1.0, 1.0, 1.0, 0.5, 1.0, 0.0, 1.0, 0.5]]]]>
    : tensor<4x1x1x8xf32>} : () -> tensor<4x1x1x8xf32>
  %b1 = "tosa.const"() {values = dense<1.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %w2 = "tosa.const"() {values = dense<0.5> : tensor<4x3x3x4xf32>} : () -> tensor<4x3x3x4xf32>
  %b2 = "tosa.const"() {values = dense<[-1.0, 0.0, 1.0, 2.0]> : tensor<4xf32>} : () -> tensor<4xf32>
  %w3 = "tosa.const"() {values = dense<[[[1.0, -1.0], [2.0, 0.5], [-1.0, -2.0], [0.5, 1.0]]]>
    : tensor<1x4x2xf32>} : () -> tensor<1x4x2xf32>
  %vector = tosa.const_shape {values = dense<[1, 4, 1, 1]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %m = "tosa.const"() {values = dense<[1.0, 2.0, -3.0, 4.0]> : tensor<4xf32>} : () -> tensor<4xf32>
  %v = "tosa.const"() {values = dense<[3.0, 0.0, 15.0, 3.0]> : tensor<4xf32>} : () -> tensor<4xf32>
  %g = "tosa.const"() {values = dense<[1.0, -2.0, 4.0, 0.5]> : tensor<4xf32>} : () -> tensor<4xf32>
  %one = "tosa.const"() {values = dense<1.0> : tensor<1x1x1x1xf32>} : () -> tensor<1x1x1x1xf32>
  %sixteenth = "tosa.const"() {values = dense<0.0625> : tensor<1x1xf32>} : () -> tensor<1x1xf32>
  %bias = "tosa.const"() {values = dense<[[7.0, -8.0]]> : tensor<1x2xf32>} : () -> tensor<1x2xf32>

  // Depthwise with two channels each, then 1x1, then batch-norm and ReLU6.
  %t0 = tosa.transpose %x {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x4x6x6xf32>) -> tensor<1x6x6x4xf32>
  %c0 = tosa.depthwise_conv2d %t0, %w0, %b0, %zp, %zp {acc_type = f32,
      stride = array<i64: 1, 1>, pad = array<i64: 0, 1, 1, 0>, dilation = array<i64: 1, 1>}
    : (tensor<1x6x6x4xf32>, tensor<2x2x4x2xf32>, tensor<8xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x6x6x8xf32>
  %c1 = tosa.conv2d %c0, %w1, %b1, %zp, %zp {acc_type = f32,
      stride = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>, dilation = array<i64: 1, 1>}
    : (tensor<1x6x6x8xf32>, tensor<4x1x1x8xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x6x6x4xf32>
  %t1 = tosa.transpose %c1 {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x6x6x4xf32>) -> tensor<1x4x6x6xf32>
  %mean = tosa.reshape %m, %vector : (tensor<4xf32>, !tosa.shape<4>) -> tensor<1x4x1x1xf32>
  %variance = tosa.reshape %v, %vector : (tensor<4xf32>, !tosa.shape<4>) -> tensor<1x4x1x1xf32>
  %gamma = tosa.reshape %g, %vector : (tensor<4xf32>, !tosa.shape<4>) -> tensor<1x4x1x1xf32>
  %n0 = tosa.sub %t1, %mean : (tensor<1x4x6x6xf32>, tensor<1x4x1x1xf32>) -> tensor<1x4x6x6xf32>
  %n1 = tosa.add %variance, %one : (tensor<1x4x1x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x1x1xf32>
  %n2 = tosa.rsqrt %n1 : (tensor<1x4x1x1xf32>) -> tensor<1x4x1x1xf32>
  %n3 = tosa.mul %n0, %n2, %shift : (tensor<1x4x6x6xf32>, tensor<1x4x1x1xf32>, tensor<1xi8>) -> tensor<1x4x6x6xf32>
  %n4 = tosa.mul %n3, %gamma, %shift : (tensor<1x4x6x6xf32>, tensor<1x4x1x1xf32>, tensor<1xi8>) -> tensor<1x4x6x6xf32>
  %n5 = tosa.add %n4, %mean : (tensor<1x4x6x6xf32>, tensor<1x4x1x1xf32>) -> tensor<1x4x6x6xf32>
  %n6 = tosa.clamp %n5 {min_val = 0.0 : f32, max_val = 64.0 : f32} : (tensor<1x4x6x6xf32>) -> tensor<1x4x6x6xf32>

  // A residual around a pooling, channels first.
  %t2 = tosa.transpose %n6 {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x4x6x6xf32>) -> tensor<1x6x6x4xf32>
  %p0 = tosa.max_pool2d %t2 {kernel = array<i64: 3, 3>, stride = array<i64: 1, 1>, pad = array<i64: 1, 1, 1, 1>}
    : (tensor<1x6x6x4xf32>) -> tensor<1x6x6x4xf32>
  %t3 = tosa.transpose %p0 {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x6x6x4xf32>) -> tensor<1x4x6x6xf32>
  %r0 = tosa.sub %t3, %n6 : (tensor<1x4x6x6xf32>, tensor<1x4x6x6xf32>) -> tensor<1x4x6x6xf32>
  %t4 = tosa.transpose %r0 {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x4x6x6xf32>) -> tensor<1x6x6x4xf32>
  %a0 = tosa.avg_pool2d %t4, %zp, %zp {acc_type = f32, kernel = array<i64: 2, 2>,
      stride = array<i64: 2, 2>, pad = array<i64: 1, 1, 1, 1>}
    : (tensor<1x6x6x4xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x4xf32>

  // One head: transposed convolution and resize.
  %c2 = tosa.transpose_conv2d %a0, %w2, %b2, %zp, %zp {acc_type = f32,
      stride = array<i64: 2, 2>, out_pad = array<i64: -1, 0, -1, 0>}
    : (tensor<1x4x4x4xf32>, tensor<4x3x3x4xf32>, tensor<4xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x8x8x4xf32>
  %start = tosa.const_shape {values = dense<[0, 1, 1, 0]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %size = tosa.const_shape {values = dense<[1, 6, 6, 4]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %s0 = tosa.slice %c2, %start, %size : (tensor<1x8x8x4xf32>, !tosa.shape<4>, !tosa.shape<4>) -> tensor<1x6x6x4xf32>
  %scale = tosa.const_shape {values = dense<[4, 2, 4, 2]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %zeros = tosa.const_shape {values = dense<[0, 0]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %u0 = tosa.resize %s0, %scale, %zeros, %zeros {mode = BILINEAR}
    : (tensor<1x6x6x4xf32>, !tosa.shape<4>, !tosa.shape<2>, !tosa.shape<2>) -> tensor<1x11x11x4xf32>
  %t5 = tosa.transpose %u0 {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x11x11x4xf32>) -> tensor<1x4x11x11xf32>

  // The other: mean, fully connected layer with bias.
  %t6 = tosa.transpose %a0 {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32>
  %q0 = tosa.reduce_sum %t6 {axis = 2 : i32} : (tensor<1x4x4x4xf32>) -> tensor<1x4x1x4xf32>
  %q1 = tosa.reduce_sum %q0 {axis = 3 : i32} : (tensor<1x4x1x4xf32>) -> tensor<1x4x1x1xf32>
  %row = tosa.const_shape {values = dense<[1, 4]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %rows = tosa.const_shape {values = dense<[1, 1, 4]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %two = tosa.const_shape {values = dense<[1, 2]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %q2 = tosa.reshape %q1, %row : (tensor<1x4x1x1xf32>, !tosa.shape<2>) -> tensor<1x4xf32>
  %q3 = tosa.mul %q2, %sixteenth, %shift : (tensor<1x4xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<1x4xf32>
  %q4 = tosa.reshape %q3, %rows : (tensor<1x4xf32>, !tosa.shape<3>) -> tensor<1x1x4xf32>
  %f0 = tosa.matmul %q4, %w3, %zp, %zp : (tensor<1x1x4xf32>, tensor<1x4x2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x2xf32>
  %f1 = tosa.reshape %f0, %two : (tensor<1x1x2xf32>, !tosa.shape<2>) -> tensor<1x2xf32>
  %f2 = tosa.add %f1, %bias : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %f2, %t5 : tensor<1x2xf32>, tensor<1x4x11x11xf32>
}

func.func @main() {
  // Small integers that look random: (29 i) mod 11 - 4.
  %x = tensor.generate {
  ^bb0(%n: index, %c: index, %h: index, %w: index):
    %c6 = arith.constant 6 : index
    %c11 = arith.constant 11 : index
    %c29 = arith.constant 29 : index
    %c4 = arith.constant 4 : index
    %0 = arith.muli %c, %c6 : index
    %1 = arith.addi %0, %h : index
    %2 = arith.muli %1, %c6 : index
    %3 = arith.addi %2, %w : index
    %4 = arith.muli %3, %c29 : index
    %5 = arith.remui %4, %c11 : index
    %6 = arith.subi %5, %c4 : index
    %7 = arith.index_cast %6 : index to i32
    %8 = arith.sitofp %7 : i32 to f32
    tensor.yield %8 : f32
  } : tensor<1x4x6x6xf32>
  %0, %1 = func.call @net(%x) : (tensor<1x4x6x6xf32>) -> (tensor<1x2xf32>, tensor<1x4x11x11xf32>)
  %2 = tensor.cast %0 : tensor<1x2xf32> to tensor<*xf32>
  %3 = tensor.cast %1 : tensor<1x4x11x11xf32> to tensor<*xf32>
  func.call @printMemrefF32(%2) : (tensor<*xf32>) -> ()
  func.call @printMemrefF32(%3) : (tensor<*xf32>) -> ()
  return
}
