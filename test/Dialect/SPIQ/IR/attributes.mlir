// The attributes of the dialect keep their values through text and bytecode.

// RUN: spiq-opt %s | spiq-opt | FileCheck %s
// RUN: spiq-opt %s --emit-bytecode | spiq-opt | FileCheck %s

// CHECK-DAG: #[[PLAIN:.+]] = #spiq.channel_stats<mean = [0.000000e+00, 5.000000e-01], stddev = [1.000000e+00, 2.500000e-01]>
// CHECK-DAG: #[[BOUNDED:.+]] = #spiq.channel_stats<mean = [4.000000e-01], stddev = [6.000000e-01], min = [0.000000e+00], max = [6.000000e+00]>
// CHECK-DAG: #[[HALF:.+]] = #spiq.channel_stats<mean = [-1.000000e+00, 1.000000e-300], stddev = [0.000000e+00, 0.30000000000000004], min = [-inf, 0.000000e+00], max = [inf, inf]>
// CHECK-DAG: #[[LOWER:.+]] = #spiq.channel_stats<mean = [2.000000e+00], stddev = [1.000000e+00], min = [-3.000000e+00]>

// CHECK: plain = #[[PLAIN]]
func.func private @plain() attributes {
  plain = #spiq.channel_stats<mean = [0.0, 0.5], stddev = [1.0, 0.25]>
}

// Fields may come in any order.
// CHECK: bounded = #[[BOUNDED]]
func.func private @bounded() attributes {
  bounded = #spiq.channel_stats<max = [6.0], min = [0.0], stddev = [0.6],
                                mean = [0.4]>
}

// CHECK: half = #[[HALF]]
func.func private @half() attributes {
  half = #spiq.channel_stats<mean = [-1.0, 1.0e-300], stddev = [0.0, 0.30000000000000004],
                             min = [-inf, 0.0], max = [inf, inf]>
}

// CHECK: lower = #[[LOWER]]
func.func private @lower() attributes {
  lower = #spiq.channel_stats<mean = [2.0], stddev = [1.0], min = [-3.0]>
}

// CHECK: kinds = [#spiq.activation_kind<leaky_relu>, #spiq.resize_mode<linear>, #spiq.coordinate_mode<pytorch_half_pixel>, #spiq.nearest_mode<round_prefer_ceil>]
func.func private @enums() attributes {
  kinds = [#spiq.activation_kind<leaky_relu>, #spiq.resize_mode<linear>,
           #spiq.coordinate_mode<pytorch_half_pixel>,
           #spiq.nearest_mode<round_prefer_ceil>]
}

// CHECK: functions = [#spiq.activation<silu>, #spiq.activation<leaky_relu, [1.000000e-01]>, #spiq.activation<prelu, [-5.000000e-01, 2.500000e-01]>]
func.func private @activations() attributes {
  functions = [#spiq.activation<silu>,
               #spiq.activation<leaky_relu, [0.1]>,
               #spiq.activation<prelu, [-0.5, 0.25]>]
}
