// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=avx512-vnni | FileCheck %s --check-prefix=X86
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=avx512-bw | FileCheck %s --check-prefix=X86
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=sse4.1 | FileCheck %s --check-prefix=SSE
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=dotprod | FileCheck %s --check-prefix=ARM
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops | FileCheck %s --check-prefix=GENERIC

// X86-LABEL: func.func @lanes16(
// X86: %[[LOW:.*]] = llvm.call_intrinsic "llvm.x86.avx512.packssdw.512"(%arg0, %arg1)
// X86: %[[HIGH:.*]] = llvm.call_intrinsic "llvm.x86.avx512.packssdw.512"(%arg2, %arg3)
// X86: llvm.call_intrinsic "llvm.x86.avx512.packuswb.512"(%[[LOW]], %[[HIGH]])
// SSE-LABEL: func.func @lanes16(
// SSE-NOT: call_intrinsic
func.func @lanes16(%a: vector<16xi32>, %b: vector<16xi32>, %c: vector<16xi32>, %d: vector<16xi32>) -> vector<64xi8> {
  %y = spiq_cpu.pack %a, %b, %c, %d : vector<16xi32> to vector<64xi8>
  return %y : vector<64xi8>
}

// The generic order is that of packs within 128-bit lanes.

// X86-LABEL: func.func @lanes8(
// X86-COUNT-2: llvm.call_intrinsic "llvm.x86.avx2.packssdw"
// X86: llvm.call_intrinsic "llvm.x86.avx2.packuswb"
// GENERIC-LABEL: func.func @lanes8(
// GENERIC-DAG: arith.constant dense<0> : vector<16xi16>
// GENERIC-DAG: arith.constant dense<255> : vector<16xi16>
// GENERIC-COUNT-2: vector.shuffle %{{.*}}, %{{.*}} [0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15] : vector<8xi16>, vector<8xi16>
// GENERIC: vector.shuffle %{{.*}}, %{{.*}} [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31]
func.func @lanes8(%a: vector<8xi32>, %b: vector<8xi32>, %c: vector<8xi32>, %d: vector<8xi32>) -> vector<32xi8> {
  %y = spiq_cpu.pack %a, %b, %c, %d : vector<8xi32> to vector<32xi8>
  return %y : vector<32xi8>
}

// SSE-LABEL: func.func @lanes4(
// SSE-COUNT-2: llvm.call_intrinsic "llvm.x86.sse2.packssdw.128"
// SSE: llvm.call_intrinsic "llvm.x86.sse2.packuswb.128"
// ARM-LABEL: func.func @lanes4(
// ARM-COUNT-4: llvm.call_intrinsic "llvm.aarch64.neon.sqxtn.v4i16"
// ARM-COUNT-2: llvm.call_intrinsic "llvm.aarch64.neon.sqxtun.v8i8"
func.func @lanes4(%a: vector<4xi32>, %b: vector<4xi32>, %c: vector<4xi32>, %d: vector<4xi32>) -> vector<16xi8> {
  %y = spiq_cpu.pack %a, %b, %c, %d : vector<4xi32> to vector<16xi8>
  return %y : vector<16xi8>
}

// SSE-LABEL: func.func @signed(
// SSE-NOT: call_intrinsic
// SSE-DAG: arith.constant dense<-32768> : vector<4xi32>
// SSE-DAG: arith.constant dense<32767> : vector<4xi32>
// SSE-DAG: arith.constant dense<-128> : vector<8xi16>
// SSE-DAG: arith.constant dense<127> : vector<8xi16>
// ARM-LABEL: func.func @signed(
// ARM-COUNT-4: llvm.call_intrinsic "llvm.aarch64.neon.sqxtn.v4i16"
// ARM-COUNT-2: llvm.call_intrinsic "llvm.aarch64.neon.sqxtn.v8i8"
func.func @signed(%a: vector<4xi32>, %b: vector<4xi32>, %c: vector<4xi32>, %d: vector<4xi32>) -> vector<16xi8> {
  %y = spiq_cpu.pack %a, %b, %c, %d {signed_result} : vector<4xi32> to vector<16xi8>
  return %y : vector<16xi8>
}

// Zero points are added between the levels.

// SSE-LABEL: func.func @zero_points(
// SSE-COUNT-2: llvm.call_intrinsic "llvm.x86.sse2.packssdw.128"
// SSE: llvm.intr.sadd.sat(%{{.*}}, %arg4)
// SSE: llvm.intr.sadd.sat(%{{.*}}, %arg5)
// SSE: llvm.call_intrinsic "llvm.x86.sse2.packuswb.128"
// ARM-LABEL: func.func @zero_points(
// ARM-COUNT-4: llvm.call_intrinsic "llvm.aarch64.neon.sqxtn.v4i16"
// ARM-COUNT-2: llvm.intr.sadd.sat
// ARM-COUNT-2: llvm.call_intrinsic "llvm.aarch64.neon.sqxtun.v8i8"
// GENERIC-LABEL: func.func @zero_points(
// GENERIC-COUNT-2: vector.shuffle
// GENERIC-COUNT-2: llvm.intr.sadd.sat
// GENERIC: vector.shuffle
func.func @zero_points(%a: vector<4xi32>, %b: vector<4xi32>, %c: vector<4xi32>, %d: vector<4xi32>, %l: vector<8xi16>, %h: vector<8xi16>) -> vector<16xi8> {
  %y = spiq_cpu.pack %a, %b, %c, %d zero_points(%l, %h : vector<8xi16>, vector<8xi16>) : vector<4xi32> to vector<16xi8>
  return %y : vector<16xi8>
}
