// LLVM's own mlir-opt understands SPIQ once the plugin is loaded.

// RUN: mlir-opt --load-dialect-plugin=%spiq_obj/lib/SPIQPlugin.so \
// RUN:   --load-pass-plugin=%spiq_obj/lib/SPIQPlugin.so %s \
// RUN:   --pass-pipeline="builtin.module(func.func(canonicalize))" \
// RUN:   | FileCheck %s
// RUN: not mlir-opt %s 2>&1 | FileCheck %s --check-prefix=WITHOUT

// WITHOUT: Dialect `spiq' not found

// CHECK-LABEL: func.func @merge
// CHECK-NEXT: spiq.clamp %arg0 {clamp_max = 6.000000e+00 : f32, clamp_min = 0.000000e+00 : f32}
// CHECK-NEXT: return
func.func @merge(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = spiq.clamp %x {clamp_min = 0.0 : f32}
    : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = spiq.clamp %0 {clamp_max = 6.0 : f32}
    : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}
