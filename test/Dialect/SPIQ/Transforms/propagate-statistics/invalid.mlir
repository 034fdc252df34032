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
