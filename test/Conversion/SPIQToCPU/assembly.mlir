// RUN: spiq-compile %s --target=x86-64-v4 --mattr=+avx512vnni --emit=asm -o - | FileCheck %s

// The inner loop of a convolution of four pixels by 64 channels is broadcasts,
// four loads of weights and 16 dot products; nothing is spilled in the kernel.

// CHECK: spiq_conv_2d_0:
// CHECK-NOT: {{[Ss]}}pill
// CHECK-COUNT-16: vpdpbusd
// CHECK-NOT: {{[Ss]}}pill
// CHECK-NOT: vpdpbusd
// CHECK: .size spiq_conv_2d_0

// With weights of four bits it loads two vectors, and shifts and masks them.

// CHECK: spiq_conv_2d_1:
// CHECK-NOT: {{[Ss]}}pill
// CHECK-COUNT-2: vpsllw $4,
// CHECK-COUNT-16: vpdpbusd
// CHECK-NOT: {{[Ss]}}pill
// CHECK-NOT: vpdpbusd
// CHECK: .size spiq_conv_2d_1

!x = !quant.uniform<u8:f32, 0.5>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>
func.func @main(%x: tensor<1x14x14x64x!x>) -> tensor<1x14x14x64x!x> {
  %bytes = arith.constant dense<50> : tensor<64x1x1x64xi8>
  %nibbles = arith.constant dense<5> : tensor<64x1x1x64xi8>
  %w = quant.scast %bytes : tensor<64x1x1x64xi8> to tensor<64x1x1x64x!w>
  %v = quant.scast %nibbles : tensor<64x1x1x64xi8> to tensor<64x1x1x64x!w>
  %b = arith.constant dense<1> : tensor<64xi32>
  %y = spiq.conv_2d %x, %w, %b : (tensor<1x14x14x64x!x>, tensor<64x1x1x64x!w>, tensor<64xi32>) -> tensor<1x14x14x64x!x>
  %z = spiq.conv_2d %y, %v, %b : (tensor<1x14x14x64x!x>, tensor<64x1x1x64x!w>, tensor<64xi32>) -> tensor<1x14x14x64x!x>
  return %z : tensor<1x14x14x64x!x>
}
