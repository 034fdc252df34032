// RUN: spiq-opt %s -spiq-expand-math | FileCheck %s

// Neither the functions nor fused multiply-adds are left; roundings stay.

// CHECK-LABEL: func.func @functions
// CHECK-NOT:     math.exp
// CHECK-NOT:     math.tanh
// CHECK-NOT:     math.erf
// CHECK-NOT:     math.log
// CHECK-NOT:     math.fma
// CHECK:         math.roundeven
// CHECK-NOT:     math.fma
func.func @functions(%x: vector<4xf32>) -> vector<4xf32> {
  %0 = math.exp %x : vector<4xf32>
  %1 = math.tanh %0 : vector<4xf32>
  %2 = math.erf %1 : vector<4xf32>
  %3 = math.log %2 : vector<4xf32>
  %4 = math.roundeven %3 : vector<4xf32>
  return %4 : vector<4xf32>
}
