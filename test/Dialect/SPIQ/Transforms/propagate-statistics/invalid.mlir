// RUN: spiq-opt %s -spiq-propagate-statistics -split-input-file -verify-diagnostics

// expected-error @below {{expects 'spiq.stats' of argument #0 to describe 2 channels (axis 1), or one for all, got 3}}
func.func @channels(%x: tensor<1x2xf32> {spiq.stats = #spiq.channel_stats<mean = [1.0, 2.0, 3.0], stddev = [1.0, 1.0, 1.0]>}) -> tensor<1x2xf32> {
  return %x : tensor<1x2xf32>
}

// -----

// expected-error @below {{expects 'spiq.stats' of argument #0 to be a #spiq.channel_stats, got 1.000000e+00 : f64}}
func.func @kind(%x: tensor<1x2xf32> {spiq.stats = 1.0 : f64}) -> tensor<1x2xf32> {
  return %x : tensor<1x2xf32>
}

// -----

// expected-error @below {{has control flow; statistics are propagated through functions of one block only}}
func.func @control_flow(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  cf.br ^bb1(%x : tensor<1x2xf32>)
^bb1(%y: tensor<1x2xf32>):
  return %y : tensor<1x2xf32>
}

// -----

// expected-error @+1 {{expects 'spiq.stats' of argument #0 to bound channel 1 on both sides, as 'spiq.bytes' stands there}}
func.func @unbounded_bytes(%x: tensor<1x1x1x2xf32> {spiq.bytes, spiq.stats = #spiq.channel_stats<mean = [0.0, 0.0], stddev = [1.0, 1.0], min = [0.0, 0.0], max = [1.0, inf]>}) -> tensor<1x1x1x2xf32> {
  return %x : tensor<1x1x1x2xf32>
}

// -----

// expected-error @+1 {{expects 'spiq.stats' of argument #0 to bound channel 0 on both sides, as 'spiq.bytes' stands there}}
func.func @bytes_alone(%x: tensor<1x1x1x2xf32> {spiq.bytes}) -> tensor<1x1x1x2xf32> {
  return %x : tensor<1x1x1x2xf32>
}
