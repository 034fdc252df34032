// RUN: spiq-opt %s -spiq-record-times=isa=avx2 | FileCheck %s
// RUN: spiq-opt %s -spiq-record-times=counter=cntvct_el0 | FileCheck %s --check-prefix=STEADY

// Three steps: the border of the second layer, the first layer with the copy
// that belongs to it, and the second layer, to which its products count. The
// table lies behind the workspace, which ends at byte 100.

// CHECK:      module attributes {spiq.profile = {isa = "avx2", offset = 128 : i64, steps = [
// CHECK-SAME:   {bytes = 64 : i64, form = "fill", integer = false, macs = 0 : i64, nodes = "second", op = "pad", shape = array<i64: 16>},
// CHECK-SAME:   {bytes = 192 : i64, form = "loops+copy", integer = true, macs = 100 : i64, nodes = "first+relu", op = "conv_2d+clamp", shape = array<i64: 16>},
// CHECK-SAME:   {bytes = 128 : i64, form = "loops", integer = false, macs = 200 : i64, nodes = "second", op = "conv_2d", shape = array<i64: 4, 4>}
// CHECK-SAME: ]}}

// CHECK-LABEL: func.func @main(
// CHECK-SAME:    %[[WS:[a-z0-9]+]]: memref<160xi8> {spiq.workspace}) attributes {spiq.workspace_bytes = 160 : i64}
// CHECK:         %[[TABLE:.*]] = memref.view %[[WS]]{{.*}} to memref<4xi64>
// CHECK:         %[[T0:.*]] = llvm.call_intrinsic "llvm.readcyclecounter"() : () -> i64
// CHECK:         memref.store %[[T0]], %[[TABLE]][%{{.*}}]
// CHECK-NEXT:    scf.for
// CHECK:         %[[T1:.*]] = llvm.call_intrinsic "llvm.readcyclecounter"
// CHECK:         memref.store %[[T1]], %[[TABLE]]
// CHECK:         scf.for
// CHECK:         linalg.copy
// CHECK-NEXT:    llvm.call_intrinsic "llvm.readcyclecounter"
// CHECK:         scf.for
// CHECK:         llvm.call_intrinsic "llvm.readcyclecounter"
// CHECK-NOT:     llvm.call_intrinsic
// CHECK:         return
// STEADY-COUNT-4: llvm.inline_asm has_side_effects{{.*}}"mrs $0, cntvct_el0", "=r"

#first = loc(fused<{macs = 100 : i64, op = "conv_2d", integer}>["first"])
#relu = loc(fused<{macs = 0 : i64, op = "clamp"}>["relu"])
#both = loc(fused[#first, #relu])
#second = loc(fused<{macs = 200 : i64, op = "conv_2d"}>["second"])

func.func @main(%x: memref<16xf32>, %y: memref<4x4xf32>, %ws: memref<100xi8> {spiq.workspace})
    attributes {spiq.workspace_bytes = 100 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c16 = arith.constant 16 : index
  %zero = arith.constant 0.0 : f32
  %a = memref.view %ws[%c0][] : memref<100xi8> to memref<16xf32>
  scf.for %i = %c0 to %c16 step %c1 {
    memref.store %zero, %a[%i] : memref<16xf32> loc(#second)
  } loc(#second)
  scf.for %i = %c0 to %c4 step %c1 {
    %v = memref.load %x[%i] : memref<16xf32> loc(#both)
    memref.store %v, %a[%i] : memref<16xf32> loc(#both)
  } loc(#both)
  %b = memref.view %ws[%c4][] : memref<100xi8> to memref<16xf32>
  linalg.copy ins(%a : memref<16xf32>) outs(%b : memref<16xf32>) loc(#both)
  scf.for %i = %c0 to %c4 step %c1 {
    %row = memref.subview %y[%i, 0] [1, 4] [1, 1] : memref<4x4xf32> to memref<4xf32, strided<[1], offset: ?>> loc(#second)
    %v = memref.load %a[%i] : memref<16xf32> loc(#second)
    memref.store %v, %row[%c0] : memref<4xf32, strided<[1], offset: ?>> loc(#second)
  } loc(#second)
  return
}
