// RUN: spiq-opt %s --spiq-keep-casts --canonicalize | FileCheck %s

!full = !quant.uniform<u8:f32, 0.5:128>
!narrow = !quant.uniform<i8<-127:127>:f32:1, {0.5, 0.25}>

// CHECK-LABEL: func.func @pairs(
// CHECK-NEXT:    %[[Q:.*]] = quant.qcast %{{.*}} : tensor<3x2xf32> to tensor<3x2x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK-NEXT:    %[[S:.*]] = quant.scast %[[Q]] : {{.*}} to tensor<3x2xi8>
// CHECK-NEXT:    %[[T:.*]] = quant.scast %[[S]] : tensor<3x2xi8> to tensor<3x2x!quant.uniform<u8<0:254>:f32, 5.000000e-01:128>>
// CHECK-NEXT:    quant.dcast %[[T]]
// CHECK:         quant.qcast %{{.*}} : tensor<3x2xf32> to tensor<3x2x![[NARROW:.*]]>
// CHECK:         quant.scast %{{.*}} : tensor<3x2xi8> to tensor<3x2x![[FULL:.*]]>
// CHECK-NEXT:    quant.dcast %{{.*}} : tensor<3x2x![[FULL]]>
func.func @pairs(%x: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  %0 = quant.qcast %x : tensor<3x2xf32> to tensor<3x2x!full>
  %1 = quant.dcast %0 : tensor<3x2x!full> to tensor<3x2xf32>
  %2 = quant.qcast %x : tensor<3x2xf32> to tensor<3x2x!narrow>
  %3 = quant.dcast %2 : tensor<3x2x!narrow> to tensor<3x2xf32>
  return %1, %3 : tensor<3x2xf32>, tensor<3x2xf32>
}

// Weights, and types that no operation of the dialect takes, stay as they are.

// CHECK-LABEL: func.func @others(
// CHECK-NOT:     quant.scast
func.func @others(%x: tensor<3x!full>, %y: tensor<3xf32>) -> (tensor<3xf32>, tensor<3x!quant.uniform<i16:f32, 0.5>>) {
  %0 = quant.dcast %x : tensor<3x!full> to tensor<3xf32>
  %1 = quant.qcast %y : tensor<3xf32> to tensor<3x!quant.uniform<i16:f32, 0.5>>
  return %0, %1 : tensor<3xf32>, tensor<3x!quant.uniform<i16:f32, 0.5>>
}
