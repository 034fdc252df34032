// RUN: spiq-opt %s '--spiq-schedule-layers=file=%S/Inputs/schedules.json cpu=haswell isa=avx2' 2>%t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK --input-file=%t.remarks
// RUN: not spiq-opt %s '--spiq-schedule-layers=file=%S/Inputs/schedules.json cpu=znver5 isa=avx2' 2>&1 | FileCheck %s --check-prefix=MISFIT
// RUN: not spiq-opt %s '--spiq-schedule-layers=file=%S/Inputs/schedules.json cpu=znver4 isa=avx2' 2>&1 | FileCheck %s --check-prefix=INVALID
// RUN: not spiq-opt %s --spiq-schedule-layers=file=%t.none 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: echo '{"version": 1, "schedules": [{"cpu": "haswell", "isa": "avx2"}]}' > %t.json
// RUN: not spiq-opt %s --spiq-schedule-layers=file=%t.json 2>&1 | FileCheck %s --check-prefix=MEMBER
// RUN: echo '{"version": 2, "schedules": []}' > %t.json
// RUN: not spiq-opt %s --spiq-schedule-layers=file=%t.json 2>&1 | FileCheck %s --check-prefix=VERSION
// RUN: echo '{"version"' > %t.json
// RUN: not spiq-opt %s --spiq-schedule-layers=file=%t.json 2>&1 | FileCheck %s --check-prefix=SYNTAX

// REMARK: remark: '{{.*}}schedules.json' records no schedule for 1 of 3 layers on 'haswell' with 'avx2'; the cost model chooses theirs
// MISFIT: error: the schedule '#spiq_cpu.conv_schedule<pixels = 99, blocks = [3], outermost = pixels>' that '{{.*}}schedules.json' records for 'conv_2d 1x5x5x4 to 1x5x5x24, window 1x1, strides 1x1, dilations 1x1, groups 1' does not fit: expects a tile of at most 25 pixels, got 99; tune again
// INVALID: does not fit: expects positive 'pixels' and 'merged_groups', got 0 and 1; tune again
// NONE: error: cannot read schedules from '{{.*}}none': No such file
// MEMBER: error: cannot read schedules from '{{.*}}json': missing value at schedules.schedules[0].layer
// VERSION: error: cannot read schedules from '{{.*}}json': expects version 1, got 2; tune again
// SYNTAX: error: cannot read schedules from '{{.*}}json': {{.*}} Expected : after object key

!x = !quant.uniform<u8:f32, 0.5:7>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// CHECK-LABEL: func.func @layers(
// CHECK: spiq.conv_2d
// CHECK-SAME: spiq_cpu.schedule = #spiq_cpu.conv_schedule<pixels = 3, blocks = [2, 1], outermost = pixels>
// CHECK: spiq.fully_connected
// CHECK-SAME: spiq_cpu.schedule = #spiq_cpu.conv_schedule<pixels = 1, blocks = [3], outermost = channels>
// CHECK: spiq.conv_2d
// CHECK-NOT: schedule
func.func @layers(%x: tensor<1x5x5x4x!x>, %v: tensor<1x4x!x>, %w: tensor<24x1x1x4x!w>, %u: tensor<24x4x!w>, %b: tensor<24xi32>)
    -> (tensor<1x5x5x24x!x>, tensor<1x24xf32>, tensor<1x5x5x24x!x>) {
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x5x5x4x!x>, tensor<24x1x1x4x!w>, tensor<24xi32>) -> tensor<1x5x5x24x!x>
  %1 = spiq.fully_connected %v, %u, %b : (tensor<1x4x!x>, tensor<24x4x!w>, tensor<24xi32>) -> tensor<1x24xf32>
  %2 = spiq.conv_2d %x, %w, %b {activation = #spiq.activation<silu>} : (tensor<1x5x5x4x!x>, tensor<24x1x1x4x!w>, tensor<24xi32>) -> tensor<1x5x5x24x!x>
  return %0, %1, %2 : tensor<1x5x5x24x!x>, tensor<1x24xf32>, tensor<1x5x5x24x!x>
}
