// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=avx512-vnni | FileCheck %s
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=neon | FileCheck %s
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops | FileCheck %s

// CHECK-LABEL: func.func @unpack(
// CHECK-DAG: %[[FOUR:.*]] = arith.constant dense<4> : vector<64xi8>
// CHECK-DAG: %[[MASK:.*]] = arith.constant dense<-16> : vector<64xi8>
// CHECK-DAG: %[[LOW:.*]] = arith.shli %arg0, %[[FOUR]]
// CHECK-DAG: %[[HIGH:.*]] = arith.andi %arg0, %[[MASK]]
// CHECK: return %[[LOW]], %[[HIGH]]
func.func @unpack(%packed: vector<64xi8>) -> (vector<64xi8>, vector<64xi8>) {
  %low, %high = spiq_cpu.unpack %packed : vector<64xi8>
  return %low, %high : vector<64xi8>, vector<64xi8>
}
