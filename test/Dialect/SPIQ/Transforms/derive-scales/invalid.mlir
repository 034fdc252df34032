// RUN: not spiq-opt %s -spiq-derive-scales=rule=gaussian 2>&1 | FileCheck %s --check-prefix=RULE
// RUN: not spiq-opt %s -spiq-derive-scales=scheme=per-pixel 2>&1 | FileCheck %s --check-prefix=SCHEME
// RUN: not spiq-opt %s -spiq-derive-scales=signedness=both 2>&1 | FileCheck %s --check-prefix=SIGN
// RUN: not spiq-opt %s -spiq-derive-scales=activation-bits=9 2>&1 | FileCheck %s --check-prefix=BITS
// RUN: not spiq-opt %s -spiq-derive-scales=weight-bits=1 2>&1 | FileCheck %s --check-prefix=WBITS
// RUN: not spiq-opt %s -spiq-derive-scales=fold=2 2>&1 | FileCheck %s --check-prefix=FOLD
// RUN: not spiq-opt %s -spiq-derive-scales=layers=fc 2>&1 | FileCheck %s --check-prefix=FORM
// RUN: not spiq-opt %s -spiq-derive-scales=layers=fc=w9 2>&1 | FileCheck %s --check-prefix=FORM
// RUN: not spiq-opt %s -spiq-derive-scales=layers=fc=w4 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not spiq-opt %s -spiq-derive-scales=layers-file=%t.none 2>&1 | FileCheck %s --check-prefix=FILE
// RUN: not spiq-opt %s -spiq-derive-scales 2>&1 | FileCheck %s --check-prefix=NAN

// RULE: error: unknown scale rule 'gaussian'; expected one of 'auto' 'batch-norm' 'literal' 'observed' 'synthetic'
// SCHEME: error: unknown scheme 'per-pixel'; expected 'per-channel', 'per-tensor' or 'dynamic'
// SIGN: error: unknown signedness 'both'; expected 'asymmetric', 'unsigned' or 'signed'
// BITS: error: option 'activation-bits' expects 2 to 8 bits, got 9
// WBITS: error: option 'weight-bits' expects 2 to 8 bits, got 1
// FOLD: error: option 'fold' expects 'optimal' or a number between 0 and 1, got '2'
// FORM: error: expects an override of the form NAME=float, NAME=wBITS, NAME=aBITS or NAME=wBITSaBITS with 2 to 8 bits, got 'fc
// NAME: error: override 'fc' names no operation; layers are numbered #0 to #0 and named by their location
// FILE: error: cannot read overrides from '{{.*}}.none': {{[Nn]}}o such file
// NAN: error: 'spiq.fully_connected' op expects finite weights, got nan for output channel 1
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 0x7FC00000]]> : tensor<2x2xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %y = spiq.fully_connected %x, %w, %b : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
