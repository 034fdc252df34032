// RUN: spiq-opt %s --pass-pipeline='builtin.module(func.func(spiq-describe-inputs{pixel-mean=127.5 pixel-std=127.5}))' | FileCheck %s
// RUN: spiq-opt %s --pass-pipeline='builtin.module(func.func(spiq-describe-inputs{pixel-mean=10,20,30 pixel-std=51,5.1,0.51}))' | FileCheck %s --check-prefix=EACH
// RUN: spiq-opt %s --pass-pipeline='builtin.module(func.func(spiq-describe-inputs))' | FileCheck %s --check-prefix=NONE

// One entry holds for all channels, and arguments of integers are left alone.

// CHECK-LABEL: func.func @colours(
// CHECK-SAME:    tensor<1x3x2x2xf32> {spiq.bytes, spiq.stats = #spiq.channel_stats<
// CHECK-SAME:      mean = [-0.098{{[0-9]*}}, -0.098{{[0-9]*}}, -0.098{{[0-9]*}}],
// CHECK-SAME:      stddev = [0.509{{[0-9]*}}, 0.509{{[0-9]*}}, 0.509{{[0-9]*}}],
// CHECK-SAME:      min = [-1.000000e+00, -1.000000e+00, -1.000000e+00],
// CHECK-SAME:      max = [1.000000e+00, 1.000000e+00, 1.000000e+00]>}
// CHECK-SAME:    tensor<4xi32>)

// EACH-LABEL: func.func @colours(
// EACH-SAME:    mean = [2.058{{[0-9]*}}, 18.627{{[0-9]*}}, 166.666{{[0-9]*}}]
// EACH-SAME:    stddev = [1.274{{[0-9]*}}, 12.745{{[0-9]*}}, 127.450{{[0-9]*}}]
// EACH-SAME:    min = [-0.196{{[0-9]*}}, -3.921{{[0-9]*}}, -58.823{{[0-9]*}}]
// EACH-SAME:    max = [4.803{{[0-9]*}}, 46.078{{[0-9]*}}, 441.176{{[0-9]*}}]

func.func @colours(%x: tensor<1x3x2x2xf32>, %n: tensor<4xi32>) -> tensor<1x2x2x3xf32> {
  %e = tensor.empty() : tensor<1x2x2x3xf32>
  %last = linalg.transpose ins(%x : tensor<1x3x2x2xf32>) outs(%e : tensor<1x2x2x3xf32>) permutation = [0, 2, 3, 1]
  return %last : tensor<1x2x2x3xf32>
}

// What was known of mean and deviation stays, as far as the bounds allow it:
// bytes from -1 to 1 have a mean within, and deviate by 1 at most.

// CHECK-LABEL: func.func @known(
// CHECK-SAME:    %{{[^:]*}}: tensor<1x2x2x3xf32> {spiq.bytes, spiq.stats = #spiq.channel_stats<
// CHECK-SAME:      mean = [1.000000e+00, -1.000000e+00, 2.500000e-01],
// CHECK-SAME:      stddev = [1.000000e+00, 7.500000e-01, 5.000000e-01],
// CHECK-SAME:      min = [-1.000000e+00, -1.000000e+00, -1.000000e+00],
// CHECK-SAME:      max = [1.000000e+00, 1.000000e+00, 1.000000e+00]>}
// CHECK-SAME:    %{{[^:]*}}: tensor<1x2x2x3xf32> {spiq.bytes, spiq.stats = #spiq.channel_stats<
// CHECK-SAME:      mean = [2.500000e-01, 2.500000e-01, 2.500000e-01]
// CHECK-SAME:      stddev = [5.000000e-01, 5.000000e-01, 5.000000e-01]

// NONE-LABEL: func.func @known(
// NONE-SAME:    mean = [7.000000e+00, -1.500000e+00, 2.500000e-01]
// NONE-NOT:   spiq.bytes
func.func @known(%x: tensor<1x2x2x3xf32> {spiq.stats = #spiq.channel_stats<mean = [7.0, -1.5, 0.25], stddev = [3.0, 0.75, 0.5]>}, %y: tensor<1x2x2x3xf32> {spiq.stats = #spiq.channel_stats<mean = [0.25], stddev = [0.5]>}) {
  return
}

// CHECK-LABEL: func.func private @declared(tensor<1x2x2x3xf32>)
func.func private @declared(tensor<1x2x2x3xf32>)
