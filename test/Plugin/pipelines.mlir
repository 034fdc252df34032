// LLVM's own mlir-opt runs the pipelines of the plugin as spiq-opt does.

// RUN: mlir-opt --load-dialect-plugin=%spiq_obj/lib/SPIQPlugin.so \
// RUN:   --load-pass-plugin=%spiq_obj/lib/SPIQPlugin.so %s \
// RUN:   --pass-pipeline="builtin.module(spiq-quantize{scheme=per-tensor},convert-spiq-to-linalg)" \
// RUN:   | FileCheck %s --check-prefix=LINALG --implicit-check-not=spiq.

// RUN: mlir-opt --load-dialect-plugin=%spiq_obj/lib/SPIQPlugin.so \
// RUN:   --load-pass-plugin=%spiq_obj/lib/SPIQPlugin.so %s -o %t.plugin.mlir \
// RUN:   --pass-pipeline="builtin.module(spiq-quantize,spiq-to-llvm{target=x86-64-v4 name=net})"
// RUN: spiq-opt %s --spiq-quantize --spiq-to-llvm="target=x86-64-v4 name=net" \
// RUN:   -o %t.mlir
// RUN: diff %t.plugin.mlir %t.mlir
// RUN: FileCheck %s --input-file=%t.plugin.mlir

// LINALG: arith.constant dense<127> : tensor<4x1x1x4xi8>
// LINALG: linalg.
// CHECK: llvm.call_intrinsic "llvm.x86.avx512
// CHECK: llvm.func @net_run(

func.func @net(%x: tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32> {
  %w = arith.constant dense<0.5> : tensor<4x1x1x4xf32>
  %b = arith.constant dense<0.0> : tensor<4xf32>
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x8x8x4xf32>, tensor<4x1x1x4xf32>, tensor<4xf32>)
      -> tensor<1x8x8x4xf32>
  return %0 : tensor<1x8x8x4xf32>
}
