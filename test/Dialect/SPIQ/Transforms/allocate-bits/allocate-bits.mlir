// DEFINE: %{derive} = --spiq-derive-scales="weight-bits=6 first-last-bits=6"
// RUN: spiq-opt %s %{derive} --spiq-allocate-bits=bits-budget=6 | FileCheck %s
// RUN: spiq-opt %s %{derive} --spiq-allocate-bits="bits-budget=5 widths=6,4,4" | FileCheck %s --check-prefix=WIDTHS
// RUN: spiq-opt %s %{derive} --spiq-allocate-bits=bits-budget=4 | FileCheck %s --check-prefix=LEAST
// RUN: spiq-opt %s %{derive} --spiq-allocate-bits=bits-budget=8 | FileCheck %s --check-prefix=MOST
// RUN: spiq-opt %s %{derive} --spiq-allocate-bits="bits-budget=5 layers=first=w2,second=a8" | FileCheck %s --check-prefix=GIVEN
// RUN: spiq-opt %s %{derive} --spiq-allocate-bits="bits-budget=6 report-file=%t.json" -o /dev/null
// RUN: FileCheck %s --check-prefix=REPORT --input-file=%t.json
// RUN: spiq-opt %s %{derive} --spiq-allocate-bits="min-sqnr=10 report-file=%t.json" | FileCheck %s --check-prefix=LEAST
// RUN: FileCheck %s --check-prefix=REACHED --input-file=%t.json
// RUN: spiq-opt %s %{derive} --spiq-allocate-bits=min-sqnr=34 | FileCheck %s
// RUN: spiq-opt %s %{derive} --spiq-allocate-bits="min-sqnr=34 widths=2,4 layers=first=w8" | FileCheck %s
// RUN: spiq-opt %s %{derive} --spiq-allocate-bits=bits-budget=6 --spiq-fuse-rescales | FileCheck %s --check-prefix=FUSED

// Two layers of four weights each whose noise reaches the output alike, but the
// first one rounds values that are ten times as large: it gets the bits.

// CHECK-DAG: [[MORE:!i8x2_[0-9]*]] = !quant.uniform<i8<-127:127>
// CHECK-DAG: [[LESS:!i8x2_[0-9]*]] = !quant.uniform<i8<-7:7>
// CHECK: spiq.conv_2d {{.*}}spiq.weight_type = [[MORE]]}
// CHECK: spiq.conv_2d {{.*}}spiq.weight_type = [[LESS]]}
// WIDTHS-DAG: [[MORE:!i8x2_[0-9]*]] = !quant.uniform<i8<-31:31>
// WIDTHS-DAG: [[LESS:!i8x2_[0-9]*]] = !quant.uniform<i8<-7:7>
// WIDTHS: spiq.conv_2d {{.*}}spiq.weight_type = [[MORE]]}
// WIDTHS: spiq.conv_2d {{.*}}spiq.weight_type = [[LESS]]}
// LEAST-COUNT-2: !i8x2_{{[0-9]*}} = !quant.uniform<i8<-7:7>
// MOST-COUNT-2: !i8x2_{{[0-9]*}} = !quant.uniform<i8<-127:127>
// GIVEN-DAG: [[FIRST:!i8x2_[0-9]*]] = !quant.uniform<i8<-1:1>
// GIVEN-DAG: [[SECOND:!i8x2_[0-9]*]] = !quant.uniform<i8<-127:127>
// GIVEN: spiq.conv_2d {{.*}}spiq.weight_type = [[FIRST]]}
// GIVEN: spiq.conv_2d {{.*}}spiq.weight_type = [[SECOND]]}

// FUSED-DAG: [[MORE:!i8x2_[0-9]*]] = !quant.uniform<i8<-127:127>
// FUSED-DAG: [[LESS:!i8x2_[0-9]*]] = !quant.uniform<i8<-7:7>
// FUSED: spiq.conv_2d {{.*}}tensor<2x1x1x2x[[MORE]]>
// FUSED: spiq.conv_2d {{.*}}tensor<2x1x1x2x[[LESS]]>

// REPORT:      "weights": 8,
// REPORT-NEXT: "average_bits": 6,
// REPORT-NEXT: "weights_sqnr_db": [[SQNR:[3-9][0-9]]].
// REPORT-NEXT: "layers": [
// REPORT-NEXT:   {
// REPORT-NEXT:     "names": [
// REPORT-NEXT:       "first"
// REPORT-NEXT:     ],
// REPORT-NEXT:     "weights": 4,
// REPORT-NEXT:     "bits": 8,
// REPORT-NEXT:     "given": false,
// REPORT-NEXT:     "alone_sqnr_db": [[SQNR:[3-9][0-9]]].
// REPORT:            "second"
// REPORT:          "bits": 4,
// REACHED: "average_bits": 4,
// REACHED: "predicted_sqnr_db": {{[1-9][0-9]}}.

func.func @net(%x: tensor<1x32x32x2xf32> {spiq.stats = #spiq.channel_stats<mean = [0.0, 0.0], stddev = [10.0, 10.0]>},
               %y: tensor<1x32x32x2xf32> {spiq.stats = #spiq.channel_stats<mean = [0.0, 0.0], stddev = [1.0, 1.0]>})
    -> tensor<1x32x32x2xf32> {
  %w = arith.constant dense<[[[[1.0, 0.4]]], [[[0.7, -1.0]]]]> : tensor<2x1x1x2xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %0 = spiq.conv_2d %x, %w, %b
    : (tensor<1x32x32x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x32x32x2xf32> loc("first")
  %1 = spiq.conv_2d %y, %w, %b
    : (tensor<1x32x32x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x32x32x2xf32> loc("second")
  %2 = spiq.add %0, %1 : (tensor<1x32x32x2xf32>, tensor<1x32x32x2xf32>) -> tensor<1x32x32x2xf32>
  return %2 : tensor<1x32x32x2xf32>
}
