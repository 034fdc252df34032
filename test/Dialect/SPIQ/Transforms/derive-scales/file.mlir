// Scales go through a report and back without a change, with every scheme and
// option that decides on them.

// RUN: rm -rf %t && mkdir %t
// RUN: spiq-opt %s --spiq-derive-scales=report-file=%t/a.json -o %t/a.mlir
// RUN: spiq-opt %s --spiq-derive-scales="rule=file scales-file=%t/a.json report-file=%t/b.json" -o %t/b.mlir
// RUN: cmp %t/a.mlir %t/b.mlir
// RUN: FileCheck %s --input-file=%t/b.json --check-prefix=GIVEN
// RUN: spiq-opt %s --spiq-derive-scales="rule=file scales-file=%t/b.json" -o %t/c.mlir
// RUN: cmp %t/a.mlir %t/c.mlir
// RUN: spiq-opt %s --spiq-derive-scales="scheme=per-tensor signedness=signed activation-bits=4 results=true report-file=%t/d.json" -o %t/d.mlir
// RUN: spiq-opt %s --spiq-derive-scales="scheme=per-tensor signedness=signed activation-bits=4 results=true rule=file scales-file=%t/d.json" -o %t/e.mlir
// RUN: cmp %t/d.mlir %t/e.mlir

// GIVEN-NOT: "group"
// GIVEN: "groups": []

// What does not fit is said in one sentence.

// RUN: sed 's/"\/conv",/"\/other",/' %t/a.json > %t/unknown.json
// RUN: not spiq-opt %s --spiq-derive-scales="rule=file scales-file=%t/unknown.json" 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: sed 's/"values": \[/"values": [{"names": ["\/more"], "bits": 8, "scales": [1], "zero_points": [0]},/' %t/a.json > %t/more.json
// RUN: not spiq-opt %s --spiq-derive-scales="rule=file scales-file=%t/more.json" 2>&1 | FileCheck %s --check-prefix=MORE
// RUN: not spiq-opt %s --spiq-derive-scales="rule=file scales-file=%t/a.json first-last-bits=4 activation-bits=4 elementwise-bits=4" 2>&1 | FileCheck %s --check-prefix=BITS
// RUN: not spiq-opt %s --spiq-derive-scales="rule=file scales-file=%t/a.json scheme=per-tensor" 2>&1 | FileCheck %s --check-prefix=SCHEME
// RUN: not spiq-opt %s --spiq-derive-scales="rule=file scales-file=%t/a.json signedness=signed" 2>&1 | FileCheck %s --check-prefix=SIGN
// RUN: not spiq-opt %s --spiq-derive-scales="rule=file scales-file=%t/absent.json" 2>&1 | FileCheck %s --check-prefix=ABSENT
// RUN: echo '{"values": [' > %t/broken.json
// RUN: not spiq-opt %s --spiq-derive-scales="rule=file scales-file=%t/broken.json" 2>&1 | FileCheck %s --check-prefix=BROKEN
// RUN: echo '{"layers": []}' > %t/wrong.json
// RUN: not spiq-opt %s --spiq-derive-scales="rule=file scales-file=%t/wrong.json" 2>&1 | FileCheck %s --check-prefix=WRONG
// RUN: echo '{"values": [{"names": ["/conv", "/relu"], "bits": 8, "scales": [-1.0, 2.0], "zero_points": [0, 0]}, {"names": ["x"], "bits": 8, "scales": [1, 1, 1], "zero_points": [0, 0, 0]}]}' > %t/negative.json
// RUN: not spiq-opt %s --spiq-derive-scales="rule=file scales-file=%t/negative.json" 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// RUN: sed 's/-1.0, 2.0/1.0/' %t/negative.json > %t/few.json
// RUN: not spiq-opt %s --spiq-derive-scales="rule=file scales-file=%t/few.json" 2>&1 | FileCheck %s --check-prefix=FEW
// RUN: not spiq-opt %s --spiq-derive-scales=rule=file 2>&1 | FileCheck %s --check-prefix=NOFILE
// RUN: not spiq-opt %s --spiq-derive-scales=scales-file=%t/a.json 2>&1 | FileCheck %s --check-prefix=NORULE
// RUN: not spiq-opt %s --spiq-derive-scales="rule=file scales-file=%t/a.json scheme=dynamic" 2>&1 | FileCheck %s --check-prefix=DYNAMIC

// MISSING: error: {{.*}}unknown.json' has no scales for the value '/conv + /relu'
// MORE: error: {{.*}}more.json' has scales for the value '/more', which the network does not quantize
// BITS: error: {{.*}} are for 8 bits, but it is stored with 4: give the same options for bits
// SCHEME: error: {{.*}} expect one scale for all channels
// SIGN: error: {{.*}} expect zero points between -128 and 127, got {{[0-9]+}} for channel
// ABSENT: error: cannot read scales from '{{.*}}absent.json': No such file or directory
// BROKEN: error: {{.*}}broken.json' is no JSON: {{.*}}
// WRONG: error: {{.*}}wrong.json' is no report of scales: missing value at (root).values
// NEGATIVE: error: {{.*}}negative.json': the scales of the value '/conv + /relu' expect positive finite scales, got -1.{{0*}} for channel 0
// FEW: error: {{.*}} expect 2 channels, got 1 scales and 2 zero points
// NOFILE: error: rule 'file' and option 'scales-file' need each other, got rule 'file' and file ''
// NORULE: error: rule 'file' and option 'scales-file' need each other, got rule 'auto' and file
// DYNAMIC: error: rule 'file' has no effect with the scheme 'dynamic'

#stats = #spiq.channel_stats<mean = [0.5, -1.0], stddev = [0.5, 2.0]>
func.func @net(%x: tensor<1x6x8x3xf32> loc("x")) -> tensor<1x6x8x2xf32> {
  %w = arith.constant dense<[[[[2.0, 1.0, -1.0]]], [[[1.0, -3.0, 0.5]]]]> : tensor<2x1x1x3xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %v = arith.constant dense<[[[[1.0, 1.0]]], [[[0.5, -1.0]]]]> : tensor<2x1x1x2xf32>
  %0 = spiq.conv_2d %x, %w, %b {clamp_min = 0.0 : f32, stats = #stats}
    : (tensor<1x6x8x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>) -> tensor<1x6x8x2xf32> loc(fused["/conv", "/relu"])
  %1 = spiq.conv_2d %0, %v, %b
    : (tensor<1x6x8x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x6x8x2xf32> loc("/conv2")
  %2 = spiq.conv_2d %1, %v, %b
    : (tensor<1x6x8x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x6x8x2xf32> loc("/conv3")
  return %2 : tensor<1x6x8x2xf32>
}
