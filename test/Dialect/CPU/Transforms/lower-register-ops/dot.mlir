// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=avx512-vnni | FileCheck %s --check-prefixes=VNNI,VNNI512
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=avx-vnni | FileCheck %s --check-prefixes=VNNI,VNNI256
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=avx512-bw --cse | FileCheck %s --check-prefix=BW
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=avx2 | FileCheck %s --check-prefix=AVX2
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=sse4.1 | FileCheck %s --check-prefix=SSE
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=neon | FileCheck %s --check-prefix=NEON
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=dotprod | FileCheck %s --check-prefix=DOTPROD
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops=isa=i8mm | FileCheck %s --check-prefix=I8MM
// RUN: spiq-opt %s --spiq-cpu-lower-register-ops | FileCheck %s --check-prefix=GENERIC
// RUN: not spiq-opt %s --spiq-cpu-lower-register-ops=isa=mmx 2>&1 | FileCheck %s --check-prefix=ERROR

// ERROR: error: unknown instruction set 'mmx'; expected generic, sse4.1, avx2, avx-vnni, avx512-bw, avx512-vnni, neon, dotprod or i8mm

// Sixteen lanes exist on 512 bits only.

// VNNI-LABEL: func.func @lanes16(
// VNNI512: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"(%arg0, %arg1, %arg2)
// VNNI256-NOT: call_intrinsic
// VNNI256: arith.muli
// BW-LABEL: func.func @lanes16(
// BW-DAG: %[[C8:.*]] = arith.constant dense<8> : vector<32xi16>
// BW-DAG: %[[C255:.*]] = arith.constant dense<255> : vector<32xi16>
// BW-DAG: %[[X:.*]] = vector.bitcast %arg1 : vector<64xi8> to vector<32xi16>
// BW-DAG: %[[W:.*]] = vector.bitcast %arg2 : vector<64xi8> to vector<32xi16>
// BW-DAG: %[[XE:.*]] = arith.andi %[[X]], %[[C255]]
// BW-DAG: %[[WS:.*]] = arith.shli %[[W]], %[[C8]]
// BW-DAG: %[[WE:.*]] = arith.shrsi %[[WS]], %[[C8]]
// BW: %[[E:.*]] = llvm.call_intrinsic "llvm.x86.avx512.pmaddw.d.512"(%[[XE]], %[[WE]])
// BW: %[[SUM:.*]] = arith.addi %arg0, %[[E]]
// BW-DAG: %[[XO:.*]] = arith.shrui %[[X]], %[[C8]]
// BW-DAG: %[[WO:.*]] = arith.shrsi %[[W]], %[[C8]]
// BW: %[[O:.*]] = llvm.call_intrinsic "llvm.x86.avx512.pmaddw.d.512"(%[[XO]], %[[WO]])
// BW: arith.addi %[[SUM]], %[[O]]
// AVX2-LABEL: func.func @lanes16(
// AVX2-NOT: call_intrinsic
func.func @lanes16(%acc: vector<16xi32>, %x: vector<64xi8>, %w: vector<64xi8>) -> vector<16xi32> {
  %y = spiq_cpu.dot %acc, %x, %w : vector<64xi8> into vector<16xi32>
  return %y : vector<16xi32>
}

// VNNI-LABEL: func.func @lanes8(
// VNNI: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.256"(%arg0, %arg1, %arg2)
// BW-LABEL: func.func @lanes8(
// BW-COUNT-2: llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"
// AVX2-LABEL: func.func @lanes8(
// AVX2-COUNT-2: llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"
// SSE-LABEL: func.func @lanes8(
// SSE-NOT: call_intrinsic
func.func @lanes8(%acc: vector<8xi32>, %x: vector<32xi8>, %w: vector<32xi8>) -> vector<8xi32> {
  %y = spiq_cpu.dot %acc, %x, %w : vector<32xi8> into vector<8xi32>
  return %y : vector<8xi32>
}

// usdot multiplies unsigned with signed bytes; the others know signed ones only.

// VNNI-LABEL: func.func @lanes4(
// VNNI: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.128"(%arg0, %arg1, %arg2)
// SSE-LABEL: func.func @lanes4(
// SSE-COUNT-2: llvm.call_intrinsic "llvm.x86.sse2.pmadd.wd"
// I8MM-LABEL: func.func @lanes4(
// I8MM: llvm.call_intrinsic "llvm.aarch64.neon.usdot.v4i32.v16i8"(%arg0, %arg1, %arg2)
// DOTPROD-LABEL: func.func @lanes4(
// DOTPROD-NOT: call_intrinsic
// DOTPROD: arith.extui
// NEON-LABEL: func.func @lanes4(
// NEON-NOT: call_intrinsic
// GENERIC-LABEL: func.func @lanes4(
// GENERIC: %[[XB:.*]] = vector.shuffle %arg1, %arg1 [0, 4, 8, 12]
// GENERIC: %[[WB:.*]] = vector.shuffle %arg2, %arg2 [0, 4, 8, 12]
// GENERIC: %[[XI:.*]] = arith.extui %[[XB]]
// GENERIC: %[[WI:.*]] = arith.extsi %[[WB]]
// GENERIC: arith.muli %[[XI]], %[[WI]]
func.func @lanes4(%acc: vector<4xi32>, %x: vector<16xi8>, %w: vector<16xi8>) -> vector<4xi32> {
  %y = spiq_cpu.dot %acc, %x, %w : vector<16xi8> into vector<4xi32>
  return %y : vector<4xi32>
}

// vpdpbusd has no signed form.

// VNNI-LABEL: func.func @signed(
// VNNI-NOT: call_intrinsic
// VNNI: arith.extsi
// SSE-LABEL: func.func @signed(
// SSE-NOT: arith.shrui
// SSE-COUNT-2: llvm.call_intrinsic "llvm.x86.sse2.pmadd.wd"
// I8MM-LABEL: func.func @signed(
// I8MM: llvm.call_intrinsic "llvm.aarch64.neon.sdot.v4i32.v16i8"(%arg0, %arg1, %arg2)
// DOTPROD-LABEL: func.func @signed(
// DOTPROD: llvm.call_intrinsic "llvm.aarch64.neon.sdot.v4i32.v16i8"(%arg0, %arg1, %arg2)
// NEON-LABEL: func.func @signed(
// NEON-COUNT-2: llvm.call_intrinsic "llvm.aarch64.neon.smull.v8i16"
// NEON: %[[PAIRS:.*]] = llvm.call_intrinsic "llvm.aarch64.neon.addp.v8i16"
// NEON: %[[SUMS:.*]] = llvm.call_intrinsic "llvm.aarch64.neon.saddlp.v4i32.v8i16"(%[[PAIRS]])
// NEON: arith.addi %arg0, %[[SUMS]]
func.func @signed(%acc: vector<4xi32>, %x: vector<16xi8>, %w: vector<16xi8>) -> vector<4xi32> {
  %y = spiq_cpu.dot %acc, %x, %w {signed_lhs} : vector<16xi8> into vector<4xi32>
  return %y : vector<4xi32>
}
