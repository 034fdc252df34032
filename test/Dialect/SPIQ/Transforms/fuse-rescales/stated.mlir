// RUN: spiq-opt %s --spiq-derive-scales | FileCheck %s --check-prefix=MARK
// RUN: spiq-opt %s --spiq-quantize 2>&1 | FileCheck %s
// RUN: spiq-opt %s --spiq-quantize --convert-spiq-to-linalg --canonicalize 2> /dev/null | FileCheck %s --check-prefix=LINALG

!x = !quant.uniform<u8:f32, 0.5:128>
!y = !quant.uniform<i8<-127:127>:f32:3, {0.5, 0.25}>

// What the network itself rounds stays rounded around operations in floating
// point; casts that scale derivation inserted around them would be folded.

// MARK-COUNT-2: quant.dcast %{{.*}} {spiq.stated}
// MARK-NOT:     spiq.stated

// CHECK-LABEL: func.func @stated(
// CHECK:         %[[X:.*]] = quant.qcast %{{.*}} to tensor<1x2x2x2x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK-NEXT:    %[[B:.*]] = quant.scast %[[X]] : {{.*}} to tensor<1x2x2x2xi8>
// CHECK-NEXT:    %[[O:.*]] = quant.scast %[[B]] : {{.*}} to tensor<1x2x2x2x!quant.uniform<u8<0:254>:f32, 5.000000e-01:128>>
// CHECK-NEXT:    %[[D:.*]] = quant.dcast %[[O]]
// CHECK-NEXT:    math.exp %[[D]]
// CHECK:         quant.qcast
// CHECK:         quant.dcast
// CHECK:         linalg.softmax

// LINALG-LABEL: func.func @stated(
// LINALG:         math.roundeven
// LINALG:         math.exp
// LINALG:         math.roundeven
// LINALG:         linalg.softmax
func.func @stated(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
  %0 = quant.qcast %x : tensor<1x2x2x2xf32> to tensor<1x2x2x2x!x>
  %1 = quant.dcast %0 : tensor<1x2x2x2x!x> to tensor<1x2x2x2xf32>
  %2 = math.exp %1 : tensor<1x2x2x2xf32>
  %3 = quant.qcast %2 : tensor<1x2x2x2xf32> to tensor<1x2x2x2x!y>
  %4 = quant.dcast %3 : tensor<1x2x2x2x!y> to tensor<1x2x2x2xf32>
  %e = tensor.empty() : tensor<1x2x2x2xf32>
  %5 = linalg.softmax dimension(3) ins(%4 : tensor<1x2x2x2xf32>) outs(%e : tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %5 : tensor<1x2x2x2xf32>
}
