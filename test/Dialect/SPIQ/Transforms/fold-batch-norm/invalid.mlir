// RUN: spiq-opt %s -spiq-fold-batch-norm -split-input-file -verify-diagnostics

func.func @computed_scale(%x: tensor<1x2xf32>, %scale: tensor<2xf32>) -> tensor<1x2xf32> {
  %zero = arith.constant dense<0.0> : tensor<2xf32>
  // expected-error @below {{'spiq.batch_norm' op expects 'scale' to be a constant; batch-norm with computed parameters cannot be folded}}
  %z = spiq.batch_norm %x, %scale, %zero, %zero, %zero
    : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %z : tensor<1x2xf32>
}

// -----

func.func @nan(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %zero = arith.constant dense<0.0> : tensor<2xf32>
  %mean = arith.constant dense<[0.0, 0x7FC00000]> : tensor<2xf32>
  // expected-error @below {{'spiq.batch_norm' op expects 'mean' to be finite, got nan for channel 1}}
  %z = spiq.batch_norm %x, %zero, %zero, %mean, %zero
    : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %z : tensor<1x2xf32>
}

// -----

func.func @no_variance_no_epsilon(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %one = arith.constant dense<1.0> : tensor<1xf32>
  // expected-error @below {{'spiq.batch_norm' op cannot be folded: the folded weights, bias or multiplier of a channel are not finite in f32}}
  %z = spiq.batch_norm %x, %one, %zero, %zero, %zero {epsilon = 0.0 : f32}
    : (tensor<1x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  return %z : tensor<1x1xf32>
}

// -----

// The verifier does not look at parameters in resources.
func.func @infinite_scale(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %scale = arith.constant dense_resource<infinity> : tensor<1xf32>
  // expected-error @below {{'spiq.batch_norm' op expects 'scale' to hold finite values, got INF for channel 0}}
  %z = spiq.batch_norm %x, %scale, %zero, %zero, %zero
    : (tensor<1x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  return %z : tensor<1x1xf32>
}

{-#
  dialect_resources: {
    builtin: {
      infinity: "0x040000000000807F"
    }
  }
#-}
