// RUN: spiq-opt %s -spiq-derive-scales=weight-bits=4 | FileCheck %s --check-prefix=SMALL
// RUN: spiq-opt %s -spiq-derive-scales="weight-bits=4 small-layers=0.4" | FileCheck %s --check-prefix=MORE
// RUN: spiq-opt %s -spiq-derive-scales="weight-bits=4 small-layers=0" | FileCheck %s --check-prefix=NONE
// RUN: spiq-opt %s -spiq-derive-scales="weight-bits=4 first-last-bits=6" | FileCheck %s --check-prefix=LEAST
// RUN: spiq-opt %s -spiq-derive-scales="weight-bits=4 layers=#1=w5" | FileCheck %s --check-prefix=CHOSEN
// RUN: not spiq-opt %s -spiq-derive-scales="weight-bits=4 small-layers=2" 2>&1 | FileCheck %s --check-prefix=ERROR

// Layers of 12, 16, 256 and 512 weights: between the first and the last, which
// keep 8 bits, the second one holds less than 5% of all weights, the second and
// third together less than 40%.
// ERROR: error: option 'small-layers' expects a number between 0 and 1, got 2
// SMALL-DAG: !i8x4_ = !quant.uniform<i8<-127:127>:f32:0
// SMALL-DAG: !i8x4_1 = !quant.uniform<i8<-127:127>:f32:0
// SMALL-DAG: !i8x64_ = !quant.uniform<i8<-7:7>:f32:0
// SMALL-DAG: !i8x8_ = !quant.uniform<i8<-127:127>:f32:0
// MORE-COUNT-4: = !quant.uniform<i8<-127:127>:f32:0
// NONE-COUNT-2: = !quant.uniform<i8<-7:7>:f32:0
// LEAST-COUNT-2: !i8x4_{{.*}} = !quant.uniform<i8<-31:31>:f32:0
// LEAST: !i8x64_ = !quant.uniform<i8<-7:7>:f32:0
// LEAST: !i8x8_ = !quant.uniform<i8<-31:31>:f32:0
// CHOSEN: !i8x4_{{.*}} = !quant.uniform<i8<-15:15>:f32:0
// CHOSEN: !i8x64_ = !quant.uniform<i8<-7:7>:f32:0
func.func @main(%x: tensor<1x3xf32> {spiq.stats = #spiq.channel_stats<mean = [0.0, 0.0, 0.0], stddev = [40.0, 40.0, 40.0]>}) -> tensor<1x8xf32> {
  %w0 = arith.constant dense<0.1> : tensor<4x3xf32>
  %w1 = arith.constant dense<0.1> : tensor<4x4xf32>
  %w2 = arith.constant dense<0.1> : tensor<64x4xf32>
  %w3 = arith.constant dense<0.1> : tensor<8x64xf32>
  %b0 = arith.constant dense<0.0> : tensor<4xf32>
  %b2 = arith.constant dense<0.0> : tensor<64xf32>
  %b3 = arith.constant dense<0.0> : tensor<8xf32>
  %0 = spiq.fully_connected %x, %w0, %b0 {clamp_min = 0.0 : f32, clamp_max = 1.0 : f32} : (tensor<1x3xf32>, tensor<4x3xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %1 = spiq.fully_connected %0, %w1, %b0 : (tensor<1x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %2 = spiq.fully_connected %1, %w2, %b2 : (tensor<1x4xf32>, tensor<64x4xf32>, tensor<64xf32>) -> tensor<1x64xf32>
  %3 = spiq.fully_connected %2, %w3, %b3 : (tensor<1x64xf32>, tensor<8x64xf32>, tensor<8xf32>) -> tensor<1x8xf32>
  return %3 : tensor<1x8xf32>
}
