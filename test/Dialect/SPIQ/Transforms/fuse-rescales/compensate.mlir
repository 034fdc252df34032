// RUN: spiq-opt %s -spiq-fuse-rescales="remarks=false bias-correction=false compensate-below=8" | FileCheck %s
// RUN: spiq-opt %s -spiq-fuse-rescales="remarks=false bias-correction=false" | FileCheck %s --check-prefix=ALL
// RUN: spiq-opt %s -spiq-fuse-rescales="remarks=false bias-correction=false compensate-below=0" | FileCheck %s --check-prefix=PLAIN

!x = !quant.uniform<u8:f32, 1.0>
!w4 = !quant.uniform<i8<-7:7>:f32:0, {1.0}>
!w8 = !quant.uniform<i8<-127:127>:f32:0, {1.0}>

// Neighbouring pixels vary together: of two weights that are rounded down by 0.45
// one is rounded up instead.
// CHECK-LABEL: @neighbours
// CHECK-DAG: dense<{{\[\[\[\[}}1], [0]]]]> : tensor<1x1x2x1xi8>
// CHECK-DAG: dense<0> : tensor<1x1x2x1xi8>
// ALL-LABEL: @neighbours
// ALL-NOT: dense<0> : tensor<1x1x2x1xi8>
// PLAIN-LABEL: @neighbours
// PLAIN-NOT: [1]
func.func @neighbours(%x: tensor<1x1x2x1x!x>) -> (tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>) {
  %w = arith.constant dense<0.45> : tensor<1x1x2x1xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %0 = quant.dcast %x : tensor<1x1x2x1x!x> to tensor<1x1x2x1xf32>
  %1 = spiq.conv_2d %0, %w, %b {spiq.weight_type = !w4} : (tensor<1x1x2x1xf32>, tensor<1x1x2x1xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>
  %2 = spiq.conv_2d %0, %w, %b {spiq.weight_type = !w8} : (tensor<1x1x2x1xf32>, tensor<1x1x2x1xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>
  return %1, %2 : tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>
}
