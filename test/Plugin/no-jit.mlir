// The plugin of the passes alone brings no JIT compiler: the plugin of the
// dialect registers it. Rules that run the network say so.

// RUN: not mlir-opt --load-pass-plugin=%spiq_obj/lib/SPIQPlugin.so %s \
// RUN:   --pass-pipeline="builtin.module(func.func(spiq-derive-scales{rule=synthetic}))" 2>&1 \
// RUN:   | FileCheck %s
// RUN: mlir-opt --load-pass-plugin=%spiq_obj/lib/SPIQPlugin.so %s \
// RUN:   --pass-pipeline="builtin.module(func.func(spiq-derive-scales))" 2>&1 \
// RUN:   | FileCheck %s --check-prefix=AUTO

// CHECK: error: 'func.func' op cannot be observed: this tool has no JIT compiler; use rule 'batch-norm', or register one with spiq::registerJITRunner
// AUTO: remark: scales come from rule 'batch-norm' instead of 'synthetic': 'func.func' op cannot be observed: this tool has no JIT compiler
func.func @f(%x: tensor<1x16x16x4xf32>) -> tensor<1x16x16x4xf32> {
  %0 = math.absf %x : tensor<1x16x16x4xf32>
  return %0 : tensor<1x16x16x4xf32>
}
