// RUN: not spiq-opt %s --pass-pipeline='builtin.module(func.func(spiq-describe-inputs{pixel-mean=0}))' 2>&1 | FileCheck %s --check-prefix=ALONE
// RUN: not spiq-opt %s --pass-pipeline='builtin.module(func.func(spiq-describe-inputs{pixel-std=1}))' 2>&1 | FileCheck %s --check-prefix=ALONE
// RUN: not spiq-opt %s --pass-pipeline='builtin.module(func.func(spiq-describe-inputs{pixel-mean=nan pixel-std=1}))' 2>&1 | FileCheck %s --check-prefix=MEAN
// RUN: not spiq-opt %s --pass-pipeline='builtin.module(func.func(spiq-describe-inputs{pixel-mean=0 pixel-std=0}))' 2>&1 | FileCheck %s --check-prefix=STDDEV
// RUN: not spiq-opt %s --pass-pipeline='builtin.module(func.func(spiq-describe-inputs{pixel-mean=0,1 pixel-std=1}))' 2>&1 | FileCheck %s --check-prefix=SIZE
// RUN: not spiq-opt %s --pass-pipeline='builtin.module(func.func(spiq-describe-inputs{pixel-mean=0 pixel-std=1,2,3,4}))' 2>&1 | FileCheck %s --check-prefix=SIZES
// RUN: not spiq-opt %s --pass-pipeline='builtin.module(func.func(spiq-describe-inputs{pixel-mean=0 pixel-std=1}))' 2>&1 | FileCheck %s --check-prefix=NOTHING

// ALONE: error: options 'pixel-mean' and 'pixel-std' need each other: inputs are (pixel - mean) / stddev
// MEAN: error: option 'pixel-mean' expects finite numbers, got nan
// STDDEV: error: option 'pixel-std' expects positive numbers, got 0.0
// SIZE: error: 'func.func' op expects option 'pixel-mean' to have one value, or one for each of the 3 channels (axis 3) of argument #0, got 2
// SIZES: error: 'func.func' op expects option 'pixel-std' to have one value, or one for each of the 3 channels (axis 3) of argument #0, got 4
// NOTHING: error: 'func.func' op has no f32 tensor among its arguments: options 'pixel-mean' and 'pixel-std' describe nothing
func.func @colours(%x: tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32> {
  return %x : tensor<1x2x2x3xf32>
}

func.func @integers(%x: tensor<1x2x2x3xi32>) -> tensor<1x2x2x3xi32> {
  return %x : tensor<1x2x2x3xi32>
}
