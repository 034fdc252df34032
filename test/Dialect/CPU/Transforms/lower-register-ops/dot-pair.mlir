// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=avx512-bw | FileCheck %s --check-prefix=BW
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=avx2 | FileCheck %s --check-prefix=AVX2
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=sse4.1 | FileCheck %s --check-prefix=SSE
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=avx-vnni | FileCheck %s --check-prefix=VNNI
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops | FileCheck %s --check-prefix=GENERIC

// Sums of four products are added in 16 bits, then neighbouring ones in 32.

// BW-LABEL: func.func @lanes16(
// BW: llvm.call_intrinsic "llvm.x86.avx512.pmaddubs.w.512"
// BW: llvm.call_intrinsic "llvm.x86.avx512.pmaddubs.w.512"
// BW: llvm.call_intrinsic "llvm.x86.avx512.pmaddw.d.512"
// AVX2-LABEL: func.func @lanes16(
// AVX2-NOT: call_intrinsic
func.func @lanes16(%acc: vector<16xi32>, %x: vector<64xi8>, %v: vector<64xi8>, %y: vector<64xi8>, %w: vector<64xi8>) -> vector<16xi32> {
  %z = spiq_cpu.dot_pair %acc, %x, %v, %y, %w : vector<64xi8> into vector<16xi32>
  return %z : vector<16xi32>
}

// AVX2-LABEL: func.func @lanes8(
// AVX2: %[[ONES:.*]] = arith.constant dense<1> : vector<16xi16>
// AVX2: %[[FIRST:.*]] = llvm.call_intrinsic "llvm.x86.avx2.pmadd.ub.sw"(%arg1, %arg2)
// AVX2: %[[SECOND:.*]] = llvm.call_intrinsic "llvm.x86.avx2.pmadd.ub.sw"(%arg3, %arg4)
// AVX2: %[[SUMS:.*]] = arith.addi %[[FIRST]], %[[SECOND]]
// AVX2: %[[PRODUCTS:.*]] = llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"(%[[SUMS]], %[[ONES]])
// AVX2: arith.addi %arg0, %[[PRODUCTS]]
// VNNI-LABEL: func.func @lanes8(
// VNNI: %[[FIRST:.*]] = llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.256"(%arg0, %arg1, %arg2)
// VNNI: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.256"(%[[FIRST]], %arg3, %arg4)
func.func @lanes8(%acc: vector<8xi32>, %x: vector<32xi8>, %v: vector<32xi8>, %y: vector<32xi8>, %w: vector<32xi8>) -> vector<8xi32> {
  %z = spiq_cpu.dot_pair %acc, %x, %v, %y, %w : vector<32xi8> into vector<8xi32>
  return %z : vector<8xi32>
}

// SSE-LABEL: func.func @lanes4(
// SSE-COUNT-2: llvm.call_intrinsic "llvm.x86.ssse3.pmadd.ub.sw.128"
// SSE: llvm.call_intrinsic "llvm.x86.sse2.pmadd.wd"
// GENERIC-LABEL: func.func @lanes4(
// GENERIC-NOT: call_intrinsic
// GENERIC-COUNT-8: arith.muli
func.func @lanes4(%acc: vector<4xi32>, %x: vector<16xi8>, %v: vector<16xi8>, %y: vector<16xi8>, %w: vector<16xi8>) -> vector<4xi32> {
  %z = spiq_cpu.dot_pair %acc, %x, %v, %y, %w : vector<16xi8> into vector<4xi32>
  return %z : vector<4xi32>
}
