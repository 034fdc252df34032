// What is wrong with a file of inputs is one error, naming the file.
// REQUIRES: python-numpy
// RUN: rm -rf %t && mkdir %t
// RUN: %python %S/Inputs/write_arrays.py %t
// RUN: not spiq-opt %s --spiq-derive-scales="rule=observed" 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not spiq-opt %s --spiq-derive-scales="calibration=%t/wide.npy" 2>&1 | FileCheck %s --check-prefix=RULE
// RUN: not spiq-opt %s --spiq-derive-scales="reach=1.5" 2>&1 | FileCheck %s --check-prefix=REACH
// RUN: not spiq-opt %s --spiq-derive-scales="rule=observed calibration=%t/wide.npy reach=-1" 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// RUN: not spiq-opt %s --spiq-derive-scales="rule=observed calibration=%t/missing.npy" 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not spiq-opt %s --spiq-derive-scales="rule=observed calibration=%t" 2>&1 | FileCheck %s --check-prefix=FOLDER
// RUN: not spiq-opt %s --spiq-derive-scales="rule=observed calibration=%t/wide.npy" 2>&1 | FileCheck %s --check-prefix=WIDE
// RUN: not spiq-opt %s --spiq-derive-scales="rule=observed calibration=%t/rank.npy" 2>&1 | FileCheck %s --check-prefix=RANK
// RUN: not spiq-opt %s --spiq-derive-scales="rule=observed calibration=%t/none.npy" 2>&1 | FileCheck %s --check-prefix=EMPTY
// RUN: not spiq-opt %s --spiq-derive-scales="rule=observed calibration=%t/bytes.npy" 2>&1 | FileCheck %s --check-prefix=BYTES
// RUN: not spiq-opt %s --spiq-derive-scales="rule=observed calibration=%t/double.npy" 2>&1 | FileCheck %s --check-prefix=DOUBLE
// RUN: not spiq-opt %s --spiq-derive-scales="rule=observed calibration=%t/nan.npy" 2>&1 | FileCheck %s --check-prefix=NAN
// RUN: not spiq-opt %s --spiq-derive-scales="rule=observed calibration=%t/inf.npy" 2>&1 | FileCheck %s --check-prefix=INF
// RUN: not spiq-opt %s --spiq-derive-scales="rule=observed calibration=%t/fortran.npy" 2>&1 | FileCheck %s --check-prefix=FORTRAN
// RUN: not spiq-opt %s --spiq-derive-scales="rule=observed calibration=%t/cut.npy" 2>&1 | FileCheck %s --check-prefix=CUT
// RUN: not spiq-opt %s --spiq-derive-scales="rule=observed calibration=%s" 2>&1 | FileCheck %s --check-prefix=TEXT
// RUN: not spiq-opt %S/invalid-network.mlir --split-input-file --spiq-derive-scales="rule=observed calibration=%t/wide.npy" 2>&1 | FileCheck %s --check-prefix=TWO

// NONE: error: 'func.func' op has no inputs to observe; rule 'observed' expects 'calibration' to name a .npy file
// RULE: error: option 'calibration' is for rule 'observed', got rule 'auto'
// REACH: error: option 'reach' is for rule 'observed', got rule 'auto'
// NEGATIVE: error: option 'reach' expects a positive factor, or 0, got -1
// MISSING: error: cannot read '{{.*}}missing.npy': No such file or directory
// FOLDER: error: cannot read '{{.*}}': Is a directory
// WIDE: error: '{{.*}}wide.npy' does not fit the network: expects float32 of shape Nx1x2x1, N a multiple of 1, got float32 of shape 1x1x3x1
// RANK: error: '{{.*}}rank.npy' does not fit the network: expects float32 of shape Nx1x2x1, N a multiple of 1, got float32 of shape 2{{$}}
// EMPTY: error: '{{.*}}none.npy' does not fit the network: expects float32 of shape Nx1x2x1, N a multiple of 1, got float32 of shape 0x1x2x1
// BYTES: error: '{{.*}}bytes.npy' does not fit the network: expects float32 of shape Nx1x2x1, N a multiple of 1, got integers of shape 1x1x2x1
// DOUBLE: error: cannot read '{{.*}}double.npy': expects float32, int8, uint8 or int32 elements, got '<f8'
// NAN: error: '{{.*}}nan.npy' expects finite values, got {{nan|NaN}} in input 1
// INF: error: '{{.*}}inf.npy' expects finite values, got {{-(inf|INF)}} in input 0
// FORTRAN: error: cannot read '{{.*}}fortran.npy': expects a row-major array; save the result of numpy.ascontiguousarray
// CUT: error: cannot read '{{.*}}cut.npy': expects 16 bytes of data, got 15
// TWO: error: 'func.func' op cannot be observed: rule 'observed' expects a function of one f32 tensor
// TEXT: error: cannot read '{{.*}}invalid-calibration.mlir': not a file in NumPy format
func.func @network(%x: tensor<1x1x2x1xf32>) -> tensor<1x1x2x1xf32> {
  %w = arith.constant dense<-2.0> : tensor<1x1x1x1xf32>
  %b = arith.constant dense<0.0> : tensor<1xf32>
  %0 = spiq.conv_2d %x, %w, %b : (tensor<1x1x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x1x2x1xf32>
  return %0 : tensor<1x1x2x1xf32>
}
