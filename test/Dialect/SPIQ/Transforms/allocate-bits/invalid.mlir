// DEFINE: %{pass} = spiq-opt %s --spiq-derive-scales --spiq-allocate-bits
// RUN: not %{pass} 2>&1 | FileCheck %s --check-prefix=GOAL
// RUN: not %{pass}="bits-budget=5 min-sqnr=20" 2>&1 | FileCheck %s --check-prefix=GOAL
// RUN: not %{pass}=bits-budget=3.5 2>&1 | FileCheck %s --check-prefix=FEW
// RUN: not %{pass}="bits-budget=8.5 widths=2,8" 2>&1 | FileCheck %s --check-prefix=MANY
// RUN: not %{pass}="bits-budget=4 layers=fc=w5" 2>&1 | FileCheck %s --check-prefix=GIVEN
// RUN: not %{pass}="bits-budget=5 widths=4,9" 2>&1 | FileCheck %s --check-prefix=WIDTH
// RUN: not %{pass}=min-sqnr=-3 2>&1 | FileCheck %s --check-prefix=RANGE
// RUN: not %{pass}=min-sqnr=90 2>&1 | FileCheck %s --check-prefix=REACH
// RUN: not %{pass}="bits-budget=5 layers=none=w4" 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not %{pass}="bits-budget=5 layers=fc" 2>&1 | FileCheck %s --check-prefix=FORM
// RUN: not %{pass}="bits-budget=5 layers-file=%t.none" 2>&1 | FileCheck %s --check-prefix=FILE
// RUN: not %{pass}="bits-budget=5 report-file=%t.none/report" 2>&1 | FileCheck %s --check-prefix=REPORT
// RUN: not spiq-opt %s --spiq-allocate-bits=bits-budget=5 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not spiq-opt %s --spiq-derive-scales=scheme=dynamic --spiq-allocate-bits=bits-budget=5 2>&1 | FileCheck %s --check-prefix=NONE

// GOAL: error: expects one of the options 'bits-budget' and 'min-sqnr'
// FEW: error: option 'bits-budget' expects an average within 'widths', 4 to 8, got 3.50
// MANY: error: option 'bits-budget' expects an average within 'widths', 2 to 8, got 8.50
// GIVEN: error: option 'bits-budget' expects at least 5.00, the average if all layers but those in 'layers' get 4 bits, got 4.00
// WIDTH: error: option 'widths' expects 2 to 8 bits, got 9
// RANGE: error: option 'min-sqnr' expects decibels between 0 and 100, got -3.00
// REACH: error: option 'min-sqnr' expects at most {{[1-9][0-9]}}.{{[0-9]*}} dB, what is predicted with the most bits, got 90.00
// NAME: error: override 'none' names no operation
// FORM: error: expects an override of the form NAME=float
// FILE: error: cannot read overrides from '{{.*}}.none'
// REPORT: error: cannot open output file '{{.*}}.none/report'
// NONE: error: bits of weights can be chosen for layers whose inputs have static scales; there are none
func.func @main(%x: tensor<1x8xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0, 0.7, 0.1, 0.2, -1.0, 0.3],
                             [0.3, -2.0, 0.9, 0.7, 0.4, 0.2, 1.1, -0.3]]> : tensor<2x8xf32>
  %b = arith.constant dense<0.0> : tensor<2xf32>
  %y = spiq.fully_connected %x, %w, %b
    : (tensor<1x8xf32>, tensor<2x8xf32>, tensor<2xf32>) -> tensor<1x2xf32> loc("fc")
  return %y : tensor<1x2xf32>
}
