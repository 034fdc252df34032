// RUN: spiq-interpret %s --function=sum | FileCheck %s --check-prefix=SUM
// RUN: spiq-interpret %s --function=max | FileCheck %s --check-prefix=MAX
// RUN: not spiq-interpret %s --function=squares 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// SUM: tensor<3xf32> [1.500000e+01, 1.700000e+01, 1.900000e+01]
func.func @sum() -> tensor<3xf32> {
  %x = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %ten = arith.constant dense<10.0> : tensor<3xf32>
  %y = linalg.reduce { arith.addf } ins(%x : tensor<2x3xf32>) outs(%ten : tensor<3xf32>) dimensions = [0]
  return %y : tensor<3xf32>
}

// MAX: tensor<2xf32> [3.000000e+00, 6.000000e+00]
func.func @max() -> tensor<2xf32> {
  %x = arith.constant dense<[[1.0, 3.0, 2.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %low = arith.constant dense<-10.0> : tensor<2xf32>
  %y = linalg.reduce { arith.maximumf } ins(%x : tensor<2x3xf32>) outs(%low : tensor<2xf32>) dimensions = [1]
  return %y : tensor<2xf32>
}

// UNKNOWN: error: 'linalg.reduce' op is not known to the reference interpreter
func.func @squares() -> tensor<f32> {
  %x = arith.constant dense<[1.0, 3.0]> : tensor<2xf32>
  %zero = arith.constant dense<0.0> : tensor<f32>
  %y = linalg.reduce ins(%x : tensor<2xf32>) outs(%zero : tensor<f32>) dimensions = [0]
    (%in: f32, %sum: f32) {
      %square = arith.mulf %in, %in : f32
      %next = arith.addf %sum, %square : f32
      linalg.yield %next : f32
    }
  return %y : tensor<f32>
}
